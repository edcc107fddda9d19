package forward

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"creel/capture"
)

// pieces collects what a stream writes.
type pieces struct {
	got chan string
	err error // of Write
}

func (p *pieces) Write(b []byte) (int, error) {
	if p.err != nil {
		return 0, p.err
	}
	p.got <- string(b)
	return len(b), nil
}

// streaming is a response that is being streamed by a proxy.
type streaming struct {
	t      *testing.T
	out    capture.Outcome
	app    net.Conn // as the app has it
	notes  *notes
	to     *pieces
	reply  capture.Reply
	copied chan error
	proxy  *Proxy
	leave  context.CancelCauseFunc
}

// startStream has an app that responds with head, and gives back when its outcome is
// there. The app then writes what the test wants.
func startStream(t *testing.T, head string, set func(*Sender)) *streaming {
	t.Helper()
	conns := make(chan net.Conn)
	done := make(chan bool)
	u := rawServer(t, func(c net.Conn) {
		readRequest(bufio.NewReader(c))
		io.WriteString(c, head)
		conns <- c
		<-done
	})
	t.Cleanup(func() { close(done) }) // before the server waits for its connections
	p, _, n := proxyTo(t, Target{URL: u})
	set(p.sender)
	ctx, leave := context.WithCancelCause(t.Context())
	s := &streaming{t: t, notes: n, proxy: p, leave: leave, to: &pieces{got: make(chan string, 100)}, copied: make(chan error, 1)}
	outs := make(chan capture.Outcome)
	go func() { outs <- p.Respond(ctx, &capture.Exchange{Request: *post("/x", "")}, n) }()
	s.app = <-conns
	s.out = <-outs
	if s.out.Stream == nil {
		t.Fatalf("%+v", s.out)
	}
	s.reply = s.out.Reply
	go func() { s.copied <- s.out.Stream.Copy(ctx, s.to, &s.reply) }()
	return s
}

func (s *streaming) attempt() capture.Attempt {
	s.t.Helper()
	<-s.notes.added
	a, _ := s.notes.seen()
	return a[0]
}

func plain(*Sender) {}

// What an app sends piece by piece goes to the sender piece by piece, before the
// response has ended, and all of it is recorded, with the trailers.
func TestStreamAsItComes(t *testing.T) {
	s := startStream(t, ok+"X-A: 1\r\nx-a: 2\r\nTransfer-Encoding: chunked\r\n\r\n", plain)
	if s.out.Reply.Status != 200 || len(s.out.Reply.Fields) != 2 || s.out.Reply.By != "forward" {
		t.Errorf("%+v", s.out.Reply)
	}
	for _, piece := range []string{"data: 1\n\n", "data: 2\n\n"} {
		io.WriteString(s.app, "9\r\n"+piece+"\r\n")
		if got := <-s.to.got; got != piece {
			t.Errorf("%q", got)
		}
	}
	io.WriteString(s.app, "0\r\nT: 1\r\n\r\n")
	a := s.attempt()
	if err := <-s.copied; err != nil {
		t.Error(err)
	}
	for _, r := range []capture.Reply{a.Reply, s.reply} {
		if bodyOf(t, r) != "data: 1\n\ndata: 2\n\n" || len(r.Trailers) != 1 {
			t.Errorf("%q %v", bodyOf(t, r), r.Trailers)
		}
	}
	if a.Cause != "" || a.Truncated {
		t.Errorf("%+v", a)
	}
}

// A response that ends too early ends the connection to the sender.
func TestStreamCutShort(t *testing.T) {
	s := startStream(t, ok+"Content-Length: 10\r\n\r\n0123", plain)
	if v, _ := capture.FieldValue(s.out.Reply.Fields, "Content-Length"); v != "10" {
		t.Errorf("%+v", s.out.Reply.Fields)
	}
	if got := <-s.to.got; got != "0123" {
		t.Errorf("%q", got)
	}
	s.app.Close()
	if err := <-s.copied; !errors.Is(err, capture.ErrAbort) || bodyOf(t, s.reply) != "0123" {
		t.Errorf("%v %q", err, bodyOf(t, s.reply))
	}
	if a := s.attempt(); a.Cause != capture.CauseReset || bodyOf(t, a.Reply) != "0123" {
		t.Errorf("%s %s", a.Cause, a.Err)
	}
}

