package forward

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"creel/capture"
)

func TestSendKeepsTheRequest(t *testing.T) {
	u, got := onceServer(t, "HTTP/1.1 201 Made\r\nset-cookie: a\r\nX-Odd:  b \r\nSet-Cookie: c\r\nContent-Length: 2\r\n\r\nok")
	body := "{\"a\":\"\\/\"}\r\n\x00\xff"
	req := post("/a%2Fb//c?x=%2F+&&", body,
		capture.Field{Name: "x-SIG", Value: "one"},
		capture.Field{Name: "Connection", Value: "keep-alive, X-Hop"},
		capture.Field{Name: "X-Hop", Value: "gone"},
		capture.Field{Name: "X-Sig", Value: "two"},
		capture.Field{Name: "Expect", Value: "100-continue"},
		capture.Field{Name: "content-length", Value: "14"},
		capture.Field{Name: "TE", Value: "trailers"},
		capture.Field{Name: "X-Sig", Value: "two"},
	)
	var s Sender
	a := s.Send(t.Context(), req, Target{URL: u})
	want := "POST /a%2Fb//c?x=%2F+&& HTTP/1.1\r\nHost: " + u.Host + "\r\nx-SIG: one\r\nX-Sig: two\r\ncontent-length: 14\r\nX-Sig: two\r\n\r\n" + body
	if diff := cmp.Diff(want, <-got); diff != "" {
		t.Error("on the wire:", diff)
	}
	if a.Cause != "" || a.Reply.Status != 201 || a.To != u.String()+req.Target || a.Proto != "HTTP/1.1" {
		t.Errorf("attempt: %+v", a)
	}
	if a.Connect <= 0 || a.FirstByte < a.Connect || a.Took < a.FirstByte {
		t.Errorf("times: %s %s %s", a.Connect, a.FirstByte, a.Took)
	}
	fields := []capture.Field{{Name: "set-cookie", Value: "a"}, {Name: "X-Odd", Value: "b"}, {Name: "Set-Cookie", Value: "c"}, {Name: "Content-Length", Value: "2"}}
	if diff := cmp.Diff(fields, a.Reply.Fields); diff != "" {
		t.Error("fields of the answer:", diff)
	}
	changes := []string{
		"Host: " + u.Host + " instead of hooks.example.com", "without Connection: keep-alive, X-Hop",
		"without X-Hop: gone", "without Expect: 100-continue", "without TE: trailers",
	}
	if diff := cmp.Diff(changes, a.Changes); diff != "" {
		t.Error("changes:", diff)
	}
}

