package forward

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"creel/capture"
)

// proxyTo is a proxy to targets, with what tests want to look at.
func proxyTo(t *testing.T, targets ...Target) (*Proxy, *Targets, *notes) {
	t.Helper()
	ts := &Targets{}
	ts.Set(targets)
	s := &Sender{}
	p := NewProxy(s, ts)
	t.Cleanup(func() {
		p.Shutdown(t.Context())
		s.Close()
	})
	return p, ts, newNotes()
}

// closedPort is an address on which nobody listens.
func closedPort(t *testing.T) URL {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return mustURL(t, "http://"+l.Addr().String())
}

func bodyOf(t *testing.T, r capture.Reply) string {
	t.Helper()
	b, err := r.Body.Bytes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestProxyAnswersWhatTheFirstTargetAnswers(t *testing.T) {
	first, _ := onceServer(t, "HTTP/1.1 422 No\r\nX-A: 1\r\nConnection: close, X-Hop\r\nX-Hop: y\r\nx-a: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n\x00\xff\r\n0\r\nT: 1\r\n\r\n")
	copied, got := onceServer(t, "HTTP/1.1 500 Oops\r\n\r\n")
	p, ts, n := proxyTo(t, Target{URL: first}, Target{URL: copied})
	out := p.Respond(t.Context(), &capture.Exchange{Request: *post("/x", "hi", capture.Field{Name: "Content-Length", Value: "2"})}, n)
	want := capture.Reply{
		Status: 422, By: "forward", Fields: []capture.Field{{Name: "X-A", Value: "1"}, {Name: "x-a", Value: "2"}},
		Trailers: []capture.Field{{Name: "T", Value: "1"}}, Took: out.Reply.Took, Body: out.Reply.Body,
	}
	if diff := cmp.Diff(want, out.Reply, cmp.AllowUnexported(capture.Body{})); diff != "" || bodyOf(t, out.Reply) != "\x00\xff" {
		t.Error(diff)
	}
	<-got
	<-n.added
	<-n.added
	attempts, pending := n.seen()
	if len(attempts) != 2 || pending != nil {
		t.Errorf("%d attempts, pending %v", len(attempts), pending)
	}
	if l := ts.List(); l[0].Health != HealthUp || l[1].Health != HealthUp {
		t.Error("an answer did not show that the targets are up")
	}
}

func TestProxyDownIsPending(t *testing.T) {
	down := closedPort(t)
	var notices []string
	p, ts, n := proxyTo(t, Target{URL: down})
	ts.Changed = func(s string) { notices = append(notices, s) }
	for range 2 {
		out := p.Respond(t.Context(), &capture.Exchange{Request: *post("/x", "hi")}, n)
		want := "creel: " + down.String() + " did not take the request (refused); it is kept and can be delivered later.\n"
		if out.Reply.Status != 502 || out.Reply.By != "error" || bodyOf(t, out.Reply) != want {
			t.Errorf("%d %s", out.Reply.Status, bodyOf(t, out.Reply))
		}
	}
	attempts, pending := n.seen()
	if diff := cmp.Diff([]string{down.String()}, pending); diff != "" || !attempts[0].Unsent {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{down.Short() + " is down: refused"}, notices); diff != "" {
		t.Error(diff)
	}
}

func TestProxyCopies(t *testing.T) {
	u, got := onceServer(t, "HTTP/1.1 500 Oops\r\n\r\n")
	p := NewProxy(&Sender{}, &Targets{})
	n := newNotes()
	p.Copy(&capture.Exchange{Request: *post("/x", "")}, n, []Target{{URL: u}})
	<-got
	p.Shutdown(t.Context())
	if attempts, _ := n.seen(); len(attempts) != 1 || attempts[0].Reply.Status != 500 {
		t.Errorf("%+v", attempts)
	}
}

func TestProxyGoesOnWhenTheSenderLeaves(t *testing.T) {
	arrived, release := make(chan struct{}), make(chan struct{})
	u := rawServer(t, func(c net.Conn) {
		readRequest(bufio.NewReader(c))
		close(arrived)
		<-release
		io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\n")
	})
	p, _, n := proxyTo(t, Target{URL: u})
	ctx, leave := context.WithCancel(t.Context())
	go func() {
		<-arrived
		leave()
	}()
	if out := p.Respond(ctx, &capture.Exchange{Request: *post("/x", "")}, n); !out.Drop {
		t.Error("answered a sender that is gone")
	}
	close(release)
	<-n.added
	if attempts, _ := n.seen(); attempts[0].Reply.Status != 200 {
		t.Errorf("%+v", attempts)
	}
}

func TestProxyAnswersWhileCreelStops(t *testing.T) {
	asked, answer := make(chan struct{}), make(chan struct{})
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(asked)
		<-answer
		w.WriteHeader(http.StatusCreated)
	}))
	defer app.Close()
	p, _, n := proxyTo(t, Target{URL: mustURL(t, app.URL)})
	ctx, stop := context.WithCancelCause(t.Context())
	go func() {
		<-asked
		stop(capture.ErrStopping)
		close(answer)
	}()
	if out := p.Respond(ctx, &capture.Exchange{Request: *post("/x", "hi")}, n); out.Drop || out.Reply.Status != 201 {
		t.Errorf("%+v", out)
	}
}

