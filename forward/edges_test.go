package forward

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"creel/capture"
	"creel/capture/ring"
	"creel/capture/ringtest"
)

// Of connections that were used at once no more are kept than may wait.
func TestKeptConnectionsAreBounded(t *testing.T) {
	const more = 3
	var all sync.WaitGroup
	all.Add(maxIdle + more)
	closed := make(chan struct{}, maxIdle+more)
	u := rawServer(t, func(c net.Conn) {
		r := bufio.NewReader(c)
		readRequest(r)
		all.Done()
		all.Wait()
		io.WriteString(c, ok+"Content-Length: 0\r\n\r\n")
		readRequest(r)
		closed <- struct{}{}
	})
	s := &Sender{}
	var sends sync.WaitGroup
	for range maxIdle + more {
		sends.Go(func() {
			if a := s.Send(t.Context(), post("/x", ""), Target{URL: u}); a.Cause != "" {
				t.Error(a.Err)
			}
		})
	}
	sends.Wait()
	for range more {
		<-closed
	}
	if n := len(s.idle.conns[keyOf(Target{URL: u})]); n != maxIdle {
		t.Errorf("%d connections are kept", n)
	}
	s.Close()
}

// Without a target that is on nothing is forwarded, and the sender is told.
func TestProxyWithoutATarget(t *testing.T) {
	p, _, n := proxyTo(t)
	o := p.RespondTo(t.Context(), &capture.Exchange{Request: *post("/x", "")}, n, nil)
	if o.Reply.Status != 502 || o.Stream != nil || o.Drop {
		t.Errorf("%+v", o)
	}
}

// What a repeat sends is recorded under its request, and is in flight meanwhile.
func TestRepeatOfAResender(t *testing.T) {
	r, kept := resenderFor(t, SignNever)
	inFlight := make(chan int, 2)
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		inFlight <- len(r.InFlight()) + len(r.InFlightOf(7))
	}))
	t.Cleanup(server.Close)
	ex := &capture.Exchange{ID: 7, Request: *post("/x", "")}
	plan := Repeat{Runs: []Resend{{Exchange: ex, To: Target{URL: mustURL(t, server.URL)}, By: "who"}}, Times: 2}
	h := r.Repeat(t.Context(), plan)
	if len(*kept) != 2 || len(inFlight) != 2 || <-inFlight != 2 || len(h.Buckets) != 1 || h.Buckets[0] != (Bucket{"200", 2}) {
		t.Fatalf("%d kept, %+v", len(*kept), h)
	}
	if a := (*kept)[0]; !a.Resend || a.By != "who" || a.Reply.Status != 200 {
		t.Errorf("%+v", a)
	}
	if few, many := (Repeat{Runs: plan.Runs, Times: 100}), (Repeat{Runs: plan.Runs, Times: 101}); !few.KeepsAll() || many.KeepsAll() {
		t.Error("which repeats keep all")
	}
}

// A URL of a message is fetched as it is, and recorded nowhere.
func TestFetch(t *testing.T) {
	r, kept := resenderFor(t, SignNever)
	u, got := onceServer(t, ok+"Content-Length: 2\r\n\r\nhi")
	a, err := r.Fetch(t.Context(), u.String()+"/a?b=%2F")
	if err != nil || bodyOf(t, a.Reply) != "hi" || len(*kept) != 0 {
		t.Errorf("%+v, %v", a, err)
	}
	if diff := cmp.Diff("GET /a?b=%2F HTTP/1.1\r\nHost: "+u.Host+"\r\n\r\n", <-got); diff != "" {
		t.Error(diff)
	}
	if _, err := r.Fetch(t.Context(), "ftp://h"); err == nil {
		t.Error("ftp is fetched")
	}
}

