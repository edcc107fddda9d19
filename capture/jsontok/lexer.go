package jsontok

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

	plain bool // no escape and no control character is in the last string
}

// Next returns the next token; false at the end.
func (l *Lexer) Next() (Token, bool) {
	i := SkipSpace(l.Src, l.Off)
	if i >= len(l.Src) {
		l.Off = i
		return Token{}, false
	}
	t := Token{Off: i, Kind: Kind(l.Src[i])}
	switch t.Kind {
	case '{', '}', '[', ']', ',', ':':
		t.End = i + 1
	case '"':
		t.End, t.Kind = l.str(i)
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

// Skip passes the value that begins with t, which was read last, and returns
// its end; the end of Src when it is not closed.
func (l *Lexer) Skip(t Token) int {
	depth := 0
	for ok := true; ok; t, ok = l.Next() {
		switch {
		case t.Kind.Opens():
			depth++
		case t.Kind.Closes():
			depth--
		}
		if depth <= 0 {
			return t.End
		}
	}
	return len(l.Src)
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

// str passes the string that begins at i. One without an end ends with its
// line.
func (l *Lexer) str(i int) (end int, kind Kind) {
	l.plain = true
	for i++; i < len(l.Src); i++ {
		c := l.Src[i]
		if c >= 0x20 && c != '"' && c != '\\' {
			continue
		}
		switch {
		case c == '"':
			return i + 1, String
		case c == '\n':
			return i, Unterminated
		case c == '\\' && i+1 < len(l.Src) && l.Src[i+1] != '\n':
			i++
		}
		l.plain = false
	}
	return len(l.Src), Unterminated
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
