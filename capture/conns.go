package capture

import (
	"context"
	"net"
	"net/http"
	"sync"
)

// conns are the open connections, at most max.
type conns struct {
	max   int
	freed chan struct{} // capacity 1: one has closed

	mu  sync.Mutex
	all map[*conn]struct{}
}

// add waits until there is room for c and reports whether it got it before stop
// closed. When all places are taken, a connection that waits between two
// requests has to go.
func (s *conns) add(c *conn, stop <-chan struct{}) bool {
	for {
		idle, ok := s.tryAdd(c)
		if ok {
			return true
		}
		if idle != nil {
			_ = idle.Close() // its peer sees what an idle timeout would show it
		}
		select {
		case <-s.freed:
		case <-stop:
			return false
		}
	}
}

func (s *conns) tryAdd(c *conn) (idle *conn, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.all) < s.max {
		if s.all == nil {
			s.all = make(map[*conn]struct{})
		}
		s.all[c] = struct{}{}
		return nil, true
	}
	for c := range s.all {
		if c.idle.Load() {
			return c, false
		}
	}
	return nil, false
}

func (s *conns) remove(c *conn) {
	s.mu.Lock()
	delete(s.all, c)
	s.mu.Unlock()
	select {
	case s.freed <- struct{}{}:
	default:
	}
}

// closeUnused closes the connections on which nothing has come yet; net/http
// would wait seconds for them.
func (s *conns) closeUnused() {
	s.mu.Lock()
	var unused []*conn
	for c := range s.all {
		if c.unused() {
			unused = append(unused, c)
		}
	}
	s.mu.Unlock()
	for _, c := range unused {
		_ = c.Close()
	}
}

// listener wraps what it accepts.
type listener struct {
	net.Listener
	srv    *Server
	once   sync.Once
	closed chan struct{}
}

// Accept waits for a connection, and for a place for it.
func (l *listener) Accept() (net.Conn, error) {
	nc, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	c := &conn{Conn: nc, srv: l.srv, secure: l.srv.TLS != nil}
	if !l.srv.conns.add(c, l.closed) {
		_ = nc.Close()
		return nil, net.ErrClosed
	}
	return c, nil
}

// Close stops accepting.
func (l *listener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return l.Listener.Close()
}

type connKey struct{}

// connOf finds the connection of a request; nil when the handler runs without
// the server.
func connOf(r *http.Request) *conn {
	c, _ := r.Context().Value(connKey{}).(*conn)
	return c
}

func withConn(ctx context.Context, nc net.Conn) context.Context {
	if c, ok := innerConn(nc); ok {
		return context.WithValue(ctx, connKey{}, c)
	}
	return ctx
}

// innerConn finds our connection, which for HTTPS is below that of TLS.
func innerConn(nc net.Conn) (*conn, bool) {
	if c, ok := nc.(*conn); ok {
		return c, true
	}
	if t, ok := nc.(interface{ NetConn() net.Conn }); ok {
		c, ok := t.NetConn().(*conn)
		return c, ok
	}
	return nil, false
}
