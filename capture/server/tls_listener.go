package server

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"sync"
	"time"
)

// tlsConn is a connection on which HTTP/1 is spoken over TLS. It is seen through
// like a plain one, since what it reads is what TLS has deciphered.
type tlsConn struct{ *conn }

// ConnectionState tells net/http that it is TLS.
func (c tlsConn) ConnectionState() tls.ConnectionState {
	return c.Conn.(*tls.Conn).ConnectionState()
}

// rawConn is what lies beneath TLS.
type rawConn struct {
	net.Conn
	owner *conn
	// first is what was read before the handshake was done; nil afterwards.
	first []byte
	done  bool
}

// firstKept is how much of what should have been a handshake is kept.
const firstKept = 4 << 10

// Read reads, and keeps what may turn out to be plain HTTP.
func (r *rawConn) Read(p []byte) (int, error) {
	n, err := r.Conn.Read(p)
	if !r.done && len(r.first) < firstKept {
		r.first = append(r.first, p[:n]...)
	}
	return n, err
}

// Close closes the connection; net/http calls it by way of TLS for HTTP/2.
func (r *rawConn) Close() error {
	r.owner.closed()
	return r.Conn.Close()
}

// NetConn returns the connection beneath.
func (r *rawConn) NetConn() net.Conn { return r.Conn }

// tlsListener hands out connections whose handshake is done. net/http would do
// it itself, but then what a connection reads could not be seen, and who speaks
// plain HTTP would not be known.
type tlsListener struct {
	*listener
	begin      sync.Once
	ready      chan net.Conn
	failed     chan struct{} // closed when nothing more is accepted, because of err
	err        error
	handshakes sync.WaitGroup
}

// Accept waits for a connection whose handshake is done.
func (l *tlsListener) Accept() (net.Conn, error) {
	l.begin.Do(func() { l.handshakes.Go(l.run) })
	select {
	case c := <-l.ready:
		return c, nil
	case <-l.failed:
		return nil, l.err
	}
}

func (l *tlsListener) run() {
	defer close(l.failed)
	for {
		nc, err := l.listener.Accept()
		if err != nil {
			l.err = err
			return
		}
		l.handshakes.Go(func() { l.handshake(nc.(*conn)) })
	}
}

// handshake does the handshake of one connection and hands it out. HTTP/2 needs the
// TLS connection itself.
func (l *tlsListener) handshake(c *conn) {
	secure := c.Conn.(*tls.Conn)
	raw := secure.NetConn().(*rawConn)
	ctx, cancel := context.WithTimeout(l.srv.life, headerTime)
	defer cancel()
	if err := secure.HandshakeContext(ctx); err != nil {
		if !c.refusePlain(raw, err) && len(raw.first) > 0 {
			l.srv.problem("TLS handshake with " + c.RemoteAddr().String() + " (does it trust the certificate?): " + err.Error())
		}
		_ = c.Close()
		return
	}
	raw.first, raw.done = nil, true
	c.mu.Lock()
	c.secure = true
	c.mu.Unlock()
	var out net.Conn = tlsConn{c}
	if secure.ConnectionState().NegotiatedProtocol == "h2" {
		c.closeAfterReply()
		out = secure
	}
	select {
	case l.ready <- out:
	case <-l.closed:
		_ = c.Close()
	}
}

// plainRefused is the reply to plain HTTP on a port for HTTPS.
const plainRefused = "HTTP/1.1 400 Bad Request: plain HTTP on a port for HTTPS: use https://\r\n" +
	"Content-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n" +
	"creel: this port is for HTTPS, use https://\n"

// refusePlain replies to a sender of plain HTTP, and reports whether that was it.
func (c *conn) refusePlain(raw *rawConn, err error) bool {
	var noTLS tls.RecordHeaderError
	if !errors.As(err, &noTLS) || len(raw.first) == 0 || raw.first[0] < 'A' || raw.first[0] > 'Z' {
		return false
	}
	c.mu.Lock()
	c.tee.observe(raw.first)
	c.refused = plainRefused
	c.mu.Unlock()
	_ = raw.SetDeadline(time.Now().Add(refusedWait))
	_, _ = io.WriteString(raw.Conn, plainRefused)
	if h, ok := raw.Conn.(interface{ CloseWrite() error }); ok {
		// Closing with bytes unread would take the reply back from the sender.
		_ = h.CloseWrite()
		_, _ = io.Copy(io.Discard, raw.Conn)
	}
	return true
}
