package provider

import (
	"testing"

	"creel/capture"
)

// TestWhoDecidesTheURL checks a signature over a URL: fields that anyone can send
// decide nothing, the URL of a tunnel holds for what came by it, and the one that
// was configured goes before that.
func TestWhoDecidesTheURL(t *testing.T) {
	t.Parallel()
	const signedURL = "https://public.example.net"
	secrets := []Secret{{Provider: "twilio", Value: "token"}}
	req := request("From=1", capture.Field{Name: "Content-Type", Value: "application/x-www-form-urlencoded"})
	signed := mustSign(t, newSet(t, Config{Secrets: secrets}), req, SignOptions{Provider: "twilio", URL: signedURL + req.Target})
	claims := []capture.Field{{Name: "X-Forwarded-Proto", Value: "https"}, {Name: "X-Forwarded-Host", Value: "public.example.net"}}
	for _, tt := range []struct {
		name, configured, tunnel string
		claims                   bool
		want                     capture.Verdict
	}{
		{"claimed by the sender", "", "", true, capture.Invalid},
		{"of the tunnel", "", signedURL, false, capture.Valid},
		{"of another tunnel, and claimed", "", "https://other.example.com", true, capture.Invalid},
		{"configured", signedURL, "https://other.example.com", false, capture.Valid},
		{"configured otherwise", "https://other.example.com", signedURL, true, capture.Invalid},
	} {
		s := newSet(t, Config{Secrets: secrets, PublicURL: tt.configured})
		ex := &capture.Exchange{At: clock, Request: *signed, PublicURL: tt.tunnel}
		if tt.claims {
			ex.Request.Fields = append(append([]capture.Field(nil), signed.Fields...), claims...)
		}
		if s.Identify(ex); ex.Signature.Verdict != tt.want {
			t.Errorf("%s: identified as %+v, want %s", tt.name, ex.Signature, tt.want)
		}
		if r, err := s.Check(t.Context(), ex, Options{}); err != nil || r.Signature.Verdict != tt.want {
			t.Errorf("%s: checked as %+v, want %s (%v)", tt.name, r.Signature, tt.want, err)
		}
		if r, err := s.Check(t.Context(), ex, Options{PublicURL: signedURL}); err != nil || r.Signature.Verdict != capture.Valid {
			t.Errorf("%s: with the URL by hand %+v (%v)", tt.name, r.Signature, err)
		}
	}
}

// TestAnySpellingOfTheURL: a signature is right for each URL that a sender may have called, and
// for no other.
func TestAnySpellingOfTheURL(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"twilio", "square", "hubspot-v3", "hubspot-v2", "plivo-v3", "mandrill", "trello"} {
		for public, target := range map[string]string{"https://a.example": "/", "https://a.example/h/": "/x", "https://a.example/h": "/h?y=1", "https://a.example/h?k=1": "/x?y=1"} {
			s := newSet(t, Config{PublicURL: public})
			secret := secretFor(s.scheme(name))
			req := request("a=1&b=2", capture.Field{Name: "Content-Type", Value: "application/x-www-form-urlencoded"})
			req.Target = target
			for i, url := range append(publicURLs(public, target), "https://a.example/other") {
				signed := mustSign(t, newSet(t, Config{}), req, SignOptions{Provider: name, Secret: secret, URL: url})
				want := capture.Valid
				if url == "https://a.example/other" {
					want = capture.Invalid
				}
				r, err := s.Check(t.Context(), &capture.Exchange{At: clock, Request: *signed}, Options{Provider: name, Secret: secret})
				if err != nil || r.Signature.Verdict != want {
					t.Errorf("%s: %s, number %d of those for %s at %s: %+v, want %s (%v)", name, url, i, target, public, r.Signature, want, err)
				}
			}
		}
	}
}

// TestSignURL: a request is signed for exactly the URL that it goes to, or for the
// public URL where one is known, and the result names it.
func TestSignURL(t *testing.T) {
	t.Parallel()
	const sent = "http://127.0.0.1:3000/app/hooks?a=%2F&b=1"
	for _, name := range []string{"twilio", "square", "hubspot-v3", "hubspot-v2", "plivo-v3", "mandrill", "trello", "qstash", "monday", "contentful"} {
		for _, tt := range []struct{ name, configured, tunnel, want string }{
			{"the URL that it goes to", "", "", sent},
			{"the host that is public", "https://a.example", "", "https://a.example/in?x=1"},
			{"the URL that is public", "https://a.example/hook", "", "https://a.example/hook"},
			{"the URL with a query that is public", "https://a.example/hook?k=1", "", "https://a.example/hook?k=1"},
			{"the URL that was called", "https://a.example/in", "", "https://a.example/in?x=1"},
			{"the tunnel", "", "https://t.example", "https://t.example/in?x=1"},
			{"configured before the tunnel", "https://a.example", "https://t.example", "https://a.example/in?x=1"},
		} {
			s := newSet(t, Config{PublicURL: tt.configured})
			row := s.scheme(name)
			secret := secretFor(row)
			captured := &capture.Exchange{At: clock, PublicURL: tt.tunnel, Request: *request("a=1&b=2", capture.Field{Name: "Content-Type", Value: "application/x-www-form-urlencoded"})}
			captured.Request.Target = "/in?x=1"
			req := captured.Request
			req.Target = "/app/hooks?a=%2F&b=1"
			signed, err := s.Sign(t.Context(), &req, SignOptions{Provider: name, Secret: secret, At: clock, Captured: captured, URL: sent})
			if name == "contentful" { // the path that is sent
				tt.want = sent
			}
			if err != nil || signed.URL != tt.want {
				t.Errorf("%s, %s: signed %q, want %q (%v)", name, tt.name, signed.URL, tt.want, err)
				continue
			}
			got := &capture.Exchange{At: clock, Request: *signed.Apply(&req)}
			if r, err := s.Check(t.Context(), got, Options{Provider: name, Secret: secret, PublicURL: tt.want}); err != nil || r.Signature.Verdict != capture.Valid {
				t.Errorf("%s, %s: checked as %+v (%v)", name, tt.name, r.Signature, err)
			}
		}
	}
}

// TestSignWithTheSecretThatMatched: of several secrets, the one that the captured
// request was signed with is used again, also when what is signed was edited and
// goes to another URL.
func TestSignWithTheSecretThatMatched(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"stripe", "twilio", "hubspot-v3"} {
		s := newSet(t, Config{Secrets: []Secret{{Provider: name, Value: "whsec_one"}, {Provider: name, Value: "whsec_two"}}})
		req := request("a=1", capture.Field{Name: "Content-Type", Value: "application/x-www-form-urlencoded"})
		captured := &capture.Exchange{At: clock, Request: *mustSign(t, s, req, SignOptions{Provider: name, Secret: "whsec_two", At: clock})}
		edited := captured.Request
		edited.Body, edited.Target = capture.NewBody([]byte("a=2")), "/elsewhere"
		const url = "http://127.0.0.1:3000/elsewhere"
		signed, err := s.Sign(t.Context(), &edited, SignOptions{At: clock, Captured: captured, URL: url})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got := &capture.Exchange{At: clock, Request: *signed.Apply(&edited)}
		if r, err := s.Check(t.Context(), got, Options{Secret: "whsec_two", PublicURL: url}); err != nil || r.Signature.Verdict != capture.Valid {
			t.Errorf("%s: with the secret that matched %+v (%v)", name, r.Signature, err)
		}
	}
}
