package compose

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"creel/capture"
	"creel/capture/safe"
	"creel/forward/edit"
	"creel/ui/theme"
)

// A paste goes where one writes; where one does not, it says so and changes nothing.
func TestPasteGoesWhereOneWrites(t *testing.T) {
	c := start(t, "x", theme.Options{})
	press(c, "tab")
	before := string(c.Text())
	c.Update(tea.PasteMsg{Content: "lost"})
	if string(c.Text()) != before || !strings.Contains(plain(c), "pasted where no text is") {
		t.Errorf("on an option line:\n%s", plain(c))
	}
	press(c, "enter", "ctrl+u")
	c.Update(tea.PasteMsg{Content: "4000/pasted"})
	press(c, "enter")
	if string(c.Text()) == before || !strings.HasPrefix(string(c.Text()), "POST /pasted") {
		t.Errorf("in the field of the URL: %q", c.Text())
	}
	press(c, "esc")
	c.Update(tea.PasteMsg{Content: "in the text "})
	if !strings.HasSuffix(string(c.Text()), "\n\nin the text x") {
		t.Errorf("in the text: %q", c.Text())
	}
}

// What was found out of an earlier text, or of another draft, is dropped.
func TestLateChecksAreDropped(t *testing.T) {
	c := start(t, stripeBody, theme.Options{})
	n := c.checked
	for _, msg := range []tea.Msg{
		examined{c.ID(), n - 1, state{}},
		examined{c.ID() + 1, n, state{}},
		signature{c.ID(), n - 1, c.sign},
		signature{c.ID() + 1, n, c.sign},
		rechecked{c.ID(), n - 1},
		rechecked{c.ID() + 1, n},
	} {
		switch late := msg.(type) {
		case examined:
			late.problem = &edit.Problem{Line: 1, Col: 1}
			msg = late
		case signature:
			late.Text = "late"
			msg = late
		}
		if cmd := c.Update(msg); cmd != nil || c.state.problem != nil || c.sign.Text != "valid" {
			t.Errorf("%T: %v, %q", msg, c.state.problem, c.sign.Text)
		}
	}
	if c.Update(rechecked{c.ID(), n}) == nil {
		t.Error("a check that is due is not made")
	}
}

// A file stands in the text as it is, unless one could not read it there.
func TestShownFile(t *testing.T) {
	lines := func(n int) []byte { return []byte(strings.Repeat("x\n", n)) }
	for _, tt := range []struct {
		bytes []byte
		shown bool
	}{
		{nil, true},
		{[]byte("text\n"), true},
		{binaryBody, false},
		{lines(edit.MaxLines - 1), true},
		{lines(edit.MaxLines), false},
		{[]byte(strings.Repeat("x", edit.MaxBytes)), true},
		{[]byte(strings.Repeat("x", edit.MaxBytes+1)), false},
	} {
		got := string(start(t, "", theme.Options{}).shownFile(FileRead{Path: "a.bin", Bytes: tt.bytes}))
		if shown := got == string(tt.bytes); shown != tt.shown || !shown && !strings.HasSuffix(got, " bytes of a.bin)") {
			t.Errorf("%d bytes: %.40q", len(tt.bytes), got)
		}
	}
}

// A single character has none to change places with, however many bytes it has.
func TestTransposeOfOneCharacter(t *testing.T) {
	for text, want := range map[string]string{"": "", "x": "x", "世": "世", "世x": "x世", "e\u0301": "e\u0301"} {
		c := start(t, text, theme.Options{})
		press(c, "ctrl+end", "ctrl+t")
		if !strings.HasSuffix(string(c.Text()), "\n\n"+want) {
			t.Errorf("%q became %q", text, c.Text())
		}
	}
}

// A value cannot be set, or gone to, in a body that is not in the text.
func TestSetValueWithoutText(t *testing.T) {
	binary, file := startBinary(t), start(t, `{"a":1}`, theme.Options{})
	file.takeFile(FileRead{Path: "f.json", Bytes: []byte(`{"a":1}`)})
	for _, c := range []*Compose{binary, file} {
		before, at := string(c.Text()), c.text.at
		if _, err := c.SetValue(".a", "1", "2"); err == nil || string(c.Text()) != before {
			t.Errorf("%v, %q", err, c.Text())
		}
		if c.GoToValue(".a", "1"); c.text.at != at {
			t.Errorf("the cursor went to %v", c.text.at)
		}
	}
	c := start(t, `{"a":1}`, theme.Options{})
	at := c.text.at
	if c.GoToValue("a b", "1"); c.text.at != at {
		t.Errorf("a wrong path leads to %v", c.text.at)
	}
}

// What was not captured is a new request.
func TestNewRequest(t *testing.T) {
	spec := start(t, "x", theme.Options{}).spec
	ex := *spec.Exchange
	ex.ID, spec.Exchange = 0, &ex
	c := New(spec)
	c.SetSize(80, 23)
	if got, _, _ := strings.Cut(plain(c), "\n"); !strings.HasPrefix(got, " new request  →  ") || !strings.HasSuffix(got, "draft, nothing sent yet") {
		t.Error(got)
	}
}

