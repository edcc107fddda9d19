package field

import (
	"slices"
	"unicode"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textinput"
)

// engineKeys are those that textinput handles as wanted: not its words, kills and ctrl+v.
func engineKeys() textinput.KeyMap {
	d := textinput.DefaultKeyMap()
	return textinput.KeyMap{
		CharacterForward: d.CharacterForward, CharacterBackward: d.CharacterBackward,
		DeleteCharacterBackward: d.DeleteCharacterBackward, DeleteCharacterForward: d.DeleteCharacterForward,
		LineStart: d.LineStart, LineEnd: d.LineEnd,
	}
}

func engineBindings(m *textinput.KeyMap) []key.Binding {
	return []key.Binding{
		m.CharacterForward, m.CharacterBackward, m.DeleteCharacterBackward,
		m.DeleteCharacterForward, m.LineStart, m.LineEnd,
	}
}

// ownKey is a key that textinput lacks, or means otherwise.
type ownKey struct {
	binding key.Binding
	act     func(*Field)
}

// ownKeys are readline's, by the names that textinput has for them.
func ownKeys() []ownKey {
	d := textinput.DefaultKeyMap()
	return []ownKey{
		{d.WordBackward, func(f *Field) { f.input.SetCursor(f.leftOfWord()) }},
		{d.WordForward, func(f *Field) { f.input.SetCursor(f.rightOfWord()) }},
		{d.DeleteWordBackward, func(f *Field) { f.cut(f.leftOfWord(), f.input.Position()) }},
		{d.DeleteWordForward, func(f *Field) { f.cut(f.input.Position(), f.rightOfWord()) }},
		{d.DeleteBeforeCursor, func(f *Field) { f.cut(0, f.input.Position()) }},
		{d.DeleteAfterCursor, func(f *Field) { f.cut(f.input.Position(), len(f.runes())) }},
		{key.NewBinding(key.WithKeys("ctrl+y")), func(f *Field) { f.insert(f.kill) }},
		{key.NewBinding(key.WithKeys("ctrl+t")), (*Field).transpose},
	}
}

func (f *Field) transpose() {
	text, pos := f.runes(), f.input.Position()
	if len(text) < 2 || pos == 0 {
		return
	}
	i := min(pos, len(text)-1)
	text[i-1], text[i] = text[i], text[i-1]
	f.put(text, i+1)
}

// cut takes a stretch out and keeps it for ctrl+y.
func (f *Field) cut(from, to int) {
	if to <= from {
		return
	}
	text := f.runes()
	f.kill = string(text[from:to])
	f.put(slices.Delete(text, from, to), from)
}

func (f *Field) leftOfWord() int {
	if f.Secret {
		return 0
	}
	text, i := f.runes(), f.input.Position()
	for i > 0 && !isWord(text[i-1]) {
		i--
	}
	for i > 0 && isWord(text[i-1]) {
		i--
	}
	return i
}

func (f *Field) rightOfWord() int {
	text, i := f.runes(), f.input.Position()
	if f.Secret {
		return len(text)
	}
	for i < len(text) && !isWord(text[i]) {
		i++
	}
	for i < len(text) && isWord(text[i]) {
		i++
	}
	return i
}

// isWord splits where people expect it in URLs and filters, too.
func isWord(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_'
}
