package provider

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"strings"

	"creel/capture"
	"creel/capture/jsontok"
)

// maxHandshakeBody is how large the body of a handshake may be; they are tiny.
const maxHandshakeBody = 16 << 10

// handshakeRows are the rows, in the order in which they are tried: those recognised
// by a field of their own first, those by a common parameter last.
func handshakeRows() []handshake {
	return []handshake{
		{"asana", "X-Hook-Secret", field("X-Hook-Secret"), answerAsana, inFields},
		{"smartsheet", "Smartsheet-Hook-Challenge", field("Smartsheet-Hook-Challenge"), answerSmartsheet, inFields},
		{"okta", "verification", get(field("x-okta-verification-challenge")), answerOkta, inFields},
		{"twitch", "webhook_callback_verification", isTwitch, answerTwitch, inFields},
		{"aws-sns", "SubscriptionConfirmation", isSNS, answerSNS, inBody},
		{"event-grid", "SubscriptionValidation", isEventGrid, answerEventGrid, inBody},
		{"cloudevents", "OPTIONS", isCloudEvents, answerCloudEvents, inFields},
		{"discord", "signature check", field("X-Signature-Ed25519"), answerDiscord, inFields},
		{"xero", "intent to receive", isXero, answerXero, inFields},
		{"slack", "url_verification", member("type", "url_verification"), answerSlack, inBody},
		{"zoom", "endpoint.url_validation", member("event", "endpoint.url_validation"), answerZoom, inBody},
		{"monday", "challenge", only("challenge"), answerSlack, inBody},
		{"notion", "verification_token", only("verification_token"), answerNotion, inBody},
		{"ms-graph", "validationToken", param("validationToken"), echo("validationToken"), inQuery},
		{"x", "crc_token", get(param("crc_token")), answerX, inQuery},
		{"linkedin", "challengeCode", get(param("challengeCode")), answerLinkedIn, inQuery},
		{"websub", "verification", hub(isWebSub), answerHub, inQuery},
		{"strava", "subscription", hub(isStrava), answerStrava, inQuery},
		{"meta", "subscription", hub(func(*message) bool { return true }), answerMeta, inQuery},
		{"nylas", "challenge", get(param("challenge", "nylas")), echo("challenge"), inQuery},
		{"dropbox", "challenge", get(param("challenge")), echo("challenge"), inQuery},
	}
}

// The parts of a request that tell a handshake.

func field(name string) func(m *message) bool {
	return func(m *message) bool { v, ok := m.req.Get(name); return ok && v != "" }
}

// param is a query parameter; with an agent, of a sender that calls itself so.
func param(name string, agent ...string) func(m *message) bool {
	return func(m *message) bool {
		q := m.req.Query()
		if q == "" || !strings.Contains(q, name) {
			return false
		}
		v, ok := formValue([]byte(q), name)
		if len(agent) > 0 {
			ua, _ := m.req.Get("User-Agent")
			return ok && v != "" && strings.Contains(strings.ToLower(ua), agent[0])
		}
		return ok && v != ""
	}
}

func get(when func(m *message) bool) func(m *message) bool {
	return func(m *message) bool { return m.req.Method == "GET" && when(m) }
}

// object reports whether the body can be the JSON object of a handshake.
func object(m *message) bool {
	i := jsontok.SkipSpace(m.body, 0)
	return m.req.Method == "POST" && i < len(m.body) && m.body[i] == '{' && len(m.body) <= maxHandshakeBody
}

// member reports whether a member of the body has a value, which begins with
// verifyWord.
func member(name, value string) func(m *message) bool {
	return func(m *message) bool {
		// Most bodies do not hold the word at all: that is quick to see.
		if !object(m) || !m.hasVerifyWord() {
			return false
		}
		v, ok := jsonString(m.body, name)
		return ok && v == value
	}
}

// only reports whether the body is an object of that one member. A challenge
// with other members beside it is none.
func only(name string) func(m *message) bool {
	return func(m *message) bool {
		if !object(m) || !firstKeyIs(m.body, name) {
			return false
		}
		n := 0
		eachKey(m.body, func(key []byte) bool {
			n++
			return n == 1 && string(key) == name
		})
		v, ok := jsonString(m.body, name)
		return n == 1 && ok && v != ""
	}
}

// firstKeyIs reports whether an object begins with a key, as it is written without
// escapes. It is false for none; true may be wrong about the rest of the body.
func firstKeyIs(body []byte, name string) bool {
	rest, ok := bytes.CutPrefix(body[jsontok.SkipSpace(body, jsontok.SkipSpace(body, 0)+1):], []byte{'"'})
	return ok && (bytes.HasPrefix(rest, []byte(name)) || bytes.IndexByte(rest[:min(len(rest), len(name))], '\\') >= 0)
}

