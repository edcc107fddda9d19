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

// FuzzConn cuts a stream of requests into reads at any places: the heads must
// come out whole, in order, whatever the cuts.
func FuzzConn(f *testing.F) {
	f.Add([]byte{1, 2, 3, 200}, uint16(3))
	f.Add([]byte{255}, uint16(5000))
	f.Fuzz(func(t *testing.T, cuts []byte, size uint16) {
		body := strings.Repeat("\r\n\r\nx", int(size)/5+1)[:size]
		heads := []string{
			"POST /1 HTTP/1.1\r\nContent-Length: 1\r\n\r\n", "GET /2 HTTP/1.1\n\n", "POST /3 HTTP/1.1\r\nA: b\r\n\r\n",
		}
		c := &conn{started: true}
		for _, h := range heads {
			rest := h + body
			for i := 0; len(rest) > 0; i++ {
				n := len(rest)
				if len(cuts) > 0 {
					n = min(n, 1+int(cuts[i%len(cuts)]))
				}
				c.see([]byte(rest[:n]))
				rest = rest[n:]
			}
			got, _, sure := c.claim(int64(len(body)))
			if got != h || !sure {
				t.Fatalf("claimed %q, want %q", got, h)
			}
		}
		// All at once, as far as net/http reads ahead.
		if all := heads[0] + heads[1] + heads[2]; len(all) < tailBytes {
			c.see([]byte(all))
			for _, h := range heads {
				if got, _, _ := c.claim(0); got != h {
					t.Fatalf("pipelined: claimed %q, want %q", got, h)
				}
			}
		}
	})
}
