package export

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"creel/capture"
)

// appendJSON appends v as JSON that is safe to print: besides what encoding/json
// escapes, DEL, the C1 controls, the bidirectional controls and whatever else
// [acts]. A byte that is not UTF-8 becomes U+FFFD. v is of types that always
// encode.
func appendJSON(b []byte, v any) []byte {
	buf := bytes.NewBuffer(b)
	enc := json.NewEncoder(buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic("export: " + err.Error())
	}
	return escapeActing(bytes.TrimSuffix(buf.Bytes(), []byte("\n")), len(b))
}

// appendString appends s as a JSON string that is safe to print.
func appendString(b []byte, s string) []byte { return appendJSON(b, s) }

// escapeActing escapes the runes of the JSON in b[from:] that act. All of them
// stand in strings.
func escapeActing(b []byte, from int) []byte {
	i := nextActing(b, from)
	if i == len(b) {
		return b
	}
	out := slices.Clone(b[:i])
	for i < len(b) {
		r, n := utf8.DecodeRune(b[i:])
		out = appendU(out, r)
		next := nextActing(b, i+n)
		out = append(out, b[i+n:next]...)
		i = next
	}
	return out
}

// nextActing is where in b, at or after i, the next rune that acts begins.
func nextActing(b []byte, i int) int {
	for i < len(b) {
		if c := b[i]; c < 0x7f {
			i++
			continue
		}
		r, n := utf8.DecodeRune(b[i:])
		if acts(r) {
			return i
		}
		i += n
	}
	return len(b)
}

func appendU(b []byte, r rune) []byte {
	for _, unit := range utf16.AppendRune(nil, r) {
		b = fmt.Appendf(b, `\u%04x`, unit)
	}
	return b
}

// jsonTime is a time with nine digits always, so that lines sort as text.
type jsonTime time.Time

const timeLayout = "2006-01-02T15:04:05.000000000Z"

func (t jsonTime) time() time.Time { return time.Time(t) }

// MarshalJSON implements [json.Marshaler].
func (t jsonTime) MarshalJSON() ([]byte, error) {
	return time.Time(t).UTC().AppendFormat(make([]byte, 0, 40), `"`+timeLayout+`"`), nil
}

// UnmarshalJSON implements [json.Unmarshaler].
func (t *jsonTime) UnmarshalJSON(data []byte) error {
	at, err := time.Parse(`"`+time.RFC3339Nano+`"`, string(data))
	if err != nil {
		return wordsError(fmt.Sprintf("%s is not a time", data))
	}
	if !at.IsZero() && !canBeKept(at) {
		return wordsError(fmt.Sprintf("%s is too far away to be kept", data))
	}
	*t = jsonTime(at)
	return nil
}

// jsonFields are header fields as pairs: [["Name","value"], ...].
type jsonFields []capture.Field

// MarshalJSON implements [json.Marshaler]. No fields are [], not null.
func (f jsonFields) MarshalJSON() ([]byte, error) {
	pairs := make([][2]string, len(f))
	for i := range f {
		pairs[i] = [2]string{f[i].Name, f[i].Value}
	}
	return appendJSON(nil, pairs), nil
}

// UnmarshalJSON implements [json.Unmarshaler].
func (f *jsonFields) UnmarshalJSON(data []byte) error {
	var texts [][]string
	if err := json.Unmarshal(data, &texts); err == nil { // as creel writes them
		return f.set(texts)
	}
	var loose [][]looseText
	if err := json.Unmarshal(data, &loose); err != nil {
		return errPairs
	}
	texts = make([][]string, len(loose))
	for i, p := range loose {
		for _, text := range p {
			texts[i] = append(texts[i], string(text))
		}
	}
	return f.set(texts)
}

const errPairs = wordsError("header fields are not pairs of a name and a value")

func (f *jsonFields) set(pairs [][]string) error {
	*f = slices.Grow(jsonFields(nil), len(pairs)) // nil when there are none
	for _, p := range pairs {
		if len(p) != 2 {
			return errPairs
		}
		*f = append(*f, capture.Field{Name: p[0], Value: p[1]})
	}
	return nil
}

// looseText is a string, or whatever else stands in its place in files made by
// hand and by careless tools: a number and a truth value as they are written,
// null as the empty string.
type looseText string

// UnmarshalJSON implements [json.Unmarshaler].
func (s *looseText) UnmarshalJSON(data []byte) error {
	switch data[0] {
	case '"':
		var text string
		err := json.Unmarshal(data, &text)
		*s = looseText(text)
		return err
	case '{', '[':
		return wordsError("a string is expected, not " + kindOf(data))
	case 'n':
		return nil
	}
	*s = looseText(data)
	return nil
}

// wordsError is an error that is in the words of the file already.
type wordsError string

func (e wordsError) Error() string { return string(e) }

// decodeJSON reads one value. Its errors speak of the members of the file.
func decodeJSON(data []byte, v any) error {
	err := json.Unmarshal(data, v)
	var kind *json.UnmarshalTypeError
	if !errors.As(err, &kind) {
		return err
	}
	what := "the value"
	if kind.Field != "" {
		what = kind.Field[strings.LastIndexByte(kind.Field, '.')+1:]
	}
	return fmt.Errorf("%s: %s does not belong there", what, article(kind.Value))
}

func article(kind string) string {
	kind, _, _ = strings.Cut(kind, " ") // "number 12"
	switch kind {
	case "bool":
		return "true or false"
	case "object", "array":
		return "an " + kind
	}
	return "a " + kind
}

func kindOf(data []byte) string {
	switch data[0] {
	case '{':
		return "an object"
	case '[':
		return "an array"
	case '"':
		return "a string"
	case 't', 'f':
		return "true or false"
	case 'n':
		return "null"
	}
	return "a number"
}