// Connection takes the fields away that it names, but not those that say where the
// message goes and how long it is: without them it would be another message.
func TestConnectionKeepsTheFrame(t *testing.T) {
	u, got := onceServer(t, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
	req := post("/", "hello",
		capture.Field{Name: "Connection", Value: "Content-Length ,host, TRANSFER-ENCODING,, x-hop"},
		capture.Field{Name: "Connection", Value: "X-Second"}, capture.Field{Name: "Content-Length", Value: "5"},
		capture.Field{Name: "X-Hop", Value: "1"}, capture.Field{Name: "X-Second", Value: "2"}, capture.Field{Name: "X-Kept", Value: "3"})
	var s Sender
	s.Send(t.Context(), req, Target{URL: u})
	want := "POST / HTTP/1.1\r\nHost: " + u.Host + "\r\nContent-Length: 5\r\nX-Kept: 3\r\n\r\nhello"
	if diff := cmp.Diff(want, <-got); diff != "" {
		t.Error("on the wire:", diff)
	}
}

// The memory that is reserved for a response is given back, whatever came of it.
func TestTheBudgetIsGivenBack(t *testing.T) {
	const most = 1 << 20
	budget := capture.NewBudget(most)
	s := Sender{Inflight: budget, MaxAnswer: most}
	body := strings.Repeat("x", most/2)
	for _, response := range []string{
		"HTTP/1.1 200 OK\r\nContent-Length: " + strconv.Itoa(len(body)) + "\r\n\r\n" + body,
		"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + body,
		"HTTP/1.1 200 OK\r\nContent-Length: " + strconv.Itoa(len(body)+1) + "\r\n\r\n" + body, // cut short
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + strconv.FormatInt(int64(len(body)), 16) + "\r\n" + body + "\r\nzz\r\n",
	} {
		u, _ := onceServer(t, response)
		a := s.Send(t.Context(), post("/", "hello"), Target{URL: u})
		if a.Reply.Status != 200 {
			t.Errorf("status %d, %s", a.Reply.Status, a.Err)
		}
		if !budget.TryTake(most) {
			t.Fatalf("%.60q: some of it is kept", response)
		}
		budget.Give(most)
	}
}

func TestSendChunked(t *testing.T) {
	u, got := onceServer(t, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n3\r\nabc\r\n2;ext\r\nde\r\n0\r\nX-T: 1\r\nx-t: 2\r\n\r\n")
	req := post("/x", "hello",
		capture.Field{Name: "Transfer-encoding", Value: "chunked"}, capture.Field{Name: "Trailer", Value: "X-A"}, capture.Field{Name: "X-B", Value: "1"})
	req.Chunked, req.Trailers = true, []capture.Field{{Name: "X-A", Value: "end"}}
	var s Sender
	a := s.Send(t.Context(), req, Target{URL: u})
	want := "POST /x HTTP/1.1\r\nHost: " + u.Host + "\r\nTransfer-encoding: chunked\r\nTrailer: X-A\r\nX-B: 1\r\n\r\n5\r\nhello\r\n0\r\nX-A: end\r\n\r\n"
	if diff := cmp.Diff(want, <-got); diff != "" {
		t.Error(diff)
	}
	body, _ := a.Reply.Body.Bytes(t.Context())
	trailers := []capture.Field{{Name: "X-T", Value: "1"}, {Name: "x-t", Value: "2"}}
	if diff := cmp.Diff(trailers, a.Reply.Trailers); diff != "" || string(body) != "abcde" {
		t.Errorf("answer %q, %s %s", body, a.Err, diff)
	}
}

func TestPrepareFields(t *testing.T) {
	req := post("/x", "hello", capture.Field{Name: "X-Forwarded-For", Value: "198.51.100.7"}, capture.Field{Name: "A", Value: "1"},
		capture.Field{Name: "a", Value: "2"}, capture.Field{Name: "Content-Length", Value: "5"})
	got := Prepare(req, Target{
		URL: mustURL(t, "3000/api*"), Host: KeepHost, Forwarded: true,
		Headers: []capture.Field{{Name: "a", Value: "set"}, {Name: "B", Value: "new"}},
	})
	want := []capture.Field{
		{Name: "Host", Value: "hooks.example.com"},
		{Name: "X-Forwarded-For", Value: "198.51.100.7, 192.0.2.1"},
		{Name: "A", Value: "set"},
		{Name: "Content-Length", Value: "5"},
		{Name: "X-Forwarded-Proto", Value: "http"},
		{Name: "X-Forwarded-Host", Value: "hooks.example.com"},
		{Name: "B", Value: "new"},
	}
	if diff := cmp.Diff(want, got.Fields); diff != "" || got.Target != "/api/x" {
		t.Error(got.Target, diff)
	}
	if req.Fields[1].Value != "198.51.100.7" {
		t.Error("the captured request was changed")
	}
}

func TestPrepareHTTP2(t *testing.T) {
	req := post("/x", "hello")
	req.Exact, req.Proto, req.Fields = false, "HTTP/2.0", nil
	var s Sender
	u, got := onceServer(t, "HTTP/1.1 204 No Content\r\n\r\n")
	a := s.Send(t.Context(), req, Target{URL: u})
	if wire := <-got; wire != "POST /x HTTP/1.1\r\nHost: "+u.Host+"\r\nContent-Length: 5\r\n\r\nhello" {
		t.Errorf("%q", wire)
	}
	if words := strings.Join(a.Changes, "; "); !strings.Contains(words, "HTTP/1.1 instead of HTTP/2.0; order and spelling") {
		t.Error(words)
	}
}

func TestSendRefusesWhatWouldBeAnotherRequest(t *testing.T) {
	for name, change := range map[string]func(*capture.Request){
		"method":     func(r *capture.Request) { r.Method = "GET /x HTTP/1.1\r\nX:" },
		"path":       func(r *capture.Request) { r.Target = "/x y" },
		"name":       func(r *capture.Request) { r.Fields = append(r.Fields, capture.Field{Name: "A b", Value: "x"}) },
		"value":      func(r *capture.Request) { r.Fields = append(r.Fields, capture.Field{Name: "A", Value: "x\r\nB: y"}) },
		"trailer":    func(r *capture.Request) { r.Chunked, r.Trailers = true, []capture.Field{{Name: "A", Value: "\n"}} },
		"truncated":  func(r *capture.Request) { r.Truncated = true },
		"incomplete": func(r *capture.Request) { r.Incomplete = true },
	} {
		req := post("/x", "")
		change(req)
		var s Sender
		a := s.Send(context.Background(), req, Target{URL: mustURL(t, "http://127.0.0.1:1")})
		if a.Cause != capture.CauseProtocol || !strings.HasPrefix(a.Err, "send: ") || !a.Unsent {
			t.Errorf("%s: %s %s", name, a.Cause, a.Err)
		}
	}
}

// panicking is a connection that cannot be read without a panic.
type panicking struct {
	net.Conn
	closed bool
}

func (c *panicking) Read([]byte) (int, error) { panic("went wrong") }

func (c *panicking) Close() error {
	c.closed = true
	return c.Conn.Close()
}

// TestPanicIsAFailedAttempt has the reading of an answer panic: it is this
// attempt that failed, and the next one is as any other.
func TestPanicIsAFailedAttempt(t *testing.T) {
	u := rawServer(t, func(c net.Conn) {
		r := bufio.NewReader(c)
		readRequest(r)
		io.WriteString(c, "HTTP/1.1 204 No Content\r\n\r\n")
		io.Copy(io.Discard, r) // keeps it
	})
	to := Target{URL: u}
	s := Sender{Inflight: capture.NewBudget(1 << 20)}
	if a := s.Send(t.Context(), post("/", "{}"), to); a.Cause != "" {
		t.Fatal(a.Err)
	}
	c := s.idle.pop(keyOf(to))
	bad := &panicking{Conn: c.raw}
	c.Conn, c.raw, c.r = bad, bad, bufio.NewReader(bad)
	s.idle.put(c)

	a := s.Send(t.Context(), post("/", "{}"), to)
	if a.Cause != capture.CauseProtocol || !strings.Contains(a.Err, "went wrong") || !strings.Contains(a.Err, "response.go") || a.Unsent {
		t.Errorf("%q, unsent %v: %s", a.Cause, a.Unsent, a.Err)
	}
	if !bad.closed {
		t.Error("the connection is left open")
	}
	if a := s.Send(t.Context(), post("/", "{}"), to); a.Reply.Status != 204 {
		t.Errorf("the next one: %d %s", a.Reply.Status, a.Err)
	}
}

// A name under localhost is this machine, whichever loopback address the app
// listens on, and no resolver is asked.
func TestLocalhost(t *testing.T) {
	for _, address := range []string{"127.0.0.1:0", "[::1]:0"} {
		l, err := net.Listen("tcp", address)
		if err != nil {
			t.Skip("no such loopback address:", err)
		}
		app := &httptest.Server{Listener: l, Config: &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, r.Host)
		})}}
		app.Start()
		defer app.Close()
		_, port, _ := net.SplitHostPort(l.Addr().String())
		for _, host := range []string{"localhost", "shop.localhost", "A.B.LOCALHOST", "localhost."} {
			s := &Sender{}
			a := s.Send(t.Context(), post("/x", ""), Target{URL: mustURL(t, "http://"+host+":"+port)})
			if got := bodyOf(t, a.Reply); got != strings.ToLower(host)+":"+port {
				t.Errorf("%s on %s: %s %s", host, address, got, a.Err)
			}
			s.Close()
		}
	}
	if got := loopback("notlocalhost:1"); len(got) != 1 {
		t.Errorf("%v", got)
	}
	down := closedPort(t)
	_, port, _ := net.SplitHostPort(down.Host)
	a := (&Sender{}).Send(t.Context(), post("/x", ""), Target{URL: mustURL(t, "http://x.localhost:"+port)})
	if a.Cause != capture.CauseRefused || !strings.Contains(a.Err, "127.0.0.1:"+port) || !strings.Contains(a.Err, "[::1]:"+port) {
		t.Errorf("%s %s", a.Cause, a.Err)
	}
}

