package forward

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"creel/capture"
)

// stream is the body of a response that goes to the sender while it is read. One
// goroutine reads and records it, another one copies it to the sender.
type stream struct {
	reply capture.Reply // status and fields
	conn  *conn
	by    time.Time     // the end of the attempt once the sender has left
	pause time.Duration // how long the target may send nothing while the sender is there

	mu       sync.Mutex
	body     []byte // what was read and is recorded; grows
	beyond   []byte // a piece that is not recorded, until it is taken
	ended    bool
	err      error // why it ended early
	trailers []capture.Field
	recorded capture.Body
	left     bool

	more  chan struct{} // capacity 1: there is more, or the end
	taken chan struct{} // capacity 1: beyond was taken
	gone  chan struct{} // closed when the sender has left
}

var _ capture.Stream = (*stream)(nil)

func newStream(reply capture.Reply, c *conn, by time.Time, pause time.Duration) *stream {
	return &stream{
		reply: reply, conn: c, by: by, pause: pause,
		more: make(chan struct{}, 1), taken: make(chan struct{}, 1), gone: make(chan struct{}),
	}
}

// publish lets the sender have body, which begins with what it was before. The
// target gets more time while the sender is there. A nil stream does nothing.
func (s *stream) publish(body []byte) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.body = body
	s.extend()
	capture.Signal(s.more)
}

func (s *stream) extend() {
	if !s.left {
		_ = s.conn.raw.SetReadDeadline(time.Now().Add(s.pause)) // fails when it is closed, which reading finds out
	}
}

// pass gives the sender a piece that is not recorded and waits until it is taken;
// false when the sender has left.
func (s *stream) pass(piece []byte) bool {
	s.mu.Lock()
	s.beyond = piece
	s.mu.Unlock()
	capture.Signal(s.more)
	select {
	case <-s.taken:
	case <-s.gone:
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.extend()
	return true
}

// end is called with the attempt when it is over, and with why it failed, if so.
func (s *stream) end(a *capture.Attempt, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended, s.trailers, s.recorded, s.err = true, a.Reply.Trailers, a.Reply.Body, err
	capture.Signal(s.more)
}

// Copy implements [capture.Stream].
func (s *stream) Copy(ctx context.Context, to io.Writer, reply *capture.Reply) error {
	defer s.Close()
	done := ctx.Done()
	for sent := 0; ; {
		piece, beyond, ended := s.next(sent)
		for _, p := range [][]byte{piece, beyond} {
			if len(p) == 0 {
				continue
			}
			if _, err := to.Write(p); err != nil {
				s.complete(reply)
				return err
			}
		}
		sent += len(piece)
		if len(beyond) > 0 {
			capture.Signal(s.taken)
		}
		switch {
		case len(piece)+len(beyond) > 0:
			continue
		case ended:
			s.complete(reply)
			if s.err != nil {
				return capture.ErrAbort
			}
			return nil
		}
		select {
		case <-s.more:
		case <-done:
			if !errors.Is(context.Cause(ctx), capture.ErrStopping) {
				s.complete(reply)
				return context.Cause(ctx)
			}
			done = nil // the sender is still there, and Proxy.Shutdown has an end
		}
	}
}

// next returns what is to be sent after the first sent bytes of the body.
func (s *stream) next(sent int) (piece, beyond []byte, ended bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	piece, beyond, s.beyond = s.body[sent:], s.beyond, nil
	return piece, beyond, s.ended
}

// complete sets what reply was, as far as it is known.
func (s *stream) complete(reply *capture.Reply) {
	s.mu.Lock()
	defer s.mu.Unlock()
	reply.Body, reply.Trailers = s.recorded, s.trailers
	if !s.ended {
		reply.Body = capture.NewBody(s.body)
	}
}

// Close implements [capture.Stream].
func (s *stream) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.left {
		return
	}
	s.left = true
	close(s.gone)
	if !s.ended {
		_ = s.conn.raw.SetReadDeadline(s.by)
	}
}

// abandoned reports whether the sender left when the attempt had already taken
// longer than it may without one.
func (s *stream) abandoned() bool {
	if s == nil {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.left
}
