package edit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Set is a change of one JSON value, as written for --set: PATH = VALUE.
type Set struct {
	Path  []string // names and, for arrays, indexes
	Value []byte   // JSON
	text  string   // the path as written
}

// ParseSet reads PATH = VALUE. A path is names and indexes, such as
// data.items[0].id or .data["odd name"]; the value is JSON, taken as written.
func ParseSet(s string) (Set, error) {
	set := Set{}
	rest := strings.TrimSpace(s)
	for first := true; ; first = false {
		rest = strings.TrimLeft(rest, " \t")
		if strings.HasPrefix(rest, "=") || rest == "" {
			break
		}
		step, after, err := pathStep(rest, first)
		if err != nil {
			return Set{}, fmt.Errorf("set: %q: %w", s, err)
		}
		if step != nil {
			set.Path = append(set.Path, *step)
		}
		rest = after
	}
	value, ok := strings.CutPrefix(rest, "=")
	if !ok {
		return Set{}, fmt.Errorf("set: %q has no =: write PATH = VALUE, such as data.amount = 5", s)
	}
	before, _, _ := strings.Cut(s, "=")
	set.text = strings.TrimSpace(before)
	set.Value = []byte(strings.TrimSpace(value))
	if p := CheckJSON(set.Value); p != nil {
		quoted, _ := json.Marshal(string(set.Value))
		return Set{}, fmt.Errorf("set: %s is not JSON: %s; for a text write %s", set.Value, p.Msg, quoted)
	}
	return set, nil
}

// pathStep reads one step: .name, name, [3] or ["name"]. A dot alone at the
// start is the whole value, as in jq.
func pathStep(s string, first bool) (*string, string, error) {
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
	l := lexer{src: []byte(s), i: 1}
	t, ok := l.next()
	end, _ := l.next()
	if !ok || end.kind != ']' {
		return nil, "", errors.New("a bracket is not closed")
	}
	text := s[t.off:t.end]
	switch {
	case t.kind == kindString:
		name := ""
		if err := json.Unmarshal([]byte(text), &name); err != nil {
			return nil, "", err
		}
		return &name, s[end.end:], nil
	case t.kind == kindLiteral && digits([]byte(text)) == len(text):
		return &text, s[end.end:], nil
	}
	return nil, "", fmt.Errorf("[%s] is neither an index nor a name in quotes", text)
}

// Splice returns body with the bytes of one value replaced and no other byte
// changed. Where a name occurs twice in an object the last one is meant, which
// is the one that readers of JSON take.
func Splice(body []byte, set Set) ([]byte, error) {
	off, end, err := set.Find(body)
	if err != nil {
		return nil, err
	}
	out := make([]byte, 0, len(body)+len(set.Value))
	out = append(out, body[:off]...)
	out = append(out, set.Value...)
	return append(out, body[end:]...), nil
}

// Find is where the value stands that Splice replaces: body[off:end].
func (set Set) Find(body []byte) (off, end int, err error) {
	if p := CheckJSON(body); p != nil {
		return 0, 0, fmt.Errorf("set: the body is not JSON: %w", p)
	}
	at := span{0, len(body)}
	if len(set.Path) == 0 {
		trimmed := bytes.TrimSpace(body)
		at.off = bytes.Index(body, trimmed)
		at.end = at.off + len(trimmed)
	}
	for i, name := range set.Path {
		next, ok, known := child(body[at.off:at.end], name)
		if !ok {
			return 0, 0, fmt.Errorf("set: there is no %s in the body: %s has %s", set.text, where(set.Path[:i]), known)
		}
		at = span{at.off + next.off, at.off + next.end}
	}
	return at.off, at.end, nil
}

type span struct{ off, end int }

func where(path []string) string {
	if len(path) == 0 {
		return "it"
	}
	return strings.Join(path, ".")
}

// child finds a member of the object, or an element of the array, that src is;
// known says what there is instead.
func child(src []byte, name string) (at span, ok bool, known string) {
	l := lexer{src: src}
	open, _ := l.next()
	if open.kind != '{' && open.kind != '[' {
		return at, false, "no parts: it is " + short(src)
	}
	var names []string
	for i := 0; ; i++ {
		t, more := l.next()
		if t.kind == ',' {
			t, more = l.next()
		}
		if !more || t.kind == open.kind+2 {
			break
		}
		key := strconv.Itoa(i)
		if open.kind == '{' {
			key = unquote(src[t.off:t.end])
			l.next() // the colon
			t, _ = l.next()
		}
		end := l.skip(t)
		if key == name {
			at, ok = span{t.off, end}, true
		}
		if len(names) < 8 {
			names = append(names, key)
		}
	}
	if open.kind == '[' {
		return at, ok, fmt.Sprintf("%d elements", len(names))
	}
	return at, ok, "the names " + strings.Join(names, ", ")
}

// skip passes the value that begins with t and returns its end.
func (l *lexer) skip(t token) int {
	for depth := 0; ; t, _ = l.next() {
		switch t.kind {
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		if depth == 0 {
			return t.end
		}
	}
}

func unquote(s []byte) string {
	var name string
	if err := json.Unmarshal(s, &name); err != nil {
		return string(s)
	}
	return name
}

func short(src []byte) string {
	s := string(bytes.TrimSpace(src))
	if len(s) > 24 {
		return s[:24] + "…"
	}
	return s
}
