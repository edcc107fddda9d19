package server

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"creel/capture/ring"

	"creel/capture"
)

// pipes is a listener in memory, so that time can be made up.
type pipes struct {
	accept chan net.Conn
	closed chan struct{}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.accept:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}
func (p *pipes) Close() error   { close(p.closed); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1} }

func (p *pipes) dial() net.Conn {
	near, far := net.Pipe()
	p.accept <- halfCloser{far}
	return near
}

// halfCloser is a pipe with a CloseWrite that does nothing.
type halfCloser struct{ net.Conn }

func (halfCloser) CloseWrite() error { return nil }

// bubble serves s in memory while f runs, with time made up.
func bubble(t *testing.T, s *Server, f func(t *testing.T, dial func() net.Conn)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s.Ring = ring.New(capture.Bounds{})
		p := &pipes{accept: make(chan net.Conn), closed: make(chan struct{})}
		served := make(chan error, 1)
		go func() { served <- s.Serve(p) }()
		f(t, p.dial)
		if err := s.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
}

// drip writes text in steps of n bytes, with a pause after each, until the
// connection closes or the text ends.
func drip(c net.Conn, text string, n int, pause time.Duration) {
	for len(text) > 0 {
		k := min(n, len(text))
		if _, err := io.WriteString(c, text[:k]); err != nil {
			return
		}
		text = text[k:]
		time.Sleep(pause)
	}
}

func TestSlowSenders(t *testing.T) {
	head := func(n int) string {
		return fmt.Sprintf("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n", n)
	}
	long := strings.Repeat("x", 100<<10)
	for _, tt := range []struct {
		name   string
		send   func(c net.Conn)
		answer string
		after  time.Duration
		row    string // flags, or none when empty
	}{
		{"nothing", func(net.Conn) {}, "", headerTime, ""},
		{"head, three bytes a second", func(c net.Conn) {
			drip(c, "GET / HTTP/1.1\r\nHost: "+long, 1, time.Second/3)
		}, "", headerTime, "head incomplete"},
		{"head in one piece, then nothing", func(c net.Conn) {
			drip(c, "GET / HTTP/1.1\r\nHost: h\r\n", 100, 0)
		}, "", headerTime, "head incomplete"},
		{"no body", func(c net.Conn) { drip(c, head(10), 1000, 0) }, "HTTP/1.1 408", bodyGrace, "incomplete"},
		{"body, a byte a second", func(c net.Conn) {
			drip(c, head(1000), 1000, 0)
			drip(c, long, 1, time.Second)
		}, "HTTP/1.1 408", bodyGrace, "incomplete"},
		{"body that stops after much", func(c net.Conn) {
			drip(c, head(200<<10), 1000, 0)
			drip(c, long, len(long), 0)
		}, "HTTP/1.1 408", idleTime, "incomplete"},
		{"body at 2 KiB/s", func(c net.Conn) {
			drip(c, head(len(long)), 1000, 0)
			drip(c, long, 2<<10, time.Second)
		}, "HTTP/1.1 200", 49*time.Second + idleTime, "-"},
		{"idle after an answer", func(c net.Conn) { drip(c, "GET / HTTP/1.1\r\nHost: h\r\n\r\n", 1000, 0) }, "HTTP/1.1 200", idleTime, "-"},
		{"unknown Expect, then nothing", func(c net.Conn) {
			drip(c, "POST / HTTP/1.1\r\nHost: h\r\nExpect: cake\r\nContent-Length: 9\r\n\r\n", 1000, 0)
		}, "HTTP/1.1 417", refusedWait, "head"},
		{"short first line", func(c net.Conn) { drip(c, "HI\r\n\r\n", 100, 0) }, "HTTP/1.1 400", 0, "head"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := &Server{}
			bubble(t, s, func(t *testing.T, dial func() net.Conn) {
				c := dial()
				began := time.Now()
				var sending sync.WaitGroup
				sending.Go(func() { tt.send(c) })
				all, _ := io.ReadAll(c)
				after := time.Since(began)
				c.Close()
				sending.Wait()
				if d := after - tt.after; d < 0 || d > time.Second || !strings.HasPrefix(string(all), tt.answer) || tt.answer == "" && len(all) > 0 {
					t.Errorf("closed after %v with %q, want %v and %q", after, all, tt.after, tt.answer)
				}
				synctest.Wait()
				rows := s.Ring.Snapshot()
				switch {
				case tt.row == "" && len(rows) > 0:
					t.Errorf("a row: %+v", describe(rows[0]))
				case tt.row != "" && len(rows) != 1:
					t.Errorf("%d rows", len(rows))
				case tt.row != "" && (rows[0].State == capture.StateAnswered) != (tt.answer != ""):
					t.Errorf("the row is %v", rows[0].State)
				case tt.row != "":
					flags := describe(rows[0]).Flags
					if flags == "" {
						flags = "-"
					}
					if want := strings.Fields(tt.row); len(want) != len(strings.Fields(flags)) || !strings.Contains(flags, want[0]) {
						t.Errorf("the row is %q, want %q", flags, tt.row)
					}
				}
			})
		})
	}
}

