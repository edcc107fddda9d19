package export

import (
	"encoding/base64"
	"strconv"
	"time"
	"unicode/utf8"
)

const hexDigits = "0123456789abcdef"

// appendString appends s as a JSON string that is safe to print: besides what
// RFC 8259 section 7 demands, DEL, the C1 controls, the bidirectional controls
// and the line separators U+2028 and U+2029 are escaped. A byte that is not
// UTF-8 becomes U+FFFD; who needs it exact carries it as base64 beside.
func appendString[S ~string | ~[]byte](b []byte, s S) []byte {
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if asIs[c] {
			i++
			continue
		}
		if c < utf8.RuneSelf {
			b = append(b, s[start:i]...)
			b = appendEscape(b, c)
			i++
			start = i
			continue
		}
		r, n := decodeRune(s[i:])
		if r == utf8.RuneError && n <= 1 {
			b = append(b, s[start:i]...)
			b = append(b, `\ufffd`...)
		} else if acts(r) {
			b = append(b, s[start:i]...)
			b = appendU(b, r)
		} else {
			i += n
			continue
		}
		i += n
		start = i
	}
	b = append(b, s[start:]...)
	return append(b, '"')
}

// asIs are the bytes that a JSON string may have as they are.
var asIs = func() (t [256]bool) {
	for c := 0x20; c < 0x7f; c++ {
		t[c] = c != '"' && c != '\\'
	}
	return t
}()

// decodeRune looks at no more bytes than a rune can have, so that the
// conversion of a byte slice copies none of the rest.
func decodeRune[S ~string | ~[]byte](s S) (rune, int) {
	if len(s) > utf8.UTFMax {
		return utf8.DecodeRuneInString(string(s[:utf8.UTFMax]))
	}
	return utf8.DecodeRuneInString(string(s))
}

func appendEscape(b []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(b, '\\', c)
	case '\n':
		return append(b, '\\', 'n')
	case '\r':
		return append(b, '\\', 'r')
	case '\t':
		return append(b, '\\', 't')
	}
	return appendU(b, rune(c))
}

func appendU(b []byte, r rune) []byte {
	if r >= 0x10000 {
		r -= 0x10000
		b = appendU(b, 0xd800+(r>>10)&0x3ff)
		r = 0xdc00 + r&0x3ff
	}
	return append(b, '\\', 'u', hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
}

// acts reports whether a terminal, or the eye of a reader, is led astray by r:
// C1 controls, bidirectional controls (Unicode UAX 9 section 2), zero-width
// characters, line separators, and the tag block.
func acts(r rune) bool {
	switch {
	case r < 0x80:
		return r < 0x20 || r == 0x7f
	case r <= 0x9f, r == 0x61c, r == 0xfeff:
		return true
	case 0x200b <= r && r <= 0x200f, 0x2028 <= r && r <= 0x202e, 0x2060 <= r && r <= 0x206f:
		return true
	case 0xe0000 <= r && r <= 0xe007f:
		return true
	}
	return false
}

// appendBody appends the members that hold a body: as text when it is UTF-8,
// else as base64.
func appendBody(b []byte, body []byte) []byte {
	b = append(b, `"body":`...)
	if utf8.Valid(body) {
		b = appendString(b, body)
		return append(b, `,"body_encoding":"utf-8"`...)
	}
	b = appendBase64(b, body)
	return append(b, `,"body_encoding":"base64"`...)
}

func appendBase64(b []byte, data []byte) []byte {
	b = append(b, '"')
	b = base64.StdEncoding.AppendEncode(b, data)
	return append(b, '"')
}

// timeLayout has nine digits always, so that lines sort as text.
const timeLayout = "2006-01-02T15:04:05.000000000Z"

func appendTime(b []byte, t time.Time) []byte {
	b = append(b, '"')
	b = t.UTC().AppendFormat(b, timeLayout)
	return append(b, '"')
}

// appendMS appends a duration in milliseconds with all its digits.
func appendMS(b []byte, d time.Duration) []byte {
	return strconv.AppendFloat(b, float64(d)/float64(time.Millisecond), 'f', -1, 64)
}

// Member helpers: each appends a comma, the name and the value.

func addString(b []byte, name, v string) []byte { return appendString(addName(b, name), v) }

func addInt(b []byte, name string, v int64) []byte {
	return strconv.AppendInt(addName(b, name), v, 10)
}

func addBool(b []byte, name string, v bool) []byte {
	return strconv.AppendBool(addName(b, name), v)
}

func addName(b []byte, name string) []byte {
	b = append(b, ',', '"')
	b = append(b, name...)
	return append(b, '"', ':')
}
