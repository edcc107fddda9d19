package server

import (
	"bufio"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"creel/capture"
)

var odd = []string{
	"GET / HTTP/1.1\r\nHost: h\r\n\r\n",
	"POST /a?b=%2F HTTP/1.0\nA:b\nA: c \n\n",
	"GET / HTTP/1.1\r\nHost: h\r\nA: b\r\n\tc\r\n  d\r\n\r\n",
	"GET / HTTP/1.1\r\nhost: h\r\nPragma: no-cache\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\nContent-Length: 0\r\n\r\n",
	"GET  / HTTP/1.1\r\n\r\n",
	"\r\n",
	"GET / HTTP/1.1\r\n: empty\r\nHost: h\r\n\r\n",
	"GET / HTTP/1.1\r\n folded\r\n\r\n",
	"0 * HTTP/1.0\n0:\n \n\n",
	"OPTIONS * HTTP/1.1\r\nHost: \xff\r\n\r\n",
}

// FuzzHead holds the head against net/http: what that accepts has the same parts
// here, and a head that is called regular is given back byte for byte.
func FuzzHead(f *testing.F) {
	for _, s := range odd {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		end := capture.HeadEnd([]byte(s), 0)
		if end < 0 {
			return
		}
		s = s[:end]
		h := parseHead(s)
		if h.regular && h.fault == "" {
			if diff := cmp.Diff(s, written(h)); diff != "" {
				t.Errorf("called regular, but (-want +got):\n%s", diff)
			}
		}
		br := bufio.NewReader(strings.NewReader(s))
		r, err := http.ReadRequest(br)
		if err != nil || r.ProtoMajor != 1 {
			return
		}
		if !h.isOf(r) {
			t.Fatalf("net/http read %q %q %q, here it is %+v", r.Method, r.RequestURI, r.Proto, h)
		}
		if br.Buffered() > 0 {
			t.Errorf("net/http ends the head %d bytes earlier", br.Buffered())
		}
		// net/http skips fields without a name; they are kept here.
		named := h
		named.fields = slices.DeleteFunc(slices.Clone(h.fields), func(f capture.Field) bool { return f.Name == "" })
		if !named.agrees(r) {
			t.Errorf("fields %q, net/http has %q", h.fields, r.Header)
		}
	})
}

func written(h head) string {
	var b strings.Builder
	b.WriteString(h.method + " " + h.target + " " + h.proto + "\r\n")
	for _, f := range h.fields {
		b.WriteString(f.Name + ": " + f.Value + "\r\n")
	}
	return b.String() + "\r\n"
}

// agrees reports whether net/http read the same fields.
func (h *head) agrees(r *http.Request) bool {
	matched := 0
	for _, f := range h.fields {
		if reworked(f.Name) {
			continue
		}
		values, ok := r.Header[f.Name]
		if !ok {
			values = r.Header[http.CanonicalHeaderKey(f.Name)]
		}
		if !slices.Contains(values, f.Value) {
			return false
		}
		matched++
	}
	kept := 0
	for name, values := range r.Header {
		if !reworked(name) {
			kept += len(values)
		}
	}
	return matched == kept
}

// reworked names the fields that net/http removes from the header, merges or
// adds to it.
func reworked(name string) bool {
	switch len(name) {
	case len("Host"):
		return capture.EqualFold(name, "Host")
	case len("Trailer"):
		return capture.EqualFold(name, "Trailer")
	case len("Cache-Control"):
		return capture.EqualFold(name, "Cache-Control")
	case len("Content-Length"):
		return capture.EqualFold(name, "Content-Length")
	case len("Transfer-Encoding"):
		return capture.EqualFold(name, "Transfer-Encoding")
	}
	return false
}