func TestInflight(t *testing.T) {
	s := &Server{Inflight: capture.NewBudget(64 << 10)}
	bubble(t, s, func(t *testing.T, dial func() net.Conn) {
		const head = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 60000\r\n\r\n"
		first, second := dial(), dial()
		_, _ = io.WriteString(first, head)
		synctest.Wait()
		began := time.Now()
		go io.WriteString(second, head)
		res, err := http.ReadResponse(bufio.NewReader(second), nil)
		if err != nil {
			t.Fatal(err)
		}
		if res.StatusCode != 503 || res.Header.Get("Retry-After") == "" || time.Since(began) != 5*time.Second {
			t.Errorf("answered %s, retry after %q, in %v", res.Status, res.Header.Get("Retry-After"), time.Since(began))
		}
		second.Close()
		// The first gives back when it is done.
		go io.WriteString(first, strings.Repeat("x", 60000))
		if res, err = http.ReadResponse(bufio.NewReader(first), nil); err != nil || res.StatusCode != 200 {
			t.Errorf("the first was answered %v, %v", res, err)
		}
		first.Close()
		synctest.Wait()
		if !s.Inflight.TryTake(64 << 10) {
			t.Error("not all bytes were given back")
		}
	})
}

func TestMaxConns(t *testing.T) {
	s := &Server{MaxConns: 2}
	bubble(t, s, func(t *testing.T, dial func() net.Conn) {
		ask := func(c net.Conn) string {
			go io.WriteString(c, "GET / HTTP/1.1\r\nHost: h\r\n\r\n")
			res, err := http.ReadResponse(bufio.NewReader(c), nil)
			if err != nil {
				return err.Error()
			}
			return res.Status
		}
		idle, busy := dial(), dial()
		if got := ask(idle); got != "200 OK" {
			t.Fatal(got)
		}
		began := time.Now()
		third := make(chan net.Conn)
		go func() { third <- dial() }()
		// While one waits, answers end their connection.
		time.Sleep(pause)
		if got := ask(busy); got != "200 OK" {
			t.Errorf("the one that was not idle got %s", got)
		}
		if _, err := busy.Read(make([]byte, 1)); err == nil || time.Since(began) >= unusedFor {
			t.Errorf("the busy one was not closed after its answer: %v", err)
		}
		// The third has its place. A fourth takes that of the one that is idle.
		if got := ask(<-third); got != "200 OK" {
			t.Errorf("the third got %s", got)
		}
		if got := ask(dial()); got != "200 OK" {
			t.Errorf("the fourth got %s", got)
		}
		if _, err := idle.Read(make([]byte, 1)); err == nil || time.Since(began) < unusedFor {
			t.Errorf("the idle one was closed after %v, %v", time.Since(began), err)
		}
	})
}

func TestSlowHeadsMakeRoom(t *testing.T) {
	s := &Server{MaxConns: 3}
	bubble(t, s, func(t *testing.T, dial func() net.Conn) {
		var slow []net.Conn
		for range 3 {
			c := dial()
			drip(c, "GET / HTTP/1.1\r\n", 1000, 0)
			slow = append(slow, c)
		}
		began := time.Now()
		c := dial()
		go io.WriteString(c, "GET / HTTP/1.1\r\nHost: h\r\n\r\n")
		res, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil || res.StatusCode != 200 || time.Since(began) > unusedFor+pause {
			t.Errorf("answered %v after %v: %v", res, time.Since(began), err)
		}
		for _, c := range append(slow, c) {
			c.Close()
		}
	})
}

func TestSlowBodiesMakeRoom(t *testing.T) {
	s := &Server{MaxConns: 1}
	bubble(t, s, func(t *testing.T, dial func() net.Conn) {
		slow := dial()
		var sending sync.WaitGroup
		sending.Go(func() {
			drip(slow, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9000000\r\n\r\n", 1000, 0)
			drip(slow, strings.Repeat("x", 9_000_000), 2<<10, time.Second)
		})
		time.Sleep(time.Minute) // faster than it must be
		began := time.Now()
		c := dial()
		sending.Go(func() { _, _ = io.WriteString(c, "GET / HTTP/1.1\r\nHost: h\r\n\r\n") })
		res, err := http.ReadResponse(bufio.NewReader(slow), nil)
		if err != nil || res.StatusCode != http.StatusRequestTimeout {
			t.Errorf("the slow one was answered %v: %v", res, err)
		}
		slow.Close()
		res, err = http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil || res.StatusCode != 200 || time.Since(began) > scarceGrace {
			t.Errorf("answered %v after %v: %v", res, time.Since(began), err)
		}
		c.Close()
		sending.Wait()
	})
}

// TestHeldAfterSlowBody: the deadline of a body that came in pieces does not end the
// request while it is held.
func TestHeldAfterSlowBody(t *testing.T) {
	var left chan bool
	s := &Server{Respond: capture.ResponderFunc(func(ctx context.Context, _ *capture.Exchange, _ capture.Recorder) capture.Outcome {
		hold := time.NewTimer(time.Hour)
		select {
		case <-ctx.Done():
			left <- true
		case <-hold.C:
			left <- false
		}
		return capture.Outcome{Reply: capture.Reply{Status: 200}}
	})}
	bubble(t, s, func(t *testing.T, dial func() net.Conn) {
		left = make(chan bool, 1)
		c := dial()
		drip(c, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\na", 1000, time.Second)
		drip(c, "b", 1, 0)
		if <-left {
			t.Error("the request ended although its sender waits")
		}
		_ = c.Close()
	})
}
