package provider

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"creel/capture/jsontok"
)

// jwtRule is how one provider uses a JSON Web Token (RFC 7519): where it stands,
// and by which claims it is bound to the request.
type jwtRule struct {
	field  string   // the header field
	scheme string   // what stands before the token in it, such as "Bearer "
	algs   []string // of the token's header that are accepted
	hash   string   // the claim that holds the hash of the body; empty: not covered
	out    string   // how the hash is written
	url    string   // the claim that must be the URL; empty: none
	hashed bool     // the claim url holds the hash of the URL, in hex
	iss    string   // the claim iss of a new token
	bare   bool     // a request without a body has no claim hash
	iat    int      // seconds that iat may be off; 0: exp and nbf alone count
}

// jwtRows are the providers that sign with a token.
func jwtRows() []Scheme {
	return []Scheme{
		jwtRow(Scheme{
			Provider: "qstash", Title: "QStash", Names: []string{"upstash"},
			ID: []string{"h:Upstash-Message-Id"}, Attempt: []string{"h:Upstash-Retried"}, attemptFrom0: true,
			Source: "https://upstash.com/docs/qstash/howto/signature",
		}, jwtRule{field: "Upstash-Signature", algs: []string{"HS256"}, hash: "body", out: "base64url", url: "sub", iss: "Upstash"}),
		jwtRow(Scheme{
			Provider: "messagebird", Title: "MessageBird", ID: []string{"b:id", "p:id"}, Event: []string{"b:type", "p:status"}, Source: "https://developers.messagebird.com/api/#verifying-http-requests",
		}, jwtRule{field: "MessageBird-Signature-JWT", algs: []string{"HS256", "HS384", "HS512"}, hash: "payload_hash", out: "hex", url: "url_hash", hashed: true, iss: "MessageBird", bare: true}),
		jwtRow(Scheme{
			Provider: "netlify", Title: "Netlify", Detect: []string{"X-Webhook-Signature: eyJ"}, orDetect: []string{"X-Netlify-Event"},
			ID: []string{"b:id+b:state"}, Event: []string{"h:X-Netlify-Event", "b:state"}, Source: "https://docs.netlify.com/site-deploys/notifications/#payload-signature",
		}, jwtRule{field: "X-Webhook-Signature", algs: []string{"HS256"}, hash: "sha256", out: "hex", iss: "netlify"}),
		jwtRow(Scheme{
			Provider: "fusionauth", Title: "FusionAuth", ID: []string{"b:event.id"}, Event: []string{"b:event.type"}, Source: "https://fusionauth.io/docs/extend/events-and-webhooks/signing",
		}, jwtRule{field: "X-FusionAuth-Signature-JWT", algs: []string{"HS256", "RS256", "ES256"}, hash: "request_body_sha256", out: "base64"}),
		jwtRow(Scheme{
			Provider: "plaid", Title: "Plaid", Alg: algES256, Event: []string{"b:webhook_type+b:webhook_code", "b:webhook_code"}, Source: "https://plaid.com/docs/api/webhooks/webhook-verification/",
		}, jwtRule{field: "Plaid-Verification", algs: []string{"ES256"}, hash: "request_body_sha256", out: "hex", iat: 300}),
		jwtRow(Scheme{
			Provider: "google-pubsub", Title: "Google Pub/Sub", Names: []string{"pubsub"}, Detect: []string{"Authorization: Bearer eyJ", "body:message.messageId"}, orDetect: []string{"body:message.messageId", "body:subscription"},
			Alg: algRSA256, ID: []string{"b:message.messageId"}, Event: []string{"b:message.attributes.eventType", "b:subscription"}, Attempt: []string{"b:deliveryAttempt"},
			Source: "https://cloud.google.com/pubsub/docs/authenticate-push-subscriptions",
		}, jwtRule{field: "Authorization", scheme: "Bearer ", algs: []string{"RS256"}}),
		jwtRow(Scheme{
			Provider: "vonage", Title: "Vonage", Detect: []string{"Authorization: Bearer eyJ"}, is: hasClaim("Authorization", "payload_hash"),
			ID: []string{"b:message_uuid+b:status", "b:uuid+b:status"}, Event: []string{"b:status", "b:message_type"}, Source: "https://developer.vonage.com/en/getting-started/concepts/webhooks",
		}, jwtRule{field: "Authorization", scheme: "Bearer ", algs: []string{"HS256"}, hash: "payload_hash", out: "hex"}),
		jwtRow(Scheme{
			Provider: "livekit", Title: "LiveKit", Detect: []string{"Authorization: eyJ"}, is: hasClaim("Authorization", "sha256"),
			ID: []string{"b:id"}, Event: []string{"b:event"}, Source: "https://docs.livekit.io/home/server/webhooks/",
		}, jwtRule{field: "Authorization", algs: []string{"HS256"}, hash: "sha256", out: "base64"}),
		jwtRow(Scheme{
			Provider: "monday", Title: "monday.com", Detect: []string{"Authorization: eyJ"},
			is: hasClaim("Authorization", "aud"), ID: []string{"b:event.triggerUuid"}, Event: []string{"b:event.type"},
			Retries: "each minute for 30 min", Source: "https://developer.monday.com/apps/docs/integration-authorization",
		}, jwtRule{field: "Authorization", algs: []string{"HS256"}, url: "aud"}),
	}
}

