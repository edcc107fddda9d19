package server

import (
	"context"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"creel/capture"

	"creel/capture/ring"
)

// answerWith makes a Responder that always decides the same.
func answerWith(o capture.Outcome) capture.Responder {
	return capture.ResponderFunc(func(context.Context, *capture.Exchange, capture.Recorder) capture.Outcome { return o })
}

// undated takes the Date field out of an answer.
func undated(answer string) string {
	lines := strings.SplitAfter(answer, "\r\n")
	kept := lines[:0]
	for _, l := range lines {
		if !strings.HasPrefix(l, "Date: ") {
			kept = append(kept, l)
		}
	}
	return strings.Join(kept, "")
}

func TestAnswer(t *testing.T) {
	t.Parallel()
	body := func(s string) capture.Body { return capture.NewBody([]byte(s)) }
	const get = "GET / HTTP/1.1\r\nHost: h\r\n\r\n"
	for _, tt := range []struct {
		name  string
		send  string
		reply capture.Reply
		want  string
	}{
		{"nothing", get, capture.Reply{Status: 200}, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"},
		{
			"no type is made up", get,
			capture.Reply{Status: 200, Body: body("<html>")},
			"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>",
		},
		{
			"every field and value", get,
			capture.Reply{Status: 201, Fields: []capture.Field{{Name: "x-b", Value: "1"}, {Name: "Set-Cookie", Value: "a=1"}, {Name: "Set-Cookie", Value: "b=2"}, {Name: "Content-Type", Value: "x/y"}}},
			"HTTP/1.1 201 Created\r\nContent-Length: 0\r\nContent-Type: x/y\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nx-b: 1\r\n\r\n",
		},
		{
			"framing is the server's", get,
			capture.Reply{Status: 200, Fields: []capture.Field{{Name: "content-length", Value: "99"}, {Name: "Transfer-Encoding", Value: "chunked"}}, Body: body("ok")},
			"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
		},
		{
			"a line break in a value", get,
			capture.Reply{Status: 200, Fields: []capture.Field{{Name: "A", Value: "b\r\nC: d"}}},
			"HTTP/1.1 200 OK\r\nA: b  C: d\r\nContent-Length: 0\r\n\r\n",
		},
		{"204 has no body", get, capture.Reply{Status: 204, Body: body("x")}, "HTTP/1.1 204 No Content\r\n\r\n"},
		{
			"304 has no body", get,
			capture.Reply{Status: 304, Fields: []capture.Field{{Name: "Etag", Value: "7"}}, Body: body("x")},
			"HTTP/1.1 304 Not Modified\r\nEtag: 7\r\n\r\n",
		},
		{
			"304 of an app", get,
			capture.Reply{Status: 304, Fields: []capture.Field{{Name: "Content-Type", Value: "a/b"}, {Name: "Content-Length", Value: "200"}}},
			"HTTP/1.1 304 Not Modified\r\ncontent-length: 200\r\ncontent-type: a/b\r\n\r\n",
		},
		{
			"head", "HEAD / HTTP/1.1\r\nHost: h\r\n\r\n",
			capture.Reply{Status: 200, Body: body("four")},
			"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n",
		},
		{
			"head with a length of the app's", "HEAD / HTTP/1.1\r\nHost: h\r\n\r\n",
			capture.Reply{Status: 200, Fields: []capture.Field{{Name: "Content-Length", Value: "1234"}}},
			"HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n",
		},
		{
			"trailers", get,
			capture.Reply{Status: 200, Body: body("ok"), Trailers: []capture.Field{{Name: "X-Sum", Value: "1"}}},
			"HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n",
		},
		{
			"trailers of an app", get,
			capture.Reply{Status: 200, Body: body("ok"), Fields: []capture.Field{{Name: "Trailer", Value: "X-Sum"}}, Trailers: []capture.Field{{Name: "X-Sum", Value: "1"}, {Name: "x-sum", Value: "2"}}},
			"HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 1\r\nX-Sum: 2\r\n\r\n",
		},
		{"599", get, capture.Reply{Status: 599}, "HTTP/1.1 599 status code 599\r\nContent-Length: 0\r\n\r\n"},
		{"no status", get, capture.Reply{}, "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n"},
		{
			"large", get,
			capture.Reply{Status: 200, Body: body(strings.Repeat("x", 100<<10))},
			"HTTP/1.1 200 OK\r\nContent-Length: 102400\r\n\r\n" + strings.Repeat("x", 100<<10),
		},
		{
			"1.0", "GET / HTTP/1.0\r\n\r\n",
			capture.Reply{Status: 200, Body: body("ok")},
			"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := &Server{Respond: answerWith(capture.Outcome{Reply: tt.reply})}
			got := undated(talk(t, s, start(t, s), 1, tt.send))
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("answer (-want +got):\n%s", diff)
			}
			if ex := rows(t, s.Ring, 1)[0]; ex.State != capture.StateAnswered || ex.Reply.Took <= 0 {
				t.Errorf("the row is %v after %v, want answered", ex.State, ex.Reply.Took)
			}
		})
	}
}

