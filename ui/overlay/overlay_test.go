package overlay

import (
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"creel/capture/safe"
	"creel/ui/theme"
)

type chosen string

// with is a callback whose command gives what it was called with.
func with[T any](v T) tea.Cmd { return func() tea.Msg { return v } }

// giving is a callback whose command gives v.
func giving[T any](v T) func() tea.Cmd { return func() tea.Cmd { return with(v) } }

func press(s string) tea.KeyPressMsg {
	switch s {
	case "enter":
		return tea.KeyPressMsg{Code: tea.KeyEnter}
	case "esc":
		return tea.KeyPressMsg{Code: tea.KeyEscape}
	case "down":
		return tea.KeyPressMsg{Code: tea.KeyDown}
	}
	return tea.KeyPressMsg{Code: []rune(s)[0], Text: s}
}

func testTheme(t testing.TB) *theme.Theme {
	th, err := theme.New(theme.Options{Colors: theme.ColorsTrue})
	if err != nil {
		t.Fatal(err)
	}
	return th
}

func items() []Item {
	return []Item{
		{Key: "u", Name: safe.Line("the URL"), Off: safe.Line("has none"), Do: giving(chosen("url"))},
		{Key: "b", Name: safe.Line("the body"), Do: giving(chosen("body"))},
		{Key: "c", Name: safe.Line("as curl"), Do: giving(chosen("curl"))},
	}
}

func TestMenu(t *testing.T) {
	tests := []struct {
		keys []string
		want tea.Msg
	}{
		{[]string{"enter"}, chosen("body")},
		{[]string{"down", "enter"}, chosen("curl")},
		{[]string{"k", "enter"}, chosen("curl")},
		{[]string{"c"}, chosen("curl")},
		{[]string{"u", "esc"}, nil},
	}
	for _, tt := range tests {
		var s Stack
		s.Open(NewMenu(testTheme(t), safe.Line("copy"), items()))
		var got tea.Msg
		for _, k := range tt.keys {
			if cmd := s.Input(press(k), 80, 24); cmd != nil {
				got = cmd()
			}
		}
		if got != tt.want || s.Top() != nil {
			t.Errorf("%q: got %v, want %v; open %v", tt.keys, got, tt.want, s.Top())
		}
	}
}

func TestPaletteFindsTheClosest(t *testing.T) {
	for typed, want := range map[string]tea.Msg{"body": chosen("body"), "url": chosen("curl"), "tb": chosen("body"), "crl": chosen("curl"), "zz": nil} {
		p := NewPalette(testTheme(t), items())
		for _, r := range typed {
			p.Update(press(string(r)))
		}
		cmd, _ := p.Update(press("enter"))
		var got tea.Msg
		if cmd != nil {
			got = cmd()
		}
		if got != want {
			t.Errorf("%q: got %v, want %v", typed, got, want)
		}
	}
}

func TestComposeKeepsTheScreensSize(t *testing.T) {
	th := testTheme(t)
	screens := []Overlay{
		NewMenu(th, safe.Line("copy"), items()),
		NewPalette(th, items()),
		NewPrompt(th, PromptSpec{Title: safe.Line("forward to"), Text: "http://localhost:3000/世界"}),
		NewConfirm(th, safe.Line("quit?"), safe.Line("quit"), nil, safe.Line("2 senders are held")),
		NewPage(th, safe.Line("help"), slices.Repeat([]PageRow{{Name: safe.Line("r"), At: 10, Text: safe.Line("a line of help")}}, 60), 80, 23),
	}
	for _, size := range [][2]int{{20, 5}, {40, 12}, {80, 24}, {121, 41}} {
		w, h := size[0], size[1]
		line := th.NewRow(w, theme.Style{}).Text(th.Bad, safe.Line(strings.Repeat("世", w/2))).String()
		base := strings.TrimSuffix(strings.Repeat(line+"\n", h), "\n")
		for _, o := range screens {
			var s Stack
			s.Open(o)
			got, cursor := s.Compose(base, w, h)
			lines := strings.Split(got, "\n")
			if len(lines) != h {
				t.Errorf("%T at %dx%d: %d lines", o, w, h, len(lines))
			}
			for i, l := range lines {
				if n := ansi.StringWidth(l); n != w {
					t.Fatalf("%T at %dx%d: line %d is %d wide: %q", o, w, h, i, n, ansi.Strip(l))
				}
			}
			if cursor != nil && (cursor.X >= w || cursor.Y >= h) {
				t.Errorf("%T at %dx%d: cursor at %d,%d", o, w, h, cursor.X, cursor.Y)
			}
		}
	}
}
