package server

import (
	"context"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"creel/capture/ring"

	"creel/capture"
)

// start serves s on a free port of loopback until the test ends.
func start(t testing.TB, s *Server) (addr string) {
	t.Helper()
	if s.Ring == nil {
		s.Ring = ring.New(capture.Bounds{})
	}
	if s.Problem == nil {
		s.Problem = func(text string) { t.Log(text) }
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := s.Shutdown(ctx); err != nil {
			t.Error(err)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return l.Addr().String()
}

// talk writes raw bytes, waits until the ring of s has n rows, half-closes, and
// returns all that came back. Half-closing sooner would look like leaving.
func talk(t testing.TB, s *Server, addr string, n int, raw string) string {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(c, raw); err != nil {
		t.Fatal(err)
	}
	rows(t, s.Ring, n)
	_ = c.(*net.TCPConn).CloseWrite()
	all, _ := io.ReadAll(c)
	return string(all)
}

// rows waits until the ring holds n exchanges, none of which is waiting.
func rows(t testing.TB, r *ring.Ring, n int) []*capture.Exchange {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	woken := r.Watch(ctx)
	for {
		all := r.Snapshot()
		settled := 0
		for _, ex := range all {
			if ex.State != capture.StateWaiting {
				settled++
			}
		}
		if settled >= n {
			return all
		}
		if _, ok := <-woken; !ok {
			t.Fatalf("%d of %d rows are settled after 5 s", settled, n)
		}
	}
}

// row is what a test compares of an exchange.
type row struct {
	Method, Target, Proto string
	Fields                string // name=value, comma separated
	Exact                 bool
	Body                  string
	Trailers              string
	Flags                 string
	Malformed             string
	State                 string
	Status                int
	By                    capture.By
}

func describe(ex *capture.Exchange) row {
	r := &ex.Request
	body, _ := r.Body.Bytes(context.Background())
	var flags []string
	for name, set := range map[string]bool{"truncated": r.Truncated, "incomplete": r.Incomplete, "chunked": r.Chunked, "head": r.Head != nil} {
		if set {
			flags = append(flags, name)
		}
	}
	slices.Sort(flags)
	return row{
		Method: r.Method, Target: r.Target, Proto: r.Proto, Fields: join(r.Fields), Exact: r.Exact,
		Body: string(body), Trailers: join(r.Trailers), Flags: strings.Join(flags, " "), Malformed: r.Malformed,
		State: ex.State.String(), Status: ex.Reply.Status, By: ex.Reply.By,
	}
}

func join(fields []capture.Field) string {
	parts := make([]string, len(fields))
	for i, f := range fields {
		parts[i] = f.Name + "=" + f.Value
	}
	return strings.Join(parts, ",")
}

func TestOddHTTP(t *testing.T) {
	t.Parallel()
	ok := row{Method: "GET", Target: "/", Proto: "HTTP/1.1", Fields: "Host=h", Exact: true, State: "answered", Status: 200, By: "default"}
	with := func(change func(*row)) row {
		r := ok
		change(&r)
		return r
	}
	bad := func(status int, why string, change func(*row)) row {
		r := ok
		r.Flags, r.Status, r.By, r.Malformed = "head", status, "error", why
		change(&r)
		return r
	}
	long := strings.Repeat("x", 100<<10)
	for _, tt := range []struct {
		name string
		raw  string
		want []row
	}{
		{"plain", "GET / HTTP/1.1\r\nHost: h\r\n\r\n", []row{ok}},
		{"order, spelling and number", "GET /a?x=%2F&&y=+ HTTP/1.1\r\nx-b: 1\r\nHost: h\r\nX-A: 2\r\nx-B: 3\r\nX-a: 2\r\n\r\n", []row{with(func(r *row) {
			r.Target, r.Fields = "/a?x=%2F&&y=+", "x-b=1,Host=h,X-A=2,x-B=3,X-a=2"
		})}},
		{"path that a mux would clean", "GET //a/../b/./%2e%2e/ HTTP/1.1\r\nHost: h\r\n\r\n", []row{with(func(r *row) { r.Target = "//a/../b/./%2e%2e/" })}},
		{"1.0", "GET / HTTP/1.0\r\n\r\n", []row{with(func(r *row) { r.Proto, r.Fields = "HTTP/1.0", "" })}},
		{"own method", "FROB / HTTP/1.1\r\nHost: h\r\n\r\n", []row{with(func(r *row) { r.Method = "FROB" })}},
		{"options *", "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", []row{with(func(r *row) { r.Method, r.Target = "OPTIONS", "*" })}},
		{"absolute form", "GET http://other.test/x HTTP/1.1\r\nHost: h\r\n\r\n", []row{with(func(r *row) { r.Target = "http://other.test/x" })}},
		{"connect", "CONNECT other.test:443 HTTP/1.1\r\nHost: other.test\r\n\r\n", []row{with(func(r *row) {
			r.Method, r.Target, r.Fields, r.Status, r.By = "CONNECT", "other.test:443", "Host=other.test", 405, "error"
		})}},
		{"bare line feeds", "GET / HTTP/1.1\nHost: h\n\n", []row{with(func(r *row) { r.Flags = "head" })}},
		{"spaces around values", "GET / HTTP/1.1\r\nHost:h\r\nA: \t b \r\n\r\n", []row{with(func(r *row) { r.Fields, r.Flags = "Host=h,A=b", "head" })}},
		{"folded", "GET / HTTP/1.1\r\nHost: h\r\nA: b\r\n  c\r\n\r\n", []row{with(func(r *row) { r.Fields, r.Flags = "Host=h,A=b c", "head" })}},
		{"not UTF-8", "GET /\xff HTTP/1.1\r\nHost: h\r\nA: \xe9\r\n\r\n", []row{with(func(r *row) { r.Target, r.Fields, r.Flags = "/\xff", "Host=h,A=\xe9", "head" })}},
		{"pragma", "GET / HTTP/1.1\r\nHost: h\r\nPragma: no-cache\r\n\r\n", []row{with(func(r *row) { r.Fields = "Host=h,Pragma=no-cache" })}},
		{"body", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\na\x00\r\nb", []row{with(func(r *row) {
			r.Method, r.Fields, r.Body = "POST", "Host=h,Content-Length=5", "a\x00\r\nb"
		})}},
		{"chunked with trailers", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nX-Sum: 1\r\n\r\n", []row{with(func(r *row) {
			r.Method, r.Fields, r.Body, r.Trailers, r.Flags = "POST", "Host=h,Transfer-Encoding=chunked", "abcde", "X-Sum=1", "chunked"
		})}},
		{"pipelined", "POST /1 HTTP/1.1\r\nhost: h\r\nContent-Length: 3\r\n\r\nabc" +
			"GET /2 HTTP/1.1\r\nhOst: h\r\n\r\nGET /3 HTTP/1.1\r\nHOST: h\r\nConnection: close\r\n\r\n", []row{
			with(func(r *row) {
				r.Method, r.Target, r.Fields, r.Body = "POST", "/1", "host=h,Content-Length=3", "abc"
			}),
			with(func(r *row) { r.Target, r.Fields = "/2", "hOst=h" }),
			with(func(r *row) { r.Target, r.Fields = "/3", "HOST=h,Connection=close" }),
		}},
		{"empty lines between", "POST /1 HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\na\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", []row{
			with(func(r *row) {
				r.Method, r.Target, r.Fields, r.Body = "POST", "/1", "Host=h,Content-Length=1", "a"
			}), ok,
		}},
		{"empty lines before", "\r\n\r\nPOST /lead HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi", []row{with(func(r *row) {
			r.Method, r.Target, r.Fields, r.Body = "POST", "/lead", "Host=h,Content-Length=2", "hi"
		})}},
		{"pipelined behind chunks", "POST /1 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n" +
			"GET /2 HTTP/1.1\r\nHOST: h\r\nx-a: 1\r\n\r\nGET /3 HTTP/1.1\r\nx-b: 1\r\nhOst: h\r\n\r\n", []row{
			with(func(r *row) {
				r.Method, r.Target, r.Fields, r.Body, r.Flags = "POST", "/1", "Host=h,Transfer-Encoding=chunked", "ab", "chunked"
			}),
			with(func(r *row) { r.Target, r.Fields = "/2", "HOST=h,x-a=1" }),
			with(func(r *row) { r.Target, r.Fields = "/3", "x-b=1,hOst=h" }),
		}},
		{"pipelined behind the last", "GET /1 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n" +
			"GET /2 HTTP/1.1\r\nHost: h\r\n\r\nGET /3 HTTP/1.1\r\nHost: h\r\n\r\nGET /4 HT", []row{
			with(func(r *row) { r.Target, r.Fields = "/1", "Host=h,Connection=close" }),
			with(func(r *row) { r.Target, r.Flags, r.State, r.Status, r.By = "/2", "head incomplete", "gone", 0, "" }),
			with(func(r *row) { r.Target, r.Flags, r.State, r.Status, r.By = "/3", "head incomplete", "gone", 0, "" }),
			with(func(r *row) {
				r.Target, r.Proto, r.Fields, r.Flags, r.State, r.Status, r.By = "/4", "HT", "", "head incomplete", "gone", 0, ""
			}),
		}},
		{"a coding in 1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n2\r\nab\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n", []row{with(func(r *row) {
			r.Method, r.Proto, r.Fields, r.Flags = "POST", "HTTP/1.0", "Transfer-Encoding=chunked,Connection=keep-alive", "incomplete"
			r.Status, r.By = 400, "error"
		})}},
		{"a coding and a length in 1.0", "POST / HTTP/1.0\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nab", []row{with(func(r *row) {
			r.Method, r.Proto, r.Fields, r.Flags, r.Body = "POST", "HTTP/1.0", "Content-Length=2,Transfer-Encoding=chunked", "incomplete", "ab"
			r.Status, r.By = 400, "error"
		})}},
		{"a coding and a length", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 50\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n", []row{with(func(r *row) {
			r.Method, r.Fields, r.Flags, r.Body = "POST", "Host=h,Content-Length=50,Transfer-Encoding=chunked", "chunked", "ab"
		})}},
		{"expect", "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\na", []row{with(func(r *row) {
			r.Method, r.Fields, r.Body = "POST", "Host=h,Expect=100-continue,Content-Length=1", "a"
		})}},
		{"unknown expect", "POST / HTTP/1.1\r\nHost: h\r\nExpect: cake\r\nContent-Length: 1\r\n\r\n", []row{bad(417, "unknown Expect", func(r *row) {
			r.Method, r.Fields = "POST", "Host=h,Expect=cake,Content-Length=1"
		})}},
		{"no host", "GET / HTTP/1.1\r\n\r\n", []row{bad(400, "missing required Host header", func(r *row) { r.Fields = "" })}},
		{"space in name", "GET / HTTP/1.1\r\nHost: h\r\nA : b\r\n\r\n", []row{bad(400, "invalid header name", func(r *row) { r.Fields = "Host=h,A =b" })}},
		{"control in value", "GET / HTTP/1.1\r\nHost: h\r\nA: \x01\r\n\r\n", []row{bad(400, "a header value has a control character", func(r *row) { r.Fields = "Host=h,A=\x01" })}},
		{"no colon", "GET / HTTP/1.1\r\nHost: h\r\nnothing\r\n\r\n", []row{bad(400, "a header line has no colon", func(*row) {})}},
		{"short", "HELO\r\n\r\n", []row{bad(400, "the request line is not METHOD TARGET HTTP/1.1", func(r *row) {
			r.Method, r.Target, r.Proto, r.Fields = "HELO", "", "", ""
		})}},
		{"two lengths", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", []row{bad(400, "two different Content-Length", func(r *row) {
			r.Method, r.Fields = "POST", "Host=h,Content-Length=1,Content-Length=2"
		})}},
		{"unknown coding", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: cake\r\n\r\n", []row{bad(501, "unsupported transfer encoding", func(r *row) {
			r.Method, r.Fields = "POST", "Host=h,Transfer-Encoding=cake"
		})}},
		{"version", "GET / HTTP/3.0\r\nHost: h\r\n\r\n", []row{bad(505, "unsupported protocol version", func(r *row) { r.Proto = "HTTP/3.0" })}},
		{"TLS", "\x16\x03\x01\x00\x05hello\r\n\r\n", []row{bad(400, "TLS on a port for plain HTTP: use http://, or start creel with --tls", func(r *row) {
			r.Method, r.Target, r.Proto, r.Fields = "\x16\x03\x01\x00\x05hello", "", "", ""
		})}},
		{"bad chunk", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n", []row{with(func(r *row) {
			r.Method, r.Fields, r.Body, r.Flags = "POST", "Host=h,Transfer-Encoding=chunked", "abc", "chunked incomplete"
			r.Status, r.By = 400, "error"
		})}},
		{"too large", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 102400\r\n\r\n" + long, []row{with(func(r *row) {
			r.Method, r.Fields, r.Body, r.Flags = "POST", "Host=h,Content-Length=102400", long[:64<<10], "truncated"
			r.Status, r.By = 413, "error"
		})}},
		{"good, then bad", "GET / HTTP/1.1\r\nHost: h\r\n\r\nGET\r\n\r\n", []row{ok, bad(400, "the request line is not METHOD TARGET HTTP/1.1", func(r *row) {
			r.Method, r.Target, r.Proto, r.Fields = "GET", "", "", ""
		})}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := &Server{MaxBody: 80 << 10}
			answer := talk(t, s, start(t, s), len(tt.want), tt.raw) // returns when the connection is closed
			var got []row
			for _, ex := range rows(t, s.Ring, len(tt.want)) {
				got = append(got, describe(ex))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("rows (-want +got):\n%s\nanswer: %q", diff, answer)
			}
		})
	}
}

