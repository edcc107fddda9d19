package body

import (
	"bytes"
	"context"
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
	i := skipSpace(t, 1)
	return t[i] == '"' || t[i] == '}'
}

// looksLikeArray reports whether a value or the end follows the bracket.
func looksLikeArray(t []byte) bool {
	return bytes.IndexByte([]byte(`"{[]-0123456789tfn`), t[skipSpace(t, 1)]) >= 0
}

var bom = []byte("\ufeff")

// openJSON lays out one JSON value.
func openJSON(ctx context.Context, c *Content) (*View, error) {
	return openJSONs(ctx, c, false)
}

func openJSONs(ctx context.Context, c *Content, multi bool) (*View, error) {
	v := &View{Bad: -1}
	src := c.Text
	if bytes.HasPrefix(src, bom) {
		src = src[len(bom):]
		v.note("begins with a byte order mark (U+FEFF), which JSON parsers may refuse")
	}
	x, err := scanJSON(ctx, src, multi)
	if err != nil {
		if wrong, ok := err.(*SyntaxError); ok {
			wrong.Off += len(c.Text) - len(src)
		}
		return nil, err
	}
	v.Doc = newJSON(x)
	return v, nil
}
