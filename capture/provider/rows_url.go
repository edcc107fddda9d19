package provider

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/url"
	"sort"
	"strconv"
	"strings"

	"creel/capture"
)

// urlRows sign the URL that the sender calls.
func urlRows() []Scheme {
	return []Scheme{
		{
			Provider: "twilio", Title: "Twilio", Sig: []string{"X-Twilio-Signature"},
			Alg: "sha1", Out: "base64", Template: "{url}{form}", spell: twilioURLs, algOf: twilioAlg, also: twilioBody, prepare: twilioHash,
			ID:       []string{"h:I-Twilio-Idempotency-Token", "p:MessageSid+p:MessageStatus", "p:SmsSid+p:SmsStatus", "p:CallSid+p:CallStatus"},
			Event:    []string{"p:MessageStatus", "p:CallStatus", "p:EventType", "p:SmsStatus"},
			Deadline: 15, Source: "https://www.twilio.com/docs/usage/security#validating-requests",
		},
		{
			Provider: "mandrill", Title: "Mandrill", Names: []string{"mailchimp-transactional"}, Sig: []string{"X-Mandrill-Signature"},
			Alg: "sha1", Out: "base64", Template: "{url}{form}",
			Event: []string{"b:0.event"}, ID: []string{"b:0._id+b:0.event"}, Source: "https://mailchimp.com/developer/transactional/guides/track-respond-activity-webhooks/",
		},
		{
			Provider: "plivo-v3", Title: "Plivo", Names: []string{"plivo"}, Sig: []string{"X-Plivo-Signature-V3"},
			Out: "base64", Item: ",", Template: "{url}{form}.{h:" + plivoNonce + "}", spell: plivoURLs, prepare: newNonce,
			ID: []string{"p:MessageUUID+p:Status", "p:CallUUID+p:CallStatus"}, Event: []string{"p:Event", "p:Status", "p:CallStatus"},
			Source: "https://www.plivo.com/docs/voice/concepts/signature-validation/",
		},
		{
			Provider: "square", Title: "Square", When: []string{"b:created_at"}, Sig: []string{"x-square-hmacsha256-signature"}, Out: "base64", Template: "{url}{body}",
			ID: []string{"b:event_id"}, Event: []string{"b:type"}, Attempt: []string{"h:square-retry-number"}, attemptFrom0: true,
			Source: "https://developer.squareup.com/docs/webhooks/step3validate",
		},
		{
			Provider: "trello", Title: "Trello", Sig: []string{"X-Trello-Webhook"}, Alg: "sha1", Out: "base64", Template: "{body}{url}",
			ID: []string{"b:action.id"}, Event: []string{"b:action.type"}, Source: "https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks/",
		},
	}
}

// twilioAlg is the algorithm of a shared key, which a field names:
// key=...,algorithm=HMAC_SHA256. Without the field it is that of the auth token.
// https://www.twilio.com/docs/usage/webhooks/webhook-shared-keys
func twilioAlg(m *message) string {
	settings, ok := m.req.Get("X-Twilio-Webhooks-Signature-Settings")
	if !ok {
		return "sha1"
	}
	for _, item := range splitItems(settings, ",") {
		if name, value, _ := strings.Cut(item, "="); capture.EqualFold(name, "algorithm") {
			for _, alg := range []string{"sha1", "sha256", "sha384", "sha512"} {
				if capture.EqualFold(value, "HMAC_"+alg) {
					return alg
				}
			}
		}
	}
	return unknownAlg
}

// twilioURLs spells the URL with and without the port of its scheme, as
// Twilio's own validators do.
func twilioURLs(_ *message, u string) []string {
	p := parseURL(u)
	if p == nil {
		return []string{u}
	}
	port := ":443"
	if p.Scheme == "http" {
		port = ":80"
	}
	i := strings.Index(u, p.Host)
	if strings.HasSuffix(p.Host, port) {
		return []string{u, u[:i+len(p.Host)-len(port)] + u[i+len(p.Host):]}
	}
	if p.Port() == "" {
		return []string{u, u[:i+len(p.Host)] + port + u[i+len(p.Host):]}
	}
	return []string{u}
}

const bodySHA256 = "bodySHA256"

// twilioBody checks the hash by which a JSON body is bound to the signed URL.
func twilioBody(m *message, _ *claim, _ key) string {
	want, ok := formValue([]byte(capture.SplitTarget(m.url()).Query), bodySHA256)
	if !ok {
		return ""
	}
	sum := sha256.Sum256(m.body)
	if subtle.ConstantTimeCompare([]byte(hex.EncodeToString(sum[:])), []byte(strings.ToLower(want))) == 1 {
		return ""
	}
	return "the signature of the URL is right, but the body is not the one that bodySHA256 in the URL names: it was changed"
}

// twilioHash renews the hash of the body in the URL before it is signed.
func twilioHash(d *draft) {
	old, ok := formValue([]byte(capture.SplitTarget(d.req.Target).Query), bodySHA256)
	if !ok {
		return
	}
	sum := sha256.Sum256(d.body)
	now := hex.EncodeToString(sum[:])
	d.req.Target = strings.Replace(d.req.Target, bodySHA256+"="+old, bodySHA256+"="+now, 1)
	for i := range d.urls {
		d.urls[i] = strings.Replace(d.urls[i], bodySHA256+"="+old, bodySHA256+"="+now, 1)
	}
}

const plivoNonce = "X-Plivo-Signature-V3-Nonce"

// newNonce makes the number that is signed along where there is none yet.
func newNonce(d *draft) {
	if !d.has(plivoNonce) {
		d.set(plivoNonce, strconv.FormatInt(d.at.UnixNano(), 10))
	}
}

// plivoURLs sorts the query, and parts it from the form that follows.
func plivoURLs(m *message, u string) []string {
	base, q, _ := strings.Cut(u, "?")
	form := m.isForm() && len(m.body) > 0
	if q == "" && !form {
		return []string{base}
	}
	if q == "" {
		return []string{base + "?"}
	}
	pairs := strings.Split(q, "&")
	for i := range pairs {
		if dec, err := url.QueryUnescape(pairs[i]); err == nil {
			pairs[i] = dec
		}
	}
	sort.Strings(pairs)
	u = base + "?" + strings.Join(pairs, "&")
	if form {
		u += "."
	}
	return []string{u}
}