// TestIncomplete: a sender that ends in the middle may still read, so that it gets 400
// and its row says that; one whose connection broke gets nothing.
func TestIncomplete(t *testing.T) {
	t.Parallel()
	end := func(t *testing.T, c *net.TCPConn, broken bool) {
		if broken {
			_ = c.SetLinger(0)
			c.Close()
			return
		}
		_ = c.CloseWrite()
		_ = c.SetDeadline(time.Now().Add(10 * time.Second))
		if got, err := io.ReadAll(c); err != nil || !strings.HasPrefix(string(got), "HTTP/1.1 400 ") {
			t.Errorf("the sender got %q, %v", got, err)
		}
		c.Close()
	}
	for _, tt := range []struct{ name, raw, body string }{
		{"head", "POST / HT", ""},
		{"head after a line", "POST / HTTP/1.1\r\nHo", ""},
		{"body", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc", "abc"},
		{"chunk", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc", "abc"},
	} {
		for _, broken := range []bool{false, true} {
			t.Run(fmt.Sprint(tt.name, ", broken ", broken), func(t *testing.T) {
				t.Parallel()
				s := &Server{}
				c, err := net.Dial("tcp", start(t, s))
				if err != nil {
					t.Fatal(err)
				}
				if _, err := io.WriteString(c, tt.raw); err != nil {
					t.Fatal(err)
				}
				end(t, c.(*net.TCPConn), broken)
				all := rows(t, s.Ring, 1)
				got := describe(all[0])
				if len(all) != 1 || !all[0].Request.Incomplete || (got.State == "gone") != broken || !broken && got.Status != 400 || !broken && got.Body != tt.body {
					t.Errorf("got %d rows, the first %+v, want one, incomplete, body %q", len(all), got, tt.body)
				}
			})
		}
	}
}

func TestNothingSent(t *testing.T) {
	t.Parallel()
	s := &Server{}
	addr := start(t, s)
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
	talk(t, s, addr, 1, "GET / HTTP/1.1\r\nHost: h\r\n\r\n")
	if got := rows(t, s.Ring, 1); len(got) != 1 {
		t.Errorf("a connection without bytes made a row: %d rows", len(got))
	}
}

// TestPortScan: what cannot be read does not wash out what can.
func TestPortScan(t *testing.T) {
	t.Parallel()
	s := &Server{Ring: ring.New(capture.Bounds{Count: 40})}
	addr := start(t, s)
	talk(t, s, addr, 1, "GET /kept HTTP/1.1\r\nHost: h\r\n\r\n")
	for i, raw := range []string{"GET / HT", "\x16\x03\x01\r\n\r\n", "HELO\r\n\r\n", "GET / HTTP/1.1\r\nHo", "QUIT\r\n\r\n"} {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(c, raw)
		_ = c.(*net.TCPConn).CloseWrite()
		_, _ = io.Copy(io.Discard, c)
		_ = c.Close()
		if n := s.Ring.Stats().Newest; n != capture.ID(i+2) {
			t.Fatalf("after %q the newest is %v", raw, n)
		}
	}
	all := s.Ring.Snapshot()
	if len(all) != 3 || all[0].Request.Target != "/kept" {
		t.Errorf("%d rows, the first is %+v; want /kept and the newest two", len(all), describe(all[0]))
	}
}
