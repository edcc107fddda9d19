package server

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"creel/capture"
	"creel/capture/ring"
)

// ask sends a request and returns the status of the reply, and whether it ends the
// connection.
func ask(c net.Conn) (status string, last bool) {
	go io.WriteString(c, "GET / HTTP/1.1\r\nHost: h\r\n\r\n")
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		return err.Error(), true
	}
	return res.Status, res.Close
}

// scarce is a listener that has no descriptors for a number of times.
type scarce struct {
	*pipes
	left atomic.Int32
}

func (l *scarce) Accept() (net.Conn, error) {
	if l.left.Add(-1) >= 0 {
		return nil, &net.OpError{Op: "accept", Err: errTooMany}
	}
	return l.pipes.Accept()
}

// Without descriptors, connections wait: who is idle makes room, replies end their
// connection, and the user is told now and then.
func TestNoDescriptors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var reported atomic.Int32
		s := &Server{Ring: ring.New(capture.Bounds{}), Problem: func(text string) {
			if strings.HasPrefix(text, "connections wait: ") && strings.Contains(text, errTooMany.Error()) {
				reported.Add(1)
			}
		}}
		l := &scarce{pipes: &pipes{accept: make(chan net.Conn), closed: make(chan struct{})}}
		served := make(chan error, 1)
		go func() { served <- s.Serve(l) }()
		idle, busy := l.dial(), l.dial()
		for _, c := range []net.Conn{idle, busy} {
			if status, last := ask(c); status != "200 OK" || last {
				t.Errorf("%s, the connection ends: %v", status, last)
			}
		}
		synctest.Wait()
		const shortage = 25 * time.Second
		l.left.Store(int32(shortage / pause))
		began := time.Now()
		l.dial() // by the Accept that waits already
		time.Sleep(pause)
		if status, last := ask(busy); status != "200 OK" || !last {
			t.Errorf("meanwhile %s, the connection ends: %v", status, last)
		}
		if _, err := idle.Read(make([]byte, 1)); err == nil || time.Since(began) < unusedFor-pause || time.Since(began) > unusedFor+pause {
			t.Errorf("the idle one was closed after %v: %v", time.Since(began), err)
		}
		if status, _ := ask(l.dial()); status != "200 OK" || time.Since(began) < shortage-time.Second {
			t.Errorf("afterwards %s after %v", status, time.Since(began))
		}
		if n := reported.Load(); n != 3 {
			t.Errorf("reported %d times in %v", n, shortage)
		}
		if err := s.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
}

// Who waits for a place when creel stops is let go.
func TestStopsWhileConnectionsWait(t *testing.T) {
	s := &Server{MaxConns: 1, Respond: capture.ResponderFunc(func(ctx context.Context, _ *capture.Exchange, _ capture.Recorder) capture.Outcome {
		<-ctx.Done()
		return capture.Outcome{Reply: capture.Reply{Status: 200}}
	})}
	synctest.Test(t, func(t *testing.T) {
		s.Ring = ring.New(capture.Bounds{})
		p := &pipes{accept: make(chan net.Conn), closed: make(chan struct{})}
		served := make(chan error, 1)
		go func() { served <- s.Serve(p) }()
		held := p.dial()
		heard := make(chan string, 1)
		go func() { status, _ := ask(held); heard <- status }()
		synctest.Wait()
		waits := p.dial()
		synctest.Wait()
		if err := s.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
		if _, err := waits.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
			t.Errorf("the one that waits: %v", err)
		}
		if got := <-heard; got != "200 OK" {
			t.Errorf("the one that is held got %s", got)
		}
	})
}

// fault plays as it is told.
type fault func(to capture.SenderConn, reply *capture.Reply) error

func (fault) Name() capture.FaultName { return "test" }
func (f fault) Play(_ context.Context, to capture.SenderConn, reply *capture.Reply) error {
	return f(to, reply)
}

