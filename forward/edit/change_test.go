package edit

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"creel/capture"
)

// fieldLines are fields as they are sent.
func fieldLines(fields []capture.Field) string {
	var lines []string
	for _, f := range fields {
		lines = append(lines, f.Name+": "+f.Value)
	}
	return strings.Join(lines, ", ")
}

// The first of a name replaces what was captured, further ones are added below it.
func TestSetFieldsOfOneName(t *testing.T) {
	for specs, want := range map[string]string{
		"A: 8, a: 9, a;":                       "Host: h, A: 8, a: 9, a: , B: 2",
		"C: 1, C: 2":                           "Host: h, A: 1, B: 2, A: 3, C: 1, C: 2",
		"A: 8, B: 5, A: 9":                     "Host: h, A: 8, A: 9, B: 5",
		"A: 8, A:, A: 9":                       "Host: h, B: 2, A: 9",
		"Host: x, Host: y":                     "Host: y, A: 1, B: 2, A: 3",
		"Content-Length: 1, Content-Length: 2": "Host: h, A: 1, B: 2, A: 3, Content-Length: 2",
	} {
		c, err := NewChange(t.Context(), capture.Request{Host: "h", Fields: []capture.Field{
			{Name: "Host", Value: "h"}, {Name: "A", Value: "1"}, {Name: "B", Value: "2"}, {Name: "A", Value: "3"},
		}})
		for spec := range strings.SplitSeq(specs, ", ") {
			err = errors.Join(err, c.SetField(spec))
		}
		if got := fieldLines(c.Req.Fields); err != nil || got != want {
			t.Errorf("%s: %s, %v; want %s", specs, got, err, want)
		}
	}
}

// A field is set in the place of the first of its name, added, emptied or removed; all
// other fields keep their place and spelling.
func TestSetField(t *testing.T) {
	const sized, chunked = "Host: h, A: 1, B: 2, a: 3, Content-Length: 5", "Host: h, Transfer-Encoding: chunked"
	const usage = `: write it as 'NAME: VALUE', 'NAME;' for an empty value, or 'NAME:' to remove it`
	for _, tt := range []struct{ fields, spec, want string }{
		{sized, "a: 9", "Host: h, A: 9, B: 2, Content-Length: 5"},
		{sized, "C:  x: y ", sized + ", C: x: y"},
		{sized, "A: 9", "Host: h, A: 9, B: 2, Content-Length: 5"},
		{sized, "b:9", "Host: h, A: 1, B: 9, a: 3, Content-Length: 5"},
		{sized, "A:", "Host: h, B: 2, Content-Length: 5"},
		{sized, "A: ", "Host: h, B: 2, Content-Length: 5"},
		{sized, "D:", sized},
		{sized, "B;", "Host: h, A: 1, B: , a: 3, Content-Length: 5"},
		{sized, "D;", sized + ", D: "},
		{sized, "D: x;", sized + ", D: x;"},
		{chunked, "Content-Length: 5", "Host: h, Content-Length: 5"},
		{chunked, "Content-Length:", chunked},
		{chunked, "transfer-encoding:", "Host: h"},
		{chunked, "Host: other", "Host: other, Transfer-Encoding: chunked"},
		{chunked, "Transfer-Encoding: CHUNKED", "Host: h, Transfer-Encoding: CHUNKED"},
		{sized, "Transfer-Encoding: gzip", `"Transfer-Encoding: gzip": a body is sent in chunks or with a length: chunked is the only coding, and 'Transfer-Encoding:' takes it off`},
		{chunked, "transfer-encoding;", `"transfer-encoding;": a body is sent in chunks or with a length: chunked is the only coding, and 'Transfer-Encoding:' takes it off`},
		{sized, "connection: close", `"connection: close": connection is for one connection only: creel decides it, and sends none of others`},
		{sized, "Expect: 100-continue", `"Expect: 100-continue": Expect is for one connection only: creel decides it, and sends none of others`},
		{sized, "TE;", `"TE;": TE is for one connection only: creel decides it, and sends none of others`},
		{sized, "A", `"A"` + usage},
		{sized, "", `""` + usage},
		{sized, ": x", `": x"` + usage},
		{sized, ";", `";"` + usage},
		{sized, "A b: c", `"A b: c"` + usage},
		{sized, "A;: c", `"A;: c"` + usage},
		{sized, "A: c\nB: d", `"A: c\nB: d"` + usage},
		{sized, "A: c\rd", `"A: c\rd"` + usage},
		{sized, "A: c\x00", `"A: c\x00"` + usage},
	} {
		req := capture.Request{Host: "h", Chunked: strings.Contains(tt.fields, "chunked")}
		for f := range strings.SplitSeq(tt.fields, ", ") {
			name, value, _ := strings.Cut(f, ": ")
			req.Fields = append(req.Fields, capture.Field{Name: name, Value: value})
		}
		c, err := NewChange(t.Context(), req)
		if err != nil {
			t.Fatal(err)
		}
		err = c.SetField(tt.spec)
		got := fieldLines(c.Req.Fields)
		if err != nil {
			got = err.Error()
		}
		if d := cmp.Diff(tt.want, got); d != "" || c.Edited != (err == nil) {
			t.Errorf("%q: edited %v, %s", tt.spec, c.Edited, d)
		}
		if chunked := strings.Contains(strings.ToLower(got), "chunked"); err == nil && c.Req.Chunked != chunked {
			t.Errorf("%q: chunked %v", tt.spec, c.Req.Chunked)
		}
		if host, _ := c.Req.Get("Host"); c.Req.Host != host {
			t.Errorf("%q: the host is %q and %q", tt.spec, host, c.Req.Host)
		}
		if fieldLines(req.Fields) != tt.fields {
			t.Errorf("%q changed what was captured: %s", tt.spec, fieldLines(req.Fields))
		}
	}
}

