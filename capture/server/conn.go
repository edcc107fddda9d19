package server

import (
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// headKept is how much of an unclaimed head is kept for its row.
	headKept = 64 << 10
	// refusedWait is how long more is read from a sender that net/http refused;
	// for a body that was announced it would wait for ever.
	refusedWait = time.Second
	// writeStall is how long one write to a sender that does not read may take.
	writeStall = 60 * time.Second
)

// conn is one accepted connection. It looks over the shoulder of net/http,
// which forgets the order, spelling and number of header fields, and which
// answers what it cannot read without telling anyone.
type conn struct {
	net.Conn
	srv  *Server
	idle atomic.Int64 // since when it waits for a head, in Unix nanoseconds; 0: it does not
	once sync.Once

	mu        sync.Mutex
	off       bool // nothing more is to be seen: TLS, HTTP/2, or the connection ends anyway
	started   bool // the first bytes told HTTP/1 from the HTTP/2 preface
	serving   bool // a handler has the request; answers are its own
	claimed   bool // and has taken its head
	secure    bool // TLS is spoken on it, and its handshake is done
	head      []byte
	at        time.Time // of the first byte of head
	whole     bool      // head is complete
	past      int64     // bytes read after head
	tail      []byte    // the last of them
	doubt     bool      // heads may have been lost: a chunked body was followed by who knows what
	refused   string    // what net/http answered without a handler
	refusedAt time.Time
	wrote     time.Time // the last time
	writeBy   time.Time // the deadline of writes
	readBy    time.Time // the deadline of reads that was asked for
	set       time.Time // the one that is set
	reading   bool
}

// Read reads and keeps the bytes of a head. While net/http looks for the HTTP/2
// preface it would wait for 14 bytes although the first already say no, which
// for a short bad request is until the timeout: an empty read ends the look.
func (c *conn) Read(p []byte) (int, error) {
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
	if n > 0 {
		c.see(p[:n])
	}
	c.mu.Unlock()
	return n, err
}

// SetReadDeadline sets the deadline of reads. net/http sets many for each
// request, most of which nothing waits for: a deadline costs something only when
// there is a read.
func (c *conn) SetReadDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.readBy = t
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
	if !c.serving && !c.off && c.refused == "" && refusal(p) {
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
	return c.Conn.Write(p)
}

// Close closes the connection. Bytes that no handler claimed become a row.
func (c *conn) Close() error {
	c.closed()
	return c.Conn.Close()
}

// closed is called when the connection closes, once or more.
func (c *conn) closed() {
	c.once.Do(func() {
		c.srv.keepUnclaimed(c, c.unclaimed())
		c.srv.conns.remove(c)
	})
}

// SetWriteDeadline sets the deadline of writes. None at all is not possible:
// net/http takes it away after each answer, but a sender that does not read
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

// CloseWrite lets net/http end an answer before the sender has stopped sending.
func (c *conn) CloseWrite() error {
	if h, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return h.CloseWrite()
	}
	return nil
}
