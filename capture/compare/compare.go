package compare

import (
	"bytes"
	"context"
	"fmt"
	"unicode/utf8"

	"creel/capture"
	"creel/capture/body"
)

// Kind is in what way two things differ.
type Kind uint8

// The kinds of differences.
const (
	Changed Kind = iota
	Added        // only the new one has it
	Removed      // only the old one has it
	Moved        // both have it, in another order
	Same         // of a line around those that differ
)

// Difference is one thing that differs.
type Difference struct {
	Kind Kind
	// Name says where: the name of a header field or query parameter, the path
	// of a JSON value in the language of jq.
	Name     string
	Old, New string
}

// Result is in what two requests differ; empty without differences.
type Result struct {
	Line   []Difference // method, path, protocol
	Query  []Difference // by parameter
	Fields []Difference // header fields, then trailers
	Values []Difference // of the bodies, by value
	Hunks  []Hunk       // by line
	Bytes  []Row        // by byte
	// Notes say what the lists do not show, one sentence each.
	Notes []string
}

// Same reports whether nothing differs.
func (r *Result) Same() bool {
	return len(r.Line)+len(r.Query)+len(r.Fields)+len(r.Values)+len(r.Hunks)+len(r.Bytes)+len(r.Notes) == 0
}

// maxStructured is the size of body up to which values and lines are compared;
// beyond it, bytes are.
const maxStructured = 8 << 20

// Requests compares two requests. It may read their bodies from disk; the error
// is that of reading them, or ctx's.
func Requests(ctx context.Context, old, new *capture.Request) (*Result, error) {
	r := &Result{}
	r.compareLine(old, new)
	for _, part := range []struct {
		req  *capture.Request
		what string
	}{{old, "old"}, {new, "new"}} {
		if part.req.Truncated || part.req.Incomplete {
			r.note("the %s body is not whole: only what was kept of it is compared", part.what)
		}
	}
	a, err := old.Body.Bytes(ctx)
	if err != nil {
		return r, fmt.Errorf("compare: read the old body: %w", err)
	}
	b, err := new.Body.Bytes(ctx)
	if err != nil {
		return r, fmt.Errorf("compare: read the new body: %w", err)
	}
	r.Fields = fields(old.Fields, new.Fields)
	for _, d := range fields(old.Trailers, new.Trailers) {
		d.Name += " (trailer)"
		r.Fields = append(r.Fields, d)
	}
	r.bodies(body.Read(a, old.Fields), body.Read(b, new.Fields))
	return r, ctx.Err()
}

func (r *Result) note(format string, args ...any) {
	r.Notes = append(r.Notes, fmt.Sprintf(format, args...))
}

// bodies compares what was sent, its Content-Encoding undone.
func (r *Result) bodies(a, b *body.Content) {
	if len(a.Text) <= maxStructured && len(b.Text) <= maxStructured {
		if values, moved, ok := compareJSON(a.Text, b.Text); ok {
			for i := range values {
				r.Values = append(r.Values, values[i].difference())
			}
			if len(values) == 0 && !moved && !bytes.Equal(a.Text, b.Text) {
				r.note("the values are the same, the white space between them is not")
			}
			return
		}
		if isText(a.Text) && isText(b.Text) {
			r.Hunks = lines(string(a.Text), string(b.Text))
			return
		}
	}
	var more int
	if r.Bytes, more = rows(a.Data, b.Data); more > 0 {
		r.note("%d more rows of 16 bytes differ", more)
	}
	if len(a.Data) != len(b.Data) {
		r.note("%d bytes, was %d", len(b.Data), len(a.Data))
	}
}

func isText(b []byte) bool { return utf8.Valid(b) && bytes.IndexByte(b, 0) < 0 }
