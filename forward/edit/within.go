package edit

import (
	"bytes"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"creel/capture"
	"creel/capture/body"
	"creel/capture/jsontok"
	"creel/capture/words"
)

const bom = "\ufeff"

// apply returns a body that came with fields with one JSON value of it replaced.
// The body may be compressed, begin with a byte order mark, or be a form. In a
// form, a path begins with the name of a field; one that does not leads into the
// JSON of the field payload.
func apply(raw []byte, fields []capture.Field, set Set) ([]byte, error) {
	return decoded(raw, fields, func(data []byte) ([]byte, error) {
		if isForm(data, fields) {
			return set.inForm(data)
		}
		return splice(data, set)
	})
}

// Rewrite returns a body that came with fields with its JSON replaced by what
// rewrite makes of it: of the body itself, or of the field payload of a form. The
// body may be compressed; a byte order mark stays.
func Rewrite(raw []byte, fields []capture.Field, rewrite func(json []byte) ([]byte, error)) ([]byte, error) {
	change := func(json []byte) ([]byte, error) {
		if !utf8.Valid(json) {
			return nil, errNotUTF8
		}
		return rewrite(json)
	}
	return decoded(raw, fields, func(data []byte) ([]byte, error) {
		if !isForm(data, fields) {
			mark, json := cutBOM(data)
			out, err := change(json)
			return append(bytes.Clone(mark), out...), err
		}
		at, ok := findField(data, "payload")
		if !ok {
			return nil, fmt.Errorf("the form has no field payload with JSON in it")
		}
		return at.rewritten(data, change)
	})
}

// decoded changes what is in a body that may be compressed, and in a charset: it goes
// back the same way.
func decoded(raw []byte, fields []capture.Field, change func([]byte) ([]byte, error)) ([]byte, error) {
	d := body.Decode(raw, fields)
	switch {
	case d.Err != nil:
		return nil, fmt.Errorf("the body cannot be decoded: %w", d.Err)
	case d.Cut:
		return nil, fmt.Errorf("decoded, the body is larger than %s", words.Size(body.MaxDecoded))
	}
	text, charset := readText(d.Data, fields)
	out, err := change(text)
	if err != nil || bytes.Equal(out, text) {
		return raw, err
	}
	data, p := charset.write(out)
	if p != nil {
		return nil, p
	}
	return body.Encode(data, d.Layers)
}

func cutBOM(data []byte) (mark, rest []byte) {
	if bytes.HasPrefix(data, []byte(bom)) {
		return data[:len(bom)], data[len(bom):]
	}
	return nil, data
}

// isForm reports whether a body is a form. JSON is none, also where its type says so, as
// curl -d sends it.
func isForm(data []byte, fields []capture.Field) bool {
	_, json := cutBOM(data)
	media, _ := body.MediaType(fields)
	return media == "application/x-www-form-urlencoded" && !jsontok.Valid(json)
}

// inForm replaces a field, or a value in the JSON of one.
func (set Set) inForm(form []byte) ([]byte, error) {
	inner := set
	if len(set.Path) > 0 {
		if at, ok := findField(form, set.Path[0]); ok {
			inner.Path = set.Path[1:]
			if len(inner.Path) == 0 {
				return at.rewritten(form, func([]byte) ([]byte, error) { return []byte(jsontok.Text(set.Value)), nil })
			}
			return at.rewritten(form, func(json []byte) ([]byte, error) { return splice(json, inner) })
		}
	}
	at, ok := findField(form, "payload")
	if !ok {
		return nil, fmt.Errorf("set: there is no %s in the body: the form has the fields %s", set.text, fieldNames(form))
	}
	return at.rewritten(form, func(json []byte) ([]byte, error) { return splice(json, set) })
}

// fieldNames lists the fields of a form for a message.
func fieldNames(form []byte) string {
	var names []string
	for part := range strings.SplitSeq(string(form), "&") {
		name, _, _ := strings.Cut(part, "=")
		if names = append(names, capture.UnescapeQuery(name)); len(names) == 8 {
			break
		}
	}
	return strings.Join(names, ", ")
}

// findField finds the value of the first field of that name in a form.
func findField(form []byte, name string) (at span, ok bool) {
	off := 0
	for part := range strings.SplitSeq(string(form), "&") {
		key, _, has := strings.Cut(part, "=")
		if has && capture.UnescapeQuery(key) == name {
			return span{off + len(key) + 1, off + len(part)}, true
		}
		off += len(part) + 1
	}
	return at, false
}

// rewritten is a form with the value at this place changed. Only what changed is
// escaped again; the rest of the value keeps its spelling.
func (at span) rewritten(form []byte, change func([]byte) ([]byte, error)) ([]byte, error) {
	value := string(form[at.off:at.end])
	plain, err := url.QueryUnescape(value)
	if err != nil {
		return nil, fmt.Errorf("the form is not percent-encoded right: %w", err)
	}
	next, err := change([]byte(plain))
	if err != nil {
		return nil, err
	}
	same, tail := sameEnds([]byte(plain), next)
	from, to := encodedOffset(value, same), encodedOffset(value, len(plain)-tail)
	fresh := url.QueryEscape(string(next[same : len(next)-tail]))
	if strings.Contains(value, "%20") && !strings.Contains(value, "+") {
		fresh = strings.ReplaceAll(fresh, "+", "%20")
	}
	return slices.Concat(form[:at.off+from], []byte(fresh), form[at.off+to:]), nil
}

// encodedOffset is where byte n of the plain text begins in a percent-encoded
// value.
func encodedOffset(value string, n int) int {
	i := 0
	for ; n > 0 && i < len(value); n-- {
		if value[i] == '%' {
			i += 2
		}
		i++
	}
	return i
}
