package jsontok

import "bytes"

// Kind is what a token is. A bracket, a comma or a colon is its own kind.
type Kind byte

// The other kinds.
const (
	String       Kind = '"'
	Literal      Kind = 'l' // a number, true, false, null
	Name         Kind = 'n' // the name of a member; only a Reader knows it from a String
	Unterminated Kind = 'o' // a string that does not end on its line
	Other        Kind = 'x' // anything else
)

// Opens reports whether k is { or [.
func (k Kind) Opens() bool { return k == '{' || k == '[' }

// Closes reports whether k is } or ].
func (k Kind) Closes() bool { return k == '}' || k == ']' }

// Closer is the kind that closes k, which is { or [.
func (k Kind) Closer() Kind { return k + 2 } // '{'+2 is '}', '['+2 is ']'

// Scalar reports whether k is none of the signs.
func (k Kind) Scalar() bool {
	return k == Literal || k == Other || k == Unterminated || k == String || k == Name
}

// Token is a piece of JSON, or of what may be meant as JSON: the bytes
// [Off, End). What is between two tokens is white space.
type Token struct {
	Off, End int
	Kind     Kind
}

// Lexer reads the tokens of Src from Off on. It never fails: whatever the bytes
// are, they are in tokens and in the white space between them.
type Lexer struct {
	Src []byte
	Off int
}

// Next returns the next token; false at the end.
func (l *Lexer) Next() (Token, bool) {
	i := SkipSpace(l.Src, l.Off)
	if i >= len(l.Src) {
		l.Off = i
		return Token{}, false
	}
	t := Token{Off: i, Kind: Kind(l.Src[i])}
	switch {
	case t.Kind == '"':
		t.End, t.Kind = passString(l.Src, i)
	case delimits[t.Kind]:
		t.End = i + 1
	default:
		for t.End = i + 1; t.End < len(l.Src) && !delimits[l.Src[t.End]]; t.End++ {
		}
		t.Kind = Other
		if isLiteral(l.Src[i:t.End]) {
			t.Kind = Literal
		}
	}
	l.Off = t.End
	return t, true
}

// pass passes the sign c; false when something else comes next.
func (l *Lexer) pass(c byte) bool {
	l.Off = SkipSpace(l.Src, l.Off)
	if l.Off == len(l.Src) || l.Src[l.Off] != c {
		return false
	}
	l.Off++
	return true
}

// Skip passes the value that begins with t, which was read last, and returns
// its end; the end of Src when it is not closed.
func (l *Lexer) Skip(t Token) int {
	if !t.Kind.Opens() {
		return t.End
	}
	i := l.Off
	for depth := 1; depth > 0 && i < len(l.Src); i++ {
		switch l.Src[i] {
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		case '"':
			end, _ := passString(l.Src, i)
			i = end - 1
		}
	}
	l.Off = i
	return i
}

// Tokens returns all tokens of src.
func Tokens(src []byte) []Token {
	l := Lexer{Src: src}
	var out []Token
	for t, ok := l.Next(); ok; t, ok = l.Next() {
		out = append(out, t)
	}
	return out
}

// SkipSpace returns the offset of the first byte from i on that is no white
// space; len(src) when there is none.
func SkipSpace(src []byte, i int) int {
	for i < len(src) && isSpace(src[i]) {
		i++
	}
	return i
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

// passString returns the end of the string that begins at i. One without an end
// ends with its line.
func passString(src []byte, i int) (end int, kind Kind) {
	for at := i + 1; ; at++ {
		n := bytes.IndexByte(src[at:], '"')
		text := src[at:]
		if n >= 0 {
			text = text[:n]
		}
		if line := bytes.IndexByte(text, '\n'); line >= 0 {
			return at + line, Unterminated
		}
		if n < 0 {
			return len(src), Unterminated
		}
		at += n
		slashes := 0
		for src[at-1-slashes] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			return at + 1, String
		}
	}
}

// delimits marks the bytes that end a literal.
var delimits = [256]bool{
	'{': true, '}': true, '[': true, ']': true, ',': true, ':': true, '"': true,
	' ': true, '\t': true, '\n': true, '\r': true,
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