// A unix socket is a target like others.
func TestUnixSocket(t *testing.T) {
	path := filepath.Join(t.TempDir(), "app.sock")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	app := &httptest.Server{Listener: l, Config: &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, r.Host+r.RequestURI)
	})}}
	app.Start()
	s := &Sender{}
	defer s.Close()
	for suffix, want := range map[string]string{"": "localhost/x?y", ":/hooks": "localhost/hooks?y"} {
		a := s.Send(t.Context(), post("/x?y", ""), Target{URL: mustURL(t, "unix://"+path+suffix)})
		if got := bodyOf(t, a.Reply); got != want || !strings.HasPrefix(a.To, "unix://"+path+":/") {
			t.Errorf("%q: %s, to %s, %s", suffix, got, a.To, a.Err)
		}
	}
	app.Close()
	s.Close()
	a := s.Send(t.Context(), post("/x", ""), Target{URL: mustURL(t, "unix://"+path)})
	if a.Cause != capture.CauseRefused || !a.Unsent || s.Dial(t.Context(), mustURL(t, "unix://"+path)) == nil {
		t.Errorf("%s %s", a.Cause, a.Err)
	}
}

// Two fields that say the same length are one; two that differ, and a coding that
// is not there, are not sent.
func TestOneLength(t *testing.T) {
	length := func(v string) capture.Field { return capture.Field{Name: "content-length", Value: v} }
	u, got := onceServer(t, "HTTP/1.1 204 No Content\r\n\r\n")
	to := Target{URL: u, Headers: []capture.Field{{Name: "Transfer-Encoding", Value: "chunked"}}}
	a := (&Sender{}).Send(t.Context(), post("/x", "hi", length("2"), capture.Field{Name: "Connection", Value: "content-length, X"}, length("2")), to)
	if sent := <-got; strings.Count(strings.ToLower(sent), "content-length: 2") != 1 || strings.Contains(sent, "chunked") || a.Reply.Status != 204 {
		t.Errorf("%q %s", sent, a.Err)
	}
	a = (&Sender{}).Send(t.Context(), post("/x", "hi", length("2"), length("3")), Target{URL: u})
	if !a.Unsent || a.Cause != capture.CauseProtocol || !strings.Contains(a.Err, "both 2 and 3") {
		t.Errorf("%s %s", a.Cause, a.Err)
	}
}