func hub(when func(m *message) bool) func(m *message) bool {
	has := get(param("hub.challenge"))
	return func(m *message) bool {
		if !has(m) {
			return false
		}
		mode, _ := m.param("hub.mode")
		return (mode == "subscribe" || mode == "unsubscribe") && when(m)
	}
}

// The answers.

func text(s string) capture.Reply {
	return reply(200, "text/plain; charset=utf-8", []byte(s))
}

func jsonReply(doc string) capture.Reply { return reply(200, "application/json", []byte(doc)) }

// reply never lets what it repeats of the request be taken for a page.
func reply(status int, contentType string, body []byte, more ...capture.Field) capture.Reply {
	r := capture.Reply{Status: status, Body: capture.NewBody(body)}
	if contentType != "" {
		r.Fields = append(r.Fields, capture.Field{Name: "Content-Type", Value: contentType}, capture.Field{Name: "X-Content-Type-Options", Value: "nosniff"})
	}
	r.Fields = append(r.Fields, more...)
	return r
}

// secretOf is the secret that a handshake of the provider needs; without one it
// says what to configure.
func (s *Set) secretOf(provider string, m *message, h *Handshake) (string, bool) {
	row := s.scheme(provider)
	known := s.secretsFor(row, m.req.Target)
	if len(known) == 0 || asymmetric(row.alg()) && s.verdictFor(provider, m) == capture.NoSecret {
		h.Need = "to answer this creel needs the secret: --secret " + provider + "=VALUE"
		if asymmetric(row.alg()) {
			h.Need = "to answer this creel needs the public key: --secret " + provider + "=VALUE"
		}
		return "", false
	}
	return known[0].Value, true
}

func hmac256(secret, content string) []byte {
	return mac("sha256", key{raw: []byte(secret)}, []byte(content))
}

// answerSlack answers in JSON, which Slack takes and Lark and monday.com, which ask alike,
// need.
func answerSlack(_ *Set, m *message, h *Handshake) {
	if v, ok := jsonString(m.body, "challenge"); ok {
		h.Reply = jsonReply(`{"challenge":` + jsontok.Quote(v) + `}`)
		return
	}
	h.Name = ""
}

func answerNotion(_ *Set, m *message, h *Handshake) {
	v, _ := jsonString(m.body, "verification_token")
	h.Reply = reply(200, "", nil)
	h.Learned = &Secret{Provider: "notion", Path: m.req.Path(), Value: v}
}

func answerAsana(_ *Set, m *message, h *Handshake) {
	v, _ := m.req.Get("X-Hook-Secret")
	h.Reply = reply(200, "", nil, capture.Field{Name: "X-Hook-Secret", Value: v})
	h.Learned = &Secret{Provider: "asana", Path: m.req.Path(), Value: v}
}

func answerSmartsheet(_ *Set, m *message, h *Handshake) {
	v, _ := m.req.Get("Smartsheet-Hook-Challenge")
	h.Reply = reply(200, "application/json", []byte(`{"smartsheetHookResponse":`+jsontok.Quote(v)+`}`), capture.Field{Name: "Smartsheet-Hook-Response", Value: v})
}

func answerOkta(_ *Set, m *message, h *Handshake) {
	v, _ := m.req.Get("x-okta-verification-challenge")
	h.Reply = jsonReply(`{"verification":` + jsontok.Quote(v) + `}`)
}

// echo answers with a parameter of the query.
func echo(name string) func(*Set, *message, *Handshake) {
	return func(_ *Set, m *message, h *Handshake) {
		v, _ := formValue([]byte(m.req.Query()), name)
		h.Reply = text(v)
	}
}

func answerX(s *Set, m *message, h *Handshake) {
	if secret, ok := s.secretOf("x", m, h); ok {
		v, _ := formValue([]byte(m.req.Query()), "crc_token")
		h.Reply = jsonReply(`{"response_token":"sha256=` + base64.StdEncoding.EncodeToString(hmac256(secret, v)) + `"}`)
	}
}

func answerZoom(s *Set, m *message, h *Handshake) {
	v, _ := jsonString(m.body, "payload.plainToken")
	if secret, ok := s.secretOf("zoom", m, h); ok {
		h.Reply = jsonReply(`{"plainToken":` + jsontok.Quote(v) + `,"encryptedToken":"` + hex.EncodeToString(hmac256(secret, v)) + `"}`)
	}
}

func answerLinkedIn(s *Set, m *message, h *Handshake) {
	if secret, ok := s.secretOf("linkedin", m, h); ok {
		v, _ := formValue([]byte(m.req.Query()), "challengeCode")
		h.Reply = jsonReply(`{"challengeCode":` + jsontok.Quote(v) + `,"challengeResponse":"` + hex.EncodeToString(hmac256(secret, v)) + `"}`)
	}
}