func jwtRow(s Scheme, r jwtRule) Scheme {
	s.Sig = []string{r.field}
	s.Out = "base64url"
	s.Tol = r.iat
	s.url = r.url != ""
	s.read = func(_ *Scheme, m *message) claim { return r.read(m) }
	s.contents = func(_ *Scheme, _ *message, c *claim, _ int, _ string) [][]byte { return [][]byte{c.doc} }
	s.also = r.bound
	s.write = r.write
	if slices.Contains(r.algs, "HS256") && slices.Contains(r.algs, "RS256") {
		s.keyOf = eitherKey
	}
	s.words = "JWT " + strings.Join(r.algs, ", ") + " in " + r.field + "; the body is not covered"
	if r.hash != "" {
		s.words = "JWT " + strings.Join(r.algs, ", ") + " in " + r.field + ", claim " + r.hash + " = SHA-256 of {body}, " + r.out
	}
	return s
}

// eitherKey takes what looks like a public key for one, else for a shared secret.
func eitherKey(secret string) (key, error) {
	if t := strings.TrimSpace(secret); strings.HasPrefix(t, "-----BEGIN") || strings.HasPrefix(t, "{") {
		return publicKey(t)
	}
	return key{raw: []byte(secret)}, nil
}

// hasClaim reports whether the token in a field has a claim of that name.
func hasClaim(field, name string) func(m *message) bool {
	return func(m *message) bool {
		v, _ := m.req.Get(field)
		claims, ok := jwtPart(strings.TrimPrefix(v, "Bearer "), 1)
		if !ok {
			return false
		}
		_, _, ok = find(claims, name)
		return ok
	}
}

// jwtPart is one of the three parts of a token, decoded.
func jwtPart(token string, n int) ([]byte, bool) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 || len(token) > 16<<10 {
		return nil, false
	}
	raw, err := base64.RawURLEncoding.DecodeString(parts[n])
	return raw, err == nil
}

var jwtAlgs = map[string]string{"HS256": "sha256", "HS384": "sha384", "HS512": "sha512", "RS256": algRSA256, "ES256": algES256}

func (r *jwtRule) read(m *message) claim {
	v, ok := m.req.Get(r.field)
	if !ok {
		return noSignature
	}
	token, ok := strings.CutPrefix(v, r.scheme)
	head, ok1 := jwtPart(token, 0)
	claims, ok2 := jwtPart(token, 1)
	sig, ok3 := jwtPart(token, 2)
	if !ok || !ok1 || !ok2 || !ok3 || !json.Valid(claims) {
		return claim{reason: Malformed}
	}
	alg, _ := jsonString(head, "alg")
	if !slices.Contains(r.algs, alg) {
		return claim{reason: NoKnown}
	}
	c := claim{doc: []byte(token[:strings.LastIndexByte(token, '.')])}
	c.sigs = []candidate{{text: token[len(c.doc)+1:], raw: sig, alg: jwtAlgs[alg]}}
	at := claimTime(claims, "iat")
	if at.IsZero() && r.iat > 0 {
		return c.fail(Malformed)
	}
	c.at, c.from, c.until = at, claimTime(claims, "nbf"), claimTime(claims, "exp")
	return c
}

func claimTime(claims []byte, name string) time.Time {
	v, _ := jsonString(claims, name)
	t, _ := parseTime(v, "s")
	return t
}

