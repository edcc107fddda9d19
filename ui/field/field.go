// Package field is a one-line text field with readline's keys and the
// terminal's own cursor. Like the theme it is a foundation: any part of the
// screen may use it.
//
// The text and the cursor are those of bubbles' textinput; what readline has
// beyond it (words as people see them in URLs, ctrl+y, ctrl+t) is on top, in
// keys.go.
//
// # Captured bytes
//
// A text may be captured bytes (a prefilled path). textinput drops control
// characters and what is not UTF-8, so the field gives it stand-ins for them, and
// takes these back whenever the text is asked for: a value is byte for byte what
// was set, typed or pasted, but for line breaks, which become blanks. It is drawn
// through safe, never by textinput's own View.
package field

import (
	"strings"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"creel/capture/safe"
	"creel/ui/theme"
)

// Field is a text field. The zero value is empty and ready. For one goroutine; edit no copies.
type Field struct {
	// Ghost is shown, dim, while the field is empty.
	Ghost string
	// Secret shows an asterisk for each character, and takes all of it for one
	// word.
	Secret bool

	made  bool
	input textinput.Model // when made
	kill  string          // with stand-ins
	whole bool            // the text is selected
}

// New returns a field with text in it and the cursor at its end.
func New(text string) Field {
	f := Field{}
	f.Set(text)
	return f
}

// Prefilled returns a field with text that is selected, for a value that is rather replaced.
func Prefilled(text string) Field {
	f := New(text)
	f.Select()
	return f
}

// Select selects the text: what is typed replaces it, backspace clears it, moving keeps it.
func (f *Field) Select() { f.whole = f.Value() != "" }

// Unselect leaves the text as it is, and is for a field that loses the keys.
func (f *Field) Unselect() { f.whole = false }

// make builds the engine, which has no useful zero value.
func (f *Field) make() {
	if f.made {
		return
	}
	f.made = true
	f.input = textinput.New()
	f.input.Prompt = ""
	f.input.SetVirtualCursor(false)
	f.input.KeyMap = engineKeys()
	f.input.Focus()
}

// Value is the text.
func (f *Field) Value() string { return takeBack(f.input.Value()) }

// Set replaces the text and puts the cursor at its end.
func (f *Field) Set(text string) {
	f.make()
	f.whole = false
	f.put([]rune(standIn(oneLine(text))), -1)
}

// Pos is the place of the cursor, in bytes of Value.
func (f *Field) Pos() int {
	return len(takeBack(string(f.runes()[:f.input.Position()])))
}

// SetPos moves the cursor to a byte of Value.
func (f *Field) SetPos(bytes int) {
	f.make()
	f.whole = false
	pos := 0
	for _, r := range f.runes() {
		if bytes -= len(takeBack(string(r))); bytes < 0 {
			break
		}
		pos++
	}
	f.input.SetCursor(pos)
}

// Insert puts text in at the cursor, or in place of a text that is selected.
func (f *Field) Insert(text string) { f.insert(standIn(oneLine(text))) }

// Update handles a key or a paste and reports whether it was one of its own.
func (f *Field) Update(msg tea.Msg) bool {
	f.make()
	switch msg := msg.(type) {
	case tea.PasteMsg:
		f.Insert(msg.Content)
		return true
	case tea.KeyPressMsg:
		for _, k := range ownKeys() {
			if key.Matches(msg, k.binding) {
				k.act(f)
				f.whole = false
				return true
			}
		}
		if key.Matches(msg, engineBindings(&f.input.KeyMap)...) {
			if f.whole && key.Matches(msg, f.input.KeyMap.DeleteCharacterBackward, f.input.KeyMap.DeleteCharacterForward) {
				f.cut(0, len(f.runes()))
			} else {
				f.input, _ = f.input.Update(msg)
			}
			f.whole = false
			return true
		}
		if msg.Text != "" && msg.Mod&^tea.ModShift == 0 {
			f.Insert(msg.Text)
			return true
		}
	}
	return false
}

// insert puts text with stand-ins in at the cursor.
func (f *Field) insert(text string) {
	f.make()
	if f.whole && text != "" {
		f.whole = false
		f.put(nil, 0)
	}
	f.input, _ = f.input.Update(tea.PasteMsg{Content: text})
}

// put replaces the text, with the cursor at pos; -1 is its end.
func (f *Field) put(text []rune, pos int) {
	f.input.SetValue(string(text))
	if f.input.CursorEnd(); pos >= 0 {
		f.input.SetCursor(pos)
	}
}

// runes is the text with stand-ins.
func (f *Field) runes() []rune { return []rune(f.input.Value()) }

// View draws the field, w cells wide, and says which has the cursor, which is always in sight.
func (f *Field) View(t *theme.Theme, w int) (drawn string, cursor int) {
	text, pos := f.runes(), f.input.Position()
	if len(text) == 0 {
		return t.NewRow(w, theme.Style{}).Text(t.Ghost, safe.Line(f.Ghost)).String(), 0
	}
	// A stretch is measured as a whole: characters that combine take less room
	// together than one by one.
	start := pos
	for start > 0 && f.shown(text[start-1:pos]).Width() < w {
		start--
	}
	end := pos
	for end < len(text) && f.shown(text[start:end+1]).Width() <= w {
		end++
	}
	look := t.Plain
	if f.whole {
		look = t.Selected
	}
	row := t.NewRow(w, theme.Style{}).Text(look, f.shown(text[start:end]))
	return row.String(), f.shown(text[start:pos]).Width()
}

func (f *Field) shown(text []rune) safe.Text {
	if f.Secret {
		return safe.Line(strings.Repeat("*", len(text)))
	}
	return safe.Line(takeBack(string(text)))
}

func oneLine(s string) string {
	s = strings.TrimRight(s, "\r\n")
	return strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ").Replace(s)
}
