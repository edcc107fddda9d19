package jsontok

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Step is one step of a path: a member by its name, or an element by its place.
type Step struct {
	// Name is the name as it is written in JSON, with its quotes; nil for an
	// element.
	Name  []byte
	Index int
}

// Path leads to a value.
type Path []Step

// String writes the path in the language of jq: .data.object["a-b"][3]. A name
// keeps the escapes it was sent with.
func (p Path) String() string {
	var b []byte
	for _, s := range p {
		switch {
		case s.Name != nil && isWord(s.Name[1:len(s.Name)-1]):
			b = append(b, '.')
			b = append(b, s.Name[1:len(s.Name)-1]...)
			continue
		case len(b) == 0:
			b = append(b, '.')
		}
		b = append(b, '[')
		if s.Name != nil {
			b = append(b, s.Name...)
		} else {
			b = strconv.AppendInt(b, int64(s.Index), 10)
		}
		b = append(b, ']')
	}
	if len(b) == 0 {
		return "."
	}
	return string(b)
}

// isWord reports whether a name may stand in a path without quotes.
func isWord(name []byte) bool {
	for i, c := range name {
		if c != '_' && (c|0x20 < 'a' || c|0x20 > 'z') && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return len(name) > 0
}

// ParsePath reads a path from the beginning of s, up to white space, = or the
// end: the names and indexes on it, and what is left of s. It reads what
// Path.String writes, and names that need no quotes without the first dot:
// data.items[0].id.
func ParsePath(s string) (steps []string, rest string, err error) {
	rest = s
	for first := true; ; first = false {
		rest = strings.TrimLeft(rest, " \t")
		if rest == "" || rest[0] == '=' {
			return steps, rest, nil
		}
		step, after, err := parseStep(rest, first)
		if err != nil {
			return nil, "", err
		}
		if step != nil {
			steps = append(steps, *step)
		}
		rest = after
	}
}

// parseStep reads one step: .name, name, [3] or ["name"]. A dot alone at the
// start is the whole value, as in jq.
func parseStep(s string, first bool) (*string, string, error) {
	if s[0] == '[' {
		return bracketStep(s)
	}
	if s[0] == '.' {
		s = s[1:]
		if s != "" && s[0] == '[' || first && (s == "" || s[0] == ' ' || s[0] == '=') {
			return nil, s, nil
		}
	} else if !first {
		return nil, "", fmt.Errorf("a dot or a bracket is missing before %q", s)
	}
	end := strings.IndexAny(s, ".[= \t")
	if end < 0 {
		end = len(s)
	}
	if end == 0 {
		return nil, "", errors.New("a name is missing after the dot")
	}
	name := s[:end]
	return &name, s[end:], nil
}

func bracketStep(s string) (*string, string, error) {
	l := Lexer{Src: []byte(s), Off: 1}
	t, ok := l.Next()
	end, _ := l.Next()
	if !ok || end.Kind != ']' {
		return nil, "", errors.New("a bracket is not closed")
	}
	text := s[t.Off:t.End]
	switch {
	case t.Kind == String:
		if off, msg := inString([]byte(text[:len(text)-1]), 1); msg != "" {
			return nil, "", &SyntaxError{Off: t.Off + off, Msg: msg}
		}
		name := Unquote([]byte(text))
		return &name, s[end.End:], nil
	case t.Kind == Literal && digits([]byte(text)) == len(text):
		return &text, s[end.End:], nil
	}
	return nil, "", fmt.Errorf("[%s] is neither an index nor a name in quotes", text)
}
