package server

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"creel/capture"
)

const (
	// unusedFor is how long a connection must have waited for a request, or for
	// the rest of its head, before it may be closed for another one. A busy
	// sender's has not, and would lose the request it is just sending.
	unusedFor = time.Second
	// pause is how long accepting rests when nothing could be closed.
	pause = 50 * time.Millisecond
	// warnEvery is how often it is reported that there are no more descriptors.
	warnEvery = 10 * time.Second
)

// conns are the open connections, at most max.
type conns struct {
	max   int
	freed chan struct{} // capacity 1: one has closed
	// scarce is how many connections wait for a place. While there are any,
	// replies end their connection, so that busy senders take turns.
	scarce atomic.Int32

	mu  sync.Mutex
	all map[*conn]struct{}
}

// add waits until there is room for c and reports whether it got it before stop
// closed.
func (s *conns) add(c *conn, stop <-chan struct{}) bool {
	if s.tryAdd(c) {
		return true
	}
	s.scarce.Add(1)
	defer s.scarce.Add(-1)
	for !s.tryAdd(c) {
		if !s.makeRoom(stop) {
			return false
		}
	}
	return true
}

// makeRoom closes an idle connection, or waits for a moment. It
// reports false when stop closed.
func (s *conns) makeRoom(stop <-chan struct{}) bool {
	if s.closeIdle() {
		return true
	}
	select {
	case <-time.After(pause):
	case <-s.freed:
	case <-stop:
		return false
	}
	return true
}

func (s *conns) tryAdd(c *conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.all) >= s.max {
		return false
	}
	if s.all == nil {
		s.all = make(map[*conn]struct{})
	}
	s.all[c] = struct{}{}
	return true
}

// closeIdle closes the connection that waits longest for a head and reports
// whether there was one that may be closed.
func (s *conns) closeIdle() bool {
	var idle *conn
	longest := time.Now().Add(-unusedFor).UnixNano()
	s.mu.Lock()
	for c := range s.all {
		if since := c.idle.Load(); since != 0 && since <= longest {
			idle, longest = c, since
		}
	}
	s.mu.Unlock()
	if idle == nil {
		return false
	}
	_ = idle.Close()
	return true
}

func (s *conns) remove(c *conn) {
	s.mu.Lock()
	delete(s.all, c)
	s.mu.Unlock()
	capture.Signal(s.freed)
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
	tunnel *Tunnel // nil for an ordinary listener
	once   sync.Once
	closed chan struct{}
	warned time.Time // when it was last reported that there are no more descriptors
}

// Accept waits for a connection, and for a place for it.
func (l *listener) Accept() (net.Conn, error) {
	nc, err := l.Listener.Accept()
	if isShortage(err) {
		l.srv.conns.scarce.Add(1)
		defer l.srv.conns.scarce.Add(-1)
	}
	for isShortage(err) {
		l.warn(err)
		if !l.srv.conns.makeRoom(l.closed) {
			return nil, net.ErrClosed
		}
		nc, err = l.Listener.Accept()
	}
	if err != nil {
		return nil, err
	}
	c := l.srv.newConn(nc, l.tunnel)
	if !l.srv.conns.add(c, l.closed) {
		_ = nc.Close()
		return nil, net.ErrClosed
	}
	return c, nil
}

func isShortage(err error) bool {
	return errors.Is(err, errTooMany) || errors.Is(err, errTooManyInAll)
}

// warn reports, at most once in warnEvery, that there are no more descriptors.
func (l *listener) warn(err error) {
	if now := time.Now(); now.Sub(l.warned) > warnEvery {
		l.warned = now
		l.srv.problem("connections wait: " + err.Error())
	}
}

// Close stops accepting. It may be called more than once.
func (l *listener) Close() (err error) {
	l.once.Do(func() {
		close(l.closed)
		err = l.Listener.Close()
	})
	return err
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

// innerConn finds our connection, which for HTTP/2 over TLS is that whose TLS it
// is.
func innerConn(nc net.Conn) (*conn, bool) {
	switch c := nc.(type) {
	case *conn:
		return c, true
	case tlsConn:
		return c.conn, true
	case *tls.Conn:
		if raw, ok := c.NetConn().(*rawConn); ok {
			return raw.owner, true
		}
	}
	return nil, false
}
