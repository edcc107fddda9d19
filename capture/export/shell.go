package export

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// quote writes s as one word of a POSIX shell (2.2.2, single quotes). ok is
// false when s has a character that must not stand raw on a command line, since
// a terminal acts on it even inside quotes.
func quote(s string) (word string, ok bool) {
	if !plain(s) {
		return "", false
	}
	if s != "" && !strings.ContainsFunc(s, special) {
		return s, true
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'", true
}

// special reports whether a shell might see more than the character in r.
func special(r rune) bool {
	return r >= utf8.RuneSelf || !isAlnum(byte(r)) && !strings.ContainsRune("-_./:,+@%", r)
}

// plain reports whether s is UTF-8 text on one line without anything that acts
// on a terminal.
func plain(s string) bool { return utf8.ValidString(s) && !strings.ContainsFunc(s, acts) }

// quoteAny quotes like quote, and what quote cannot with printf, which loses
// nothing but a final line break. s has no NUL.
func quoteAny(s string) string {
	if q, ok := quote(s); ok {
		return q
	}
	return `"$(` + printf(s) + `)"`
}

// printf is the command that writes exactly s: its format has octal escapes for
// all that is not plain (POSIX printf).
func printf(s string) string {
	var b strings.Builder
	b.Grow(len(s) + 16)
	b.WriteString("printf '")
	if len(s) > 0 && s[0] == '-' {
		b.WriteString(`\055`) // not an option
		s = s[1:]
	}
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == '%':
			b.WriteString("%%")
		case r == '\\':
			b.WriteString(`\\`)
		case r == '\'':
			b.WriteString(`\047`)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == utf8.RuneError && n <= 1, acts(r):
			for _, c := range []byte(s[i : i+n]) {
				fmt.Fprintf(&b, `\%03o`, c)
			}
		default:
			b.WriteString(s[i : i+n])
		}
		i += n
	}
	b.WriteByte('\'')
	return b.String()
}
