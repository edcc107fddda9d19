package provider

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"creel/capture"
)

var clock = time.Unix(1751328000, 0)

func request(body string, fields ...capture.Field) *capture.Request {
	return &capture.Request{
		Method: "POST", Target: "/hooks/a?x=1", Host: "hooks.example.com", Proto: "HTTP/1.1", Remote: "203.0.113.9:4711", TLS: true, Exact: true,
		Fields: append([]capture.Field{{Name: "Host", Value: "hooks.example.com"}}, fields...),
		Body:   capture.NewBody([]byte(body)), Size: int64(len(body)),
	}
}

func mustSign(t testing.TB, s *Set, req *capture.Request, o SignOptions) *capture.Request {
	t.Helper()
	o.At = clock
	signed, err := s.Sign(context.Background(), req, o)
	if err != nil {
		t.Fatal(err)
	}
	return signed.Apply(req)
}

func check(t testing.TB, s *Set, req *capture.Request, o Options) Result {
	t.Helper()
	r, err := s.Check(context.Background(), &capture.Exchange{At: clock, Request: *req}, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// unexplained checks with one secret and does not look for a cause.
func unexplained(t testing.TB, s *Set, row *Scheme, req *capture.Request, secret string) Result {
	t.Helper()
	m, _, err := s.open(context.Background(), req, Options{Provider: row.Provider})
	if err != nil {
		t.Fatal(err)
	}
	m.now = clock
	return row.check(m, checking{secrets: []Secret{{Provider: row.Provider, Value: secret}}})
}

const whsec = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

// TestExplain breaks a good request in one way each, and wants that way named.
func TestExplain(t *testing.T) {
	const body = `{"id":"evt_1","url":"https://example.com/a","name":"Zoë","n":[1,2]}`
	body2 := func(b string) func(*capture.Request) {
		return func(r *capture.Request) { r.Body = capture.NewBody([]byte(b)) }
	}
	for _, c := range []struct {
		name             string
		provider, secret string // signed so
		body             string // signed; default body
		breaks           func(r *capture.Request)
		with             string // checked with; default secret
		config           Config
		want             string
		reason           capture.Reason // default signature_mismatch
	}{
		{name: "newline added", provider: "github", secret: "s", breaks: body2(body + "\n"), want: "newline at its end that was not signed"},
		{name: "newline lost", provider: "github", secret: "s", body: body + "\n", breaks: body2(body), want: "newline at its end that is missing"},
		{name: "CR LF lost", provider: "github", secret: "s", body: body + "\r\n", breaks: body2(body), want: "CR LF at its end that is missing"},
		{name: "pretty on the way", provider: "stripe", secret: "s", breaks: body2("{\n  \"id\": \"evt_1\",\n  \"url\": \"https://example.com/a\",\n  \"name\": \"Zoë\",\n  \"n\": [1, 2]\n}"), want: "same JSON minified"},
		{name: "minified on the way", provider: "stripe", secret: "s", body: "{\n  \"id\": \"evt_1\"\n}", breaks: body2(`{"id":"evt_1"}`), want: "indented by two spaces"},
		{name: "python spacing", provider: "github", secret: "s", body: `{"id": "evt_1", "n": [1, 2]}`, breaks: body2(`{"id":"evt_1","n":[1,2]}`), want: "space after each comma"},
		{name: "slashes unescaped", provider: "shopify", secret: "s", body: `{"u":"https:\/\/e.com"}`, breaks: body2(`{"u":"https://e.com"}`), want: `with \/ for /`},
		{name: "unicode unescaped", provider: "meta", secret: "s", body: `{"object":"page","n":"Zo\u00eb \ud83d\ude00"}`, breaks: body2(`{"object":"page","n":"Zoë 😀"}`), want: `\u escapes`},
		{name: "space in the secret", provider: "github", secret: "s", with: " s\n", want: "white space or quotes around it"},
		{name: "quotes in the secret", provider: "slack", secret: "s", with: `"s"`, want: "white space or quotes around it"},
		{name: "line end in the secret, and spaced", provider: "github", secret: "s", with: "s\n", body: `{"id":"evt_1","n":[1,2]}`, breaks: body2(`{"id": "evt_1", "n": [1, 2]}`), want: "two causes: the secret for github has white space or quotes around it, and the body was re-serialized"},
		{name: "quotes in the secret, and http for https", provider: "square", secret: "s", with: `"s"`, breaks: func(r *capture.Request) { r.TLS = false }, want: "quotes around it, and "},
		{name: "line end in a wrong secret", provider: "github", secret: "s", with: "t\n", body: `{"id":"evt_1"}`, breaks: body2(`{"id": "evt_1"}`), want: ""},
		{name: "another secret", provider: "github", secret: "other", with: "s", config: Config{Secrets: []Secret{{Provider: "github", Path: "/b", Value: "other"}}}, want: "configured for github@/b"},
		{name: "stripe listen", provider: "stripe", secret: "cli", with: "dashboard", breaks: func(r *capture.Request) { r.Remote, r.Host = "127.0.0.1:5000", "localhost:4665" }, want: "stripe listen"},
		{name: "http for https", provider: "square", secret: "s", breaks: func(r *capture.Request) { r.TLS = false }, want: "https instead of http"},
		{name: "slash", provider: "trello", secret: "s", breaks: func(r *capture.Request) { r.Target = "/hooks/a/?x=1" }, want: "slash at its end"},
		{name: "port", provider: "square", secret: "s", breaks: func(r *capture.Request) { r.Host = "hooks.example.com:8443" }, want: "without the port"},
		{name: "behind a proxy", provider: "square", secret: "s", breaks: func(r *capture.Request) { r.TLS, r.Host = false, "hooks.example.com:4665" }, want: "https and without the port"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.body == "" {
				c.body = body
			}
			if c.with == "" {
				c.with = c.secret
			}
			req := mustSign(t, newSet(t, Config{}), request(c.body), SignOptions{Provider: c.provider, Secret: c.secret})
			if c.breaks != nil {
				c.breaks(req)
			}
			r := check(t, newSet(t, c.config), req, Options{Provider: c.provider, Secret: c.with})
			if r.Signature.Verdict != capture.Invalid || r.Reason != Mismatch || !strings.Contains(r.Explanation, c.want) || c.want == "" && r.Explanation != "" {
				t.Errorf("%+v, want %q", r.Signature, c.want)
			}
			if strings.Contains(r.Explanation, whsec) || strings.Contains(r.Expected, c.with) && len(c.with) > 3 {
				t.Error("tells the secret")
			}
		})
	}
}

// TestExplainHomeMade signs as a home-made sender would that read the
// documentation wrongly.
func TestExplainHomeMade(t *testing.T) {
	body := []byte(`{"id":1}`)
	decoded, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(whsec, "whsec_"))
	signed := func(alg string, raw []byte, content string) []byte { return mac(alg, key{raw: raw}, []byte(content)) }
	for _, c := range []struct {
		name, provider, secret, field, value, want string
		reason                                     capture.Reason
	}{
		{"stripe secret decoded", "stripe", whsec, "Stripe-Signature", "t=1751328000,v1=" + hex.EncodeToString(signed("sha256", decoded, "1751328000."+string(body))), "decoded from base64; Stripe takes the whole", Mismatch},
		{"svix secret not decoded", "svix", whsec, "svix-signature", "v1," + base64.StdEncoding.EncodeToString(signed("sha256", []byte(whsec), "msg_1.1751328000."+string(body))), "taken as text, not decoded", Mismatch},
		{"svix secret half decoded", "svix", whsec, "svix-signature", "v1," + base64.StdEncoding.EncodeToString(signed("sha256", []byte(whsec[6:]), "msg_1.1751328000."+string(body))), "taken as text without whsec_", Mismatch},
		{"base64 for hex", "github", "s", "X-Hub-Signature-256", "sha256=" + base64.StdEncoding.EncodeToString(signed("sha256", []byte("s"), string(body))), "written in base64: GitHub writes hex", Malformed},
		{"hex for base64", "shopify", "s", "X-Shopify-Hmac-Sha256", hex.EncodeToString(signed("sha256", []byte("s"), string(body))), "written in hex: Shopify writes base64", Mismatch},
		{"the wrong hash", "github", "s", "X-Hub-Signature-256", "sha256=" + hex.EncodeToString(signed("sha1", []byte("s"), string(body))), "signed with HMAC-SHA1", Mismatch},
		{"without the time", "slack", "s", "X-Slack-Signature", "v0=" + hex.EncodeToString(signed("sha256", []byte("s"), string(body))), "the body alone was signed", Mismatch},
	} {
		t.Run(c.name, func(t *testing.T) {
			req := request(string(body), capture.Field{Name: c.field, Value: c.value},
				capture.Field{Name: "X-Slack-Request-Timestamp", Value: "1751328000"},
				capture.Field{Name: "svix-id", Value: "msg_1"}, capture.Field{Name: "svix-timestamp", Value: "1751328000"})
			r := check(t, newSet(t, Config{}), req, Options{Provider: c.provider, Secret: c.secret})
			if r.Signature.Verdict != capture.Invalid || r.Reason != c.reason || !strings.Contains(r.Explanation, c.want) {
				t.Errorf("%+v, want %s %q", r.Signature, c.reason, c.want)
			}
		})
	}
}

// A sample that was signed while no secret was known is called one, whatever secret is
// known later, and a delivery is not.
func TestExplainSample(t *testing.T) {
	for _, provider := range []string{"stripe", "github", "slack", "shopify", "gitlab", "twilio"} {
		made, err := newSet(t, Config{}).Sample(t.Context(), provider, SampleOptions{URL: "https://shop.example", Rand: rand.Reader})
		if err != nil {
			t.Fatal(err)
		}
		if !made.Signed || made.Note == "" {
			t.Errorf("%s: %+v", provider, made)
		}
		o := Options{Provider: provider, Secret: "another", PublicURL: "https://shop.example"}
		if r := check(t, newSet(t, Config{}), made.Request, o); r.Reason != Mismatch || !strings.Contains(r.Explanation, "a sample of creel's") {
			t.Errorf("%s: %+v", provider, r.Signature)
		}
		real := mustSign(t, newSet(t, Config{}), made.Request, SignOptions{Provider: provider, Secret: "real", URL: made.SignedURL})
		if r := check(t, newSet(t, Config{}), real, o); r.Reason != Mismatch || strings.Contains(r.Explanation, "sample") {
			t.Errorf("%s: %+v", provider, r.Signature)
		}
	}
}
