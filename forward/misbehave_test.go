package forward

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"io"
	"net"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"creel/capture"
)

// ask reads a request and then writes an answer.
func ask(answer string) func(net.Conn) {
	return func(c net.Conn) {
		readRequest(bufio.NewReader(c))
		io.WriteString(c, answer)
	}
}

// forever writes the beginning once and then the rest until nobody reads.
func forever(begin, rest string) func(net.Conn) {
	return func(c net.Conn) {
		readRequest(bufio.NewReader(c))
		io.WriteString(c, begin)
		many := bytes.Repeat([]byte(rest), 1+(32<<10)/len(rest))
		for {
			if _, err := c.Write(many); err != nil {
				return
			}
		}
	}
}

// drip writes the beginning and then a byte now and then.
func drip(begin string) func(net.Conn) {
	return func(c net.Conn) {
		readRequest(bufio.NewReader(c))
		_, err := io.WriteString(c, begin)
		for ; err == nil; _, err = io.WriteString(c, "x") {
			time.Sleep(time.Millisecond)
		}
	}
}

func reset(c net.Conn) { c.(*net.TCPConn).SetLinger(0) }

// untilClosed waits for the other side to hang up.
func untilClosed(c net.Conn) { io.Copy(io.Discard, c) }

func gzipped(n int) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write(make([]byte, n))
	z.Close()
	return b.String()
}

const ok = "HTTP/1.1 200 OK\r\n"

// misbehaviour is a way to answer, and what the attempt says of it.
type misbehaviour struct {
	name   string
	serve  func(net.Conn)
	cause  capture.Cause
	status int
	body   string // * for any
	err    string // part of the error
}