// A response for which there is no room in time is not read on.
func TestNoRoomForTheResponse(t *testing.T) {
	budget := capture.NewBudget(100)
	if !budget.TryTake(60) {
		t.Fatal("the budget is taken")
	}
	s := Sender{Inflight: budget, Timeout: 300 * time.Millisecond}
	for _, head := range []string{"Content-Length: 50\r\n\r\n", "\r\n"} {
		u, _ := onceServer(t, "HTTP/1.1 200 OK\r\n"+head+strings.Repeat("x", 50))
		if a := s.Send(t.Context(), post("/", "hello"), Target{URL: u}); a.Cause != capture.CauseTimeout {
			t.Errorf("%q: cause %q, %s", head, a.Cause, a.Err)
		}
		if !budget.TryTake(40) || budget.TryTake(1) {
			t.Fatalf("%q: what is left has changed", head)
		}
		budget.Give(40)
	}
}

// The addresses of creel on another machine are not those of this one.
func TestSelfElsewhere(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	here, there := &SelfAddrs{}, &SelfAddrs{Elsewhere: true}
	here.Listen(ln.Addr())
	there.Listen(ln.Addr())
	_, port, _ := net.SplitHostPort(ln.Addr().String())
	check := func(host string, o *SelfAddrs, refused bool) {
		t.Helper()
		if err := o.Check(net.JoinHostPort(host, port)); (err != nil) != refused {
			t.Errorf("%s, elsewhere %v: %v", host, o.Elsewhere, err)
		}
	}
	for _, host := range []string{"127.0.0.1", "::1", "0.0.0.0", "::"} {
		check(host, here, true)
		check(host, there, true)
	}
	addrs, _ := net.InterfaceAddrs()
	for _, a := range addrs {
		if p, err := netip.ParsePrefix(a.String()); err == nil && !p.Addr().IsLoopback() {
			check(p.Addr().String(), here, true)
			check(p.Addr().String(), there, false)
		}
	}
	check("203.0.113.1", here, false)
}

// Dial says whether a server listens where a target is.
func TestDial(t *testing.T) {
	app := newApp(t, 200)
	s := &Sender{}
	defer s.Close()
	if err := s.Dial(t.Context(), app.URL); err != nil {
		t.Errorf("where a server listens: %v", err)
	}
	if err := s.Dial(t.Context(), closedPort(t)); err == nil || !strings.Contains(err.Error(), "refused") {
		t.Errorf("where none does: %v", err)
	}
}
