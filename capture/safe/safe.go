// Package safe is the only way from captured bytes to a terminal.
//
// Whatever a sender or a target wrote is hostile: escape sequences, C1 controls
// (as UTF-8 or as raw bytes), bidirectional controls and zero-width characters
// act on terminals or lie about what is shown, and neither Bubble Tea nor
// lipgloss nor chroma removes them. This package turns bytes into [Text], in
// which each such thing stands as a visible mark: ␛ for ESC, \x9b for a byte
// that is not UTF-8, ‹U+202E› for a character that must not be drawn. Only Text
// may be styled or printed.
package safe

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// Text is text without anything that acts on a terminal: no control character,
// no line break, no escape sequence. The zero value is empty.
type Text struct{ s string }

// String returns the text.
func (t Text) String() string { return t.s }

// Width returns the number of terminal cells that the text takes.
func (t Text) Width() int { return ansi.StringWidth(t.s) }

// Line makes one line of s. Line breaks and tabs are marks, too.
func Line[S ~string | ~[]byte](s S) Text {
	str := string(s)
	clean := true
	for i := range len(str) {
		if c := str[i]; c < 0x20 || c >= 0x7f {
			clean = false
			break
		}
	}
	if clean {
		return Text{str}
	}
	var b strings.Builder
	for i := 0; i < len(str); {
		r, n := utf8.DecodeRuneInString(str[i:])
		if r == utf8.RuneError && n <= 1 {
			fmt.Fprintf(&b, `\x%02x`, str[i])
			i++
			continue
		}
		writeRune(&b, r)
		i += n
	}
	return Text{b.String()}
}

func writeRune(b *strings.Builder, r rune) {
	switch {
	case r < 0x20:
		b.WriteRune(0x2400 + r)
	case r == 0x7f:
		b.WriteRune(0x2421)
	case r < 0x7f:
		b.WriteRune(r)
	case r <= 0x9f, !unicode.IsPrint(r) && !unicode.Is(unicode.Zs, r), unicode.Is(unicode.Mn, r), unicode.Is(unicode.Me, r):
		fmt.Fprintf(b, "‹U+%04X›", r)
	default:
		b.WriteRune(r)
	}
}
