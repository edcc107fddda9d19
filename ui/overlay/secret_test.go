package overlay

import (
	"errors"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/google/go-cmp/cmp"

	"creel/capture/provider"
	"creel/capture/safe"
	"creel/ui/theme"
)

func secretSpec() SecretSpec {
	return SecretSpec{
		Provider: "stripe", Title: "Stripe", Path: "/hooks/stripe", File: "~/.config/creel/config.toml", Done: with[EnteredSecret],
		Try: func(s provider.Secret, _ string) (safe.Text, bool) {
			if s.Value == "whsec_right" {
				return safe.Const("it fits: the signature of #412 is valid"), true
			}
			return safe.Const("it does not fit #412"), false
		},
	}
}

func TestSecret(t *testing.T) {
	o := NewSecret(testTheme(t), secretSpec())
	given(o, "whsec_right")
	want := `╭─ what Stripe signs with ─────────────────────────────────────────────────╮
│ secret  ***********                                                      │
│ for     [any path] only /hooks/stripe                                    │
│ keep    [until creel ends] in the configuration file                     │
│ the configuration file is ~/.config/…/config.toml, for you alone to read │
│                                                                          │
│ it fits: the signature of #412 is valid                                  │
│                                                                          │
│                                                                          │
│                                                                          │
╰──────────────────────────────────────────────────────────────────────────╯`
	if d := cmp.Diff(strings.Split(want, "\n"), strings.Split(drawn(o, 80, 24), "\n")); d != "" {
		t.Error(d)
	}
	if before := drawn(NewSecret(testTheme(t), secretSpec()), 80, 24); strings.Count(before, "\n") != strings.Count(want, "\n") {
		t.Errorf("the dialog moved when the secret was typed: %s", before)
	}
	got, done := given(o, "tab", "space", "tab", "space", "enter")
	if d := cmp.Diff(EnteredSecret{Secret: provider.Secret{Provider: "stripe", Path: "/hooks/stripe", Value: "whsec_right"}, Entered: "whsec_right", Keep: true}, got); d != "" || !done {
		t.Errorf("%s %v", d, done)
	}
}

// widths are the widths of the lines of a drawing.
func widths(s string) []int {
	var out []int
	for l := range strings.SplitSeq(s, "\n") {
		out = append(out, theme.Width(l))
	}
	return out
}

func TestSecretOnNarrowScreens(t *testing.T) {
	for _, w := range []int{10, 20, 33, 60} {
		spec := secretSpec()
		spec.Path = "/" + strings.Repeat("long/", 40)
		o := NewSecret(testTheme(t), spec)
		given(o, strings.Repeat("x", 200))
		for i, n := range widths(drawn(o, w, 12)) {
			if n != w {
				t.Errorf("line %d is %d of %d cells", i, n, w)
			}
		}
	}
}

func TestSecretRefusesAndTakesLines(t *testing.T) {
	o := NewSecret(testTheme(t), secretSpec())
	if got, done := given(o, "enter"); got != nil || done {
		t.Errorf("an empty secret was taken: %v", got)
	}
	const pem = "-----BEGIN PUBLIC KEY-----\nabc\n-----END PUBLIC KEY-----\n"
	o.Update(tea.PasteMsg{Content: strings.ReplaceAll(pem, "\n", "\r")}) // as terminals send it
	if text := drawn(o, 80, 24); !strings.Contains(text, "3 lines were pasted") || strings.Contains(text, "abc") {
		t.Error(text)
	}
	got, _ := given(o, "enter")
	if e, ok := got.(EnteredSecret); !ok || e.Secret.Value != pem || e.Secret.Path != "" || e.Keep {
		t.Errorf("%#v", got)
	}
	if got, done := given(o, "esc"); !done {
		t.Error(got)
	}
}

func TestSecretThatCame(t *testing.T) {
	spec := secretSpec()
	spec.Came, spec.Try, spec.File = "secret from asana", nil, ""
	o := NewSecret(testTheme(t), spec)
	if text := drawn(o, 80, 24); strings.Contains(text, "asana") || strings.Contains(text, "configuration") {
		t.Error(text)
	}
	got, _ := given(o, "enter")
	if e, ok := got.(EnteredSecret); !ok || e.Secret != (provider.Secret{Provider: "stripe", Path: "/hooks/stripe", Value: "secret from asana"}) || e.Keep {
		t.Errorf("%#v", got)
	}
}

func TestTrigger(t *testing.T) {
	spec := TriggerSpec{
		Sample: func(name, event string) tea.Cmd { return with(name + " " + event) }, Empty: giving("empty"), Curl: giving("curl"),
	}
	spec.Samples = []provider.SampleInfo{
		{Provider: "stripe", Title: "Stripe", Event: "invoice.paid", Signed: true}, {Provider: "github", Title: "GitHub", Event: "push"},
	}
	for keys, want := range map[string]tea.Msg{
		"":     "stripe invoice.paid",
		"gpu":  "github push",
		"empt": "empty",
		"curl": "curl",
	} {
		o := NewTrigger(testTheme(t), spec)
		given(o, keys)
		if got, done := given(o, "enter"); got != want || !done {
			t.Errorf("%q: %#v %v", keys, got, done)
		}
	}
	text := drawn(NewTrigger(testTheme(t), spec), 80, 24)
	for _, want := range []string{"─ send a sample to creel ─", "stripe  invoice.paid ", "  signed ", "github  push  ", "empty request"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	for i, n := range widths(text) {
		if n != 80 {
			t.Errorf("line %d is %d cells", i, n)
		}
	}
}

func TestCurl(t *testing.T) {
	read := func(text string) (safe.Text, error) {
		if !strings.HasPrefix(text, "curl ") {
			return safe.Text{}, errors.New("that is no curl command")
		}
		return safe.Const("POST /hook, 3 bytes"), nil
	}
	o := NewCurl(testTheme(t), read, with[string])
	if got, done := given(o, "c", "u", "enter"); got != nil || done {
		t.Errorf("keys were taken: %v", got)
	}
	o.Update(tea.PasteMsg{Content: "rm -rf /\n"})
	if text := drawn(o, 80, 24); !strings.Contains(text, "that is no curl command") {
		t.Error(text)
	}
	if got, done := given(o, "enter"); got != nil || done {
		t.Errorf("taken: %v", got)
	}
	const cmd = "curl -d '{}' \\\n  http://x/hook\x1b[31m"
	o.Update(tea.PasteMsg{Content: strings.ReplaceAll(cmd, "\n", "\r")})
	text := drawn(o, 40, 24)
	if !strings.Contains(text, "POST /hook, 3 bytes") || strings.Contains(o.View(40, 24).Content, "\x1b[31m") {
		t.Error(text)
	}
	for i, n := range widths(text) {
		if n != 40 {
			t.Errorf("line %d is %d cells", i, n)
		}
	}
	if got, done := given(o, "enter"); got != cmd || !done {
		t.Errorf("%#v", got)
	}
}