// What is beyond --max-answer goes to the sender and is not recorded.
func TestStreamBeyondTheLimit(t *testing.T) {
	for _, size := range []int{9, 10, 11, 100_000} {
		s := startStream(t, ok+"Connection: close\r\n\r\n", func(s *Sender) { s.MaxAnswer = 10 })
		body := strings.Repeat("x", size)
		io.WriteString(s.app, body)
		s.app.Close()
		if err := <-s.copied; err != nil {
			t.Error(size, err)
		}
		var got bytes.Buffer
		for len(s.to.got) > 0 {
			got.WriteString(<-s.to.got)
		}
		a := s.attempt()
		kept := body[:min(size, 10)]
		if got.String() != body || bodyOf(t, a.Reply) != kept || bodyOf(t, s.reply) != kept || a.Truncated != (size > 10) || a.Cause != "" {
			t.Errorf("%d: %d passed, %d kept, truncated %v, %s", size, got.Len(), a.Reply.Body.Size(), a.Truncated, a.Err)
		}
	}
}

// A sender that reads slowly slows the app down; memory holds what is recorded and
// one piece. When it leaves, what is beyond the limit is of no use.
func TestStreamToASenderThatStops(t *testing.T) {
	s := startStream(t, ok+"\r\n", func(s *Sender) { s.MaxAnswer = 10 })
	s.leave(errors.New("the sender left"))
	if err := <-s.copied; err == nil {
		t.Error("no error")
	}
	io.WriteString(s.app, strings.Repeat("x", 100_000))
	if a := s.attempt(); a.Cause != capture.CauseTooLarge || a.Reply.Body.Size() != 10 {
		t.Errorf("%s %s", a.Cause, a.Err)
	}
}

// The sender leaving does not end the attempt: what comes within the time of one
// attempt is recorded.
func TestStreamAfterTheSenderLeft(t *testing.T) {
	s := startStream(t, ok+"Content-Length: 4\r\n\r\n", plain)
	s.to.err = errors.New("broken pipe")
	io.WriteString(s.app, "ab")
	if err := <-s.copied; err == nil || errors.Is(err, capture.ErrAbort) {
		t.Error(err)
	}
	io.WriteString(s.app, "cd")
	if a := s.attempt(); a.Cause != "" || bodyOf(t, a.Reply) != "abcd" {
		t.Errorf("%s %s", a.Cause, a.Err)
	}
}

// fed starts a stream that gets something more often than its timeout asks for, for
// longer than that. When the machine was too busy for it, it is another stream.
func fed(t *testing.T, timeout time.Duration) *streaming {
	t.Helper()
	for range 20 {
		s := startStream(t, ok+"\r\n", func(s *Sender) { s.Timeout = timeout })
		last, often := time.Now(), true
		for start := last; often && time.Since(start) < 2*timeout; {
			io.WriteString(s.app, "x")
			<-time.After(timeout / 10)
			often = time.Since(last) < timeout/2
			last = time.Now()
		}
		if often {
			return s
		}
		s.leave(errors.New("too busy"))
	}
	t.Fatal("the machine is too busy")
	return nil
}

// While its sender is there a response may take longer than one attempt, as long
// as something comes; after that it ends.
func TestStreamTime(t *testing.T) {
	const timeout = 500 * time.Millisecond
	s := fed(t, timeout)
	start := time.Now()
	a := s.attempt()
	if took := time.Since(start); a.Cause != capture.CauseTimeout || took < timeout/4 {
		t.Errorf("%s %s after %s", a.Cause, a.Err, took)
	}
	if err := <-s.copied; !errors.Is(err, capture.ErrAbort) {
		t.Error(err)
	}
	s = fed(t, timeout)
	s.leave(errors.New("the sender left"))
	if a := s.attempt(); a.Cause != capture.CauseCanceled {
		t.Errorf("%s %s", a.Cause, a.Err)
	}
}

// A response that is all there, or is known to be too large, is not streamed.
func TestNotStreamed(t *testing.T) {
	for response, want := range map[string]int{
		ok + "Content-Length: 2\r\n\r\nok":                                    200,
		ok + "Content-Length: 0\r\n\r\n":                                      200,
		ok + "Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nT: 1\r\n\r\n": 200,
		ok + "Content-Length: 11\r\n\r\n0123":                                 502,
		"HTTP/1.1 204 No Content\r\n\r\n":                                     204,
		ok + "Transfer-Encoding: chunked\r\n\r\nzz\r\n":                       502,
	} {
		u, _ := onceServer(t, response)
		p, _, n := proxyTo(t, Target{URL: u})
		p.sender.MaxAnswer = 10
		if out := p.Respond(t.Context(), &capture.Exchange{Request: *post("/x", "")}, n); out.Stream != nil || out.Reply.Status != want {
			t.Errorf("%q: %d, stream %v", response, out.Reply.Status, out.Stream)
		}
	}
}
