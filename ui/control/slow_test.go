package control

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"creel/capture"
	"creel/capture/ring"
	"creel/ui/engine"
)

// oneConn is a listener in memory with one connection.
type oneConn struct {
	conn   chan net.Conn
	closed chan struct{}
}

func (l oneConn) Accept() (net.Conn, error) {
	select {
	case c := <-l.conn:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}
func (l oneConn) Close() error   { close(l.closed); return nil }
func (l oneConn) Addr() net.Addr { return &net.UnixAddr{Net: "unix", Name: "s"} }

// Who connects and does not ask is hung up on after a while.
func TestWhoDoesNotAsk(t *testing.T) {
	e := openEngine(t, "")
	defer e.Close()
	for _, begins := range []string{"", "GET /v1/status HTTP/1.1\r\nHost:", "PRI * HTTP/2.0\r\n"} {
		synctest.Test(t, func(t *testing.T) {
			s := &Server{Engine: e}
			near, far := net.Pipe()
			ln := oneConn{make(chan net.Conn, 1), make(chan struct{})}
			ln.conn <- far
			served := make(chan error, 1)
			go func() { served <- s.Serve(ln) }()
			start := time.Now()
			if _, err := io.WriteString(near, begins); err != nil {
				t.Fatal(err)
			}
			if _, err := io.ReadAll(near); err != nil {
				t.Errorf("%q: %v", begins, err)
			}
			if got := time.Since(start); got != 10*time.Second {
				t.Errorf("%q: hung up on after %v", begins, got)
			}
			near.Close()
			if err := s.Close(); err != nil {
				t.Error(err)
			}
			if err := <-served; err != nil {
				t.Error(err)
			}
		})
	}
}

// gone is a client that takes only so many lines.
type gone struct {
	*httptest.ResponseRecorder
	lines int
}

func (g *gone) Write(b []byte) (int, error) {
	if g.lines--; g.lines < 0 {
		return 0, errors.New("gone")
	}
	return g.ResponseRecorder.Write(b)
}

// A stream with nothing to say goes on, and says every two seconds that it does, as long
// as the client is there.
func TestQuietStream(t *testing.T) {
	e := openEngine(t, "")
	defer e.Close()
	for _, tt := range []struct {
		name         string
		lines, alive int
		ends         time.Duration
	}{
		{"the client stays", 100, 4, 9 * time.Second},
		{"the client is gone before the first", 2, 0, 2 * time.Second},
		{"the client is gone before the third", 4, 2, 6 * time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			r := ring.New(capture.Bounds{})
			if _, err := r.Submit(&capture.Exchange{}).Wait(t.Context()); err != nil {
				t.Fatal(err)
			}
			s := &Server{epoch: "one", streams: map[*stream]struct{}{}, Engine: &engine.Engine{
				Ring: r, Providers: e.Providers, Sender: e.Sender, Targets: e.Targets, Queue: e.Queue, Replies: e.Replies, Tunnels: e.Tunnels,
			}}
			ctx, cancel := context.WithTimeout(t.Context(), 9*time.Second)
			defer cancel()
			w := &gone{httptest.NewRecorder(), tt.lines}
			start := time.Now()
			s.changes(w, httptest.NewRequestWithContext(ctx, http.MethodGet, "/v1/changes?after=now", nil))
			if got := time.Since(start); got != tt.ends {
				t.Errorf("%s: it ends after %v, want %v", tt.name, got, tt.ends)
			}
			if n := strings.Count(w.Body.String(), `"alive":true`); n != tt.alive {
				t.Errorf("%s: alive %d times, want %d: %s", tt.name, n, tt.alive, w.Body)
			}
		})
	}
}
