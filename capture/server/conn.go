package server

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"creel/capture"
)

const (
	// refusedWait is how long more is read from a sender that net/http refused;
	// for a body that was announced it would wait for ever.
	refusedWait = time.Second
	// writeStall is how long one write to a sender that does not read may take.
	writeStall = 60 * time.Second
	// halfCloseWithin is how soon after its request a sender closes its side when it
	// still reads the reply: the two are sent together. One that closes later has
	// given up. On the wire both look the same.
	halfCloseWithin = 250 * time.Millisecond
	// preface begins an HTTP/2 connection without TLS (RFC 9113 section 3.4).
	preface = "PRI * HTTP/2.0\r\n"
	// prefacePeek is how much net/http reads at first to look for the preface.
	prefacePeek = len("PRI * HTTP/2.0")
)

// conn is one accepted connection. It looks over the shoulder of net/http,
// which forgets the order, spelling and number of header fields, and which
// answers what it cannot read without telling anyone.
type conn struct {
	net.Conn
	srv    *Server
	tunnel *Tunnel      // nil on an ordinary listener
	idle   atomic.Int64 // since when it waits for a head, in Unix nanoseconds; 0: it does not
	once   sync.Once

	mu         sync.Mutex
	tee        tee
	off        bool          // nothing more is observed: HTTP/2, or the connection ends anyway
	started    bool          // the first bytes told HTTP/1 from the HTTP/2 preface
	served     bool          // a handler has had a request
	serving    bool          // a handler has the request; what is written is its reply
	claimed    bool          // and has taken its head
	secure     bool          // TLS is spoken on it, and its handshake is done
	halfClosed chan struct{} // closed to end a read that waits although the sender has closed its side
	noProxy    string        // what came in the place of a PROXY header
	refused    string        // what net/http answered without a handler
	refusedAt  time.Time
	unheard    bool      // that could not be written
	wrote      time.Time // the last time
	writeBy    time.Time // the deadline of writes
	readBy     time.Time // the deadline of reads that was asked for
	set        time.Time // the one that is set
	reading    bool
}

// newConn makes the connection of what was accepted, by way of a tunnel when t is not
// nil.
func (s *Server) newConn(nc net.Conn, t *Tunnel) *conn {
	c := &conn{Conn: nc, srv: s, tunnel: t}
	switch {
	case t != nil && t.ProxyProtocol:
		c.Conn = &proxyConn{Conn: nc}
	case t == nil && s.TLS != nil:
		c.Conn = tls.Server(&rawConn{Conn: nc, owner: c}, s.tls)
	}
	c.idle.Store(time.Now().UnixNano())
	return c
}

