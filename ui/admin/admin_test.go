package admin_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"creel/capture"
	"creel/capture/ring"
	"creel/capture/ringtest"
	"creel/forward/tunnel"
	"creel/ui/admin"
)

func get(a *admin.Admin, path string) (int, string) {
	w := httptest.NewRecorder()
	a.Handler().ServeHTTP(w, httptest.NewRequest("GET", path, nil))
	return w.Code, w.Body.String()
}

// has checks that each line is one of the figures.
func has(t *testing.T, a *admin.Admin, lines ...string) {
	t.Helper()
	_, body := get(a, "/metrics")
	for _, l := range lines {
		if !strings.Contains("\n"+body, "\n"+l+"\n") {
			t.Errorf("no line %q", l)
		}
	}
}

func TestFigures(t *testing.T) {
	r := ring.New(capture.Bounds{Count: 3, Bytes: 1 << 20})
	waiting, state := errors.New("away"), tunnel.Up
	a := admin.New(admin.Config{
		Ring: r, Held: func() int { return 2 },
		Waiting: func() (int, error) { return 41, waiting },
		Tunnel:  func() tunnel.Status { return tunnel.Status{State: state} },
	})
	for _, ex := range []*capture.Exchange{
		{State: capture.StateAnswered, Sender: capture.Sender{Provider: "stripe"}, Reply: capture.Reply{Status: 200}},
		{State: capture.StateAnswered, Sender: capture.Sender{Provider: "stripe"}, Reply: capture.Reply{Status: 200}},
		{State: capture.StateAnswered, Reply: capture.Reply{Status: 503}},
		{State: capture.StateGone, Reply: capture.Reply{Status: 200}},
	} {
		if err := a.Exchange(ex); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Submit(ex).Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for _, at := range []capture.Attempt{
		{Reply: capture.Reply{Status: 200}},
		{Reply: capture.Reply{Status: 399}},
		{Reply: capture.Reply{Status: 204}},
		{Reply: capture.Reply{Status: 400}},
		{Cause: capture.CauseRefused},
	} {
		at.To, at.Took = "http://user:pass@localhost:3000/x?token=1", time.Second
		if err := a.Attempt(1, &at); err != nil {
			t.Fatal(err)
		}
	}
	has(t, a,
		`creel_requests_total{provider="stripe",status="200"} 2`,
		`creel_requests_total{provider="",status="503"} 1`,
		`creel_requests_total{provider="",status="none"} 1`,
		`creel_forward_seconds_sum{target="http://localhost:3000"} 5`,
		`creel_forward_seconds_count{target="http://localhost:3000"} 5`,
		`creel_forward_failures_total{target="http://localhost:3000"} 2`,
		"creel_held 2", "creel_team_waiting 41", "creel_team_up 0", "creel_tunnel_up 1",
		"creel_ring_requests 3", "creel_ring_requests_max 3", "creel_ring_bytes_max 1048576", "creel_evicted_total 1",
		"creel_history_writable 1", "creel_commits_total 0", "creel_commit_seconds_total 0", "creel_pinned 0", "creel_pending 0",
	)
	waiting, state = nil, tunnel.Reconnecting
	has(t, a, "creel_team_up 1", "creel_tunnel_up 0")
}

// The figures are in the text format of Prometheus, and say so.
func TestFormatOfTheFigures(t *testing.T) {
	a := admin.New(admin.Config{Ring: ring.New(capture.Bounds{}), Held: func() int { return 0 }, Tunnel: func() tunnel.Status { return tunnel.Status{} }})
	w := httptest.NewRecorder()
	a.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if got := w.Header().Get("Content-Type"); got != "text/plain; version=0.0.4; charset=utf-8" {
		t.Error(got)
	}
	for _, want := range []string{"\nprocess_", "\ncreel_ring_bytes 0\n", "# TYPE creel_ring_bytes gauge\n"} {
		if !strings.Contains("\n"+w.Body.String(), want) {
			t.Errorf("no %q", want)
		}
	}
}

// TestWithoutTeamOrTunnel: what there is not has no figure.
func TestWithoutTeamOrTunnel(t *testing.T) {
	a := admin.New(admin.Config{Ring: ring.New(capture.Bounds{}), Held: func() int { return 0 }, Tunnel: func() tunnel.Status { return tunnel.Status{} }})
	if _, body := get(a, "/metrics"); strings.Contains(body, "team") || strings.Contains(body, "tunnel") {
		t.Error(body)
	}
}

// TestTargetsAreBounded: what comes after 100 targets is one figure.
func TestTargetsAreBounded(t *testing.T) {
	a := admin.New(admin.Config{Ring: ring.New(capture.Bounds{}), Held: func() int { return 0 }, Tunnel: func() tunnel.Status { return tunnel.Status{} }})
	for i := range 102 {
		_ = a.Attempt(1, &capture.Attempt{To: fmt.Sprintf("http://h%d/", i)})
	}
	_ = a.Attempt(1, &capture.Attempt{To: "http://h0/again"})
	_ = a.Attempt(1, &capture.Attempt{To: "http://\"} 1\n/"})
	has(t, a, `creel_forward_seconds_count{target="http://h99"} 1`, `creel_forward_seconds_count{target="other"} 3`,
		`creel_forward_seconds_count{target="http://h0"} 2`)
}

// TestReady: what cannot keep a request is not ready, and is again.
func TestReady(t *testing.T) {
	j := ringtest.NewFake()
	r, err := ring.Open(t.Context(), capture.Bounds{}, j)
	if err != nil {
		t.Fatal(err)
	}
	a := admin.New(admin.Config{Ring: r, Held: func() int { return 0 }, Tunnel: func() tunnel.Status { return tunnel.Status{} }})
	submit := func() { _, _ = r.Submit(&capture.Exchange{}).Wait(t.Context()) }
	submit()
	if code, _ := get(a, "/readyz"); code != 200 {
		t.Errorf("ready: %d", code)
	}
	j.Fail(errors.New("disk full"))
	submit()
	if code, body := get(a, "/readyz"); code != 503 || !strings.Contains(body, "disk full") {
		t.Errorf("while the journal fails: %d %s", code, body)
	}
	if code, _ := get(a, "/healthz"); code != 200 {
		t.Errorf("healthz: %d", code)
	}
	has(t, a, "creel_history_writable 0", "creel_commits_total 2")
	j.Fail(nil)
	submit()
	if code, _ := get(a, "/readyz"); code != 200 {
		t.Errorf("after it: %d", code)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
}

// Where senders wait for the team's ring, what cannot reach it is not ready.
func TestReadyWithTeam(t *testing.T) {
	var away error
	c := admin.Config{
		Ring: ring.New(capture.Bounds{}), Held: func() int { return 0 }, Tunnel: func() tunnel.Status { return tunnel.Status{} },
		Waiting: func() (int, error) { return 1, away }, TeamAck: true,
	}
	if code, _ := get(admin.New(c), "/readyz"); code != 200 {
		t.Errorf("ready: %d", code)
	}
	away = errors.New("no leader")
	if code, body := get(admin.New(c), "/readyz"); code != 503 || !strings.Contains(body, "no leader") {
		t.Errorf("away: %d %s", code, body)
	}
	c.TeamAck = false
	if code, _ := get(admin.New(c), "/readyz"); code != 200 {
		t.Errorf("away, and nobody waits for it: %d", code)
	}
}

// pipes is a listener in memory, so that time can be made up.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
}

func (p pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}
func (p pipes) Close() error   { close(p.closed); return nil }
func (p pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1} }