// whole is a body that is there at once, as a stream.
type whole string

func (b whole) Copy(_ context.Context, to io.Writer, _ *capture.Reply) error {
	_, err := io.WriteString(to, string(b))
	return err
}

func (whole) Close() {}

// However an app spells a name, the sender gets the field once, and nothing is added
// that the app said already.
func TestSpellingOfNames(t *testing.T) {
	t.Parallel()
	for _, spell := range []func(string) string{strings.ToLower, strings.ToUpper, func(s string) string { return s }} {
		fields := []capture.Field{
			{Name: spell("Content-Type"), Value: "application/json"},
			{Name: spell("Date"), Value: "Sun, 29 Nov 2026 02:43:25 GMT"},
			{Name: spell("Content-Length"), Value: "2"},
			{Name: spell("Connection"), Value: "close"},
			{Name: spell("Server"), Value: "s"},
		}
		for name, o := range map[string]capture.Outcome{
			"whole":    {Reply: capture.Reply{Status: 200, Fields: fields, Body: capture.NewBody([]byte("{}"))}},
			"streamed": {Reply: capture.Reply{Status: 200, Fields: fields}, Stream: whole("{}")},
		} {
			s := &Server{Respond: answerWith(o)}
			head, body, _ := strings.Cut(talk(t, s, start(t, s), 1, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n"), "\r\n\r\n")
			lines := strings.Split(head, "\r\n")[1:]
			for _, f := range fields {
				if n := slices.IndexFunc(lines, func(l string) bool { return strings.EqualFold(l, f.Name+": "+f.Value) }); n < 0 {
					t.Errorf("%s, %s: it is not there:\n%s", name, f.Name, head)
				}
			}
			if len(lines) != len(fields) || body != "{}" {
				t.Errorf("%s, %s: %d fields and the body %q:\n%s", name, fields[0].Name, len(lines), body, head)
			}
		}
	}
}

func TestDrop(t *testing.T) {
	t.Parallel()
	s := &Server{Respond: answerWith(capture.Outcome{Drop: true, Reply: capture.Reply{By: "hold"}})}
	if got := talk(t, s, start(t, s), 1, "GET / HTTP/1.1\r\nHost: h\r\n\r\n"); got != "" {
		t.Errorf("dropped, but answered %q", got)
	}
	if ex := rows(t, s.Ring, 1)[0]; ex.State != capture.StateGone || ex.Reply.By != "hold" {
		t.Errorf("row is %v by %q, want gone by hold", ex.State, ex.Reply.By)
	}
}

type garbage struct{}

func (garbage) Name() capture.FaultName { return "garbage" }

func (garbage) Play(_ context.Context, to capture.SenderConn, _ *capture.Reply) error {
	c, err := to.Hijack()
	if err != nil {
		return err
	}
	_, _ = io.WriteString(c, "garbage")
	return c.Close()
}

type abort struct{ panic any }

func (abort) Name() capture.FaultName { return "abort" }

func (a abort) Play(context.Context, capture.SenderConn, *capture.Reply) error {
	if a.panic != nil {
		panic(a.panic)
	}
	return capture.ErrAbort
}

func TestFault(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		fault    capture.Fault
		want     string
		reported bool
	}{
		{garbage{}, "garbage", false},
		{abort{}, "", false},
		{abort{errors.New("bug")}, "", true},
	} {
		reported := make(chan string, 10)
		s := &Server{
			Respond: answerWith(capture.Outcome{Fault: tt.fault, Reply: capture.Reply{By: "fault"}}),
			Problem: func(text string) { reported <- text },
		}
		if got := talk(t, s, start(t, s), 1, "GET / HTTP/1.1\r\nHost: h\r\n\r\n"); got != tt.want {
			t.Errorf("%s: the sender got %q, want %q", tt.fault.Name(), got, tt.want)
		}
		if ex := rows(t, s.Ring, 1)[0]; ex.Reply.Fault != tt.fault.Name() || ex.State != capture.StateGone {
			t.Errorf("%s: the row says %q, %s", tt.fault.Name(), ex.Reply.Fault, ex.State)
		}
		if (len(reported) > 0) != tt.reported {
			t.Errorf("%s: %d problems reported", tt.fault.Name(), len(reported))
		}
	}
}

func TestPanicWhileAnswering(t *testing.T) {
	t.Parallel()
	reported := make(chan string, 10)
	s := &Server{
		Identify: func(*capture.Exchange) { panic("identify") },
		Respond: capture.ResponderFunc(func(_ context.Context, ex *capture.Exchange, _ capture.Recorder) capture.Outcome {
			if ex.Request.Target == "/bad" {
				panic("respond\x1b[2J")
			}
			return capture.Outcome{Reply: capture.Reply{Status: 204}}
		}),
		Problem: func(text string) { reported <- text },
	}
	addr := start(t, s)
	got := undated(talk(t, s, addr, 2, "GET /bad HTTP/1.1\r\nHost: h\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n"))
	want := "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 45\r\nContent-Type: text/plain; charset=utf-8\r\n" +
		"X-Content-Type-Options: nosniff\r\n\r\ncreel: an error in creel, not in the request\nHTTP/1.1 204 No Content\r\n\r\n"
	if got != want {
		t.Errorf("answers %q, want %q", got, want)
	}
	for _, want := range []string{"identify", "respond␛[2J", "identify"} {
		if text := <-reported; !strings.Contains(text, want) {
			t.Errorf("problem %q, want one with %q", text, want)
		}
	}
	if all := rows(t, s.Ring, 2); all[0].Reply.Status != 500 || all[0].Reply.By != "error" {
		t.Errorf("the row says %d by %s", all[0].Reply.Status, all[0].Reply.By)
	}
}

// TestSenderLeaves: a sender that closes its side with its request waits for the
// reply, one that closes it later has left.
func TestSenderLeaves(t *testing.T) {
	for _, tt := range []struct {
		after time.Duration
		left  bool
	}{{0, false}, {halfCloseWithin - 1, false}, {halfCloseWithin, true}, {time.Minute, true}} {
		var left chan bool
		s := &Server{Respond: capture.ResponderFunc(func(ctx context.Context, _ *capture.Exchange, rec capture.Recorder) capture.Outcome {
			rec.SetState(ctx, capture.StateHeld)
			hold := time.NewTimer(2 * time.Minute)
			select {
			case <-ctx.Done():
				left <- true
			case <-hold.C:
				left <- false
			}
			rec.AddAttempt(&capture.Attempt{To: "http://app"})
			return capture.Outcome{Reply: capture.Reply{Status: 201, By: "forward"}}
		})}
		bubble(t, s, func(t *testing.T, dial func() net.Conn) {
			left = make(chan bool, 1)
			c := dial()
			_, _ = io.WriteString(c, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\na")
			synctest.Wait()
			time.Sleep(tt.after)
			_ = c.Close()
			if got := <-left; got != tt.left {
				t.Errorf("closed after %v: left %v, want %v", tt.after, got, tt.left)
			}
			synctest.Wait()
			want := capture.StateAnswered
			if tt.left {
				want = capture.StateGone
			}
			ex := s.Ring.Snapshot()[0]
			if ex.State != want || ex.Reply.Status != 201 || len(ex.Attempts) != 1 {
				t.Errorf("closed after %v: %v, %d, %d attempts, want %v, 201, 1", tt.after, ex.State, ex.Reply.Status, len(ex.Attempts), want)
			}
		})
	}
}

// TestHalfClose: the reply reaches a sender that has closed its side, for all that it
// asked, with whatever body.
func TestHalfClose(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{
		"GET / HTTP/1.1\r\nHost: h\r\n\r\n",
		"GET / HTTP/1.0\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi",
		"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: h\r\n\r\nPOST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\na",
	} {
		asked := strings.Count(raw, "Host: h") + strings.Count(raw, "HTTP/1.0")
		s := &Server{Respond: capture.ResponderFunc(func(ctx context.Context, _ *capture.Exchange, rec capture.Recorder) capture.Outcome {
			wait := time.NewTimer(50 * time.Millisecond) // for the end of what the sender sends to arrive
			select {
			case <-ctx.Done():
			case <-wait.C:
			}
			return capture.Outcome{Reply: capture.Reply{Status: 201}}
		})}
		c, err := net.Dial("tcp", start(t, s))
		if err != nil {
			t.Fatal(err)
		}
		_ = c.SetDeadline(time.Now().Add(10 * time.Second))
		_, _ = io.WriteString(c, raw)
		_ = c.(*net.TCPConn).CloseWrite()
		all, err := io.ReadAll(c)
		c.Close()
		if strings.Count(string(all), " 201 ") != asked || err != nil {
			t.Errorf("%q: the sender got %q, %v", raw, all, err)
		}
		for _, ex := range rows(t, s.Ring, asked) {
			if ex.State != capture.StateAnswered {
				t.Errorf("%q: %v", raw, ex.State)
			}
		}
	}
}

func TestShutdownEndsHolds(t *testing.T) {
	t.Parallel()
	held := make(chan struct{})
	s := &Server{Ring: ring.New(capture.Bounds{}), Respond: capture.ResponderFunc(func(ctx context.Context, _ *capture.Exchange, _ capture.Recorder) capture.Outcome {
		close(held)
		<-ctx.Done()
		if !errors.Is(context.Cause(ctx), capture.ErrStopping) {
			t.Errorf("the context ended because of %v", context.Cause(ctx))
		}
		return capture.Outcome{Reply: capture.Reply{Status: 202, By: "default"}}
	})}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	silent, err := net.Dial("tcp", l.Addr().String()) // must not delay the end
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	answer := make(chan string)
	go func() { answer <- talk(t, s, l.Addr().String(), 1, "GET / HTTP/1.1\r\nHost: h\r\n\r\n") }()
	<-held
	began := time.Now()
	if err := s.Shutdown(context.Background()); err != nil {
		t.Error(err)
	}
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("shutting down took %v", took)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
	if got := <-answer; !strings.HasPrefix(got, "HTTP/1.1 202") {
		t.Errorf("the held sender got %q", got)
	}
	if ex := rows(t, s.Ring, 1)[0]; ex.State != capture.StateAnswered {
		t.Errorf("the row is %v, want answered", ex.State)
	}
}

// A state that the responder sets is in the history while it decides; then it is what the
// sender heard.
func TestStateWhileItDecides(t *testing.T) {
	s := &Server{}
	s.Respond = capture.ResponderFunc(func(ctx context.Context, _ *capture.Exchange, rec capture.Recorder) capture.Outcome {
		id, err := rec.Committed(ctx)
		if err != nil {
			t.Error(err)
		}
		for _, state := range []capture.State{capture.StateHeld, capture.StateWaiting} {
			rec.SetState(ctx, state)
			if ex, ok := s.Ring.Get(id); !ok || ex.State != state {
				t.Errorf("it is %v, want %v", ex.State, state)
			}
		}
		return capture.Outcome{Reply: capture.Reply{Status: 200}}
	})
	addr := start(t, s)
	talk(t, s, addr, 1, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
	if ex := rows(t, s.Ring, 1)[0]; ex.State != capture.StateAnswered {
		t.Errorf("it is %v in the end", ex.State)
	}
}
