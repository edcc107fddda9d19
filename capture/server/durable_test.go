package server

import (
	"context"
	"errors"
	"io"
	"iter"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"creel/capture"

	"creel/capture/ring"
)

// gateJournal commits when it is let, and as it is told.
type gateJournal struct {
	let  chan error
	next atomic.Uint64
	rev  atomic.Uint64
}

func (j *gateJournal) Commit(_ context.Context, ops ...capture.Op) (capture.Receipt, error) {
	adds := false
	for i, op := range ops {
		if op.Add == nil {
			continue
		}
		adds = true
		ex := *op.Add
		ex.ID = capture.ID(j.next.Add(1))
		ops[i].Add = &ex
	}
	if adds {
		if err := <-j.let; err != nil {
			return capture.Receipt{}, err
		}
	}
	return capture.Receipt{Rev: capture.Rev(j.rev.Add(1)), Kept: ops}, nil
}

func (j *gateJournal) Changes(context.Context, capture.Rev) iter.Seq2[capture.Change, error] {
	return func(func(capture.Change, error) bool) {}
}
func (j *gateJournal) Watch(context.Context) <-chan struct{} { return make(chan struct{}) }
func (j *gateJournal) Body(context.Context, capture.BodyRef) ([]byte, error) {
	return nil, capture.ErrEvicted
}
func (j *gateJournal) Close() error { return nil }

// TestAnswerWaitsForCommit is the promise that 2xx means kept: the Responder is
// asked at once, but what it says goes out only after the commit.
func TestAnswerWaitsForCommit(t *testing.T) {
	t.Parallel()
	j := &gateJournal{let: make(chan error)}
	ring, err := ring.Open(t.Context(), capture.Bounds{}, j)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ring.Close() })
	asked, reported := make(chan struct{}, 2), make(chan string, 10)
	s := &Server{
		Ring: ring, Problem: func(text string) { reported <- text },
		Respond: capture.ResponderFunc(func(context.Context, *capture.Exchange, capture.Recorder) capture.Outcome {
			asked <- struct{}{}
			return capture.Outcome{Reply: capture.Reply{Status: 201}}
		}),
	}
	c, err := net.Dial("tcp", start(t, s))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	ask := func(wait time.Duration, commit error) string {
		_, _ = io.WriteString(c, "GET / HTTP/1.1\r\nHost: h\r\n\r\n")
		<-asked
		buf := make([]byte, 1000)
		_ = c.SetReadDeadline(time.Now().Add(wait))
		if n, err := c.Read(buf); err == nil {
			t.Errorf("before the commit, the answer %q", buf[:n])
		}
		j.let <- commit
		_ = c.SetReadDeadline(time.Now().Add(5 * time.Second))
		n, _ := c.Read(buf)
		return string(buf[:n])
	}
	if got := ask(20*time.Millisecond, nil); !strings.HasPrefix(got, "HTTP/1.1 201") {
		t.Errorf("answered %q", got)
	}
	got := ask(0, errors.New("disk full"))
	if !strings.HasPrefix(got, "HTTP/1.1 503") || !strings.Contains(got, "Retry-After: 5\r\n") {
		t.Errorf("not kept, but answered %q", got)
	}
	if text := <-reported; !strings.Contains(text, "disk full") {
		t.Errorf("reported %q", text)
	}
	if got := ask(0, nil); !strings.HasPrefix(got, "HTTP/1.1 201") {
		t.Errorf("after it recovered, answered %q", got)
	}
	if n := len(ring.Snapshot()); n != 2 {
		t.Errorf("%d rows, want 2", n)
	}
}

// Where it is asked for, a sender gets a reply only when the exchange is kept elsewhere,
// too, and 503 when it is not.
func TestReplyWaitsForAcknowledge(t *testing.T) {
	t.Parallel()
	asked, let := make(chan capture.ID), make(chan error)
	s := &Server{Ring: ring.New(capture.Bounds{}), Acknowledge: func(_ context.Context, id capture.ID) error {
		asked <- id
		return <-let
	}}
	c, err := net.Dial("tcp", start(t, s))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	buf := make([]byte, 1000)
	for i, tt := range []struct {
		err  error
		want string
	}{{nil, "HTTP/1.1 200"}, {errors.New("away"), "HTTP/1.1 503"}, {nil, "HTTP/1.1 200"}} {
		_, _ = io.WriteString(c, "GET / HTTP/1.1\r\nHost: h\r\n\r\n")
		if id := <-asked; id != capture.ID(i+1) {
			t.Errorf("asked for %v, want %d", id, i+1)
		}
		_ = c.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
		if n, err := c.Read(buf); err == nil {
			t.Errorf("before, the reply %q", buf[:n])
		}
		let <- tt.err
		_ = c.SetReadDeadline(time.Now().Add(10 * time.Second))
		if n, _ := c.Read(buf); !strings.HasPrefix(string(buf[:n]), tt.want) {
			t.Errorf("%v: %q, want %s", tt.err, buf[:n], tt.want)
		}
	}
}

// A head that cannot be read, and not be kept either, is a problem.
func TestMalformedThatIsNotKept(t *testing.T) {
	t.Parallel()
	j := &gateJournal{let: make(chan error, 1)}
	r, err := ring.Open(t.Context(), capture.Bounds{}, j)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	reported := make(chan string, 10)
	s := &Server{Ring: r, Problem: func(text string) { reported <- text }}
	c, err := net.Dial("tcp", start(t, s))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	j.let <- errors.New("the disk is full")
	_, _ = io.WriteString(c, "HELO\r\n\r\n")
	for {
		select {
		case text := <-reported:
			if !strings.HasPrefix(text, "request not kept: ") {
				continue
			}
			if !strings.Contains(text, "the disk is full") {
				t.Errorf("reported %q", text)
			}
			return
		case <-time.After(10 * time.Second):
			t.Fatal("nothing is reported")
		}
	}
}
