package server

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// feed passes the stream through a new tee in reads of the sizes that cuts gives.
func feed(stream string, cuts []byte) (t *tee, passed []byte) {
	t = new(tee)
	for i := 0; len(stream) > 0; i++ {
		n := len(stream)
		if len(cuts) > 0 {
			n = min(n, 1+int(cuts[i%len(cuts)]))
		}
		passed = append(passed, t.observe([]byte(stream[:n]))...)
		stream = stream[n:]
	}
	return t, passed
}

func rawHeads(t *tee) []string {
	raws := []string{}
	for _, h := range t.heads {
		raws = append(raws, h.raw)
	}
	return raws
}

var teeStreams = []struct {
	name           string
	stream, passed string // passed is stream when it is empty
	heads          []string
	whole          int // how many of them have their body
	part           string
	lost           bool
}{
	{
		name:   "length, then pipelined",
		stream: "POST /1 HTTP/1.1\r\nContent-Length: 6\r\n\r\n\r\n\r\nab" + "GET /2 HTTP/1.1\n\n" + "GET /3 HTTP/1.1\r\nA: b\r\n\r\nGE",
		heads:  []string{"POST /1 HTTP/1.1\r\nContent-Length: 6\r\n\r\n", "GET /2 HTTP/1.1\n\n", "GET /3 HTTP/1.1\r\nA: b\r\n\r\n"},
		whole:  3, part: "GE",
	},
	{
		name: "chunked, then pipelined",
		stream: "POST /1 HTTP/1.1\r\nTransfer-Encoding: CHUNKED\r\nContent-Length: 1\r\n\r\n5;x=\"y\"\r\n\r\n\r\na\r\n0a\r\n0123456789\r\n0\r\nX: 1\r\nY: 2\r\n\r\n" +
			"GET /2 HTTP/1.1\r\n\r\n" + "POST /3 HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n" + "GET /4 HTTP/1.1\r\n\r\n",
		heads: []string{
			"POST /1 HTTP/1.1\r\nTransfer-Encoding: CHUNKED\r\nContent-Length: 1\r\n\r\n",
			"GET /2 HTTP/1.1\r\n\r\n", "POST /3 HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n", "GET /4 HTTP/1.1\r\n\r\n",
		},
		whole: 4,
	},
	{
		name:   "empty lines before requests",
		stream: "\r\n\n\r\nPOST /1 HTTP/1.1\r\nContent-Length: 2\r\n\r\n\r\n\r\n\r\nGET /2 HTTP/1.1\r\n\r\n\r\n",
		passed: "POST /1 HTTP/1.1\r\nContent-Length: 2\r\n\r\n\r\nGET /2 HTTP/1.1\r\n\r\n",
		heads:  []string{"POST /1 HTTP/1.1\r\nContent-Length: 2\r\n\r\n", "GET /2 HTTP/1.1\r\n\r\n"},
		whole:  2,
	},
	{
		name:   "a body that is not there yet",
		stream: "POST /1 HTTP/1.1\r\nContent-Length: 3\r\n\r\nab",
		heads:  []string{"POST /1 HTTP/1.1\r\nContent-Length: 3\r\n\r\n"},
	},
	{
		name:   "two lengths",
		stream: "POST /1 HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n\r\nGET /2 HTTP/1.1\r\n\r\n",
		heads:  []string{"POST /1 HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"},
		lost:   true,
	},
	{
		name:   "twice the same length",
		stream: "POST /1 HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\naGET /2 HTTP/1.1\r\n\r\n",
		heads:  []string{"POST /1 HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n", "GET /2 HTTP/1.1\r\n\r\n"},
		whole:  2,
	},
	{
		name:   "a coding in HTTP/1.0",
		stream: "POST /1 HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /2 HTTP/1.1\r\n\r\n",
		heads:  []string{"POST /1 HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"},
		lost:   true,
	},
	{
		name:   "a chunk longer than it says",
		stream: "POST /1 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\nGET /2 HTTP/1.1\r\n\r\n",
		heads:  []string{"POST /1 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"},
		lost:   true,
	},
	{
		name:   "a chunk size that is none",
		stream: "POST /1 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n\r\nGET /2 HTTP/1.1\r\n\r\n",
		heads:  []string{"POST /1 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"},
		lost:   true,
	},
}

