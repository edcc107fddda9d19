package edit

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"creel/capture"
)

// Change is a request that is changed bit by bit before it is sent. What is not
// changed keeps its bytes.
type Change struct {
	Req    *capture.Request
	Body   []byte
	Edited bool // it differs from the captured one
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
// that name. 'NAME;' sets an empty value, as it does for curl.
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
	c.edit()
	done := remove
	var out []capture.Field
	for _, f := range c.Req.Fields {
		if !strings.EqualFold(f.Name, name) {
			out = append(out, f)
		} else if !done {
			out, done = append(out, capture.Field{Name: f.Name, Value: value}), true
		}
	}
	if !done {
		out = append(out, capture.Field{Name: name, Value: value})
	}
	c.Req.Fields = out
	if strings.EqualFold(name, "Content-Length") && value != "" {
		return c.SetField("Transfer-Encoding:") // one of the two says how long the body is
	}
	_, c.Req.Chunked = c.Req.Get("Transfer-Encoding")
	if strings.EqualFold(name, "Host") {
		c.Req.Host = value
	}
	return nil
}
