package server

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"creel/capture"
)

// What is refused although it was read ends its connection, and says so.
func TestRefusalsEndTheConnection(t *testing.T) {
	t.Parallel()
	s := &Server{MaxBody: 10}
	addr := start(t, s)
	for i, tt := range []struct{ what, raw, status, why string }{
		{"a proxy's request", "CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n", "405 Method Not Allowed", "this is not a proxy"},
		{"too large", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\n12345678901", "413 Request Entity Too Large", "the body is larger than 10 bytes"},
		{"a coding and a length", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "200 OK", ""},
		{"a coding of HTTP/1.0", "POST / HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400 Bad Request", "Transfer-Encoding needs HTTP/1.1"},
	} {
		reply := talk(t, s, addr, i+1, tt.raw)
		if !strings.Contains(reply, tt.why) {
			t.Errorf("%s: it does not say %q: %q", tt.what, tt.why, reply)
		}
		if !strings.HasPrefix(reply, "HTTP/1.1 "+tt.status+"\r\n") && !strings.HasPrefix(reply, "HTTP/1.0 "+tt.status+"\r\n") || !strings.Contains(reply, "\r\nConnection: close\r\n") {
			t.Errorf("%s: %q", tt.what, reply)
		}
	}
	if q := rows(t, s.Ring, 2)[1].Request; q.Size != 11 || q.Body.Size() != 10 || !q.Truncated || q.Incomplete {
		t.Errorf("too large: %d of %d bytes, truncated %v, incomplete %v", q.Body.Size(), q.Size, q.Truncated, q.Incomplete)
	}
	allowed := talk(t, s, addr, 5, "CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n")
	if !strings.Contains(allowed, "\r\nAllow: ") || !strings.Contains(allowed, "this is not a proxy") {
		t.Errorf("a proxy's request: %q", allowed)
	}
}

// A reply has a status that HTTP has, or it is an error of the server.
func TestStatusesThatCannotBe(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]int{0: 500, 199: 500, 200: 200, 999: 999, 1000: 500} {
		for _, stream := range []bool{false, true} {
			o := capture.Outcome{Reply: capture.Reply{Status: status}}
			if stream {
				o.Stream = whole("x")
			}
			s := &Server{Respond: answerWith(o)}
			resp, err := http.Get("http://" + start(t, s))
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if resp.StatusCode != want {
				t.Errorf("%d, streamed %v: the sender got %d, want %d", status, stream, resp.StatusCode, want)
			}
			if got := rows(t, s.Ring, 1)[0].Reply.Status; got != want {
				t.Errorf("%d, streamed %v: %d is recorded", status, stream, got)
			}
		}
	}
}

// How the body is framed is known only where no one could see it otherwise.
func TestFramingOfHeads(t *testing.T) {
	for fields, want := range map[string]framing{
		"":                      {},
		"Content-Length: 0\r\n": {},
		"content-length: 7\r\n": {state: bodyBytes, left: 7},
		"Content-Length: 7\r\nContent-Length: 7\r\n":          {state: bodyBytes, left: 7},
		"Content-Length: 9223372036854775807\r\n":             {state: bodyBytes, left: 1<<63 - 1},
		"Transfer-Encoding: Chunked\r\n":                      {state: chunkSize},
		"Transfer-Encoding: chunked\r\nContent-Length: 7\r\n": {state: chunkSize},
	} {
		h := parseHead("POST / HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n")
		if got, ok := h.framing(); !ok || got.state != want.state || got.left != want.left {
			t.Errorf("%q: %+v, %v", fields, got, ok)
		}
	}
	for _, fields := range []string{
		"Content-Length: \r\n", "Content-Length: x\r\n", "Content-Length: -1\r\n", "Content-Length: +1\r\n", "Content-Length: 9223372036854775808\r\n",
		"Content-Length: 7\r\nContent-Length: 8\r\n", "Transfer-Encoding: gzip\r\n", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "no colon\r\n",
	} {
		h := parseHead("POST / HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n")
		if got, ok := h.framing(); ok {
			t.Errorf("%q: %+v", fields, got)
		}
	}
	h := parseHead("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n")
	if got, ok := h.framing(); ok {
		t.Errorf("chunks of HTTP/1.0: %+v", got)
	}
}