func TestProxyTooLarge(t *testing.T) {
	u, _ := onceServer(t, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789")
	p, _, n := proxyTo(t, Target{URL: u})
	p.sender.MaxAnswer = 4
	out := p.Respond(t.Context(), &capture.Exchange{Request: *post("/x", "")}, n)
	attempts, pending := n.seen()
	a := attempts[0]
	if out.Reply.Status != 502 || a.Cause != capture.CauseTooLarge || !a.Truncated || bodyOf(t, a.Reply) != "0123" || pending != nil {
		t.Errorf("%d %+v %v", out.Reply.Status, a, pending)
	}
}

// hop is a creel that forwards what arrives. Its arrivals are counted.
type hop struct {
	*Proxy
	URL      URL
	arrivals atomic.Int64
}

// newHop returns a hop whose requests come over the network, with another Host as
// a tunnel would set it.
func newHop(t *testing.T) *hop {
	p, ts, n := proxyTo(t)
	h := &hop{Proxy: p}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.arrivals.Add(1)
		body, _ := io.ReadAll(r.Body)
		req := capture.Request{Method: r.Method, Target: r.RequestURI, Host: "127.0.0.1:4665", Exact: true, Body: capture.NewBody(body)}
		for name, values := range r.Header {
			for _, v := range values {
				req.Fields = append(req.Fields, capture.Field{Name: strings.ToLower(name), Value: v})
			}
		}
		w.WriteHeader(p.RespondTo(r.Context(), &capture.Exchange{Request: req}, n, ts.For(r.RequestURI)).Reply.Status)
	}))
	t.Cleanup(s.Close)
	h.URL = mustURL(t, s.URL)
	return h
}

// However many creels forward to each other in a ring, a request is found when it
// comes to one of them the second time.
func TestProxyStopsALoop(t *testing.T) {
	for _, n := range []int{1, 2, 3, 5} {
		var hops []*hop
		for range n {
			hops = append(hops, newHop(t))
		}
		for i, h := range hops {
			h.targets.Set([]Target{{URL: hops[(i+1)%n].URL}})
		}
		a := (&Sender{}).Send(t.Context(), post("/x", "around"), Target{URL: hops[0].URL})
		if a.Reply.Status != 508 {
			t.Errorf("%d in a ring: %d %s", n, a.Reply.Status, a.Err)
		}
		for i, h := range hops {
			want := int64(1)
			if i == 0 {
				want = 2
			}
			if got := h.arrivals.Load(); got != want {
				t.Errorf("%d in a ring: %d arrivals at %d, want %d", n, got, i, want)
			}
		}
	}
}

