package compose

import (
	"strings"
	"testing"

	"creel/capture"
	"creel/ui/theme"
)

// The title is about the draft as it stands, not about its number of changes.
func TestTitleComparesWithWhatWasSent(t *testing.T) {
	c := start(t, "1", theme.Options{})
	c.SetSize(120, 23)
	press(c, "ctrl+end")
	const sent, changed = "sent: 200", "draft, changed since it was sent"
	for _, step := range []struct{ keys, want string }{
		{"2 ctrl+s", sent},
		{"3", changed},
		{"backspace", sent},
		{"backspace", changed}, // as captured
		{"2", sent},
		{"tab enter 4 0 0 0 enter", changed},
		{"ctrl+s", sent},
	} {
		for _, k := range strings.Fields(step.keys) {
			if press(c, k); k == "ctrl+s" {
				c.Sending()
				c.Responded(&capture.Attempt{Reply: capture.Reply{Status: 200}})
			}
		}
		if got, _, _ := strings.Cut(plain(c), "\n"); !strings.HasSuffix(strings.TrimSpace(got), step.want) {
			t.Errorf("after %s: %s", step.keys, got)
		}
	}
}

// A message of its own does not stand above the rest of an earlier response, and what is
// said of the signature does not go with a mistake.
func TestMessageWithoutTheResponseBefore(t *testing.T) {
	c := start(t, "hh", theme.Options{})
	c.SetSize(80, 30)
	press(c, "ctrl+s")
	c.Sending()
	c.Responded(&capture.Attempt{Reply: capture.Reply{Status: 501, Body: capture.NewBody([]byte("first\nsecond"))}})
	if p := plain(c); !strings.Contains(p, "second") {
		t.Fatal(p)
	}
	goTo(c, "Host")
	press(c, "delete", "ctrl+s")
	if p := plain(c); strings.Contains(p, "second") || strings.Count(p, "Signature  not known: line 2: ") != 1 {
		t.Error(p)
	}
}
