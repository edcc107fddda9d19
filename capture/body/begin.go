package body

import (
	"bytes"
	"context"
	"encoding/binary"
	"slices"

	"creel/capture"
	"creel/capture/words"
)

// What is laid out as the beginning of a text: many screens, in less than a millisecond.
const (
	begunBytes = 64 << 10
	begunRows  = 10 // at least; fewer fill no screen
)

// Begin lays out the beginning of a body in a time that does not grow with the body, as
// [Open] will lay out the whole; an empty mode is the first of [Modes]. Its rows and notes
// are those of the whole, if that is what its beginning looks like, which only Open knows.
// Begin returns nil where there is not much to wait for, and where the beginning does not
// tell how the whole is shown. The content is nil where not all of it was decoded.
func Begin(raw []byte, fields []capture.Field, mode string) (*View, *Content) {
	c := readBeginning(raw, fields)
	if c == nil || len(c.Text) <= begunBytes {
		return nil, nil
	}
	format := c.formatOfWhole(mode)
	var v *View
	switch format {
	case JSON, "ndjson":
		v = beginJSON(c, format == "ndjson")
	case Raw:
		v = beginText(c)
	case "form", "html", "xml":
		if v = beginText(c); v != nil {
			v.note("%v", errTooLarge)
		}
		format = Raw
	}
	if v == nil || v.Doc.Len() < begunRows {
		return nil, nil
	}
	v.Format = format
	v.Notes = append(slices.Clone(c.Notes), v.Notes...)
	if c.Cut {
		v.Expect = v.Doc.Len() * MaxDecoded / begunBytes
		return v, nil
	}
	v.Expect = v.Doc.Len() * len(c.Text) / begunBytes
	return v, c
}

// readBeginning reads a body as [Read] does, but decompresses only its beginning. It is
// nil where not all is known that stands above the body.
func readBeginning(raw []byte, fields []capture.Field) *Content {
	d := decode(raw, fields, maxTokenSearch)
	switch {
	case d.Err != nil || len(d.Layers) > 1 || len(d.Layers) == 1 && !d.Cut:
		return nil
	case d.Cut && d.Layers[0] == "gzip" && sizeInGzip(raw) > MaxDecoded: // it will be cut, and wrong where it is
		return nil
	}
	c := &Content{Raw: raw, Data: d.Data, Text: d.Data, Cut: d.Cut}
	c.Media, c.Params = MediaType(fields)
	if enc, _ := c.charset(); enc != nil || len(c.Notes) > 0 {
		return nil
	}
	if d.Cut {
		c.note("%s: %s", d.Layers[0], words.Size(int64(len(raw))))
	}
	return c
}

// sizeInGzip is the decompressed size at the end of gzip (RFC 1952 section 2.3.1).
func sizeInGzip(raw []byte) uint32 { return binary.LittleEndian.Uint32(raw[len(raw)-4:]) }

// formatOfWhole is the renderer for a mode, where it is known without reading all; empty
// where it is not. Of what is cut only the JSON that says so is known.
func (c *Content) formatOfWhole(mode string) string {
	if mode == Raw {
		return Raw
	}
	mayBeGraphQL := len(c.Text) <= maxWhole && bytes.Contains(c.Text[:peek], []byte(`"query"`))
	if mode != "" && mode != Pretty || mayBeGraphQL || c.mayHoldTokens() {
		return ""
	}
	format := best(c).name
	switch {
	case c.Cut && format != JSON && format != "ndjson":
		return ""
	case format == "text":
		return Raw
	case len(c.Text) <= maxWhole && slices.Contains([]string{"form", "html", "xml"}, format):
		return "" // laid out as a whole
	}
	return format
}

func beginJSON(c *Content, stream bool) *View {
	v := &View{Bad: -1}
	off := v.noteMark(c)
	x := scanBeginning(c.Text[:begunBytes], off, stream)
	if x == nil {
		return nil
	}
	v.Folds = newFolded(newJSON(x))
	v.Doc = v.Folds
	return v
}

// beginText leaves out the last row, which may go on.
func beginText(c *Content) *View {
	d, err := newText(context.Background(), c.Text[:begunBytes])
	if err != nil {
		return nil
	}
	d.rows--
	return &View{Doc: d, Bad: -1}
}
