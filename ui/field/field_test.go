package field

import (
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"creel/ui/theme"
)

// press makes the message of a key: one character, or a name of the table.
func press(key string) tea.KeyPressMsg {
	named := map[string]tea.KeyPressMsg{
		"backspace": {Code: tea.KeyBackspace}, "home": {Code: tea.KeyHome}, "left": {Code: tea.KeyLeft},
		"ctrl+w": {Code: 'w', Mod: tea.ModCtrl}, "ctrl+u": {Code: 'u', Mod: tea.ModCtrl},
		"ctrl+k": {Code: 'k', Mod: tea.ModCtrl}, "ctrl+y": {Code: 'y', Mod: tea.ModCtrl},
		"ctrl+t": {Code: 't', Mod: tea.ModCtrl}, "ctrl+d": {Code: 'd', Mod: tea.ModCtrl},
		"ctrl+a": {Code: 'a', Mod: tea.ModCtrl}, "alt+b": {Code: 'b', Mod: tea.ModAlt},
		"alt+d": {Code: 'd', Mod: tea.ModAlt}, "space": {Code: tea.KeySpace, Text: " "},
	}
	if m, ok := named[key]; ok {
		return m
	}
	return tea.KeyPressMsg{Code: []rune(key)[0], Text: key}
}

func TestKeys(t *testing.T) {
	tests := []struct {
		text string
		keys []string
		want string
		pos  int
	}{
		{"", []string{"a", "b", "space", "c"}, "ab c", 4},
		{"path:/a b", []string{"ctrl+w"}, "path:/a ", 8},
		{"one two", []string{"alt+b", "ctrl+k", "ctrl+a", "ctrl+y"}, "twoone ", 3},
		{"one two", []string{"ctrl+u", "ctrl+y"}, "one two", 7},
		{"ab", []string{"ctrl+t"}, "ba", 2},
		{"äö", []string{"left", "ctrl+d"}, "ä", 2},
		{"one two", []string{"ctrl+a", "alt+d"}, " two", 0},
		{"", []string{"backspace", "ctrl+w", "ctrl+t", "ctrl+d"}, "", 0},
	}
	for _, tt := range tests {
		f := New(tt.text)
		for _, k := range tt.keys {
			if !f.Update(press(k)) {
				t.Errorf("%q is not a key of the field", k)
			}
		}
		if f.Value() != tt.want || f.Pos() != tt.pos {
			t.Errorf("%q after %q: %q at %d, want %q at %d", tt.text, tt.keys, f.Value(), f.Pos(), tt.want, tt.pos)
		}
	}
}

func TestBytesAreKept(t *testing.T) {
	const odd = "/a\x9b\xff\x00世"
	f := New(odd)
	f.SetPos(3)
	f.Insert("x")
	f.Update(press("backspace"))
	if f.Value() != odd || f.Pos() != 3 {
		t.Errorf("%q at %d", f.Value(), f.Pos())
	}
}

func TestPasteIsOneLine(t *testing.T) {
	f := New("a")
	f.Update(tea.PasteMsg{Content: "b\r\nc\n"})
	if f.Value() != "ab c" {
		t.Errorf("pasted: %q", f.Value())
	}
}

func TestViewIsAsWideAsAsked(t *testing.T) {
	th, _ := theme.New(theme.Options{})
	rapid.Check(t, func(t *rapid.T) {
		f := New(rapid.String().Draw(t, "text"))
		f.SetPos(rapid.IntRange(0, 40).Draw(t, "pos"))
		w := rapid.IntRange(1, 30).Draw(t, "w")
		drawn, cursor := f.View(th, w)
		if n := ansi.StringWidth(drawn); n != w || cursor < 0 || cursor >= w {
			t.Fatalf("%q in %d: %d wide, cursor %d", f.Value(), w, n, cursor)
		}
	})
}
