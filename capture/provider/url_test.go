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
	signed := mustSign(t, newSet(t, Config{Secrets: secrets}), request("From=1", capture.Field{Name: "Content-Type", Value: "application/x-www-form-urlencoded"}), SignOptions{Provider: "twilio", URL: signedURL})
	claims := []capture.Field{{Name: "X-Forwarded-Proto", Value: "https"}, {Name: "X-Forwarded-Host", Value: "public.example.net"}}
	for _, tt := range []struct {
		name, configured, tunnel string
		claims                   bool
		want                     string
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
		if s.Identify(ex); ex.Verdict.Verdict != tt.want {
			t.Errorf("%s: identified as %+v, want %s", tt.name, ex.Verdict, tt.want)
		}
		if r, err := s.Check(t.Context(), ex, Options{}); err != nil || r.Verdict.Verdict != tt.want {
			t.Errorf("%s: checked as %+v, want %s (%v)", tt.name, r.Verdict, tt.want, err)
		}
		if r, err := s.Check(t.Context(), ex, Options{PublicURL: signedURL}); err != nil || r.Verdict.Verdict != capture.Valid {
			t.Errorf("%s: with the URL by hand %+v (%v)", tt.name, r.Verdict, err)
		}
	}
}
