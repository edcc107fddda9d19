package tunnel

import (
	"net"
	"sync"
)

// queue is a net.Listener whose connections are put into it. It outlives the
// session with a service, so that its server need not know of reconnects.
type queue struct {
	addr  net.Addr
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func newQueue(addr net.Addr) *queue {
	return &queue{addr: addr, conns: make(chan net.Conn), done: make(chan struct{})}
}

// put gives a connection to Accept, and closes it when the listener is closed.
func (q *queue) put(c net.Conn) {
	select {
	case q.conns <- c:
	case <-q.done:
		_ = c.Close()
	}
}

// Accept waits for the next connection.
func (q *queue) Accept() (net.Conn, error) {
	select {
	case c := <-q.conns:
		return c, nil
	case <-q.done:
		return nil, net.ErrClosed
	}
}

// Close ends Accept.
func (q *queue) Close() error {
	q.once.Do(func() { close(q.done) })
	return nil
}

// Addr names the tunnel; it is no address that can be dialled.
func (q *queue) Addr() net.Addr { return q.addr }

// name is the address of something that is not reached by an address.
type name string

func (n name) Network() string { return "tunnel" }
func (n name) String() string  { return string(n) }
