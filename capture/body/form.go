package body

import (
	"bytes"
	"context"
	"net/url"
	"strings"

	"creel/capture"
	"creel/capture/safe"
)

func fitsForm(c *Content) int {
	if c.is("application/x-www-form-urlencoded") && c.printable() {
		return declared
	}
	return unfit
}

// openForm lays out a field in a line, decoded (URL standard, section 5.1), in
// the order of the content. A value that is JSON is laid out below its name.
func openForm(ctx context.Context, c *Content) (*View, error) {
	if len(c.Text) > maxWhole {
		return nil, errTooLarge
	}
	var b builder
	off := 0
	for field := range bytes.SplitSeq(c.Text, []byte{'&'}) {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		end := off + len(field)
		if len(field) > 0 {
			formField(ctx, &b, string(field), off, end)
		}
		off = end + 1
	}
	return b.view(), nil
}

func formField(ctx context.Context, b *builder, field string, off, end int) {
	name, value, has := strings.Cut(field, "=")
	key := Span{Key, safe.Line(capture.UnescapeQuery(name))}
	if !has {
		b.line(off, end, key)
		return
	}
	text, err := url.QueryUnescape(value)
	if err != nil {
		b.line(off, end, key, equals, Span{Error, safe.Line(value)}, Span{Comment, safe.Const("  not percent-encoded right")})
		return
	}
	inner := &Content{Raw: []byte(text), Data: []byte(text), Text: []byte(text)}
	if len(text) > 1 && fitsJSON(inner) >= likely {
		if v, err := openJSON(ctx, inner); err == nil {
			b.open(off, end, key, Span{Punct, safe.Const(" =")})
			b.embed(v, off, end)
			b.close(off, end)
			return
		}
	}
	if !strings.Contains(text, "\n") {
		b.line(off, end, key, equals, Span{String, safe.Line(text)})
		return
	}
	b.open(off, end, key, Span{Punct, safe.Const(" =")})
	for _, l := range safe.Lines(text) {
		b.line(off, end, Span{String, l})
	}
	b.close(off, end)
}

var equals = Span{Punct, safe.Const(" = ")}