// bound checks the claims that tie the token to this request.
func (r *jwtRule) bound(m *message, c *claim, _ key) string {
	_, payload, _ := strings.Cut(string(c.doc), ".")
	claims, _ := base64.RawURLEncoding.DecodeString(payload)
	if r.hash != "" {
		want, has := jsonString(claims, r.hash)
		if (has || len(m.body) > 0) && !sameHash(want, m.body) {
			return fmt.Sprintf("the signature of the token is right, but its claim %s is not the hash of this body: the body was changed", r.hash)
		}
	}
	if r.url == "" || len(m.urls) == 0 {
		return ""
	}
	want, ok := jsonString(claims, r.url)
	if ok && r.hashed {
		if slices.ContainsFunc(m.urls, func(u string) bool { return sameHash(want, []byte(u)) }) {
			return ""
		}
		return fmt.Sprintf("the signature of the token is right, but for another URL than %s (claim %s): is --public-url right?", m.url(), r.url)
	}
	if !ok || slices.Contains(m.urls, want) || slices.Contains(m.urls, want+"/") {
		return ""
	}
	return fmt.Sprintf("the signature of the token is right, but for another URL (claim %s): is --public-url right?", r.url)
}

// sameHash compares in any spelling of the hash that is in use.
func sameHash(want string, body []byte) bool {
	sum := sha256.Sum256(body)
	raw, err := hex.DecodeString(want)
	if err != nil || len(raw) != len(sum) {
		raw, err = decodeBase64(want)
	}
	return err == nil && subtle.ConstantTimeCompare(raw, sum[:]) == 1
}

// write makes a new token: the claims of the old one, with what binds them to
// time and body renewed.
func (r *jwtRule) write(s *Scheme, d *draft, k key, _ string) error {
	v, _ := d.message().req.Get(r.field)
	token := strings.TrimPrefix(v, r.scheme)
	head, ok1 := jwtPart(token, 0)
	claims, ok2 := jwtPart(token, 1)
	if !ok1 || !ok2 || !json.Valid(claims) {
		head = fmt.Appendf(nil, `{"alg":%q,"typ":"JWT"}`, r.algs[0])
		claims = fmt.Appendf(nil, `{"iss":%q,"iat":0,"nbf":0,"exp":0,"jti":"creel_%d"}`, cmp.Or(r.iss, "creel"), d.at.UnixNano())
	}
	name, _ := jsonString(head, "alg")
	claims = r.renew(d, claims)
	content := []byte(base64.RawURLEncoding.EncodeToString(head) + "." + base64.RawURLEncoding.EncodeToString(claims))
	sig, err := sign(jwtAlgs[name], k, content)
	if err != nil {
		return err
	}
	d.set(r.field, r.scheme+string(content)+"."+encode(s.Out, sig))
	return nil
}

func (r *jwtRule) renew(d *draft, claims []byte) []byte {
	now := d.at.Unix()
	life := claimTime(claims, "exp").Unix() - max(claimTime(claims, "iat").Unix(), claimTime(claims, "nbf").Unix())
	if life <= 0 || life > 86400 {
		life = 300
	}
	set := func(name, raw string, always bool) {
		i, j, ok := find(claims, name)
		switch {
		case ok:
			claims = slices.Concat(claims[:i], []byte(raw), claims[j:])
		case always:
			end, comma := bytes.LastIndexByte(claims, '}'), ","
			if bytes.HasSuffix(bytes.TrimSpace(claims[:end]), []byte("{")) {
				comma = ""
			}
			claims = slices.Concat(claims[:end], []byte(comma+jsontok.Quote(name)+":"+raw), claims[end:])
		}
	}
	set("iat", fmt.Sprint(now), r.iat > 0)
	set("nbf", fmt.Sprint(now-5), false)
	set("exp", fmt.Sprint(now+life), false)
	if r.hash != "" && (len(d.body) > 0 || !r.bare) {
		sum := sha256.Sum256(d.body)
		set(r.hash, jsontok.Quote(encode(r.out, sum[:])), true)
	}
	if r.url != "" && len(d.urls) > 0 {
		u := d.urls[0]
		if r.hashed {
			sum := sha256.Sum256([]byte(u))
			u = hex.EncodeToString(sum[:])
		}
		set(r.url, jsontok.Quote(u), true)
	}
	return claims
}
