package body

import (
	"bytes"
	"context"

	"creel/capture/jsontok"
)

func fitsJSON(c *Content) int {
	if c.is("application/json", "text/json", "+json") {
		return declared
	}
	// Many send JSON as text/plain or, like curl -d, as a form.
	t := bytes.TrimSpace(c.Text)
	if len(t) < 2 || c.is("text/html", "+xml", "text/xml", "application/xml") {
		return unfit
	}
	first, last := t[0], t[len(t)-1]
	if first == '{' && last == '}' && looksLikeObject(t) || first == '[' && last == ']' && looksLikeArray(t) {
		return certain
	}
	return unfit
}

// looksLikeObject reports whether a name or the end follows the bracket.
func looksLikeObject(t []byte) bool {
	i := jsontok.SkipSpace(t, 1)
	return t[i] == '"' || t[i] == '}'
}

// looksLikeArray reports whether a value or the end follows the bracket.
func looksLikeArray(t []byte) bool {
	return bytes.IndexByte([]byte(`"{[]-0123456789tfn`), t[jsontok.SkipSpace(t, 1)]) >= 0
}

var bom = []byte("\ufeff")

// openJSON lays out one JSON value.
func openJSON(ctx context.Context, c *Content) (*View, error) {
	return openJSONs(ctx, c, false)
}

func openJSONs(ctx context.Context, c *Content, stream bool) (*View, error) {
	v := &View{Bad: -1}
	off := v.noteMark(c)
	x, err := scanJSON(ctx, c.Text, off, stream)
	if err != nil {
		return nil, err
	}
	v.Doc = newJSON(x)
	return v, nil
}

// noteMark notes a byte order mark and returns where what follows it begins.
func (v *View) noteMark(c *Content) int {
	if !bytes.HasPrefix(c.Text, bom) {
		return 0
	}
	v.note("begins with a byte order mark (U+FEFF), which JSON parsers may refuse")
	return len(bom)
}
