package detail

import (
	"testing"

	"creel/capture"
)

// TestHostNote: only a valid signature over the URL that goes out as it came, with
// another Host, may be refused for its host.
func TestHostNote(t *testing.T) {
	for _, tt := range []struct {
		name, provider string
		verdict        capture.Verdict
		host           string
		signed, want   bool
	}{
		{"another host", "twilio", capture.Valid, "localhost:3000", false, true},
		{"the same host", "twilio", capture.Valid, "Hooks.example.com", false, false},
		{"signed for where it went", "twilio", capture.Valid, "localhost:3000", true, false},
		{"not valid", "twilio", capture.Invalid, "localhost:3000", false, false},
		{"not over the URL", "stripe", capture.Valid, "localhost:3000", false, false},
		{"over the path alone", "contentful", capture.Valid, "localhost:3000", false, false},
	} {
		ex := &capture.Exchange{Request: capture.Request{Host: "hooks.example.com"}, Sender: capture.Sender{Provider: tt.provider}, Signature: capture.Signature{Verdict: tt.verdict}}
		a := &capture.Attempt{Signed: tt.signed, Fields: []capture.Field{{Name: "Host", Value: tt.host}}}
		if note := hostNote(ex, a); (note != "") != tt.want {
			t.Errorf("%s: %q", tt.name, note)
		}
	}
}
