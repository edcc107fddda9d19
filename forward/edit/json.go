package edit

// kind is what a token is: a bracket, a comma or a colon is its own kind.
type kind byte

const (
	kindString  kind = '"'
	kindLiteral kind = 'l' // a number, true, false, null
	kindOpen    kind = 'o' // a string that does not end on its line
	kindOther   kind = 'x' // anything else
)

// token is a piece of JSON, or of what may be meant as JSON: the bytes
// [off, end). What is between two tokens is white space.
type token struct {
	off, end int
	kind     kind
}

// lexer reads tokens. It never fails: whatever the bytes are, they are in tokens
// and in the white space between them.
type lexer struct {
	src []byte
	i   int
}

// next returns the next token; false at the end.
func (l *lexer) next() (token, bool) {
	for l.i < len(l.src) && isSpace(l.src[l.i]) {
		l.i++
	}
	if l.i >= len(l.src) {
		return token{}, false
	}
	t := token{off: l.i, kind: kind(l.src[l.i])}
	switch l.src[l.i] {
	case '{', '}', '[', ']', ',', ':':
		l.i++
	case '"':
		t.kind = l.str()
	default:
		for l.i < len(l.src) && !delimits(l.src[l.i]) {
			l.i++
		}
		t.kind = kindOther
		if isLiteral(l.src[t.off:l.i]) {
			t.kind = kindLiteral
		}
	}
	t.end = l.i
	return t, true
}

// str passes a string. One without an end ends with its line.
func (l *lexer) str() kind {
	for l.i++; l.i < len(l.src); l.i++ {
		switch l.src[l.i] {
		case '\\':
			if l.i+1 < len(l.src) && l.src[l.i+1] != '\n' {
				l.i++
			}
		case '"':
			l.i++
			return kindString
		case '\n':
			return kindOpen
		}
	}
	return kindOpen
}

func tokens(src []byte) []token {
	l := lexer{src: src}
	var out []token
	for t, ok := l.next(); ok; t, ok = l.next() {
		out = append(out, t)
	}
	return out
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func delimits(c byte) bool {
	switch c {
	case '{', '}', '[', ']', ',', ':', '"':
		return true
	}
	return isSpace(c)
}

// isLiteral reports whether s is true, false, null or a number (RFC 8259
// sections 3 and 6).
func isLiteral(s []byte) bool {
	switch string(s) {
	case "true", "false", "null":
		return true
	}
	if len(s) > 0 && s[0] == '-' {
		s = s[1:]
	}
	whole := digits(s)
	if whole == 0 || whole > 1 && s[0] == '0' {
		return false
	}
	s = s[whole:]
	if len(s) > 0 && s[0] == '.' {
		n := digits(s[1:])
		if n == 0 {
			return false
		}
		s = s[1+n:]
	}
	if len(s) > 0 && s[0]|0x20 == 'e' {
		s = s[1:]
		if len(s) > 0 && (s[0] == '+' || s[0] == '-') {
			s = s[1:]
		}
		n := digits(s)
		return n > 0 && n == len(s)
	}
	return len(s) == 0
}

func digits(s []byte) int {
	n := 0
	for n < len(s) && '0' <= s[n] && s[n] <= '9' {
		n++
	}
	return n
}