// A body in chunks ends where its last chunk and trailers do, in whatever pieces it comes.
func TestEndsOfChunks(t *testing.T) {
	long := strings.Repeat("x", maxChunkLine)
	for _, tt := range []struct {
		body string
		ok   bool
	}{
		{"0\r\n\r\n", true},
		{"3\r\nabc\r\n0\r\n\r\n", true},
		{"3;a=b\r\nabc\r\n00\r\nT: 1\r\nU: 2\r\n\r\n", true},
		{"A\nabcdefghij\n0\n\n", true},
		{" 3 \r\nabc\r\n0\r\n\r\n", true},
		{"3\r\nabcd\r\n0\r\n\r\n", false},
		{"x\r\n", false},
		{"-1\r\n", false},
		{"\r\n", false},
		{"3;" + long + "\r\nabc\r\n0\r\n\r\n", true},
	} {
		for _, piece := range []int{1, 2, 3, 1 << 20} {
			f, ok, left := framing{state: chunkSize}, true, tt.body+"next"
			for f.open() && ok && left != "" {
				var n int
				n, ok = f.skip([]byte(left[:min(piece, len(left))]))
				left = left[n:]
			}
			if ok != tt.ok || ok && (left != "next" || f.open()) {
				t.Errorf("%.40q in pieces of %d: %v, %.40q is left", tt.body, piece, ok, left)
			}
		}
	}
}

// The row of a malformed head has the reason in words.
func TestWhyMalformed(t *testing.T) {
	for raw, want := range map[string]string{
		tlsHello + "\x01":                                                  "TLS on a port for plain HTTP",
		"GET / HTTP/1.1\r\nA: b\x01\r\n\r\n":                               "control character",
		"GET / HTTP/1.1\r\nA: b\x7f\r\n\r\n":                               "control character",
		"GET / HTTP/1.1\r\nA: b\tc\r\n\r\n":                                "not a valid HTTP request",
		"GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n": "two different Content-Length",
		"GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n": "not a valid HTTP request",
		"GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n":                      "Content-Length is not a number",
	} {
		h := parseHead(raw)
		if got := whyMalformed(raw, "", &h); !strings.Contains(got, want) {
			t.Errorf("%q: %s", raw, got)
		}
	}
	for reply, want := range map[string]struct {
		status int
		reason string
	}{
		"HTTP/1.1 400 Bad Request: missing required Host header\r\nA: b: c": {400, "missing required Host header"},
		"HTTP/1.1 400 Bad Request\r\nA: b: c":                               {400, ""},
		"HTTP/1.1 417 Expectation Failed\r\n":                               {417, "unknown Expect"},
		"HTTP/1.1 501 Not Implemented\r\n":                                  {501, "unsupported transfer encoding"},
		"HTTP/1.1 431 Request Header Fields Too Large":                      {431, "request header fields too large"},
		"": {0, ""},
	} {
		if status, reason := readRefusal(reply); status != want.status || reason != want.reason {
			t.Errorf("%q: %d %q", reply, status, reason)
		}
	}
	for p, want := range map[string]bool{
		"HTTP/1.1 400 x": true, "HTTP/1.0 500 x": true, "HTTP/1.1 200 x": false, "HTTP/1.1 ": false, "HTTP/1.1 4": true, "HTTP/2.0 400": false, "": false,
	} {
		if refusal([]byte(p)) != want {
			t.Errorf("%q is a refusal: %v", p, !want)
		}
	}
}

// What a tunnel is called by senders: its own URL, with the path it is for, and what is
// believed of its fields.
func TestPublicURLOfATunnel(t *testing.T) {
	field := func(name, value string) []capture.Field { return []capture.Field{{Name: name, Value: value}} }
	for _, tt := range []struct {
		known  string
		fields []capture.Field
		want   string
	}{
		{"https://t.example", nil, "https://t.example"},
		{"http://t.example/path/x", nil, "http://t.example/path/x"},
		{"t.example", nil, "https://t.example"},
		{"", nil, ""},
		{"", field("X-Host", "a.example"), "https://a.example"},
		{"https://t.example/p", field("x-host", "other, a.example:81"), "https://a.example:81/p"},
		{"https://t.example", field("X-Host", "a.example/x"), "https://t.example"},
		{"https://t.example", field("X-Host", ""), "https://t.example"},
		{"https://t.example", field("X-Scheme", "http"), "http://t.example"},
		{"https://t.example", field("X-Scheme", "ftp"), "https://t.example"},
	} {
		tunnel := &Tunnel{SchemeField: "X-Scheme", HostField: "X-Host", PublicURL: func() string { return tt.known }}
		if got := tunnel.publicURL(&capture.Request{Fields: tt.fields}); got != tt.want {
			t.Errorf("%s with %v: %q, want %q", tt.known, tt.fields, got, tt.want)
		}
	}
	// No field is believed when none is named, not even one without a name.
	ex := capture.Exchange{Request: capture.Request{Remote: "127.0.0.1", Fields: field("", "192.0.2.1")}}
	(&Tunnel{Via: "x"}).describe(&ex, netip.AddrPort{})
	if ex.PublicURL != "" || ex.Request.Remote != "127.0.0.1" {
		t.Errorf("a field without a name: %q from %s", ex.PublicURL, ex.Request.Remote)
	}
}