// Another body has its own length, where the length is given; the captured request stays
// as it is.
func TestSetInABody(t *testing.T) {
	req := request(`{"a":1}`, "content-length", "7")
	before := fieldLines(req.Fields)
	c, err := NewChange(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		set, body string
		edited    bool
		err       string
	}{
		{"a = 1", `{"a":1}`, false, ""},
		{"a", `{"a":1}`, false, "has no ="},
		{"b = 1", `{"a":1}`, false, `"b = 1": set: there is no b in the body: it has the names a`},
		{"a = 1000", `{"a":1000}`, true, ""},
		{". = " + strings.Repeat("1", 30), strings.Repeat("1", 30), true, ""},
		{"a = 2", strings.Repeat("1", 30), true, "it has no parts: it is " + strings.Repeat("1", 24) + "…"},
	} {
		err := c.Set(tt.set)
		if (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
			t.Errorf("%s: %v", tt.set, err)
		}
		sent, _ := c.Req.Body.Bytes(t.Context())
		if string(c.Body) != tt.body || string(sent) != tt.body || c.Req.Size != int64(len(tt.body)) || c.Edited != tt.edited {
			t.Errorf("%s: %q, sends %q, %d bytes, edited %v", tt.set, c.Body, sent, c.Req.Size, c.Edited)
		}
	}
	if got := fieldLines(c.Req.Fields); got != "Host: h, content-length: 30, Content-Length: 30" {
		t.Error(got)
	}
	if got := fieldLines(req.Fields); got != before {
		t.Errorf("what was captured became %s", got)
	}
}

// A request that was changed does not keep the head that arrived, which would be taken for
// it; one that was not keeps it.
func TestChangedHead(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*Change) error
		kept   bool
	}{
		"nothing":        {func(*Change) error { return nil }, true},
		"the same value": {func(c *Change) error { return c.Set("a = 1") }, true},
		"a value":        {func(c *Change) error { return c.Set("a = 2") }, false},
		"the body":       {func(c *Change) error { c.SetBody([]byte("x")); return nil }, false},
		"a field":        {func(c *Change) error { return c.SetField("Y: 1") }, false},
		"no field":       {func(c *Change) error { return c.SetField("X-A:") }, false},
		"none to send":   {func(c *Change) error { return c.SetField("Expect:") }, true},
	} {
		req := request(`{"a":1}`, "X-A", "3")
		req.Head = []byte("POST / HTTP/1.1\r\nHost: h\r\nX-A:3\r\n\r\n")
		c, err := NewChange(t.Context(), req)
		if err == nil {
			err = tt.change(c)
		}
		if err != nil || (c.Req.Head != nil) != tt.kept || len(req.Head) == 0 {
			t.Errorf("%s: %q, captured %q, %v", name, c.Req.Head, req.Head, err)
		}
	}
}
