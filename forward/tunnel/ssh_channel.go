package tunnel

import (
	"errors"
	"io"
	"net"
	"os"
	"strconv"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"
)

// forwardedChannel is RFC 4254 7.2. Services put what they like into it: a name
// as the origin, an address that was not asked for.
type forwardedChannel struct {
	Addr       string
	Port       uint32
	OriginAddr string
	OriginPort uint32
}

// maxWaiting is how many channels may wait for the server to take them. Each takes
// memory, up to 2 MiB of what it sends.
const maxWaiting = 256

// accept takes every channel as a connection, but refuses those that come while too
// many wait. It returns when the client ends.
func (s *sshSession) accept(channels <-chan ssh.NewChannel) {
	waiting := make(chan struct{}, maxWaiting)
	for nc := range channels {
		select {
		case waiting <- struct{}{}:
		default:
			_ = nc.Reject(ssh.ResourceShortage, "too many connections wait")
			continue
		}
		var f forwardedChannel
		_ = ssh.Unmarshal(nc.ExtraData(), &f) // without an origin the connection is as good
		ch, requests, err := nc.Accept()
		if err != nil {
			<-waiting
			continue
		}
		go ssh.DiscardRequests(requests)
		go func() {
			defer func() { <-waiting }()
			s.conns.put(newChannelConn(ch, s.conns.addr, origin(f)))
		}()
	}
}

// origin is the address that a service says a connection came from.
func origin(f forwardedChannel) net.Addr {
	if ip := net.ParseIP(f.OriginAddr); ip != nil {
		return &net.TCPAddr{IP: ip, Port: int(f.OriginPort)}
	}
	if f.OriginAddr == "" {
		return name("unknown")
	}
	return name(net.JoinHostPort(f.OriginAddr, strconv.FormatUint(uint64(f.OriginPort), 10)))
}

// channelConn is a channel as a connection. A channel knows no deadlines; those
// of reads are kept by a pipe between, and one of writes that passes during a
// write closes the channel.
type channelConn struct {
	ssh.Channel
	local, remote net.Addr
	reads         net.Conn // what the channel received

	mu      sync.Mutex
	writeBy time.Time
}

func newChannelConn(ch ssh.Channel, local, remote net.Addr) *channelConn {
	reads, w := net.Pipe()
	go func() {
		_, _ = io.Copy(w, ch)
		_ = w.Close()
	}()
	return &channelConn{Channel: ch, local: local, remote: remote, reads: reads}
}

// LocalAddr names the tunnel.
func (c *channelConn) LocalAddr() net.Addr { return c.local }

// RemoteAddr is where the service says the connection came from.
func (c *channelConn) RemoteAddr() net.Addr { return c.remote }

// Read reads what came through the channel.
func (c *channelConn) Read(p []byte) (int, error) { return c.reads.Read(p) }

// Write writes to the channel.
func (c *channelConn) Write(p []byte) (int, error) {
	c.mu.Lock()
	by := c.writeBy
	c.mu.Unlock()
	if by.IsZero() {
		return c.Channel.Write(p)
	}
	left := time.Until(by)
	if left <= 0 {
		return 0, os.ErrDeadlineExceeded
	}
	late := time.AfterFunc(left, func() { _ = c.Channel.Close() })
	defer late.Stop()
	n, err := c.Channel.Write(p)
	if err != nil && time.Until(by) <= 0 {
		err = os.ErrDeadlineExceeded
	}
	return n, err
}

// Close closes the channel.
func (c *channelConn) Close() error {
	_ = c.reads.Close()
	return c.Channel.Close()
}

// SetReadDeadline sets the deadline of reads.
func (c *channelConn) SetReadDeadline(t time.Time) error { return c.reads.SetReadDeadline(t) }

// SetWriteDeadline sets the deadline of the writes that follow.
func (c *channelConn) SetWriteDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.writeBy = t
	return nil
}

// SetDeadline sets both deadlines.
func (c *channelConn) SetDeadline(t time.Time) error {
	return errors.Join(c.SetReadDeadline(t), c.SetWriteDeadline(t))
}
