package edit

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"creel/capture/jsontok"
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
	path, rest, err := jsontok.ParsePath(s)
	if err != nil {
		return Set{}, fmt.Errorf("set: %q: %w", s, err)
	}
	set.Path = path
	value, ok := strings.CutPrefix(rest, "=")
	if !ok {
		return Set{}, fmt.Errorf("set: %q has no =: write PATH = VALUE, such as data.amount = 5", s)
	}
	if set.text = strings.TrimSpace(s[:len(s)-len(rest)]); set.text == "" {
		return Set{}, fmt.Errorf("set: %q has no path: write PATH = VALUE, such as data.amount = 5; . is the whole body", s)
	}
	set.Value = []byte(strings.TrimSpace(value))
	if p := CheckJSON(set.Value); p != nil {
		return Set{}, fmt.Errorf("set: the value cannot be read: %s; for a text write %s", p.Msg, jsontok.Quote(string(set.Value)))
	}
	return set, nil
}

// splice returns body with the bytes of one value replaced and no other byte
// changed. Where a name occurs twice in an object the last one is meant, which
// is the one that readers of JSON take.
func splice(body []byte, set Set) ([]byte, error) {
	off, end, err := set.Find(body)
	if err != nil {
		return nil, err
	}
	if !utf8.Valid(body) && bytes.ContainsFunc(set.Value, func(r rune) bool { return r >= utf8.RuneSelf }) {
		return nil, fmt.Errorf("set: %w: the value has to be in ASCII", errNotUTF8)
	}
	return slices.Concat(body[:off], set.Value, body[end:]), nil
}

// Find is where the value stands that splice replaces: body[off:end].
func (set Set) Find(body []byte) (off, end int, err error) {
	mark, rest := cutBOM(body)
	if p := CheckJSON(rest); p != nil {
		return 0, 0, fmt.Errorf("set: the body is not JSON: %w", p)
	}
	at := span{len(mark), len(body)}
	if len(set.Path) == 0 {
		trimmed := bytes.TrimSpace(rest)
		at.off += bytes.Index(rest, trimmed)
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
	open := bytes.TrimLeft(src, " \t\r\n")[0]
	if open != '{' && open != '[' {
		return at, false, "no parts: it is " + short(src)
	}
	var names []string
	i := 0
	for c := range jsontok.Children(src) {
		key := strconv.Itoa(i)
		if c.Name.Kind == jsontok.Name {
			key = jsontok.Unquote(src[c.Name.Off:c.Name.End])
		}
		if key == name {
			at, ok = span{c.Off, c.End}, true
		}
		if len(names) < 8 {
			names = append(names, key)
		}
		i++
	}
	if open == '[' {
		return at, ok, fmt.Sprintf("%d elements", i)
	}
	return at, ok, "the names " + strings.Join(names, ", ")
}

func short(src []byte) string {
	s := string(bytes.TrimSpace(src))
	if len(s) > 24 {
		return s[:24] + "…"
	}
	return s
}
