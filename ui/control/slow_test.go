package control

import (
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"
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
