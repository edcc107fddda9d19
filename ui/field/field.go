// Package field is a one-line text field with readline's keys and the
// terminal's own cursor. Like the theme it is a foundation: any part of the
// screen may use it.
//
// Its text may be captured bytes (a prefilled path): it is drawn through safe,
// and what is typed or pasted is kept as it is, but for line breaks, which
// become blanks.
package field

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"creel/capture/safe"
	"creel/ui/theme"
)

// Field is a text field. The zero value is empty and ready. It is for one
// goroutine.
type Field struct {
	// Ghost is shown, dim, while the field is empty.
	Ghost string
	// Secret shows a dot for each character.
	Secret bool

	text []string // characters, or single bytes that are none
	pos  int
	kill []string
}

// New returns a field with text in it and the cursor at its end.
func New(text string) Field {
	f := Field{}
	f.Set(text)
	return f
}

// Value is the text.
func (f *Field) Value() string { return strings.Join(f.text, "") }

// Set replaces the text and puts the cursor at its end.
func (f *Field) Set(text string) {
	f.text = characters(oneLine(text))
	f.pos = len(f.text)
}

// Pos is the place of the cursor, in bytes of Value.
func (f *Field) Pos() int { return len(strings.Join(f.text[:f.pos], "")) }

// SetPos moves the cursor to a byte of Value.
func (f *Field) SetPos(bytes int) {
	for f.pos = 0; f.pos < len(f.text) && bytes >= len(f.text[f.pos]); f.pos++ {
		bytes -= len(f.text[f.pos])
	}
}

// Insert puts text in at the cursor.
func (f *Field) Insert(text string) {
	in := characters(oneLine(text))
	f.text = slices.Concat(f.text[:f.pos], in, f.text[f.pos:])
	f.pos += len(in)
}

// Update handles a key or a paste and reports whether it was one of its own.
func (f *Field) Update(msg tea.Msg) bool {
	switch msg := msg.(type) {
	case tea.PasteMsg:
		f.Insert(msg.Content)
		return true
	case tea.KeyPressMsg:
		if act, ok := keys[msg.String()]; ok {
			act(f)
			return true
		}
		if msg.Text != "" && msg.Mod&^tea.ModShift == 0 {
			f.Insert(msg.Text)
			return true
		}
	}
	return false
}

// keys are readline's, by the names Bubble Tea gives them.
var keys = map[string]func(*Field){
	"left": (*Field).left, "ctrl+b": (*Field).left,
	"right": (*Field).right, "ctrl+f": (*Field).right,
	"home": (*Field).home, "ctrl+a": (*Field).home,
	"end": (*Field).end, "ctrl+e": (*Field).end,
	"alt+b": (*Field).wordLeft, "alt+left": (*Field).wordLeft, "ctrl+left": (*Field).wordLeft,
	"alt+f": (*Field).wordRight, "alt+right": (*Field).wordRight, "ctrl+right": (*Field).wordRight,
	"backspace": (*Field).backspace, "ctrl+h": (*Field).backspace,
	"delete": (*Field).del, "ctrl+d": (*Field).del,
	"ctrl+w": (*Field).killWordLeft, "alt+backspace": (*Field).killWordLeft, "ctrl+backspace": (*Field).killWordLeft,
	"alt+d":  (*Field).killWordRight,
	"ctrl+u": (*Field).killHome, "ctrl+k": (*Field).killEnd,
	"ctrl+y": (*Field).yank, "ctrl+t": (*Field).transpose,
}

func (f *Field) left()      { f.pos = max(0, f.pos-1) }
func (f *Field) right()     { f.pos = min(len(f.text), f.pos+1) }
func (f *Field) home()      { f.pos = 0 }
func (f *Field) end()       { f.pos = len(f.text) }
func (f *Field) wordLeft()  { f.pos = f.leftOfWord() }
func (f *Field) wordRight() { f.pos = f.rightOfWord() }

func (f *Field) backspace() { f.cut(max(0, f.pos-1), f.pos, false) }
func (f *Field) del()       { f.cut(f.pos, min(len(f.text), f.pos+1), false) }

func (f *Field) killWordLeft()  { f.cut(f.leftOfWord(), f.pos, true) }
func (f *Field) killWordRight() { f.cut(f.pos, f.rightOfWord(), true) }
func (f *Field) killHome()      { f.cut(0, f.pos, true) }
func (f *Field) killEnd()       { f.cut(f.pos, len(f.text), true) }

func (f *Field) yank() { f.Insert(strings.Join(f.kill, "")) }

func (f *Field) transpose() {
	if len(f.text) < 2 || f.pos == 0 {
		return
	}
	i := min(f.pos, len(f.text)-1)
	f.text[i-1], f.text[i] = f.text[i], f.text[i-1]
	f.pos = i + 1
}

func (f *Field) cut(from, to int, keep bool) {
	if keep && to > from {
		f.kill = slices.Clone(f.text[from:to])
	}
	f.text = append(f.text[:from:from], f.text[to:]...)
	f.pos = from
}

func (f *Field) leftOfWord() int {
	i := f.pos
	for i > 0 && !isWord(f.text[i-1]) {
		i--
	}
	for i > 0 && isWord(f.text[i-1]) {
		i--
	}
	return i
}

func (f *Field) rightOfWord() int {
	i := f.pos
	for i < len(f.text) && !isWord(f.text[i]) {
		i++
	}
	for i < len(f.text) && isWord(f.text[i]) {
		i++
	}
	return i
}

// isWord splits where people expect it in URLs and filters, too.
func isWord(char string) bool {
	r, _ := utf8.DecodeRuneInString(char)
	return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_'
}

// View draws the field, exactly w cells wide, and says in which of them the
// cursor stands. A text too long scrolls so that the cursor is in sight.
func (f *Field) View(t *theme.Theme, w int) (drawn string, cursor int) {
	if len(f.text) == 0 {
		return t.NewRow(w, theme.Style{}).Text(t.Ghost, safe.Line(f.Ghost)).String(), 0
	}
	start := f.pos
	for start > 0 && f.width(start-1, f.pos) < w {
		start--
	}
	end := f.pos
	for end < len(f.text) && f.width(start, end+1) <= w {
		end++
	}
	row := t.NewRow(w, theme.Style{}).Text(t.Plain, f.shown(start, end))
	return row.String(), min(f.width(start, f.pos), max(0, w-1))
}

func (f *Field) shown(from, to int) safe.Text {
	if f.Secret {
		return safe.Line(strings.Repeat("*", to-from))
	}
	return safe.Line(strings.Join(f.text[from:to], ""))
}

// width measures a stretch as a whole: characters that combine take less room
// together than one by one.
func (f *Field) width(from, to int) int { return f.shown(from, to).Width() }

// characters splits s so that joining gives the same bytes.
func characters(s string) []string {
	var out []string
	for s != "" {
		_, n := utf8.DecodeRuneInString(s)
		out = append(out, s[:n])
		s = s[n:]
	}
	return out
}

func oneLine(s string) string {
	s = strings.TrimRight(s, "\r\n")
	return strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ").Replace(s)
}
