package reply

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"text/template"
	"text/template/parse"
	"time"

	"creel/capture"
	"creel/capture/jsontok"
)

// Limits of one run of a template.
const (
	maxTemplateBytes = 1 << 20
	maxTemplateTime  = time.Second
)

var (
	errTooLong = errors.New("template: the reply is larger than 1 MiB")
	errTooSlow = errors.New("template: it took longer than a second")
)

// parseTemplate reads a Go template over a [Request]. Beside the functions of
// text/template there are now, uuid and json.
func parseTemplate(text string) (*template.Template, error) {
	t, err := template.New("reply").Funcs(templateFuncs(nil)).Parse(text)
	if err != nil {
		return nil, errors.New(strings.Replace(err.Error(), "template: reply:", "template: line ", 1))
	}
	for _, sub := range t.Templates() {
		if sub.Tree != nil {
			guard(sub.Root)
		}
	}
	return t, nil
}

// tick calls the function of that name.
var tick = sync.OnceValue(func() parse.Node {
	return template.Must(template.New("tick").Funcs(templateFuncs(nil)).Parse("{{tick}}")).Root.Nodes[0]
})

// guard puts a call of the function tick at the beginning of the list and of
// each loop in it: text/template cannot be interrupted, and a loop that prints
// nothing would never come to the writer that checks the time.
func guard(list *parse.ListNode) {
	if list == nil {
		return
	}
	for _, n := range list.Nodes {
		for _, inner := range inside(n) {
			guard(inner)
		}
	}
	list.Nodes = append([]parse.Node{tick()}, list.Nodes...)
}

func inside(n parse.Node) []*parse.ListNode {
	switch n := n.(type) {
	case *parse.RangeNode:
		return []*parse.ListNode{n.List, n.ElseList}
	case *parse.IfNode:
		return []*parse.ListNode{n.List, n.ElseList}
	case *parse.WithNode:
		return []*parse.ListNode{n.List, n.ElseList}
	}
	return nil
}

func templateFuncs(tick func() (string, error)) template.FuncMap {
	return template.FuncMap{
		"tick": tick,
		"now":  func() stamp { return stamp{time.Now()} },
		"uuid": newUUID,
		"json": jsontok.Quote,
	}
}

// execute runs t for as long as limit.
func execute(ctx context.Context, t *template.Template, ex *capture.Exchange, limit time.Duration) ([]byte, error) {
	body, err := ex.Request.Body.Bytes(ctx)
	if err != nil {
		return nil, fmt.Errorf("template: read the body: %w", err)
	}
	t, err = t.Clone()
	if err != nil {
		return nil, fmt.Errorf("template: %w", err)
	}
	out := limited{end: time.Now().Add(limit)}
	t.Funcs(templateFuncs(func() (string, error) { return "", out.late() }))
	if err := t.Execute(&out, &Request{ex: ex, body: body}); err != nil {
		for _, known := range []error{errTooLong, errTooSlow} {
			if errors.Is(err, known) {
				return nil, known
			}
		}
		text := strings.Replace(err.Error(), "template: reply:", "template: line ", 1)
		return nil, errors.New(strings.Replace(text, "in type *reply.Request", "of a request: it has Method, Path, Header, Query, Body and JSON", 1))
	}
	return out.buf.Bytes(), nil
}

// sample is an ordinary request, which templates are tried with.
var sample = &capture.Exchange{Request: capture.Request{
	Method: "POST", Target: "/hooks/sample?id=1", Host: "127.0.0.1", Proto: "HTTP/1.1",
	Fields: []capture.Field{{Name: "Host", Value: "127.0.0.1"}, {Name: "Content-Type", Value: "application/json"}},
	Body:   capture.NewBody([]byte(`{"id":"evt_1","type":"sample","data":{"object":{"id":"obj_1"}}}`)),
}}

// tryTime bounds the try of a template.
const tryTime = 50 * time.Millisecond

// tryTemplate says why a template cannot be read, or fails with an ordinary request.
// What another request may mend is no error: a place beyond the end of a text, and
// the limits of a run.
func tryTemplate(text string) error {
	t, err := parseTemplate(text)
	if err != nil {
		return err
	}
	_, err = execute(context.Background(), t, sample, tryTime)
	switch {
	case err == nil, errors.Is(err, errTooLong), errors.Is(err, errTooSlow):
		return nil
	case strings.Contains(err.Error(), "out of range"), strings.Contains(err.Error(), "invalid slice index"):
		return nil
	}
	return err
}

// limited is a buffer that ends a template which writes too much or too long.
type limited struct {
	buf bytes.Buffer
	end time.Time
}

func (l *limited) late() error {
	if time.Now().After(l.end) {
		return errTooSlow
	}
	return nil
}

func (l *limited) Write(b []byte) (int, error) {
	if l.buf.Len()+len(b) > maxTemplateBytes {
		return 0, errTooLong
	}
	if err := l.late(); err != nil {
		return 0, err
	}
	return l.buf.Write(b)
}

// Request is what a template sees as its dot.
type Request struct {
	ex     *capture.Exchange
	body   []byte
	parsed bool
	value  any
}

// Method is the request's method.
func (r *Request) Method() string { return r.ex.Request.Method }

// Path is the request's path without the query, as it was sent.
func (r *Request) Path() string { return r.ex.Request.Path() }

// Body is the body as it was sent.
func (r *Request) Body() string { return string(r.body) }

// Header is the value of the first header field of that name; empty without one.
func (r *Request) Header(name string) string {
	v, _ := r.ex.Request.Get(name)
	return v
}

// Query is the first value of a parameter of the query; empty without one.
func (r *Request) Query(name string) string {
	values, _ := url.ParseQuery(r.ex.Request.Query()) // gives what it could read
	return values.Get(name)
}

// JSON is what stands in a JSON body at a path of names and indices, such as
// data.object.id or lines.0.sku: a text as it is, anything else as JSON. It is
// empty when the body has nothing there.
func (r *Request) JSON(path string) string {
	if !r.parsed {
		r.parsed = true
		dec := json.NewDecoder(bytes.NewReader(r.body))
		dec.UseNumber()
		if dec.Decode(&r.value) != nil {
			r.value = nil
		}
	}
	v := r.value
	for name := range strings.SplitSeq(path, ".") {
		switch at := v.(type) {
		case map[string]any:
			v = at[name]
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil || i < 0 || i >= len(at) {
				return ""
			}
			v = at[i]
		default:
			return ""
		}
	}
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	}
	return jsontok.Quote(v)
}

// stamp is a time that prints as RFC 3339 has it.
type stamp struct{ time.Time }

// String returns the time in UTC, to the second.
func (s stamp) String() string { return s.UTC().Format(time.RFC3339) }

// newUUID returns a random UUID, version 4 of RFC 9562.
func newUUID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