// What is no loop passes: the same request twice at a time, another method with
// the same body, two ways from one creel to another, and a resend by hand of what
// was forwarded here.
func TestNoLoop(t *testing.T) {
	var mu sync.Mutex
	var got []string
	both := make(chan bool)
	app := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		mu.Lock()
		got = append(got, r.Method)
		mu.Unlock()
		select {
		case both <- true:
		case <-both:
		}
	}))
	defer app.Close()
	first, last := newHop(t), newHop(t)
	first.targets.Set([]Target{{URL: last.URL}})
	last.targets.Set([]Target{{URL: mustURL(t, app.URL)}})
	var sending sync.WaitGroup
	for _, method := range []string{"PUT", "POST", "PUT", "PUT"} {
		req := post("/x", "same body")
		req.Method = method
		sending.Go(func() {
			if a := (&Sender{}).Send(t.Context(), req, Target{URL: first.URL}); a.Reply.Status != 200 {
				t.Errorf("%s: %d %s", method, a.Reply.Status, a.Err)
			}
		})
	}
	sending.Wait()
	mu.Lock()
	slices.Sort(got)
	if diff := cmp.Diff([]string{"POST", "PUT", "PUT", "PUT"}, got); diff != "" {
		t.Error(diff)
	}
	mu.Unlock()
	// It went through first: sent there again by hand, it is a new beginning.
	req := post("/x", "", capture.Field{Name: "creel-via", Value: " x ," + first.sender.identity.String()})
	if out := first.Respond(t.Context(), &capture.Exchange{Request: *req}, newNotes()); out.Reply.Status != 508 {
		t.Errorf("%d", out.Reply.Status)
	}
	go func() { both <- true }()
	if a := first.sender.Send(t.Context(), req, Target{URL: first.URL}); a.Reply.Status != 200 || a.Changes[1] != "without creel-via: "+req.Fields[1].Value {
		t.Errorf("%d %q", a.Reply.Status, a.Changes)
	}
}

func TestSendRefusesItself(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	own := &SelfAddrs{}
	own.Listen(l.Addr())
	hosts := []string{"127.0.0.1", "localhost", "a.b.localhost", "localhost.", "127.1.2.3", "[::1]", "0.0.0.0", "[::]", "[::ffff:127.0.0.1]"}
	if addrs, err := net.InterfaceAddrs(); err == nil {
		for _, a := range addrs {
			if n, ok := a.(*net.IPNet); ok && n.IP.To4() != nil {
				hosts = append(hosts, n.IP.String())
			}
		}
	}
	for _, host := range hosts {
		p, ts, n := proxyTo(t, Target{URL: mustURL(t, "http://"+host+":"+port)})
		p.sender.Self = own
		out := p.Respond(t.Context(), &capture.Exchange{Request: *post("/x", "")}, n)
		attempts, pending := n.seen()
		if out.Reply.Status != 502 || attempts[0].Cause != capture.CauseRefused || pending != nil || ts.List()[0].Health != HealthUnknown {
			t.Errorf("%s: %d %s %v", host, out.Reply.Status, attempts[0].Err, pending)
		}
	}
	if err := own.CheckURL(mustURL(t, port)); err == nil {
		t.Error("a port that is creel's own was taken")
	}
	if err := own.CheckURL(mustURL(t, "http://192.0.2.1:"+port)); err != nil {
		t.Error(err)
	}
}

func TestTargetsFor(t *testing.T) {
	ts := &Targets{}
	ts.Set([]Target{
		{Name: "all", URL: mustURL(t, "1")},
		{Name: "github", URL: mustURL(t, "2"), Path: "/github"},
		{Name: "copy", URL: mustURL(t, "3"), Path: "/github"},
		{Name: "off", URL: mustURL(t, "4"), Path: "/github/deep", Disabled: true},
	})
	for target, want := range map[string][]string{
		"/x":             {"all"},
		"/github?x":      {"github", "copy"},
		"/github/deep/x": {"github", "copy"},
		"/githubber":     {"all"},
	} {
		var got []string
		for _, t := range ts.For(target) {
			got = append(got, t.Name)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(target, diff)
		}
	}
	ts.Set([]Target{{Name: "all", URL: mustURL(t, "1"), Disabled: true}, {Name: "github", URL: mustURL(t, "2"), Path: "/github"}})
	if ts.On("/x") || !ts.On("/github") {
		t.Error("switched off, but on")
	}
}

// An ordered target gets one request at a time, in the order of arrival, however
// long it takes over each.
func TestOrderedTarget(t *testing.T) {
	var mu sync.Mutex
	var got, want []string
	under := 0
	app := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		if under++; under > 1 {
			t.Error("two at a time")
		}
		got = append(got, string(body))
		n := len(got)
		mu.Unlock()
		time.Sleep(time.Duration(n%3) * time.Millisecond)
		mu.Lock()
		under--
		mu.Unlock()
	}))
	defer app.Close()
	p, _, n := proxyTo(t, Target{URL: mustURL(t, app.URL), Ordered: true})
	for i := range 30 {
		body := strconv.Itoa(i)
		want = append(want, body)
		req := post("/x", body, capture.Field{Name: "Content-Length", Value: strconv.Itoa(len(body))})
		p.Copy(&capture.Exchange{Request: *req}, n, p.targets.For("/x"))
	}
	for range 30 {
		<-n.added
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
