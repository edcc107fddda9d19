package provider

import (
	"bytes"
	"strings"

	"creel/capture"
	"creel/capture/jsontok"
)

// The handshakes that look at more than one part of the request: at its
// signature, at who else could have sent it, at where it leads.

func isTwitch(m *message) bool {
	v, _ := m.req.Get("Twitch-Eventsub-Message-Type")
	return v == "webhook_callback_verification"
}

// answerTwitch answers 403 when the signature is known to be wrong, as Twitch asks.
func answerTwitch(s *Set, m *message, h *Handshake) {
	if s.verdictFor("twitch", m) == capture.Invalid {
		h.Reply = reply(403, "", nil)
		return
	}
	v, _ := jsonString(m.body, "challenge")
	h.Reply = text(v)
}

func (s *Set) verdictFor(provider string, m *message) capture.Verdict {
	return s.checkRow(s.scheme(provider), m, 0).Signature.Verdict
}

const confirmation = "SubscriptionConfirmation"

func isSNS(m *message) bool {
	v, ok := m.req.Get("x-amz-sns-message-type")
	if !ok && object(m) && bytes.Contains(m.body, []byte(confirmation)) {
		v, _ = jsonString(m.body, "Type")
	}
	return v == confirmation
}

// answerSNS answers, and gives the URL to be asked about when it is Amazon's.
func answerSNS(_ *Set, m *message, h *Handshake) {
	v, _ := jsonString(m.body, "SubscribeURL")
	h.Reply = reply(200, "", nil)
	if ConfirmationURL(v) {
		h.Ask = v
		return
	}
	h.Need = "SubscribeURL is not an address of Amazon SNS: it will not be fetched"
}

// ConfirmationURL reports whether a URL that confirms a subscription is one of
// Amazon SNS, over TLS and on its usual port: the only ones that may be fetched.
func ConfirmationURL(raw string) bool {
	u := parseURL(raw)
	return u != nil && u.Scheme == "https" && u.User == nil && snsHost().MatchString(u.Host)
}

func isEventGrid(m *message) bool {
	if v, ok := m.req.Get("aeg-event-type"); ok {
		return v == "SubscriptionValidation"
	}
	if m.req.Method != "POST" || len(m.body) == 0 || m.body[0] != '[' || len(m.body) > maxHandshakeBody {
		return false
	}
	v, _ := jsonString(m.body, "0.eventType")
	return v == "Microsoft.EventGrid.SubscriptionValidationEvent"
}

func answerEventGrid(_ *Set, m *message, h *Handshake) {
	v, ok := jsonString(m.body, "0.data.validationCode")
	if !ok {
		h.Name = ""
		return
	}
	h.Reply = jsonReply(`{"validationResponse":` + jsontok.Quote(v) + `}`)
}

func isCloudEvents(m *message) bool {
	_, ok := m.req.Get("WebHook-Request-Origin")
	return ok && m.req.Method == "OPTIONS"
}

// answerCloudEvents grants what is asked (CloudEvents 1.0 web hooks, section 4).
// The optional callback is left to the sender to repeat: it would be a request
// that a captured one decides.
func answerCloudEvents(_ *Set, m *message, h *Handshake) {
	origin, _ := m.req.Get("WebHook-Request-Origin")
	rate, ok := m.req.Get("WebHook-Request-Rate")
	if !ok {
		rate = "*"
	}
	h.Reply = reply(200, "", nil,
		capture.Field{Name: "Allow", Value: "POST"},
		capture.Field{Name: "WebHook-Allowed-Origin", Value: origin},
		capture.Field{Name: "WebHook-Allowed-Rate", Value: rate},
	)
}

