package tunneltest

import (
	"context"
	"net"
	"sync"
)

// Dial connects to the service over a pipe, which needs no time and no network; it
// suits testing/synctest.
func (s *Service) Dial(context.Context, string, string) (net.Conn, error) {
	client, server := Pipe()
	go s.Serve(server)
	return client, nil
}

// Pipe is net.Pipe whose writes do not wait for a reader: both sides of ssh begin
// with a write.
func Pipe() (client, server net.Conn) {
	a, b := net.Pipe()
	return newBuffered(a), newBuffered(b)
}

type buffered struct {
	net.Conn
	writes chan []byte
	once   sync.Once
	done   chan struct{}
}

func newBuffered(c net.Conn) *buffered {
	b := &buffered{Conn: c, writes: make(chan []byte, 1<<12), done: make(chan struct{})}
	go func() {
		for {
			select {
			case p := <-b.writes:
				if _, err := c.Write(p); err != nil {
					return
				}
			case <-b.done:
				return
			}
		}
	}()
	return b
}

// Write keeps p for the reader.
func (b *buffered) Write(p []byte) (int, error) {
	select {
	case b.writes <- append([]byte(nil), p...):
		return len(p), nil
	case <-b.done:
		return 0, net.ErrClosed
	}
}

// RemoteAddr is an address as of a network, which known hosts need.
func (b *buffered) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 22} }

// Close ends both directions.
func (b *buffered) Close() error {
	b.once.Do(func() { close(b.done) })
	return b.Conn.Close()
}