// A fault writes to its sender what it likes, and what came of it is recorded.
func TestFaultsWriteAsTheyLike(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		play  fault
		want  string
		state capture.State
	}{
		{"a reply", func(to capture.SenderConn, reply *capture.Reply) error {
			to.WriteHead(418, []capture.Field{{Name: "x-a", Value: "1"}, {Name: "x-a", Value: "2"}, {Name: "Content-Length", Value: "6"}})
			reply.Status = 418
			for range 2 {
				if n, err := to.Write([]byte("tea")); n != 3 || err != nil {
					return err
				}
			}
			return nil
		}, "HTTP/1.1 418 I'm a teapot\r\nContent-Length: 6\r\nx-a: 1\r\nx-a: 2\r\n\r\nteatea", capture.StateAnswered},
		{"less than it said", func(to capture.SenderConn, reply *capture.Reply) error {
			to.WriteHead(200, []capture.Field{{Name: "Content-Length", Value: "6"}})
			reply.Status = 200
			_, _ = to.Write([]byte("tea"))
			return capture.ErrAbort
		}, "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\ntea", capture.StateAnswered},
		{"no HTTP", func(to capture.SenderConn, _ *capture.Reply) error {
			c, err := to.Hijack()
			if err != nil {
				return err
			}
			defer c.Close()
			_, err = io.WriteString(c, "garbage")
			return err
		}, "garbage", capture.StateGone},
		{"nothing", func(capture.SenderConn, *capture.Reply) error { return capture.ErrAbort }, "", capture.StateGone},
		{"a panic", func(capture.SenderConn, *capture.Reply) error { panic("bad") }, "", capture.StateGone},
	} {
		reported := make(chan string, 10)
		s := &Server{Respond: answerWith(capture.Outcome{Fault: tt.play}), Problem: func(text string) { reported <- text }}
		if got := undated(talk(t, s, start(t, s), 1, "GET / HTTP/1.1\r\nHost: h\r\n\r\n")); got != tt.want {
			t.Errorf("%s: the sender got %q, want %q", tt.name, got, tt.want)
		}
		if ex := rows(t, s.Ring, 1)[0]; ex.State != tt.state || ex.Reply.Fault != "test" {
			t.Errorf("%s: %v, fault %q", tt.name, ex.State, ex.Reply.Fault)
		}
		if tt.name != "a panic" {
			continue
		}
		if text := <-reported; !strings.HasPrefix(text, "panic while playing the fault test: bad") {
			t.Errorf("reported %q", text)
		}
	}
	if c, err := (senderConn{httptest.NewRecorder()}).Hijack(); c != nil || !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("a connection that cannot be handed over: %v, %v", c, err)
	}
}

// A body that cannot be read, or that its sender does not take, is no reply.
func TestRepliesThatFail(t *testing.T) {
	t.Parallel()
	broken := newSpool()
	broken.err = errors.New("broken")
	close(broken.pieces)
	for what, o := range map[string]capture.Outcome{
		"a stream": {Reply: capture.Reply{Status: 200}, Stream: broken},
		"a body":   {Reply: capture.Reply{Status: 200, Body: capture.ForgottenBody(9)}},
	} {
		s := &Server{Respond: answerWith(o)}
		_ = talk(t, s, start(t, s), 1, "GET / HTTP/1.1\r\nHost: h\r\n\r\n")
		if ex := rows(t, s.Ring, 1)[0]; ex.State != capture.StateGone {
			t.Errorf("%s: %v", what, ex.State)
		}
	}
}

// Of a large head that no handler had, the beginning is kept.
func TestLargeHeadsAreCut(t *testing.T) {
	t.Parallel()
	field := "X-Large: " + strings.Repeat("x", 2*headKept)
	for what, raw := range map[string]string{
		"refused": "POST / HTTP/1.1\r\nHost: h\r\nExpect: cake\r\n" + field + "\r\n\r\n",
		"cut off": "POST / HTTP/1.1\r\nHost: h\r\n" + field,
	} {
		s := &Server{}
		c, err := net.Dial("tcp", start(t, s))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(c, raw); err != nil {
			t.Fatal(err)
		}
		_ = c.(*net.TCPConn).CloseWrite()
		if q := rows(t, s.Ring, 1)[0].Request; string(q.Head) != raw[:headKept] || q.Method != "POST" {
			t.Errorf("%s: %d bytes of the head are kept, want %d", what, len(q.Head), headKept)
		}
		c.Close()
	}
}

// What net/http logs is a problem like any other, in one line.
func TestLogOfTheServer(t *testing.T) {
	var reported string
	s := &Server{Problem: func(text string) { reported = text }}
	if n, err := (problemWriter{s}).Write([]byte("http: \x1b[31m\n")); n != 12 || err != nil || !strings.HasPrefix(reported, "http: ") || strings.ContainsAny(reported, "\x1b\n") {
		t.Errorf("%d, %v: reported %q", n, err, reported)
	}
	(&Server{}).problem("no one listens")
}