// Certificates that cannot be used say which file, and one that is about to end is made anew.
func TestCertificatesThatCannotBeUsed(t *testing.T) {
	dir := t.TempDir()
	if _, err := SelfSigned(dir); err != nil {
		t.Fatal(err)
	}
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	other := filepath.Join(t.TempDir(), "other")
	if _, err := SelfSigned(other); err != nil {
		t.Fatal(err)
	}
	none := filepath.Join(dir, "none.pem")
	if err := os.WriteFile(none, []byte("no PEM"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ cert, key, want string }{
		{cert, key, ""},
		{filepath.Join(dir, "missing"), key, "read the certificate"},
		{cert, filepath.Join(dir, "missing"), "read the private key"},
		{none, key, "none.pem: no certificate (PEM) is in it"},
		{cert, none, "none.pem: no private key (PEM) is in it"},
		{key, key, "no certificate (PEM)"},
		{cert, filepath.Join(other, "key.pem"), "private key does not match public key"},
	} {
		c, err := LoadTLS(tt.cert, tt.key)
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s and %s: %v", tt.cert, tt.key, err)
		}
		if err == nil && c.MinVersion != tls.VersionTLS12 {
			t.Errorf("version %x", c.MinVersion)
		}
	}
	leaf := &x509.Certificate{DNSNames: []string{"localhost"}}
	for in, want := range map[time.Duration]bool{certRenew - time.Minute: false, certRenew + time.Minute: true} {
		leaf.NotAfter = time.Now().Add(in)
		if got := covers(leaf, []string{"localhost"}); got != want {
			t.Errorf("%v before its end it is used: %v", in, got)
		}
	}
	if covers(leaf, []string{"localhost", "h"}) {
		t.Error("it is used for a host that it does not have")
	}
	if err := os.WriteFile(cert, []byte("broken"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := SelfSigned(dir); err == nil || !strings.Contains(err.Error(), "remove "+cert) {
		t.Errorf("a broken one: %v", err)
	}
	if _, err := SelfSigned(filepath.Join(none, "x")); err == nil || !strings.Contains(err.Error(), "keep certificate") {
		t.Errorf("no directory: %v", err)
	}
}

// The next free port is taken when another program has the default one.
func TestListenNext(t *testing.T) {
	var ports []int
	for range 2 {
		l, err := ListenNext(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		ports = append(ports, l.Listeners[0].Addr().(*net.TCPAddr).Port)
	}
	for _, port := range ports {
		if port < DefaultPort || port >= DefaultPort+nextPorts || ports[0] == ports[1] {
			t.Errorf("ports %v", ports)
		}
	}
	var busy *BusyError
	if _, err := Listen(t.Context()); ports[0] == DefaultPort && !errors.As(err, &busy) {
		t.Errorf("the default port is busy: %v", err)
	}
}

// When all ports that are tried are taken, the first of them is named.
func TestListenNextWhenAllAreTaken(t *testing.T) {
	port := open(t, ":0").Listeners[0].Addr().(*net.TCPAddr).Port
	if next, err := Listen(t.Context(), strconv.Itoa(port+1)); err == nil { // else another program has it
		defer next.Close()
	}
	for n := 1; n <= 2; n++ {
		_, err := listenFrom(t.Context(), port, n)
		var busy *BusyError
		if !errors.As(err, &busy) || busy.Addr != "127.0.0.1:"+strconv.Itoa(port) {
			t.Errorf("%d ports: %v", n, err)
		}
	}
}

// What is set of a request while it is decided is recorded; of one that could not be kept
// nothing is.
func TestMetaOfARequest(t *testing.T) {
	t.Parallel()
	note := "a note"
	s := &Server{Respond: capture.ResponderFunc(func(_ context.Context, _ *capture.Exchange, rec capture.Recorder) capture.Outcome {
		rec.SetMeta(capture.Meta{Note: &note})
		return capture.Outcome{Reply: capture.Reply{Status: 200}}
	})}
	addr := start(t, s)
	talk(t, s, addr, 1, "GET / HTTP/1.1\r\nHost: h\r\n\r\n")
	if ex := rows(t, s.Ring, 1)[0]; ex.Note != note {
		t.Errorf("the note is %q", ex.Note)
	}
}