// Read reads, and keeps the heads of requests. While net/http looks for the HTTP/2
// preface it would wait for 14 bytes although the first already say no, which
// for a short bad request is until the timeout: an empty read ends the look.
func (c *conn) Read(p []byte) (int, error) {
	for {
		c.mu.Lock()
		if c.notPreface(len(p)) {
			c.mu.Unlock()
			return 0, nil
		}
		c.reading = true
		err := c.applyReadDeadline()
		c.mu.Unlock()
		if err != nil {
			return 0, err
		}
		n, err := c.Conn.Read(p)
		c.mu.Lock()
		c.reading = false
		if !c.off && n > 0 {
			n = len(c.observe(p[:n]))
		}
		if err == errProxyHeader {
			c.noProxy = string(c.Conn.(*proxyConn).rest)
		}
		var wait chan struct{}
		if err == io.EOF && n == 0 && c.onlyHalfClosed() {
			wait = make(chan struct{})
			c.halfClosed = wait
		}
		c.mu.Unlock()
		if wait != nil {
			<-wait
			return 0, os.ErrDeadlineExceeded
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

// observe passes what was read through the tee, until HTTP/2 is spoken.
func (c *conn) observe(p []byte) []byte {
	p = c.tee.observe(p)
	if !c.served && len(c.tee.heads) > 0 && strings.HasPrefix(c.tee.heads[0].raw, preface) {
		c.stopTee()
	}
	return p
}

func (c *conn) notPreface(room int) bool {
	if c.started || c.off {
		return false
	}
	if room > prefacePeek {
		c.started = true
		return false
	}
	return len(c.tee.heads) > 0 || len(c.tee.part) > 0 && !strings.HasPrefix(preface, string(c.tee.part))
}

// onlyHalfClosed reports whether the end of what the sender sends is just the end of
// its requests, so that it waits for the reply. net/http would take the end for a
// sender that has left, so it does not get to know before the reply is written.
func (c *conn) onlyHalfClosed() bool {
	now := time.Now()
	wanted := c.readBy.IsZero() || c.readBy.After(now) // net/http has not ended the read
	return wanted && !c.off && c.tee.between() && (c.serving || len(c.tee.heads) > 0) && now.Sub(c.tee.ended) < halfCloseWithin
}

// endHalfClosed ends a read that waits although the sender has closed its side.
func (c *conn) endHalfClosed() {
	if c.halfClosed != nil {
		close(c.halfClosed)
		c.halfClosed = nil
	}
}

// SetReadDeadline sets the deadline of reads. net/http sets many for each
// request, most of which nothing waits for: a deadline costs something only when
// there is a read.
func (c *conn) SetReadDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.readBy = t
	if c.halfClosed != nil && !t.IsZero() && !t.After(time.Now()) {
		c.endHalfClosed()
	}
	if !c.reading {
		return nil
	}
	return c.applyReadDeadline()
}

func (c *conn) applyReadDeadline() error {
	if c.refused != "" {
		c.readBy = c.refusedAt.Add(refusedWait)
	}
	if c.set == c.readBy {
		return nil
	}
	c.set = c.readBy
	return c.Conn.SetReadDeadline(c.readBy)
}

// SetDeadline sets both deadlines.
func (c *conn) SetDeadline(t time.Time) error {
	return errors.Join(c.SetReadDeadline(t), c.SetWriteDeadline(t))
}

// Write writes, and notes what net/http answers on its own.
func (c *conn) Write(p []byte) (int, error) {
	now := time.Now()
	c.mu.Lock()
	refuses := !c.serving && !c.off && c.refused == "" && refusal(p)
	if refuses {
		c.refused, c.refusedAt = string(p[:min(len(p), 1<<10)]), now
	}
	c.wrote = now
	stale := c.writeBy.Sub(now) < writeStall/2
	if stale {
		c.writeBy = now.Add(writeStall)
	}
	by := c.writeBy
	c.mu.Unlock()
	if stale {
		if err := c.Conn.SetWriteDeadline(by); err != nil {
			return 0, err
		}
	}
	n, err := c.Conn.Write(p)
	if refuses && err != nil {
		c.mu.Lock()
		c.unheard = true
		c.mu.Unlock()
	}
	return n, err
}

// Close closes the connection. Requests that no handler claimed become rows.
func (c *conn) Close() error {
	c.closed()
	return c.Conn.Close()
}

// closed is called when the connection closes, once or more.
func (c *conn) closed() {
	c.mu.Lock()
	c.endHalfClosed()
	c.mu.Unlock()
	c.once.Do(func() {
		for _, u := range c.unclaimed() {
			c.srv.keepUnclaimed(c, u)
		}
		c.srv.conns.remove(c)
	})
}

// SetWriteDeadline sets the deadline of writes. None at all is not possible:
// net/http takes it away after each reply, but a sender that does not read
// must not keep a connection for ever.
func (c *conn) SetWriteDeadline(t time.Time) error {
	if t.IsZero() {
		return nil
	}
	c.mu.Lock()
	c.writeBy = t
	c.mu.Unlock()
	return c.Conn.SetWriteDeadline(t)
}

// NetConn returns the connection beneath, as tls.Conn has it, so that a fault
// can reset it.
func (c *conn) NetConn() net.Conn { return c.Conn }

// CloseWrite lets net/http end a reply before the sender has stopped sending.
func (c *conn) CloseWrite() error { return closeWrite(c.Conn) }

func closeWrite(nc net.Conn) error {
	if h, ok := nc.(interface{ CloseWrite() error }); ok {
		return h.CloseWrite()
	}
	return nil
}

// begin is called when a handler starts on a request. It reports whether all of the
// request has been read, which is not known when the connection is not observed.
func (c *conn) begin() (whole bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.served, c.serving, c.claimed = true, true, false
	return !c.off && len(c.tee.heads) > 0 && c.tee.heads[0].whole
}

// claim returns the head of the request that a handler has now read; ok is false when
// the connection is not observed.
func (c *conn) claim() (h teedHead, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.claimed = true
	return c.tee.claim()
}

// skip says that the request at hand is not captured.
func (c *conn) skip() {
	c.begin()
	c.claim()
}

// stopTee stops observing: what follows is no head.
func (c *conn) stopTee() {
	c.off = true
	c.tee.stop()
}

// closeAfterReply says that the connection ends after this reply, and that the rest of
// the body may follow.
func (c *conn) closeAfterReply() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stopTee()
}

// becomeIdle is called when a reply is out and the connection waits for the next
// request.
func (c *conn) becomeIdle() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.serving, c.claimed = false, false
	c.idle.Store(c.wrote.UnixNano())
}

// unused reports whether nothing has come yet.
func (c *conn) unused() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.off && !c.serving && len(c.tee.heads) == 0 && len(c.tee.part) == 0 && c.refused == ""
}

// refusal reports whether p begins a reply of 400 or above.
func refusal(p []byte) bool {
	const status = len("HTTP/1.1 ")
	return len(p) > status && string(p[:7]) == "HTTP/1." && (p[status] == '4' || p[status] == '5')
}

// describe notes in ex what is believed of the tunnel that it came by.
func (c *conn) describe(ex *capture.Exchange) {
	if c.tunnel == nil {
		return
	}
	var sender netip.AddrPort
	if p, ok := c.Conn.(*proxyConn); ok {
		sender = p.sender
	}
	c.tunnel.describe(ex, sender)
}
