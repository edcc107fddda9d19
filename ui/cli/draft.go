package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"creel/capture"
	"creel/forward/edit"
)

// draft is a request that is going to be sent.
type draft struct {
	name   string // what messages call it
	req    *capture.Request
	body   []byte
	edited bool
}

func newDraft(ctx context.Context, name string, req capture.Request) (*draft, error) {
	body, err := req.Body.Bytes(ctx)
	return &draft{name: name, req: &req, body: body}, err
}

// changeDraft makes the changes that the flags ask for.
func (p *program) changeDraft(ctx context.Context, d *draft, f *sendFlags) error {
	was := string(d.body)
	for _, s := range f.set {
		set, err := edit.ParseSet(s)
		if err != nil {
			return usagef("--set: %w", err)
		}
		if d.body, err = edit.Apply(d.body, d.req.Fields, set); err != nil {
			return fmt.Errorf("--set %q: %w", s, err)
		}
	}
	if f.jq != "" {
		var err error
		if d.body, err = runJQ(ctx, d.body, d.req.Fields, f.jq); err != nil {
			return err
		}
		p.talk("%s: jq rewrote the body: spacing, key order and numbers may differ", d.name)
	}
	if string(d.body) != was {
		d.setBody(d.body)
	}
	for _, h := range f.headers {
		if err := d.setField(h); err != nil {
			return err
		}
	}
	if f.edit {
		return p.edit(ctx, d)
	}
	return nil
}

// setBody replaces the body, and its length where that is given.
func (d *draft) setBody(body []byte) {
	d.body, d.edited = body, true
	d.req.Body, d.req.Size = capture.NewBody(body), int64(len(body))
	d.req.Fields = slices.Clone(d.req.Fields)
	for i := range d.req.Fields {
		if strings.EqualFold(d.req.Fields[i].Name, "Content-Length") {
			d.req.Fields[i].Value = fmt.Sprint(len(body))
		}
	}
}

// setField sets a field in the place of the first of its name, or removes all of
// that name. 'NAME;' sets an empty value, as it does for curl.
func (d *draft) setField(spec string) error {
	name, value, ok := strings.Cut(spec, ":")
	value = strings.TrimSpace(value)
	remove := ok && value == ""
	if n, empty := strings.CutSuffix(spec, ";"); !ok && empty {
		name, ok = n, true
	}
	if !ok || name == "" || strings.ContainsAny(spec, "\r\n\x00") || strings.ContainsAny(name, " \t;") {
		return usagef("-H %q: write it as 'NAME: VALUE', 'NAME;' for an empty value, or 'NAME:' to remove it", spec)
	}
	d.edited = true
	done := remove
	var out []capture.Field
	for _, f := range d.req.Fields {
		if !strings.EqualFold(f.Name, name) {
			out = append(out, f)
		} else if !done {
			out, done = append(out, capture.Field{Name: f.Name, Value: value}), true
		}
	}
	if !done {
		out = append(out, capture.Field{Name: name, Value: value})
	}
	d.req.Fields = out
	if strings.EqualFold(name, "Content-Length") && value != "" {
		return d.setField("Transfer-Encoding:") // one of the two says how long the body is
	}
	_, d.req.Chunked = d.req.Get("Transfer-Encoding")
	if strings.EqualFold(name, "Host") {
		d.req.Host = value
	}
	return nil
}
