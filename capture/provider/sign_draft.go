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
	body   []byte
	urls   []string
	at     time.Time
	edited bool // the body was changed
}

func newDraft(req *capture.Request, body []byte, urls []string, at time.Time) *draft {
	d := &draft{req: *req, body: body, urls: slices.Clone(urls), at: at}
	d.req.Fields = slices.Clone(req.Fields)
	return d
}

// message is the draft as a scheme looks at it.
func (d *draft) message() *message {
	return &message{req: &d.req, body: d.body, urls: d.urls, now: d.at}
}

// set gives the first field of that name a value, keeping its place and
// spelling, or puts the field at the end.
func (d *draft) set(name, value string) {
	d.req.Fields = capture.SetField(d.req.Fields, name, value)
}

func (d *draft) has(name string) bool {
	_, ok := d.req.Get(name)
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