// slowToEnd is a listener that takes a while to end.
type slowToEnd struct{ pipes }

func (l slowToEnd) Accept() (net.Conn, error) {
	c, err := l.pipes.Accept()
	if err != nil {
		time.Sleep(time.Second)
	}
	return c, err
}

// Serve is over when none of its listeners is used any more.
func TestServeEndsWithItsListeners(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := admin.New(admin.Config{Ring: ring.New(capture.Bounds{}), Held: func() int { return 0 }, Tunnel: func() tunnel.Status { return tunnel.Status{} }})
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Minute, cancel)
		quick, slow := pipes{make(chan net.Conn), make(chan struct{})}, pipes{make(chan net.Conn), make(chan struct{})}
		start := time.Now()
		a.Serve(ctx, slowToEnd{slow}, quick)
		if got := time.Since(start); got != time.Minute+time.Second {
			t.Errorf("it was over after %v", got)
		}
	})
}

// noted is a connection that tells when it is closed.
type noted struct {
	net.Conn
	closed chan<- time.Time
}

func (c noted) Close() error {
	c.closed <- time.Now()
	return c.Conn.Close()
}

// Who asks slowly, or does not read the figures, holds a connection for a while only.
func TestSlowReadersOfFigures(t *testing.T) {
	for _, tt := range []struct {
		name, sends string
		ends        time.Duration
	}{
		{"half a request", "GET /metrics HTTP/1.1\r\nHost:", 5 * time.Second},
		{"nothing is read", "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", 30 * time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			a := admin.New(admin.Config{Ring: ring.New(capture.Bounds{}), Held: func() int { return 0 }, Tunnel: func() tunnel.Status { return tunnel.Status{} }})
			p := pipes{make(chan net.Conn), make(chan struct{})}
			ctx, cancel := context.WithCancel(t.Context())
			served := make(chan struct{})
			go func() { a.Serve(ctx, p); close(served) }()
			near, far := net.Pipe()
			closed := make(chan time.Time, 10)
			p.conns <- noted{far, closed}
			start := time.Now()
			if _, err := io.WriteString(near, tt.sends); err != nil {
				t.Fatal(err)
			}
			if got := (<-closed).Sub(start); got != tt.ends {
				t.Errorf("%s: ended after %v, want %v", tt.name, got, tt.ends)
			}
			cancel()
			<-served
			near.Close()
		})
	}
}
