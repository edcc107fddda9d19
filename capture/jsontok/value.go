package jsontok

import (
	"bytes"
	"encoding/json"
	"iter"
	"strings"
)

// Child is a member of an object or an element of an array.
type Child struct {
	// Name has the kind Name for a member, none for an element.
	Name Token
	// Off and End are the bytes of the value.
	Off, End int
}

// Children goes through what is in the object or array that src begins with, in
// order; nothing for anything else. It ends where src stops being JSON.
func Children(src []byte) iter.Seq[Child] {
	return func(yield func(Child) bool) {
		l := Lexer{Src: src}
		open, _ := l.Next()
		for name, t := range l.Children(open) {
			if !yield(Child{name, t.Off, l.Skip(t)}) {
				return
			}
		}
	}
}

// Children goes through what is in the object or array that begins with open, which
// was read last: the name of a member, none for an element, and the first token of
// the value. Who reads on in the value leaves the loop, or skips the value.
func (l *Lexer) Children(open Token) iter.Seq2[Token, Token] {
	return func(yield func(name, val Token) bool) {
		if !open.Kind.Opens() {
			return
		}
		for t, ok := l.Next(); ok && t.Kind != open.Kind.Closer(); t, ok = l.Next() {
			var name Token
			if open.Kind == '{' {
				if t.Kind != String || !l.pass(':') {
					return
				}
				name = Token{t.Off, t.End, Name}
				t, ok = l.Next()
			}
			if !ok || !t.Kind.Scalar() && !t.Kind.Opens() || !yield(name, t) {
				return
			}
			if l.Off == t.End {
				l.Skip(t)
			}
			if !l.pass(',') {
				return
			}
		}
	}
}

// Text is a value as text: a string without its quotes and escapes, anything
// else as written; null is empty.
func Text(v []byte) string {
	if len(v) >= 2 && v[0] == '"' {
		return Unquote(v)
	}
	if string(v) == "null" {
		return ""
	}
	return string(v)
}

// Unquote is the text of a string with its quotes; one that is not right is
// returned as it is.
func Unquote(s []byte) string {
	if len(s) >= 2 && bytes.IndexByte(s, '\\') < 0 {
		return string(s[1 : len(s)-1])
	}
	var text string
	if json.Unmarshal(s, &text) != nil {
		return string(s)
	}
	return text
}

// Quote is v, such as a string, as JSON, with nothing escaped that need not be; null
// where it cannot be JSON.
func Quote(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(v) != nil {
		return "null"
	}
	return strings.TrimSuffix(b.String(), "\n")
}
