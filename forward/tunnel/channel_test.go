package tunnel

import (
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/crypto/ssh"
)

// fullChannel is a channel whose other side takes nothing until it is closed.
type fullChannel struct {
	ssh.Channel
	closed chan struct{}
	err    error // of a write that does not wait
	wrote  int
}

func (c *fullChannel) Read([]byte) (int, error) { <-c.closed; return 0, io.EOF }

func (c *fullChannel) Write(p []byte) (int, error) {
	c.wrote++
	if c.err != nil {
		return 0, c.err
	}
	<-c.closed
	return 0, io.EOF
}

func (c *fullChannel) Close() error { close(c.closed); return nil }

// A write through a channel ends at its deadline, before it and behind it; without one it
// waits.
func TestDeadlinesOfAChannel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ch := &fullChannel{closed: make(chan struct{}), err: errors.New("broken")}
		c := newChannelConn(ch, name("tunnel"), name("sender"))
		if c.LocalAddr().String() != "tunnel" || c.RemoteAddr().String() != "sender" {
			t.Errorf("from %v to %v", c.RemoteAddr(), c.LocalAddr())
		}
		for _, by := range []time.Time{{}, time.Now().Add(time.Second)} {
			_ = c.SetDeadline(by)
			if _, err := c.Write([]byte("x")); err != ch.err {
				t.Errorf("until %v: %v", by, err)
			}
		}
		if _, err := c.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("a read: %v", err)
		}
		_ = c.SetWriteDeadline(time.Now())
		if _, err := c.Write([]byte("x")); !errors.Is(err, os.ErrDeadlineExceeded) || ch.wrote != 2 {
			t.Errorf("behind it: %v, %d writes", err, ch.wrote)
		}
		ch.err = nil
		_ = c.SetWriteDeadline(time.Now().Add(time.Minute))
		began := time.Now()
		if _, err := c.Write([]byte("x")); !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(began) != time.Minute {
			t.Errorf("at it: %v after %v", err, time.Since(began))
		}
	})
}

// A connection comes from where the service says, whatever that is.
func TestOrigins(t *testing.T) {
	for _, tt := range []struct {
		f    forwardedChannel
		want string
	}{
		{forwardedChannel{OriginAddr: "203.0.113.7", OriginPort: 4711}, "203.0.113.7:4711"},
		{forwardedChannel{OriginAddr: "2001:db8::1", OriginPort: 1}, "[2001:db8::1]:1"},
		{forwardedChannel{OriginAddr: "a name", OriginPort: 9}, "a name:9"},
		{forwardedChannel{OriginPort: 9}, "unknown"},
	} {
		if got := origin(tt.f).String(); got != tt.want {
			t.Errorf("%+v: %s, want %s", tt.f, got, tt.want)
		}
	}
}

// What comes for a listener that is closed is closed.
func TestConnectionsThatComeTooLate(t *testing.T) {
	q := newQueue(name("x"))
	if err := errors.Join(q.Close(), q.Close()); err != nil {
		t.Fatal(err)
	}
	here, there := net.Pipe()
	q.put(there)
	if _, err := here.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("it is open: %v", err)
	}
	if c, err := q.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("accepted %v, %v", c, err)
	}
}
