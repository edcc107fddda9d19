package field

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Stand-ins are characters of a private use plane (Unicode 23.5). Those of this
// range that are in a text by themselves are taken apart into bytes, so that
// what is put in and taken back is always the same.
const (
	standControl = 0x10F000 // + a control character, up to U+009F
	standByte    = 0x10F100 // + a byte that is not UTF-8
	standError   = 0x10F200 // U+FFFD itself
)

// standIn replaces what textinput would drop.
func standIn(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for s != "" {
		r, n := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && n > 1:
			b.WriteRune(standError)
		case r == utf8.RuneError, standControl <= r && r <= standError:
			for _, c := range []byte(s[:n]) {
				b.WriteRune(standByte + rune(c))
			}
		case unicode.IsControl(r):
			b.WriteRune(standControl + r)
		default:
			b.WriteString(s[:n])
		}
		s = s[n:]
	}
	return b.String()
}

// takeBack undoes standIn.
func takeBack(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		switch {
		case r == standError:
			b.WriteRune(utf8.RuneError)
		case standByte <= r && r < standError:
			b.WriteByte(byte(r - standByte))
		case standControl <= r && r < standByte:
			b.WriteRune(r - standControl)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
