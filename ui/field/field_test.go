package field

import (
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"creel/capture/safe"
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
		{"one two", []string{"ctrl+u", "ctrl+u", "ctrl+k", "ctrl+w", "alt+d", "ctrl+y"}, "one two", 7}, // nothing that was cut is lost for nothing
		{"a/b_2c", []string{"ctrl+w"}, "a/", 2},
		{"one two, ", []string{"ctrl+w"}, "one ", 4},
		{"one two, ", []string{"alt+b", "x"}, "one xtwo, ", 5},
		{"a/b_2c d", []string{"ctrl+a", "alt+d", "alt+d"}, " d", 0},
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

// A text that is selected is replaced by what is typed or pasted, cleared by
// backspace and delete, and kept by every key that moves; after one key it is
// not selected any more.
func TestSelected(t *testing.T) {
	end := tea.KeyPressMsg{Code: 'e', Mod: tea.ModCtrl}
	paste := tea.PasteMsg{Content: "422"}
	for _, tt := range []struct {
		msgs []tea.Msg
		want string
	}{
		{[]tea.Msg{press("4"), press("2")}, "42"},
		{[]tea.Msg{paste, press("!")}, "422!"},
		{[]tea.Msg{press("backspace")}, ""},
		{[]tea.Msg{press("ctrl+d"), press("5")}, "5"},
		{[]tea.Msg{press("backspace"), press("ctrl+y")}, "200 ok"},
		{[]tea.Msg{end, press("!")}, "200 ok!"},
		{[]tea.Msg{press("left"), press("x")}, "200 oxk"},
		{[]tea.Msg{press("home"), press("backspace")}, "200 ok"},
		{[]tea.Msg{press("alt+b"), press("x")}, "200 xok"},
		{[]tea.Msg{press("ctrl+u"), press("5")}, "5"},
		{[]tea.Msg{press("ctrl+w"), press("5")}, "200 5"},
		{[]tea.Msg{tea.KeyPressMsg{Code: tea.KeyTab}, press("5")}, "5"},
	} {
		f := Prefilled("200 ok")
		for _, msg := range tt.msgs {
			f.Update(msg)
		}
		if f.Value() != tt.want {
			t.Errorf("%v: %q, want %q", tt.msgs, f.Value(), tt.want)
		}
	}
}

func TestSelectedIsDrawnSo(t *testing.T) {
	th, _ := theme.New(theme.Options{Colors: theme.ColorsTrue})
	f := Prefilled("200")
	selected, _ := f.View(th, 10)
	f.Unselect()
	if plain, _ := f.View(th, 10); plain == selected || ansi.Strip(plain) != ansi.Strip(selected) {
		t.Errorf("%q and %q", plain, selected)
	}
}

// An empty field shows its ghost, as wide as there is room for; a text takes its place.
func TestGhost(t *testing.T) {
	th, _ := theme.New(theme.Options{Colors: theme.ColorsTrue})
	f := Field{Ghost: "a name"}
	for w, want := range map[int]string{10: "a name    ", 6: "a name", 4: "a n…"} {
		drawn, cursor := f.View(th, w)
		ghost := th.NewRow(w, theme.Style{}).Text(th.Ghost, safe.Const("a name")).String()
		if ansi.Strip(drawn) != want || drawn != ghost || cursor != 0 {
			t.Errorf("%d cells: %q, the cursor at %d", w, drawn, cursor)
		}
	}
	f.Insert("x")
	if drawn, cursor := f.View(th, 10); ansi.Strip(drawn) != "x         " || cursor != 1 {
		t.Errorf("%q, the cursor at %d", drawn, cursor)
	}
	f.Update(press("backspace"))
	if drawn, _ := f.View(th, 6); ansi.Strip(drawn) != "a name" {
		t.Errorf("emptied: %q", drawn)
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

// Whatever bytes are put in are what comes out, and the cursor stays within.
func FuzzBytesAreKept(f *testing.F) {
	for _, s := range []string{"", "/a\x9b\xff\x00世", "\ufffd\xef\xbf", "\U0010F000\U0010F1FF\U0010F200", "\u009b\t\x1b[m"} {
		f.Add(s, 3)
	}
	f.Fuzz(func(t *testing.T, text string, pos int) {
		want := oneLine(text)
		f := New(text)
		f.SetPos(pos)
		if at := f.Pos(); at < 0 || at > len(want) {
			t.Fatalf("%q: cursor at %d", want, at)
		}
		f.Insert("x")
		f.Update(press("backspace"))
		f.Update(press("ctrl+u"))
		f.Update(press("ctrl+y"))
		if f.Value() != want {
			t.Fatalf("%q, want %q", f.Value(), want)
		}
	})
}

func TestZeroFieldIsReady(t *testing.T) {
	th, _ := theme.New(theme.Options{})
	var f Field
	if _, cursor := f.View(th, 5); f.Value() != "" || f.Pos() != 0 || cursor != 0 {
		t.Errorf("%q at %d", f.Value(), f.Pos())
	}
	f.Insert("ab")
	if f.Value() != "ab" || f.Pos() != 2 {
		t.Errorf("%q at %d", f.Value(), f.Pos())
	}
}

func TestSecretIsOneWord(t *testing.T) {
	th, _ := theme.New(theme.Options{})
	f := New("hunter2 is it")
	f.Secret = true
	if drawn, _ := f.View(th, 20); ansi.Strip(drawn) != "*************       " {
		t.Errorf("%q", drawn)
	}
	if f.Update(press("ctrl+w")); f.Value() != "" {
		t.Errorf("%q is left of a secret", f.Value())
	}
}

func TestOtherKeysAreNotItsOwn(t *testing.T) {
	f := New("a")
	for _, k := range []tea.KeyPressMsg{
		{Code: tea.KeyTab},
		{Code: tea.KeyUp},
		{Code: tea.KeyDown},
		{Code: tea.KeyEnter},
		{Code: tea.KeyEscape},
		{Code: 'n', Mod: tea.ModCtrl},
		{Code: 'v', Mod: tea.ModCtrl},
		{Code: 'x', Mod: tea.ModAlt},
	} {
		if f.Update(k) {
			t.Errorf("%s is taken", k)
		}
	}
}

// BenchmarkType types into a field. It must beat 20 µs for a key: one of many
// things that happen on it.
func BenchmarkType(b *testing.B) {
	f := New("https://example.test/webhooks/stripe?x=1")
	for b.Loop() {
		f.Update(press("a"))
		f.Update(press("backspace"))
	}
}

// BenchmarkNew makes a field, of which a form has several. It must beat 50 µs.
func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		New("https://example.test")
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
