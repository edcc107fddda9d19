package edit

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"creel/capture"
	"creel/forward"
)

// Change is a request that is changed bit by bit before it is sent. What is not
// changed keeps its bytes.
type Change struct {
	Req    *capture.Request
	Body   []byte
	Edited bool // it differs from the captured one

	given map[string]bool // names of fields that were set, in lower case
}

// NewChange begins with a captured request, which stays as it is. The error is that
// of reading the body.
func NewChange(ctx context.Context, req capture.Request) (*Change, error) {
	body, err := req.Body.Bytes(ctx)
	return &Change{Req: &req, Body: body}, err
}

// Set replaces the bytes of one JSON value, as 'PATH = VALUE' says, and nothing else.
func (c *Change) Set(spec string) error {
	set, err := ParseSet(spec)
	if err != nil {
		return err
	}
	body, err := apply(c.Body, c.Req.Fields, set)
	if err != nil {
		return fmt.Errorf("%q: %w", spec, err)
	}
	if string(body) != string(c.Body) {
		c.SetBody(body)
	}
	return nil
}

// edit notes that the request is another one now, which did not arrive with the head that
// was captured.
func (c *Change) edit() {
	c.Edited, c.Req.Head = true, nil
}

// SetBody replaces the body, and its length where that is given.
func (c *Change) SetBody(body []byte) {
	c.edit()
	c.Body = body
	c.Req.Body, c.Req.Size = capture.NewBody(body), int64(len(body))
	c.Req.Fields = slices.Clone(c.Req.Fields)
	for i := range c.Req.Fields {
		if strings.EqualFold(c.Req.Fields[i].Name, "Content-Length") {
			c.Req.Fields[i].Value = fmt.Sprint(len(body))
		}
	}
}

// SetField sets a field in the place of the first of its name, or removes all of
// that name. 'NAME;' sets an empty value, as it does for curl. A name that was set
// before gets one more field, unless a request has only one of it. A field that is not
// sent ([forward.LeavesOut]) is refused.
func (c *Change) SetField(spec string) error {
	name, value, ok := strings.Cut(spec, ":")
	value = strings.TrimSpace(value)
	remove := ok && value == ""
	if n, empty := strings.CutSuffix(spec, ";"); !ok && empty {
		name, ok = n, true
	}
	if !ok || name == "" || strings.ContainsAny(spec, "\r\n\x00") || strings.ContainsAny(name, " \t;") {
		return fmt.Errorf("%q: write it as 'NAME: VALUE', 'NAME;' for an empty value, or 'NAME:' to remove it", spec)
	}
	switch {
	case forward.LeavesOut(name) && remove:
		return nil // it is not sent anyway
	case forward.LeavesOut(name):
		return fmt.Errorf("%q: %s is for one connection only: creel decides it, and sends none of others", spec, name)
	case strings.EqualFold(name, "Transfer-Encoding") && !remove && !strings.EqualFold(value, "chunked"):
		return fmt.Errorf("%q: a body is sent in chunks or with a length: chunked is the only coding, and 'Transfer-Encoding:' takes it off", spec)
	}
	c.edit()
	c.Req.Fields = c.withField(capture.Field{Name: name, Value: value}, remove)
	if strings.EqualFold(name, "Content-Length") && value != "" {
		return c.SetField("Transfer-Encoding:") // one of the two says how long the body is
	}
	_, c.Req.Chunked = c.Req.Get("Transfer-Encoding")
	if strings.EqualFold(name, "Host") {
		c.Req.Host = value
	}
	return nil
}

// onlyOne are the names of which a request has one field.
var onlyOne = []string{"host", "content-length", "transfer-encoding"}

// withField returns the fields with set among them, or without those of its name.
func (c *Change) withField(set capture.Field, remove bool) (out []capture.Field) {
	key := strings.ToLower(set.Name)
	is := func(f capture.Field) bool { return strings.EqualFold(f.Name, set.Name) }
	first := slices.IndexFunc(c.Req.Fields, is)
	if c.given[key] && !remove && first >= 0 {
		last := first
		for i, f := range c.Req.Fields {
			if is(f) {
				last = i
			}
		}
		return slices.Insert(slices.Clone(c.Req.Fields), last+1, set)
	}
	for i, f := range c.Req.Fields {
		switch {
		case !is(f):
			out = append(out, f)
		case i == first && !remove:
			out = append(out, capture.Field{Name: f.Name, Value: set.Value})
		}
	}
	if first < 0 && !remove {
		out = append(out, set)
	}
	if c.given == nil {
		c.given = map[string]bool{}
	}
	c.given[key] = !remove && !slices.Contains(onlyOne, key)
	return out
}
