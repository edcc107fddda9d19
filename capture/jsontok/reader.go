package jsontok

import (
	"bytes"
	"fmt"
	"io"
)

// MaxDepth is how deep JSON may nest.
const MaxDepth = 512

// SyntaxError says where JSON goes wrong and how. The message may hold bytes of
// the source: it is made safe before it is drawn.
type SyntaxError struct {
	Off int // the byte
	Msg string
}

// Error is the message, without the place: how a place is counted is for the
// caller to know.
func (e *SyntaxError) Error() string { return e.Msg }

// Check returns what is wrong with one JSON value; nil when nothing is.
func Check(src []byte) *SyntaxError {
	r := Reader{Lexer: Lexer{Src: src}}
	for {
		switch _, err := r.Next(); err := err.(type) {
		case nil:
		case *SyntaxError:
			return err
		default: // io.EOF
			return nil
		}
	}
}

// Valid reports whether src is one JSON value, nested no deeper than MaxDepth.
func Valid(src []byte) bool { return Check(src) == nil }

// Reader reads the tokens of JSON and checks each: a string within its quotes,
// and whether it may stand where it does. A name is returned as Name.
type Reader struct {
	Lexer
	// Stream allows several values one after the other, as in NDJSON.
	Stream bool
	// Cut says that Src is only the beginning: in place of the end, and of the token
	// that reaches it, Next returns io.ErrUnexpectedEOF. That token is a String where
	// it begins a string that is a value.
	Cut bool

	open []Kind // the brackets that are open
	want want
	last Token
}

// want is what may come next.
type want uint8

const (
	wantValue     want = iota
	wantFirst          // a value or ]
	wantName           // a name
	wantFirstName      // a name or }
	wantColon          //
	wantNext           // a comma or the closing bracket
	wantEnd            // the end
)

// Next returns the next token. The error is a *SyntaxError, or io.EOF after a
// whole value.
func (r *Reader) Next() (Token, error) {
	t, ok := r.Lexer.Next()
	switch {
	case r.Cut && (!ok || t.End == len(r.Src)):
		return r.cut(t), io.ErrUnexpectedEOF
	case !ok:
		return t, r.atEnd()
	}
	switch t.Kind {
	case Unterminated:
		return t, r.fail(t.Off, "a quote is missing at the end of "+r.show(t))
	case Other:
		return t, r.fail(t.Off, r.show(t)+" is not JSON: a string needs quotes")
	case String:
		if off, msg := inString(r.Src[:t.End-1], t.Off+1); msg != "" {
			return t, r.fail(off, msg)
		}
		if r.want == wantName || r.want == wantFirstName {
			t.Kind = Name
		}
	}
	if msg := r.step(t); msg != "" {
		return t, r.fail(t.Off, msg)
	}
	r.last = t
	return t, nil
}

// cut is the token that the end of what is only the beginning cuts.
func (r *Reader) cut(t Token) Token {
	isString := t.Kind == String || t.Kind == Unterminated
	if t.Kind = String; !isString || r.step(t) != "" {
		t.Kind = Other
	}
	return t
}

func (r *Reader) fail(off int, msg string) error { return &SyntaxError{Off: off, Msg: msg} }

func (r *Reader) atEnd() error {
	if r.want == wantEnd {
		return io.EOF
	}
	end := len(bytes.TrimRight(r.Src, " \t\r\n"))
	if n := len(r.open); n > 0 {
		return r.fail(end, fmt.Sprintf("%c missing at the end", r.open[n-1].Closer()))
	}
	return r.fail(end, "a value is missing")
}

// inString finds what is wrong in the string that begins at i and ends with src.
func inString(src []byte, i int) (off int, msg string) {
	for ; i < len(src); i++ {
		switch b := src[i]; {
		case b < 0x20:
			return i, fmt.Sprintf("a control character (0x%02x) in a text must be escaped", b)
		case b == '\\':
			n := escapeLen(src[i:])
			if n == 0 {
				return i, "JSON has no such escape; a backslash is written \\\\"
			}
			i += n - 1
		}
	}
	return 0, ""
}

// escapeLen is the length of the escape that s begins with; 0 if it is none.
func escapeLen(s []byte) int {
	if len(s) < 2 {
		return 0
	}
	switch s[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if len(s) >= 6 && isHex(s[2]) && isHex(s[3]) && isHex(s[4]) && isHex(s[5]) {
			return 6
		}
	}
	return 0
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f'
}

// step takes one token; the message says why it may not stand here.
func (r *Reader) step(t Token) string {
	switch r.want {
	case wantEnd:
		return r.another(t)
	case wantNext:
		return r.afterValue(t)
	case wantColon:
		if t.Kind != ':' {
			return "colon missing before " + r.show(t)
		}
		r.want = wantValue
		return ""
	case wantName, wantFirstName:
		return r.name(t)
	}
	return r.value(t)
}

// another begins the next value of a stream. White space must part it from a
// value that has no bracket at its end.
func (r *Reader) another(t Token) string {
	switch {
	case !r.Stream:
		return "nothing may follow the value, but " + r.show(t) + " does"
	case t.Off == r.last.End && !r.last.Kind.Closes():
		return "white space missing before " + r.show(t)
	}
	return r.value(t)
}

func (r *Reader) name(t Token) string {
	switch {
	case t.Kind == Name:
		r.want = wantColon
		return ""
	case t.Kind == '}' && r.want == wantFirstName:
		return r.pop()
	case t.Kind == '}':
		return "the comma before } is one too many"
	}
	return "a name in quotes is missing before " + r.show(t)
}

func (r *Reader) value(t Token) string {
	switch {
	case t.Kind.Opens():
		if len(r.open) == MaxDepth {
			return fmt.Sprintf("nested more than %d deep", MaxDepth)
		}
		r.open = append(r.open, t.Kind)
		r.want = wantFirst
		if t.Kind == '{' {
			r.want = wantFirstName
		}
		return ""
	case t.Kind == String || t.Kind == Literal:
		return r.done()
	case t.Kind == ']' && r.want == wantFirst:
		return r.pop()
	case t.Kind == ']' && len(r.open) > 0 && r.open[len(r.open)-1] == '[':
		return "the comma before ] is one too many"
	}
	return "a value is missing before " + r.show(t)
}

func (r *Reader) afterValue(t Token) string {
	open := r.open[len(r.open)-1]
	switch {
	case t.Kind == ',':
		r.want = wantValue
		if open == '{' {
			r.want = wantName
		}
		return ""
	case t.Kind == open.Closer():
		return r.pop()
	case t.Kind.Closes():
		return fmt.Sprintf("%c closes what %c opened", t.Kind, open)
	}
	return "comma missing before " + r.show(t)
}

func (r *Reader) pop() string {
	r.open = r.open[:len(r.open)-1]
	return r.done()
}

// done is after a whole value.
func (r *Reader) done() string {
	r.want = wantNext
	if len(r.open) == 0 {
		r.want = wantEnd
	}
	return ""
}

// show is the token as it is named in a message.
func (r *Reader) show(t Token) string {
	const most = 24
	if s := r.Src[t.Off:t.End]; len(s) <= most {
		return string(s)
	}
	return string(r.Src[t.Off:t.Off+most]) + "…"
}
