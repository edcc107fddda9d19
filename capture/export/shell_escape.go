package export

import (
	"fmt"
	"strconv"
	"strings"
)

// runPrintf works out a format of printf that has no conversions.
func runPrintf(format string) (string, error) {
	parts := strings.Split(format, "%%")
	for i, p := range parts {
		if strings.Contains(p, "%") {
			return "", fmt.Errorf("printf %q has conversions, which are not worked out", format)
		}
		var err error
		if parts[i], err = unescapeC(p); err != nil {
			return "", err
		}
	}
	return strings.Join(parts, "%"), nil
}

var cEscapes = map[byte]string{
	'n': "\n", 'r': "\r", 't': "\t", 'a': "\a", 'b': "\b", 'f': "\f", 'v': "\v", 'e': "\x1b", 'E': "\x1b",
	'\\': "\\", '\'': "'", '"': "\"", '?': "?",
}

// unescapeC undoes the escapes of $'...' and of printf: C's, with \nnn, \xHH,
// \uHHHH and \UHHHHHHHH.
func unescapeC(s string) (string, error) {
	var b strings.Builder
	for i := 0; i < len(s); {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			i++
			continue
		}
		c := s[i+1]
		i += 2
		base, digits, isRune := 16, 0, false
		switch {
		case cEscapes[c] != "":
			b.WriteString(cEscapes[c])
			continue
		case '0' <= c && c <= '7':
			base, digits = 8, 3
			i--
		case c == 'x':
			digits = 2
		case c == 'c' && i < len(s): // a control character
			b.WriteByte(s[i] & 0x1f)
			i++
			continue
		case c == 'u':
			digits, isRune = 4, true
		case c == 'U':
			digits, isRune = 8, true
		default:
			b.WriteByte('\\')
			b.WriteByte(c)
			continue
		}
		n, used := number(s[i:], base, digits)
		if used == 0 {
			return "", fmt.Errorf("escape \\%c has no digits", c)
		}
		i += used
		if isRune {
			b.WriteRune(rune(n))
		} else {
			b.WriteByte(byte(n))
		}
	}
	return b.String(), nil
}

// number reads the longest number that s begins with, of so many digits at most.
func number(s string, base, digits int) (n uint64, used int) {
	for used = min(digits, len(s)); used > 0; used-- {
		if n, err := strconv.ParseUint(s[:used], base, 64); err == nil {
			return n, used
		}
	}
	return 0, 0
}
