// Package safe is the only way from captured bytes to a terminal.
//
// Whatever a sender or a target wrote is hostile: escape sequences, C1 controls
// (as UTF-8 or as raw bytes), bidirectional controls and zero-width characters
// act on terminals or lie about what is shown, and neither Bubble Tea nor
// lipgloss nor chroma removes them. This package turns bytes into [Text], in
// which each such thing stands as a visible mark: ␛ for ESC, \x9b for a byte
// that is not UTF-8, ‹U+202E› for a character that must not be drawn. Only Text
// may be styled or printed.
//
// # Width
//
// Terminals disagree about how many cells a joined emoji, a skin tone, a flag
// or an Indic vowel sign takes, and Bubble Tea's renderer counts characters one
// way until the terminal confirms mode 2027 and another way after. Text holds
// only sequences that both ways count alike; the rest stand as marks. So a Text
// has one width, and the width of two texts in a row is the sum of theirs.
//
// Everything here is pure and may be called from any goroutine.
package safe

import (
	"fmt"
	"strings"
)

// Text is text without anything that acts on a terminal: no control character,
// no line break, no escape sequence. The zero value is empty. Texts are
// comparable.
type Text struct{ s string }

// String returns the text.
func (t Text) String() string { return t.s }

// Empty reports whether there is nothing to draw.
func (t Text) Empty() bool { return t.s == "" }

// Width returns the number of terminal cells that the text takes.
func (t Text) Width() int {
	if plain(t.s) {
		return len(t.s)
	}
	n := 0
	for _, w := range cells(t.s) {
		n += w
	}
	return n
}

// literal is what only an untyped constant in the source converts to.
type literal string

// Const makes a text of words that are creel's own. Its argument can only be a
// constant of the source, so nothing captured gets in this way. It must hold no
// control character.
func Const(s literal) Text { return Text{string(s)} }

// Line makes one line of s. Line breaks and tabs are marks, too.
func Line[S ~string | ~[]byte](s S) Text {
	str := string(s)
	if plain(str) {
		return Text{str}
	}
	return Text{stableWidth(mark(str))}
}

// Linef is fmt.Sprintf made safe as a whole. Width verbs such as %-10s count
// characters, not cells: pad with [Text.Pad].
func Linef(format literal, args ...any) Text {
	return Line(fmt.Sprintf(string(format), args...))
}

// tabStop is the distance between tab stops.
const tabStop = 4

// Tabbed is Line with tabs expanded, for a text that begins col cells after the
// first tab stop.
func Tabbed[S ~string | ~[]byte](s S, col int) Text {
	str := string(s)
	i := strings.IndexByte(str, '\t')
	if i < 0 {
		return Line(str)
	}
	var b strings.Builder
	for ; i >= 0; i = strings.IndexByte(str, '\t') {
		piece := Line(str[:i])
		b.WriteString(piece.s)
		col += piece.Width()
		n := tabStop - col%tabStop
		b.WriteString(blanks(n))
		col += n
		str = str[i+1:]
	}
	b.WriteString(Line(str).s)
	return Text{b.String()}
}

// plain reports whether s is printable ASCII only.
func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c >= 0x7f {
			return false
		}
	}
	return true
}

// blanks returns n spaces.
func blanks(n int) string {
	const some = "                                                                "
	if n <= 0 {
		return ""
	}
	if n <= len(some) {
		return some[:n]
	}
	return strings.Repeat(" ", n)
}