// Creel's own addresses are refused where they are known.
func TestResenderChecksURLs(t *testing.T) {
	r, _ := resenderFor(t, SignNever)
	if err := r.CheckURL(mustURL(t, "localhost:4665")); err != nil {
		t.Error(err)
	}
	r.Sender.Self = &SelfAddrs{}
	r.Sender.Self.Listen(&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 4665})
	r.Sender.Self.Listen(&net.UnixAddr{Name: "/a.sock"})
	for url, self := range map[string]bool{"localhost:4665": true, "http://a.localhost:4665": true, "localhost:4666": false, "http://example.com:4665": false, "unix:///a.sock": false} {
		if err := r.CheckURL(mustURL(t, url)); errors.Is(err, errSelf) != self {
			t.Errorf("%s: %v", url, err)
		}
	}
}

// The request with which another try is compared may be deleted meanwhile.
func TestFlushWhileATryIsDeleted(t *testing.T) {
	q, r := queueFor(t)
	got := make(chan string, 9)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		got <- string(body)
		if err := r.Apply(req.Context(), capture.Op{Delete: []capture.ID{2}}); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(server.Close)
	to := Target{URL: mustURL(t, server.URL)}
	q.targets.Set([]Target{to})
	sender := capture.Sender{Provider: "stripe", Delivery: "evt_1", Try: 1}
	add(t, r, capture.Exchange{}, "first", to.Key())
	add(t, r, capture.Exchange{Sender: sender}, "a try")
	add(t, r, capture.Exchange{Sender: sender}, "another", to.Key())
	q.Flush(t.Context(), "")
	if len(got) != 2 || <-got != "first" || <-got != "another" {
		t.Errorf("%d were sent", len(got))
	}
}

// What is pending for what is no URL, as a file may say, stays.
func TestFlushToNoURL(t *testing.T) {
	q, r := queueFor(t)
	add(t, r, capture.Exchange{}, "x", "ftp://h")
	if diff := cmp.Diff(Flushed{Left: 1, Down: []string{"ftp://h"}}, q.Flush(t.Context(), "")); diff != "" || q.Count("ftp://h") != 1 {
		t.Error(diff, q.Count("ftp://h"))
	}
}

// Where the history takes nothing, what was delivered is pending no more all the same.
func TestFlushWithoutAHistory(t *testing.T) {
	a := newApp(t, 200)
	journal := ringtest.NewFake()
	r, err := ring.Open(t.Context(), capture.Bounds{}, journal)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	ts, s := &Targets{}, &Sender{}
	t.Cleanup(s.Close)
	ts.Set([]Target{{URL: a.URL}})
	q := NewQueue(r, s, ts)
	id := add(t, r, capture.Exchange{}, "x", a.URL.String())
	journal.Fail(errors.New("disk full"))
	f := q.Flush(t.Context(), "")
	if ex, _ := r.Get(id); f.Sent != 1 || q.Count("") != 0 || len(ex.Attempts) != 1 {
		t.Errorf("%+v, %d pending, %d attempts", f, q.Count(""), len(ex.Attempts))
	}
	q.Flush(t.Context(), "")
	if n := len(a.got()); n != 1 {
		t.Error(fmt.Sprint("delivered ", n, " times"))
	}
}

// A connection takes another request after HTTP/1.1 alone, unless its target says that it
// closes (RFC 9112 section 9.3).
func TestKeepsAlive(t *testing.T) {
	for _, tt := range []struct {
		proto      string
		connection []string
		want       bool
	}{
		{"HTTP/1.1", nil, true},
		{"HTTP/1.1", []string{"keep-alive"}, true},
		{"HTTP/1.1", []string{"close"}, false},
		{"HTTP/1.1", []string{"Upgrade, Close"}, false},
		{"HTTP/1.1", []string{"upgrade", "close"}, false},
		{"HTTP/1.0", nil, false},
		{"HTTP/1.0", []string{"keep-alive"}, false},
		{"HTTP/1.0", []string{"close"}, false},
	} {
		a := &response{proto: tt.proto, fields: []capture.Field{{Name: "Server", Value: "close"}}}
		for _, v := range tt.connection {
			a.fields = append(a.fields, capture.Field{Name: "connection", Value: v})
		}
		if got := keepsAlive(a); got != tt.want {
			t.Errorf("%s %q: %v, want %v", tt.proto, tt.connection, got, tt.want)
		}
	}
}
