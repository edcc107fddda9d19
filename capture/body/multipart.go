package body

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"strings"

	"creel/capture"
	"creel/capture/safe"
	"creel/capture/words"
)

// Limits of a multipart body: parts, and multipart within multipart.
const (
	maxParts = 1000
	maxNests = 3
)

func fitsMultipart(c *Content) int {
	if strings.HasPrefix(c.Media, "multipart/") && c.Params["boundary"] != "" {
		return declared
	}
	return unfit
}

// openMultipart lays out each part with its name, file name, type and size, and
// below it its content in a view of its own (RFC 2046, RFC 7578).
func openMultipart(ctx context.Context, c *Content) (*View, error) {
	return openParts(ctx, c, 0)
}

func openParts(ctx context.Context, c *Content, nest int) (*View, error) {
	r := multipart.NewReader(bytes.NewReader(c.Data), c.Params["boundary"])
	var b builder
	for n := 1; ; n++ {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		part, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return partsEnd(&b, n, err)
		}
		if n > maxParts {
			return partsEnd(&b, n, fmt.Errorf("only the first %d are laid out", maxParts))
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return partsEnd(&b, n, err)
		}
		layPart(ctx, &b, part, n, data, nest)
	}
	return b.view(), nil
}

// partsEnd ends a layout that could not be finished: with nothing in it, the
// content is not multipart.
func partsEnd(b *builder, n int, err error) (*View, error) {
	if n == 1 {
		return nil, err
	}
	v := b.view()
	v.note("part %d: %v", n, err)
	return v, nil
}

func layPart(ctx context.Context, b *builder, p *multipart.Part, n int, data []byte, nest int) {
	fields := capture.FieldsOf(p.Header)
	b.open(0, 0, partHead(p, n, len(data))...)
	defer b.close(0, 0)
	for _, f := range fields {
		if f.Name != "Content-Disposition" && f.Name != "Content-Type" {
			b.line(0, 0, Span{Attr, safe.Line(f.Name)}, Span{Punct, safe.Const(": ")}, Span{String, safe.Line(f.Value)})
		}
	}
	c := Read(undoTransfer(p.Header.Get("Content-Transfer-Encoding"), data), fields)
	if len(c.Data) == 0 {
		return
	}
	v, err := openPart(ctx, c, nest+1)
	if err != nil {
		return
	}
	b.embed(v, 0, 0)
}

func openPart(ctx context.Context, c *Content, nest int) (*View, error) {
	if fitsMultipart(c) > unfit {
		if nest < maxNests {
			return openParts(ctx, c, nest)
		}
		return Open(ctx, c, Raw)
	}
	return Open(ctx, c, Pretty)
}

// partHead names a part: name, file name, type, size.
func partHead(p *multipart.Part, n, size int) []Span {
	_, params, err := mime.ParseMediaType(p.Header.Get("Content-Disposition"))
	spans := []Span{{Keyword, safe.Linef("part %d", n)}}
	add := func(key safe.Text, value string) {
		if value != "" {
			spans = append(spans, Span{Punct, safe.Const("  ")}, Span{Attr, key}, Span{Punct, safe.Const("=")}, Span{String, safe.Line(value)})
		}
	}
	if err == nil {
		add(safe.Const("name"), params["name"])
		add(safe.Const("filename"), params["filename"])
	}
	if t := p.Header.Get("Content-Type"); t != "" {
		spans = append(spans, Span{Text, safe.Line("  " + t)})
	}
	return append(spans, Span{Comment, safe.Line("  " + words.Size(int64(size)))})
}

// undoTransfer undoes a Content-Transfer-Encoding (RFC 2045 section 6) as far
// as it can be.
func undoTransfer(encoding string, data []byte) []byte {
	var r io.Reader
	switch strings.ToLower(encoding) {
	case "base64":
		r = base64.NewDecoder(base64.StdEncoding, bytes.NewReader(data))
	case "quoted-printable":
		r = quotedprintable.NewReader(bytes.NewReader(data))
	default:
		return data
	}
	out, err := io.ReadAll(r)
	if err != nil && len(out) == 0 {
		return data
	}
	return out
}
