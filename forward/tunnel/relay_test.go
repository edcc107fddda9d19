package tunnel

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// relayed is a request as it came out of a relay's listener, as raw as it was.
type relayed struct {
	raw          string
	reserialized bool
	remote       string
}

// serveRelay runs a session on a channel of a relay that is served by handler, and
// returns what it reported and the first n requests.
func serveRelay(t *testing.T, path string, n int, handler http.HandlerFunc) (got []relayed, urls []string, err error) {
	t.Helper()
	server := httptest.NewServer(handler)
	defer server.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	var reserialized atomic.Bool
	q := newQueue(name("relay"))
	defer q.Close()
	var serving sync.WaitGroup
	serving.Go(func() {
		for range n {
			c, err := q.Accept()
			if err != nil {
				return
			}
			got = append(got, readRelayed(c, &reserialized))
		}
		if n > 0 {
			cancel()
		}
	})
	err = newRelay(server.URL+path, q, &reserialized).run(ctx, func(url string) {
		urls = append(urls, strings.TrimPrefix(url, server.URL))
	}, func() { urls = append(urls, "works") })
	q.Close()
	serving.Wait()
	return got, urls, err
}

func readRelayed(c net.Conn, reserialized *atomic.Bool) relayed {
	defer c.Close()
	var raw strings.Builder
	req, err := http.ReadRequest(bufio.NewReader(io.TeeReader(c, &raw)))
	if err != nil {
		return relayed{raw: err.Error()}
	}
	_, _ = io.Copy(io.Discard, req.Body)
	out := relayed{strings.ReplaceAll(raw.String(), "\r\n", "\n"), reserialized.Load(), c.RemoteAddr().String()}
	io.WriteString(c, "HTTP/1.1 204 No Content\r\n\r\n")
	return out
}

// stream writes events as smee.io and gosmee do, and keeps the stream open.
func stream(events string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Accept") != "text/event-stream" {
			http.Error(w, "a page", http.StatusOK)
			return
		}
		w.Header().Set("Content-Type", "text/event-stream")
		io.WriteString(w, events)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}
}

const smeeReady = "id: 0\nevent: ready\ndata: {}\n\n"

func TestRelayRequests(t *testing.T) {
	for _, tt := range []struct {
		name, data, want string
		reserialized     bool
	}{
		{
			"smee.io", `{"host":"smee.io","user-agent":"GitHub-Hookshot/1","content-length":"9","connection":"close","content-type":"application/json","x-github-event":"push","body":{"b":1,"a":"\u003c","n":1e2},"query":{"x":"a b","y":["1","2"]},"timestamp":1}`,
			"POST /?x=a+b&y=1&y=2 HTTP/1.1\nhost: smee.io\nuser-agent: GitHub-Hookshot/1\ncontent-type: application/json\nx-github-event: push\ncontent-length: 28\n\n" + `{"b":1,"a":"\u003c","n":1e2}`,
			true,
		},
		{
			"gosmee keeps the bytes", `{"content-type":"application/json","content-encoding":"gzip","timestamp":"1","bodyB":"eyAiYSI6IDEgfQ=="}`,
			"POST / HTTP/1.1\nhost: \ncontent-type: application/json\ncontent-encoding: gzip\ncontent-length: 10\n\n{ \"a\": 1 }",
			false,
		},
		{
			"a form", `{"content-type":"application/x-www-form-urlencoded; charset=utf-8","content-encoding":"gzip","body":{"payload":"{\"a\":1}","n":2}}`,
			"POST / HTTP/1.1\nhost: \ncontent-type: application/x-www-form-urlencoded; charset=utf-8\ncontent-length: 31\n\npayload=%7B%22a%22%3A1%7D&n=2",
			true,
		},
		{
			"a host that would break the head", `{"host":"a b\r\nx-b: 2","x-a":"1","body":{}}`,
			"POST / HTTP/1.1\nhost: \nx-a: 1\ncontent-length: 2\n\n{}",
			true,
		},
		{
			"fields that would break the head", `{"x-a":"1\r\nx-b: 2","x c":"3","x-d":["4","5"],"body":{}}`,
			"POST / HTTP/1.1\nhost: \nx-d: 4\nx-d: 5\ncontent-length: 2\n\n{}",
			true,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			// Events that are no requests are passed over, and data may stand on several lines.
			events := smeeReady + "event: ping\ndata: {}\n\n: comment\n\ndata: ready\n\ndata: {\"message\":\"connected\"}\n\ndata: {\ndata: \"body\":\n\n" +
				"id: 1\ndata: " + tt.data[:1] + "\ndata: " + tt.data[1:] + "\n\n"
			got, urls, err := serveRelay(t, "/abc", 1, stream(events))
			if d := cmp.Diff([]string{"/abc", "works"}, urls); d != "" || len(got) != 1 {
				t.Fatalf("%d requests, %v, steps: %s", len(got), err, d)
			}
			if i := strings.Index(tt.want, "payload="); i >= 0 {
				tt.want = strings.Replace(tt.want, "content-length: 31", fmt.Sprintf("content-length: %d", len(tt.want)-i), 1)
			}
			if d := cmp.Diff(tt.want, got[0].raw); d != "" {
				t.Errorf("request (-want +got):\n%s", d)
			}
			if got[0].reserialized != tt.reserialized || got[0].remote != "relay" {
				t.Errorf("%+v", got[0])
			}
		})
	}
}

