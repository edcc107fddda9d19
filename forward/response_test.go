package forward

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/http"
	"testing"
)

// FuzzAnswer: whatever a target writes, reading it ends with an answer or a
// failure that has a cause, within the limits; what net/http reads without
// complaint, and is read here, is read alike.
func FuzzAnswer(f *testing.F) {
	for _, s := range []string{
		"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nA: b\r\n\r\n",
		"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No\r\n\r\n", "HTTP/1.0 200 OK\n\nx", "HTTP/1.1 200 OK\nContent-Length: 6\n\na\n\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 6\n\r\na\r\n\r\nb", "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n", "",
	} {
		f.Add([]byte(s))
	}
	const limit = 1 << 10
	f.Fuzz(func(t *testing.T, wire []byte) {
		var a response
		ar := responseReader{r: bufio.NewReader(bytes.NewReader(wire)), method: "POST", limit: limit, take: func(int64) error { return nil }, quickAck: func() {}}
		err := ar.read(&a)
		if len(a.body) > limit {
			t.Fatalf("%d bytes of a body", len(a.body))
		}
		var known *failure
		if err != nil && (!errors.As(err, &known) || known.cause == "") {
			t.Fatalf("no cause: %v", err)
		}
		if err == nil && (a.status < 200 || a.status > 999) {
			t.Fatalf("status %d", a.status)
		}
		resp, theirs := http.ReadResponse(bufio.NewReader(bytes.NewReader(wire)), nil)
		if err != nil || theirs != nil || resp.StatusCode < 200 {
			return
		}
		if resp.StatusCode != a.status {
			t.Fatalf("status %d, net/http says %d", a.status, resp.StatusCode)
		}
		if body, theirs := io.ReadAll(resp.Body); theirs == nil && !bytes.Equal(body, a.body) {
			t.Fatalf("body %q, net/http says %q", a.body, body)
		}
	})
}

// A chunked body is all there when its end is, or when it is so broken that reading it
// fails at once.
func TestWholeChunked(t *testing.T) {
	for text, want := range map[string]bool{
		"":                                false,
		"5":                               false,
		"0\r\n":                           false,
		"0\r\n\r\n":                       true,
		"8\r\nab\r\n\r\ncd\r\n":           false,
		"5\r\nhello":                      false,
		"5\r\nhello\r\n":                  false,
		"5\r\nhello\r\n0\r\n":             false,
		"5\r\nhello\r\n0\r\n\r\n":         true,
		"5;a=b\r\nhello\r\n0\r\n\r\n":     true,
		"5\r\nhello\r\n0\r\nA: b\r\n":     false,
		"5\r\nhello\r\n0\r\nA: b\r\n\r\n": true,
		"3\r\nabc\r\n3\r\nde":             false,
		"x\r\n":                           true,
		"-1\r\n":                          true,
		"ffffffffff\r\n":                  true,
	} {
		if got := wholeChunked([]byte(text)); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