// A length of one's own is kept, and both places say so.
func TestLengthOfOnesOwn(t *testing.T) {
	c := start(t, "12345", theme.Options{})
	c.SetSize(110, 23)
	goTo(c, "Content-Length")
	press(c, "!", "end", "0")
	if p := plain(c); !strings.Contains(p, "Content-Length!: 50") ||
		!strings.Contains(p, "5 bytes, valid JSON; Content-Length is pinned to 50; the body has 5 bytes") {
		t.Error(p)
	}
	press(c, "home", "ctrl+k")
	typed(c, "Content-Length: 5")
	press(c, "enter")
	typed(c, "Content-Length!: 7")
	if p := plain(c); !strings.Contains(p, "sent as you wrote it") {
		t.Error(p)
	}
}

// A URL that is wrong is put right before the editor opens.
func TestEditorWaitsForTheURL(t *testing.T) {
	c := start(t, "x", theme.Options{})
	opened := false
	c.spec.Editor = func([]byte) tea.Cmd { opened = true; return nil }
	press(c, "tab", "enter", "ctrl+u", "x")
	if press(c, "ctrl+o"); opened || c.field == nil || c.note == "" {
		t.Errorf("opened %v, %q", opened, c.note)
	}
	press(c, "esc")
	if c.Update(keyMsg("ctrl+o")); !opened {
		t.Error("it does not open")
	}
}

// Of several responses each has a line: how its body begins, or why there is none.
func TestResponsesOfSeveral(t *testing.T) {
	c := start(t, "x", theme.Options{})
	c.SetSize(100, 30)
	if _, err := c.setTo("3000, 4000, 5000"); err != nil {
		t.Fatal(err)
	}
	press(c, "ctrl+s")
	c.Sending()
	c.Responded(&capture.Attempt{To: c.sentTo[0], Took: 1e6, Reply: capture.Reply{Status: 200, Body: capture.NewBody([]byte("fine\nmore"))}})
	c.Responded(&capture.Attempt{To: c.sentTo[1], Took: 2e6, Cause: capture.CauseRefused, Err: "connection refused"})
	c.Responded(&capture.Attempt{To: c.sentTo[2], Took: 3e6, Reply: capture.Reply{Status: 500, Body: capture.StoredBody(nil, 1, 10)}})
	var got []string
	for _, l := range c.responseLines() {
		got = append(got, strings.TrimSpace(l.String()))
	}
	want := []string{
		"200   1 ms   " + c.sentTo[0] + "   fine", "refused   2 ms   " + c.sentTo[1] + "   connection refused", "500   3 ms   " + c.sentTo[2],
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// Help has each key once, with what it does; those that need no words are left out.
func TestAllKeys(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range AllKeys() {
		h := k.Help()
		if h.Key == "" || h.Desc == "" || seen[h.Key] {
			t.Errorf("%q %q", h.Key, h.Desc)
		}
		seen[h.Key] = true
	}
	for _, k := range []string{"ctrl+s", "tab", "ctrl+o", "ctrl+z", "ctrl+k", "f1", "esc"} {
		if !seen[k] {
			t.Errorf("no %s in %v", k, seen)
		}
	}
}

// A URL without a path is cut in its middle, one with a path in that.
func TestCutPath(t *testing.T) {
	for url, want := range map[string]string{
		"https://a-name-that-is-long.example.com":    "https://a-na…example.com",
		"localhost:3000/a/path/that/is/long/the/end": "localhost:3000/a/pa…/end",
		"https://example.com/short":                  "https://exam…e.com/short",
		"http://a.example/b":                         "http://a.example/b",
	} {
		if got := cutPath(safe.Line(url), 24).String(); got != want {
			t.Errorf("%s: %s, want %s", url, got, want)
		}
	}
}

// Enter is offered in the options where it does something, and only there.
func TestEnterIsOfferedWhereItActs(t *testing.T) {
	for _, body := range []string{stripeBody, "plain", "\x00\x01\x02\x03\x04\x05", "{"} {
		for _, edit := range []string{"", "x"} {
			c := start(t, body, theme.Options{})
			typed(c, edit)
			for range optionLines {
				press(c, "tab")
				before := fmt.Sprint(c.focus, c.renew, c.opts, c.field)
				offered := slices.ContainsFunc(c.Keys(), func(k key.Binding) bool { return slices.Contains(k.Keys(), "enter") })
				on := c.focus
				press(c, "enter")
				if acts := fmt.Sprint(c.focus, c.renew, c.opts, c.field) != before; acts != offered {
					t.Errorf("%q, typed %q, on %s: enter is offered: %v, acts: %v", body, edit, optionNames[on], offered, acts)
				}
				c.field, c.focus = nil, on
			}
		}
	}
}
