package provider

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"time"

	"creel/capture"
)

// draft is a request that is being signed.
type draft struct {
	req    capture.Request // with the fields and the target as they are so far
	fields []capture.Field
	target string
	body   []byte
	urls   []string
	at     time.Time
	edited bool // the body was changed
}

func newDraft(req *capture.Request, body []byte, urls []string, at time.Time) *draft {
	return &draft{
		req: *req, fields: slices.Clone(req.Fields), target: req.Target,
		body: body, urls: slices.Clone(urls), at: at,
	}
}

// message is the draft as a scheme looks at it.
func (d *draft) message() *message {
	d.req.Fields, d.req.Target = d.fields, d.target
	return &message{req: &d.req, body: d.body, urls: d.urls, now: d.at}
}

// set gives the first field of that name a value, keeping its place and
// spelling, or puts the field at the end.
func (d *draft) set(name, value string) {
	for i := range d.fields {
		if len(d.fields[i].Name) == len(name) && hasPrefixFold(d.fields[i].Name, name) {
			d.fields[i].Value = value
			return
		}
	}
	d.fields = append(d.fields, capture.Field{Name: name, Value: value})
}

func (d *draft) has(name string) bool {
	r := capture.Request{Fields: d.fields}
	_, ok := r.Get(name)
	return ok
}

// setJSON replaces the bytes of the value at path, and nothing else.
func (d *draft) setJSON(path, raw string) error {
	i, j, ok := find(d.body, path)
	if !ok {
		return fmt.Errorf("the body has no %s to put the signature in", path)
	}
	d.setBody(slices.Concat(d.body[:i], []byte(raw), d.body[j:]))
	return nil
}

func (d *draft) setForm(name, value string) { d.setBody(replaceForm(d.body, name, value)) }

func (d *draft) setBody(b []byte) {
	if bytes.Equal(b, d.body) {
		return
	}
	d.body, d.edited = b, true
	if d.has("Content-Length") {
		d.set("Content-Length", strconv.Itoa(len(b)))
	}
}