func TestTee(t *testing.T) {
	t.Parallel()
	for _, tt := range teeStreams {
		if tt.passed == "" {
			tt.passed = tt.stream
		}
		for _, cuts := range [][]byte{nil, {0}, {1}, {2}, {6, 0, 30}} {
			tee, passed := feed(tt.stream, cuts)
			if diff := cmp.Diff(tt.heads, rawHeads(tee)); diff != "" {
				t.Errorf("%s, cut at %v: heads (-want +got):\n%s", tt.name, cuts, diff)
				continue
			}
			whole := 0
			for _, h := range tee.heads {
				if h.whole {
					whole++
				}
			}
			if whole != tt.whole || string(tee.part) != tt.part || tee.lost != tt.lost || string(passed) != tt.passed {
				t.Errorf("%s, cut at %v: %d whole, %q begun, lost %v, passed on %q", tt.name, cuts, whole, tee.part, tee.lost, passed)
			}
		}
	}
}

// FuzzTee holds the heads against what net/http reads from the same stream: each
// request that it reads whole has the head that was kept for it, whatever the reads
// are, and what is not kept as empty lines is passed on unchanged.
func FuzzTee(f *testing.F) {
	for _, tt := range teeStreams {
		f.Add(tt.stream, []byte{1, 2, 3, 200})
	}
	f.Fuzz(func(t *testing.T, stream string, cuts []byte) {
		tee, passed := feed(stream, cuts)
		if strings.NewReplacer("\r", "", "\n", "").Replace(stream) != strings.NewReplacer("\r", "", "\n", "").Replace(string(passed)) {
			t.Fatalf("of %q was passed on %q", stream, passed)
		}
		br := bufio.NewReader(bytes.NewReader(passed))
		for {
			r, err := http.ReadRequest(br)
			if err != nil || r.ProtoMajor != 1 {
				return
			}
			h, ok := tee.claim()
			if !ok || !h.isOf(r) || !h.agrees(r) {
				t.Fatalf("of %q net/http read %q %q with %q, here it is %+v", stream, r.Method, r.RequestURI, r.Header, h)
			}
			_, coded := r.Header["Transfer-Encoding"]
			if _, err := io.Copy(io.Discard, r.Body); err != nil || coded || !r.ProtoAtLeast(1, 1) {
				return
			}
			if !h.whole {
				t.Fatalf("of %q the body of %q is there, but not known to be", stream, h.raw)
			}
		}
	})
}

// Nothing is under way where whole requests end, and nowhere else.
func TestBetweenRequests(t *testing.T) {
	one := "POST /1 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
	for at := range 2*len(one) + 1 {
		read, _ := feed((one + one)[:at], nil)
		if got := read.between(); got != (at%len(one) == 0) {
			t.Errorf("after %d bytes: between requests is %v", at, got)
		}
		if read.stop(); read.between() {
			t.Errorf("after %d bytes: between requests once it stopped", at)
		}
	}
}

// TestRepeatedHeads: requests of one connection with the same head share its memory,
// and each has its own time; one that differs in a byte is read anew.
func TestRepeatedHeads(t *testing.T) {
	const same, other = "GET / HTTP/1.1\r\nHost: a\r\nX-N: 1\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nX-N: 2\r\n\r\n"
	tee, _ := feed(same+same+other+same, nil)
	h := tee.heads
	if &h[0].fields[0] != &h[1].fields[0] {
		t.Error("the second of two equal heads was read anew")
	}
	for i, want := range []string{"1", "1", "2", "1"} {
		if got := h[i].fields[1].Value; got != want || h[i].at.IsZero() {
			t.Errorf("head %d has the field %q, want %q, and the time %v", i+1, got, want, h[i].at)
		}
	}
}

// TestLargeHeadIsNotKept: an idle connection holds on to no large head.
func TestLargeHeadIsNotKept(t *testing.T) {
	tee, _ := feed("GET / HTTP/1.1\r\nX-Large: "+strings.Repeat("x", headKept)+"\r\n\r\n", nil)
	if len(tee.last.raw) > 0 || cap(tee.part) > 0 {
		t.Errorf("%d bytes of a head that was read are kept, and a buffer of %d", len(tee.last.raw), cap(tee.part))
	}
}
