package tomlfile

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"creel/capture/lazy"
)

var bareKey = lazy.Regexp(`^[A-Za-z0-9_-]+$`)

// QuoteKey writes a key: bare where TOML allows it, else quoted.
func QuoteKey(name string) string {
	if bareKey().MatchString(name) {
		return name
	}
	return Quote(name)
}

// Quote writes s as a basic string of TOML. What does not print is escaped, so
// that the file shows what it holds; bytes that are not UTF-8, which TOML cannot
// hold, become U+FFFD.
func Quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range strings.ToValidUTF8(s, string(utf8.RuneError)) {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case !strconv.IsPrint(r) && r <= 0xffff:
			fmt.Fprintf(&b, `\u%04X`, r)
		case !strconv.IsPrint(r):
			fmt.Fprintf(&b, `\U%08X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
