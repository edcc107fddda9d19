package body

import (
	"bytes"
	"fmt"
	"strings"

	"creel/capture/jsontok"
)

// markupKind is what a piece of XML or HTML is.
type markupKind uint8

const (
	markupText markupKind = iota
	markupStart
	markupEnd
	markupEmpty // <a/>
	markupOther // a comment, a declaration, CDATA, a processing instruction
)

// markupToken is a piece of XML or HTML: the bytes [off, end).
type markupToken struct {
	kind     markupKind
	off, end int
	name     string // of an element, as it is written
}

// markupScan cuts XML or HTML into tokens. All bytes are in one of them.
type markupScan struct {
	src []byte
	i   int
	// html: names are compared without case, some elements hold raw text, and
	// nothing is an error.
	html bool
	raw  string // the element whose raw text comes now
}

// next returns the next token; ok is false at the end.
func (s *markupScan) next() (t markupToken, ok bool, err error) {
	if s.i >= len(s.src) {
		return t, false, nil
	}
	t.off = s.i
	if s.raw != "" {
		s.i = s.rawEnd()
		s.raw = ""
		if s.i > t.off {
			t.end = s.i
			return t, true, nil
		}
	}
	if s.src[s.i] != '<' || s.html && !s.opensTag() {
		n := bytes.IndexByte(s.src[s.i+1:], '<')
		if n < 0 {
			n = len(s.src) - s.i - 1
		}
		s.i += 1 + n
		t.end = s.i
		return t, true, nil
	}
	err = s.tag(&t)
	t.end = s.i
	return t, true, err
}

// opensTag reports whether the < at the place begins markup, which in HTML
// depends on what follows.
func (s *markupScan) opensTag() bool {
	if s.i+1 >= len(s.src) {
		return false
	}
	c := s.src[s.i+1]
	return c == '/' || c == '!' || c == '?' || isLetter(c)
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// rawEnd finds where the raw text of s.raw ends.
func (s *markupScan) rawEnd() int {
	for i := s.i; ; {
		n := bytes.Index(s.src[i:], []byte("</"))
		if n < 0 {
			return len(s.src)
		}
		i += n + 2
		if end := i + len(s.raw); end <= len(s.src) && strings.EqualFold(string(s.src[i:end]), s.raw) {
			return i - 2
		}
	}
}

func (s *markupScan) tag(t *markupToken) error {
	rest := s.src[s.i:]
	for _, other := range [...]struct{ open, close string }{{"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<?", "?>"}, {"<!", ">"}} {
		if !bytes.HasPrefix(rest, []byte(other.open)) {
			continue
		}
		t.kind = markupOther
		n := bytes.Index(rest[len(other.open):], []byte(other.close))
		if other.open == "<!" {
			n = declarationEnd(rest) - len(other.open)
		}
		if n < 0 {
			return s.toEnd(fmt.Sprintf("%s is not closed by %s", other.open, other.close))
		}
		s.i += len(other.open) + n + len(other.close)
		return nil
	}
	t.kind = markupStart
	from := 1
	if len(rest) > 1 && rest[1] == '/' {
		t.kind, from = markupEnd, 2
	}
	n := from
	for n < len(rest) && !bytes.ContainsRune([]byte(" \t\r\n/>=<"), rune(rest[n])) {
		n++
	}
	t.name = string(rest[from:n])
	if n == from && !s.html {
		return s.wrong("an element needs a name")
	}
	end := tagEnd(rest, n)
	if end < 0 {
		return s.toEnd("the tag is not closed by >")
	}
	if t.kind == markupStart && rest[end-1] == '/' {
		t.kind = markupEmpty
	}
	s.i += end + 1
	return nil
}

// tagEnd finds the > that ends a tag, outside of quotes.
func tagEnd(rest []byte, i int) int {
	for ; i < len(rest); i++ {
		switch c := rest[i]; c {
		case '>':
			return i
		case '"', '\'':
			n := bytes.IndexByte(rest[i+1:], c)
			if n < 0 {
				return -1
			}
			i += n + 1
		}
	}
	return -1
}

// declarationEnd finds the > that ends a declaration, outside of brackets.
func declarationEnd(rest []byte) int {
	depth := 0
	for i, c := range rest {
		switch {
		case c == '[':
			depth++
		case c == ']':
			depth--
		case c == '>' && depth <= 0:
			return i
		}
	}
	return -1
}

// toEnd takes the rest as one token, which is an error in XML.
func (s *markupScan) toEnd(why string) error {
	err := s.wrong("%s", why)
	s.i = len(s.src)
	return err
}

func (s *markupScan) wrong(format string, args ...any) error {
	if s.html {
		return nil
	}
	return &jsontok.SyntaxError{Off: s.i, Msg: fmt.Sprintf(format, args...)}
}