// The stream has a connection for itself, also where the relay speaks HTTP/2.
func TestRelayConnection(t *testing.T) {
	proto := make(chan string, 1)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case proto <- r.Proto:
		default:
		}
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	r := newRelay(server.URL, newQueue(name("relay")), new(atomic.Bool))
	r.client.Transport.(*http.Transport).TLSClientConfig = server.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
	defer r.client.CloseIdleConnections()
	if err := r.run(t.Context(), func(string) {}, func() {}); err == nil {
		t.Error("what is no stream was taken for one")
	}
	if got := <-proto; got != "HTTP/1.1" {
		t.Errorf("the relay is spoken to in %s", got)
	}
}

// A new channel is where the relay leads to; gosmee has the stream beside the page.
func TestRelayFindsTheStream(t *testing.T) {
	one := smeeReady + "data: {\"bodyB\":\"YQ==\"}\n\n"
	_, urls, err := serveRelay(t, "/new", 1, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/new" {
			http.Redirect(w, r, "/made", http.StatusTemporaryRedirect)
			return
		}
		stream(one)(w, r)
	})
	if d := cmp.Diff([]string{"/made", "works"}, urls); d != "" {
		t.Errorf("smee.io/new: %v %s", err, d)
	}
	_, urls, err = serveRelay(t, "/hooks/abcdefghijkl", 1, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/hooks/events/abcdefghijkl" {
			io.WriteString(w, "<html>a page")
			return
		}
		stream(one)(w, r)
	})
	if d := cmp.Diff([]string{"/hooks/abcdefghijkl", "works"}, urls); d != "" {
		t.Errorf("gosmee: %v %s", err, d)
	}
}

func TestRelayRefusals(t *testing.T) {
	for status, want := range map[int]string{
		http.StatusOK: "is it a channel of smee.io or gosmee?", http.StatusForbidden: "answers 403 Forbidden", http.StatusServiceUnavailable: "answers 503",
	} {
		_, urls, err := serveRelay(t, "/x", 0, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
		f, permanent := err.(*Failure)
		if len(urls) > 0 || err == nil || !strings.Contains(err.Error(), want) || permanent != (status < 500) || permanent && !f.Permanent {
			t.Errorf("%d: %q %v", status, urls, err)
		}
	}
	_, _, err := serveRelay(t, "/x", 0, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		io.WriteString(w, smeeReady)
	})
	if err == nil || !strings.Contains(err.Error(), "the relay closed the connection") {
		t.Errorf("an end of the stream: %v", err)
	}
}

// A message may have maxMessage bytes, in one line or in several.
func TestRelayMessagesAreBounded(t *testing.T) {
	for _, lines := range []int{1, 4} {
		for more, want := range map[int]string{-8: "closed the connection", 0: "more than 48 MiB"} {
			line := "data: " + strings.Repeat("x", maxMessage/lines+more) + "\n"
			got := 0
			err := eachEvent(strings.NewReader(strings.Repeat(line, lines)+"\n"), func(_ string, data []byte) { got = len(data) })
			if size := lines*(maxMessage/lines+more+1) - 1; !strings.Contains(err.Error(), want) || more < 0 != (got == size) {
				t.Errorf("%d lines, %d bytes: got %d, %v", lines, size, got, err)
			}
		}
	}
}

