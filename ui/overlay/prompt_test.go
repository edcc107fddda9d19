package overlay

import (
	"errors"
	"strings"
	"testing"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"creel/capture/safe"
)

// An empty prompt has its ghost; a warning comes only once enter did not take
// it, or something wrong was typed.
func TestPromptWarnsOfWhatWasTyped(t *testing.T) {
	p := NewPrompt(testTheme(t), PromptSpec{
		Title: safe.Const("keep as preset"), Verb: "keep it", Ghost: "a name",
		Check: func(s string) (safe.Text, error) {
			if s != "slow" {
				return safe.Text{}, errors.New("it needs a name")
			}
			return safe.Const("fine"), nil
		},
		Done: with[string],
	})
	if got := p.Keys()[0]; got.Help() != (key.Help{Key: "enter", Desc: "keep it"}) {
		t.Error(got)
	}
	for _, step := range []struct {
		key   string
		warns bool
	}{{"", false}, {"enter", true}, {"d", true}, {"ctrl+u", false}, {"x", true}} {
		if step.key != "" {
			given(p, step.key)
		}
		if got := strings.Contains(drawn(p, 80, 24), "it needs a name"); got != step.warns {
			t.Errorf("after %q: %s", step.key, drawn(p, 80, 24))
		}
	}
	if msg, done := given(p, "ctrl+u", "slow", "enter"); msg != tea.Msg("slow") || !done {
		t.Error(msg, done)
	}
}