// answerDiscord answers the two pings, and 401 to a signature that is wrong:
// Discord sends such on purpose and drops who takes them.
func answerDiscord(s *Set, m *message, h *Handshake) {
	kind, _ := jsonString(m.body, "type")
	_, isEvent := jsonString(m.body, "event")
	_, isCommand := jsonString(m.body, "data")
	ping := !isEvent && !isCommand && (kind == "0" || kind == "1")
	if _, ok := s.secretOf("discord", m, h); !ok {
		if !ping {
			h.Name = ""
		}
		return
	}
	switch v := s.verdictFor("discord", m); {
	case v != capture.Valid && v != capture.Stale:
		h.Reply = reply(401, "text/plain; charset=utf-8", []byte("invalid request signature"))
	case ping && kind == "1":
		h.Name = "discord ping"
		h.Reply = jsonReply(`{"type":1}`)
	case ping:
		h.Name = "discord ping"
		h.Reply = reply(204, "application/json", nil)
	default:
		h.Name = ""
	}
}

// isXero reports whether it is Xero's intent to receive: no events in it.
func isXero(m *message) bool {
	if _, ok := m.req.Get("x-xero-signature"); !ok || !object(m) {
		return false
	}
	i, j, ok := find(m.body, "events")
	return ok && strings.Trim(string(m.body[i:j]), "[] \r\n\t") == ""
}

// answerXero answers 200 or 401 by the signature, without a body: Xero sends
// four wrong ones and a right one.
func answerXero(s *Set, m *message, h *Handshake) {
	if _, ok := s.secretOf("xero", m, h); !ok {
		return
	}
	status := 401
	if s.verdictFor("xero", m) == capture.Valid {
		status = 200
	}
	h.Reply = reply(status, "", nil)
}

func isWebSub(m *message) bool {
	topic, ok := m.param("hub.topic")
	return ok && topic != ""
}

// isStrava distinguishes Strava from Meta, which ask alike and want different answers:
// by what the path says, by who is configured, by the look of the challenge.
func isStrava(m *message) bool {
	p := strings.ToLower(m.req.Path())
	ua, _ := m.req.Get("User-Agent")
	switch {
	case strings.Contains(p, "strava"):
		return true
	case strings.Contains(strings.ToLower(ua), "facebook"):
		return false
	}
	for _, meta := range []string{"meta", "facebook", "instagram", "whatsapp", "messenger"} {
		if strings.Contains(p, meta) {
			return false
		}
	}
	// Strava's challenge is 32 hex digits, Meta's a decimal number.
	v, _ := m.param("hub.challenge")
	return len(v) == 32 && strings.Trim(v, "0123456789abcdef") == "" && strings.ContainsAny(v, "abcdef")
}

func answerHub(_ *Set, m *message, h *Handshake) {
	v, _ := m.param("hub.challenge")
	h.Reply = text(v)
}

// verifySuffix makes the name under which the token of a subscription is
// configured, which is not the secret of its signatures.
const verifySuffix = "-verify"

// tokenDiffers reports whether a verify token is configured that is not the one
// in the request.
func (s *Set) tokenDiffers(provider string, m *message) bool {
	got, _ := m.param("hub.verify_token")
	differs := false
	for _, sec := range *s.secrets.Load() {
		// What does not sign has no other secret than this token.
		own := sec.Provider == provider+verifySuffix || sec.Provider == provider && !s.scheme(provider).signs()
		if !own || !sec.covers(m.req.Target) {
			continue
		}
		if sec.Value == got {
			return false
		}
		differs = true
	}
	return differs
}

func answerMeta(s *Set, m *message, h *Handshake) {
	if s.tokenDiffers("meta", m) {
		h.Reply = reply(403, "", nil)
		return
	}
	answerHub(s, m, h)
}

func answerStrava(s *Set, m *message, h *Handshake) {
	if s.tokenDiffers("strava", m) {
		h.Reply = reply(403, "", nil)
		return
	}
	v, _ := m.param("hub.challenge")
	h.Reply = jsonReply(`{"hub.challenge":` + jsontok.Quote(v) + `}`)
}