// Of the requests of a relay a few are under way at a time; each one that is replied to
// makes place for the next.
func TestRelayMakesPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(name("smee.io"))
		r := newRelay("https://smee.io/abc", q, new(atomic.Bool))
		most := cap(r.waiting)
		accepted := make(chan net.Conn, 2*most)
		go func() {
			for c, err := q.Accept(); err == nil; c, err = q.Accept() {
				accepted <- c
			}
		}()
		deliver := func() bool {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			r.deliver(ctx, &message{})
			return ctx.Err() == nil
		}
		for i := range most {
			if !deliver() {
				t.Fatalf("the %d-th of %d has no place", i+1, most)
			}
		}
		if deliver() {
			t.Errorf("more than %d are under way", most)
		}
		readRelayed(<-accepted, new(atomic.Bool))
		if !deliver() {
			t.Error("a reply made no place")
		}
		time.Sleep(replyTimeout) // the others never get one
		if !deliver() {
			t.Error("what is never replied to keeps its place")
		}
		q.Close()
		synctest.Wait()
		close(accepted)
		for c := range accepted {
			_ = c.Close()
		}
	})
}

// withRelay runs a test on a tunnel to a relay that sends events and is then silent.
func withRelay(t *testing.T, events string, test func(t *testing.T, tun *Tunnel, connects *atomic.Int32)) {
	synctest.Test(t, func(t *testing.T) {
		var connects atomic.Int32
		q := newQueue(name("smee.io"))
		r := newRelay("https://smee.io/abc", q, new(atomic.Bool))
		r.client.Transport = roundTrip(func(req *http.Request) (*http.Response, error) {
			connects.Add(1)
			body, w := io.Pipe()
			go func() {
				io.WriteString(w, events)
				<-req.Context().Done()
				w.CloseWithError(req.Context().Err())
			}()
			return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"text/event-stream"}}, Body: body, Request: req}, nil
		})
		ctx, cancel := context.WithCancel(t.Context())
		spec, err := ParseRelay("https://smee.io/abc")
		if err != nil {
			t.Fatal(err)
		}
		tun := &Tunnel{
			Listener: q, session: r, finished: make(chan struct{}), cancel: cancel,
			config: Config{Spec: spec, Client: failingClient, wall: wallClock},
		}
		go tun.run(ctx)
		test(t, tun, &connects)
		tun.Close()
	})
}

// A relay that pinged and then is silent is connected to again; the state is up by
// its word alone.
func TestRelayStates(t *testing.T) {
	withRelay(t, smeeReady+"event: ping\ndata: {}\n\n", func(t *testing.T, tun *Tunnel, connects *atomic.Int32) {
		time.Sleep(quietTimeout - time.Second)
		if s := tun.Status(); s.State != Up || s.SelfTested || s.URL != "https://smee.io/abc" || connects.Load() != 1 {
			t.Errorf("%+v, %d connections", s, connects.Load())
		}
		time.Sleep(time.Second + time.Millisecond)
		if n := connects.Load(); n != 1 || tun.Status().State != Reconnecting {
			t.Errorf("%+v, %d connections", tun.Status(), n)
		}
		time.Sleep(2 * time.Second)
		if n := connects.Load(); n != 2 || tun.Status().State != Up {
			t.Errorf("%+v, %d connections", tun.Status(), n)
		}
	})
}

// The silence of a relay that never pings means nothing.
func TestRelayWithoutPings(t *testing.T) {
	withRelay(t, smeeReady, func(t *testing.T, tun *Tunnel, connects *atomic.Int32) {
		time.Sleep(time.Hour)
		if n := connects.Load(); n != 1 || tun.Status().State != Up {
			t.Errorf("%+v, %d connections", tun.Status(), n)
		}
	})
}

func TestParseRelay(t *testing.T) {
	for text, ok := range map[string]bool{
		"https://smee.io/abc": true, "http://localhost:3333/abcdefghijkl": true,
		"smee.io/abc": false, "ssh://smee.io": false, "https://": false, "": false,
	} {
		s, err := ParseRelay(text)
		if (err == nil) != ok || ok && s.String() != text {
			t.Errorf("%q: %+v %v", text, s, err)
		}
	}
}

func FuzzParseMessage(f *testing.F) {
	f.Add([]byte(`{"x-a":["1",2],"body":{"a":1},"query":{"a":[["x"]]}}`))
	f.Add([]byte(`{"bodyB":"YQ==","host":null}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, ok := parseMessage(data)
		if !ok {
			return
		}
		req, err := http.ReadRequest(bufio.NewReader(strings.NewReader(string(m.request()))))
		if err != nil {
			t.Fatalf("%q: %v", m.request(), err)
		}
		if body, err := io.ReadAll(req.Body); err != nil || string(body) != string(m.body) {
			t.Errorf("body %q, want %q, %v", body, m.body, err)
		}
	})
}