func misbehaviours() []misbehaviour {
	bomb := gzipped(8 << 20)
	return []misbehaviour{
		{"hang", func(c net.Conn) { untilClosed(c) }, "timeout", 0, "", "no whole response within"},
		{"hang in the head", func(c net.Conn) { ask(ok + "A: b")(c); untilClosed(c) }, "timeout", 200, "", "no whole response within"},
		{"hang in the body", func(c net.Conn) { ask(ok + "Content-Length: 9\r\n\r\nab")(c); untilClosed(c) }, "timeout", 200, "ab", "no whole response within"},
		{"drip", drip(ok + "\r\n"), "timeout", 200, "*", "no whole response within"},
		{"closed at once", func(net.Conn) {}, "reset", 0, "", ""},
		{"closed after the request", ask(""), "reset", 0, "", "before a response"},
		{"reset", func(c net.Conn) { ask("")(c); reset(c) }, "reset", 0, "", ""},
		{"reset in the body", func(c net.Conn) { ask(ok + "Content-Length: 9\r\n\r\nab")(c); reset(c) }, "reset", 200, "*", ""},
		{"folded line first", ask(ok + " a: b\r\n\r\n"), "protocol", 200, "", "before any field"},
		{"head cut", ask(ok + "A: b\r\n"), "reset", 200, "", "within the head"},
		{"body cut", ask(ok + "Content-Length: 9\r\n\r\nab"), "reset", 200, "ab", "after 2 of 9 bytes"},
		{"chunks cut", ask(ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nab"), "reset", 200, "ab", "after 2 bytes"},
		{"infinite body", forever(ok+"\r\n", strings.Repeat("x", 4096)), "toolarge", 200, strings.Repeat("x", 4<<10), "larger than 4096"},
		{"infinite chunks", forever(ok+"Transfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n"), "toolarge", 200, strings.Repeat("x", 4<<10), ""},
		{"infinite trailers", forever(ok+"Transfer-Encoding: chunked\r\n\r\n0\r\n", "A: bcdefgh\r\n"), "protocol", 200, "", "head is larger"},
		{"lying length", ask(ok + "Content-Length: 99999999999\r\n\r\nab"), "reset", 200, "ab", "after 2 of 99999999999"},
		{"1xx flood", forever("", "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"), "protocol", 0, "", "interim"},
		{"1xx", ask("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hm\r\nA: b\r\n\r\n" + ok + "Content-Length: 2\r\n\r\nok"), "", 200, "ok", ""},
		{"huge head", forever(ok, "A: "+strings.Repeat("b", 4096)+"\r\n"), "protocol", 200, "", "head is larger"},
		{"endless line", forever(ok+"A: ", strings.Repeat("b", 4096)), "protocol", 200, "", "head is larger"},
		{"bad chunk", ask(ok + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n"), "protocol", 200, "", "chunk"},
		{"chunk not ended", ask(ok + "Transfer-Encoding: chunked\r\n\r\n2\r\nabcd\r\n"), "protocol", 200, "*", "chunk"},
		{"huge chunk size", ask(ok + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n"), "protocol", 200, "", "chunk"},
		{"bad status", ask("HTTP/1.1 abc\r\n\r\n"), "protocol", 0, "", "status line"},
		{"status out of range", ask("HTTP/1.1 42 X\r\n\r\n"), "protocol", 0, "", "status line"},
		{"not HTTP", ask("SSH-2.0-OpenSSH_9.9\r\n"), "protocol", 0, "", "SSH-2.0"},
		{"TLS alert", ask("\x15\x03\x01\x00\x02\x02\x46\n"), "protocol", 0, "", "not HTTP"},
		{"HTTP/2", ask("\x00\x00\x12\x04\x00\x00\x00\x00\x00\n"), "protocol", 0, "", "not HTTP"},
		{"field without a colon", ask(ok + "nothing\r\n\r\n"), "protocol", 200, "", "among its fields"},
		{"field without a name", ask(ok + ": c\r\n\r\n"), "protocol", 200, "", "among its fields"},
		{"bad field", ask(ok + "no colon\r\n\r\n"), "protocol", 200, "", "among its fields"},
		{"space in a name", ask(ok + "A b: c\r\n\r\n"), "protocol", 200, "", "among its fields"},
		{"folded field", ask(ok + "A: b\r\n  c\r\nContent-Length: 0\r\n\r\n"), "", 200, "", ""},
		{"two lengths", ask(ok + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"), "protocol", 200, "", "Content-Length"},
		{"the same length twice", ask(ok + "Content-Length: 2\r\nContent-Length: 2\r\n\r\nab"), "", 200, "ab", ""},
		{"negative length", ask(ok + "Content-Length: -1\r\n\r\n"), "protocol", 200, "", "Content-Length"},
		{"unknown coding", ask(ok + "Transfer-Encoding: gzip, chunked\r\n\r\n"), "protocol", 200, "", "transfer coding"},
		{"until closed", ask(ok + "\r\nall of it"), "", 200, "all of it", ""},
		{"HTTP/1.0", ask("HTTP/1.0 200 OK\r\n\r\nold"), "", 200, "old", ""},
		{"no reason", ask("HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok"), "", 200, "ok", ""},
		{"bare line feeds", ask("HTTP/1.1 200 OK\nContent-Length: 2\n\nok"), "", 200, "ok", ""},
		{"101", ask("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"), "protocol", 0, "", "101"},
		{"204 with a body", ask("HTTP/1.1 204 No Content\r\nContent-Length: 4\r\n\r\nbody"), "", 204, "", ""},
		{"304", ask("HTTP/1.1 304 Not Modified\r\nContent-Length: 4\r\n\r\n"), "", 304, "", ""},
		{"redirect", ask("HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n"), "", 302, "", ""},
		{"answer before the body is read", func(c net.Conn) {
			bufio.NewReader(c).ReadString('\n')
			io.WriteString(c, "HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig")
		}, "", 413, "*", ""},
		{"gzip bomb", ask(ok + "Content-Encoding: gzip\r\nContent-Length: " + strconv.Itoa(len(bomb)) + "\r\n\r\n" + bomb), "toolarge", 200, "*", ""},
		{"status 999", ask("HTTP/1.1 999 Hm\r\nContent-Length: 0\r\n\r\n"), "", 999, "", ""},
	}
}

// Each way to misbehave ends with a clear state, and what came is kept.
func TestMisbehavingTargets(t *testing.T) {
	for _, tt := range misbehaviours() {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			u := rawServer(t, tt.serve)
			s := Sender{Timeout: 10 * time.Second, MaxAnswer: 4 << 10}
			if tt.cause == "timeout" {
				s.Timeout = 100 * time.Millisecond
			}
			defer s.Close()
			a := s.Send(t.Context(), post("/x", "hello", capture.Field{Name: "Content-Length", Value: "5"}), Target{URL: u})
			if tt.name == "closed at once" && a.Cause == capture.CauseReset {
				return // whether a byte was written first is a matter of luck
			}
			body := bodyOf(t, a.Reply)
			if a.Cause != tt.cause || a.Reply.Status != tt.status || tt.body != "*" && body != tt.body || !strings.Contains(a.Err, tt.err) {
				t.Errorf("%s %d %.60q %s", a.Cause, a.Reply.Status, body, a.Err)
			}
			if a.Unsent || (a.Cause == "") != (a.Err == "") || strings.Contains(a.Err, "%!") {
				t.Errorf("unsent %v, cause %q, error %q", a.Unsent, a.Cause, a.Err)
			}
		})
	}
}

// No target that sends without end makes creel take 64 MiB, at the limits that hold
// unless told otherwise, even when nothing of that is ever collected: an answer of 32
// MiB in a buffer that grew to that, and a head of one.
func TestMisbehaviourIsBounded(t *testing.T) {
	if raced {
		t.Skip("what the race detector allocates would count")
	}
	for _, tt := range misbehaviours() {
		u := rawServer(t, tt.serve)
		s := Sender{Timeout: time.Minute} // a busy machine takes its time for 32 MiB of chunks of a byte
		if tt.cause == "timeout" {
			s.Timeout = 50 * time.Millisecond
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		s.Send(t.Context(), post("/x", "hello", capture.Field{Name: "Content-Length", Value: "5"}), Target{URL: u})
		runtime.ReadMemStats(&after)
		s.Close()
		if n := after.TotalAlloc - before.TotalAlloc; n > 64<<20 {
			t.Errorf("%s: %d MiB were allocated", tt.name, n>>20)
		}
	}
}

func TestNothingListens(t *testing.T) {
	var s Sender
	a := s.Send(t.Context(), post("/x", ""), Target{URL: closedPort(t)})
	if a.Cause != capture.CauseRefused || !a.Unsent || a.Reply.Status != 0 {
		t.Errorf("%+v", a)
	}
	a = s.Send(t.Context(), post("/x", ""), Target{URL: mustURL(t, "http://nowhere.invalid")})
	if a.Cause != capture.CauseDNS || !a.Unsent {
		t.Errorf("%s %s", a.Cause, a.Err)
	}
}

func TestHEADHasNoBody(t *testing.T) {
	u, _ := onceServer(t, "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n")
	req := post("/x", "")
	req.Method = "HEAD"
	var s Sender
	a := s.Send(t.Context(), req, Target{URL: u})
	if v, _ := capture.FieldValue(a.Reply.Fields, "content-length"); a.Cause != "" || v != "99" {
		t.Errorf("%s %v", a.Err, a.Reply.Fields)
	}
}

// keepServer answers any number of requests on a connection, and counts both.
func keepServer(t testing.TB, after func(c net.Conn, n int) bool) (u URL, conns, requests func() int) {
	var mu sync.Mutex
	nc, nr := 0, 0
	u = rawServer(t, func(c net.Conn) {
		mu.Lock()
		nc++
		mu.Unlock()
		r := bufio.NewReader(c)
		for n := 1; ; n++ {
			if _, err := r.Peek(1); err != nil {
				return
			}
			readRequest(r)
			mu.Lock()
			nr++
			mu.Unlock()
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
			if after != nil && !after(c, n) {
				return
			}
		}
	})
	get := func(p *int) func() int {
		return func() int {
			mu.Lock()
			defer mu.Unlock()
			return *p
		}
	}
	return u, get(&nc), get(&nr)
}

func TestConnectionsAreKept(t *testing.T) {
	u, conns, requests := keepServer(t, nil)
	s := &Sender{}
	for range 5 {
		if a := s.Send(t.Context(), post("/x", ""), Target{URL: u}); a.Cause != "" {
			t.Fatal(a.Err)
		}
	}
	s.Close()
	if conns() != 1 || requests() != 5 {
		t.Errorf("%d connections, %d requests", conns(), requests())
	}
}

// A target that closes a kept connection before the next request gets that one
// on a new connection; none is sent twice.
func TestKeptConnectionThatWasClosed(t *testing.T) {
	closed := make(chan struct{}, 10)
	u, _, requests := keepServer(t, func(c net.Conn, _ int) bool {
		c.Close()
		closed <- struct{}{}
		return false
	})
	s := &Sender{}
	for range 5 {
		if a := s.Send(t.Context(), post("/x", ""), Target{URL: u}); a.Cause != "" {
			t.Fatal(a.Err)
		}
		<-closed
	}
	s.Close()
	if requests() != 5 {
		t.Errorf("%d requests", requests())
	}
}

// The end of what a connection was used for before is not the end of the delivery
// that uses it now.
func TestKeptConnectionOfAnEndedContext(t *testing.T) {
	u, _, requests := keepServer(t, nil)
	s := &Sender{}
	defer s.Close()
	const n = 200
	for range n {
		ctx, cancel := context.WithCancel(t.Context())
		one := s.Send(ctx, post("/x", ""), Target{URL: u})
		ended := make(chan struct{})
		go func() {
			cancel()
			close(ended)
		}()
		two := s.Send(t.Context(), post("/x", ""), Target{URL: u})
		<-ended
		if one.Cause != "" || two.Cause != "" {
			t.Fatalf("%q, then %q", one.Err, two.Err)
		}
	}
	if requests() != 2*n {
		t.Errorf("%d requests", requests())
	}
}

// On a kept connection, too, a delivery ends at its limit, or when it is canceled.
func TestKeptConnectionEnds(t *testing.T) {
	u := rawServer(t, func(c net.Conn) {
		r := bufio.NewReader(c)
		readRequest(r)
		io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
		untilClosed(c)
	})
	for _, want := range []capture.Cause{capture.CauseTimeout, capture.CauseCanceled} {
		s := &Sender{Timeout: 10 * time.Second}
		if want == capture.CauseTimeout {
			s.Timeout = 100 * time.Millisecond
		}
		ctx, cancel := context.WithCancel(t.Context())
		s.Send(ctx, post("/x", ""), Target{URL: u})
		time.AfterFunc(200*time.Millisecond, cancel)
		a := s.Send(ctx, post("/x", ""), Target{URL: u})
		if a.Cause != want || a.Unsent || a.Connect != 0 || a.Took > time.Second {
			t.Errorf("%s, not %s: %s after %s, connected in %s", a.Cause, want, a.Err, a.Took, a.Connect)
		}
		s.Close()
	}
}

// A target that takes a request on a kept connection and hangs up has perhaps
// done what it was asked to: it is not asked again.
func TestNothingIsSentTwice(t *testing.T) {
	first := true
	got := make(chan string, 10)
	u := rawServer(t, func(c net.Conn) {
		r := bufio.NewReader(c)
		for {
			if _, err := r.Peek(1); err != nil {
				return
			}
			got <- readRequest(r)
			if !first {
				return
			}
			first = false
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
		}
	})
	s := &Sender{}
	defer s.Close()
	one := s.Send(t.Context(), post("/x", ""), Target{URL: u})
	two := s.Send(t.Context(), post("/x", ""), Target{URL: u})
	if one.Cause != "" || two.Cause != capture.CauseReset || two.Unsent || two.Connect != 0 || len(got) != 2 {
		t.Errorf("%s, then %s on a connection of %s; %d requests", one.Err, two.Err, two.Connect, len(got))
	}
}

// A pinned length that is not the body's makes the connection useless.
func TestPinnedLength(t *testing.T) {
	u, got := onceServer(t, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
	s := &Sender{}
	a := s.Send(t.Context(), post("/x", "hello", capture.Field{Name: "Content-Length", Value: "2"}), Target{URL: u})
	if a.Cause != "" || !strings.HasSuffix(<-got, "Content-Length: 2\r\n\r\nhe") || len(s.idle.conns) != 0 {
		t.Errorf("%+v", a)
	}
}

func TestOddBodies(t *testing.T) {
	got := make(chan [32]byte, 1)
	u := rawServer(t, func(c net.Conn) {
		r := bufio.NewReader(c)
		head := ""
		for !strings.HasSuffix(head, "\r\n\r\n") {
			line, err := r.ReadString('\n')
			if err != nil {
				return
			}
			head += line
		}
		_, v, _ := strings.Cut(head, "Content-Length: ")
		n, _ := strconv.Atoi(v[:strings.IndexByte(v, '\r')])
		h := sha256.New()
		io.CopyN(h, r, int64(n))
		got <- [32]byte(h.Sum(nil))
		io.WriteString(c, "HTTP/1.1 204 No Content\r\n\r\n")
	})
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	for name, body := range map[string][]byte{
		"empty": nil, "every byte": all, "line ends": []byte("\r\n\n\r\r\n"), "NUL": {0}, "looks like a request": []byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
		"looks like chunks": []byte("0\r\n\r\n"), "large": bytes.Repeat(all, 16<<10),
	} {
		req := post("/x", string(body), capture.Field{Name: "Content-Length", Value: strconv.Itoa(len(body))})
		var s Sender
		if a := s.Send(t.Context(), req, Target{URL: u}); a.Cause != "" {
			t.Fatal(name, a.Err)
		}
		if <-got != sha256.Sum256(body) {
			t.Error(name, "arrived as something else")
		}
	}
}
