package capture

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// answerWith makes a Responder that always decides the same.
func answerWith(o Outcome) Responder {
	return ResponderFunc(func(context.Context, *Exchange, Recorder) Outcome { return o })
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
	body := func(s string) Body { return NewBody([]byte(s)) }
	const get = "GET / HTTP/1.1\r\nHost: h\r\n\r\n"
	for _, tt := range []struct {
		name  string
		send  string
		reply Reply
		want  string
	}{
		{"nothing", get, Reply{Status: 200}, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"},
		{
			"no type is made up", get,
			Reply{Status: 200, Body: body("<html>")},
			"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>",
		},
		{
			"every field and value", get,
			Reply{Status: 201, Fields: []Field{{"x-b", "1"}, {"Set-Cookie", "a=1"}, {"Set-Cookie", "b=2"}, {"Content-Type", "x/y"}}},
			"HTTP/1.1 201 Created\r\nContent-Length: 0\r\nContent-Type: x/y\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nx-b: 1\r\n\r\n",
		},
		{
			"framing is the server's", get,
			Reply{Status: 200, Fields: []Field{{"content-length", "99"}, {"Transfer-Encoding", "chunked"}}, Body: body("ok")},
			"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
		},
		{
			"a line break in a value", get,
			Reply{Status: 200, Fields: []Field{{"A", "b\r\nC: d"}}},
			"HTTP/1.1 200 OK\r\nA: b  C: d\r\nContent-Length: 0\r\n\r\n",
		},
		{"204 has no body", get, Reply{Status: 204, Body: body("x")}, "HTTP/1.1 204 No Content\r\n\r\n"},
		{
			"304 has no body", get,
			Reply{Status: 304, Fields: []Field{{"Etag", "7"}}, Body: body("x")},
			"HTTP/1.1 304 Not Modified\r\nEtag: 7\r\n\r\n",
		},
		{
			"head", "HEAD / HTTP/1.1\r\nHost: h\r\n\r\n",
			Reply{Status: 200, Body: body("four")},
			"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n",
		},
		{
			"head with a length of the app's", "HEAD / HTTP/1.1\r\nHost: h\r\n\r\n",
			Reply{Status: 200, Fields: []Field{{"Content-Length", "1234"}}},
			"HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n",
		},
		{
			"trailers", get,
			Reply{Status: 200, Body: body("ok"), Trailers: []Field{{"X-Sum", "1"}}},
			"HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n",
		},
		{
			"trailers of an app", get,
			Reply{Status: 200, Body: body("ok"), Fields: []Field{{"Trailer", "X-Sum"}}, Trailers: []Field{{"X-Sum", "1"}, {"x-sum", "2"}}},
			"HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 1\r\nX-Sum: 2\r\n\r\n",
		},
		{"599", get, Reply{Status: 599}, "HTTP/1.1 599 status code 599\r\nContent-Length: 0\r\n\r\n"},
		{"no status", get, Reply{}, "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n"},
		{
			"large", get,
			Reply{Status: 200, Body: body(strings.Repeat("x", 100<<10))},
			"HTTP/1.1 200 OK\r\nContent-Length: 102400\r\n\r\n" + strings.Repeat("x", 100<<10),
		},
		{
			"1.0", "GET / HTTP/1.0\r\n\r\n",
			Reply{Status: 200, Body: body("ok")},
			"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := &Server{Respond: answerWith(Outcome{Reply: tt.reply})}
			got := undated(talk(t, s, start(t, s), 1, tt.send))
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("answer (-want +got):\n%s", diff)
			}
			if ex := rows(t, s.Ring, 1)[0]; ex.State != StateAnswered || ex.Reply.Took <= 0 {
				t.Errorf("the row is %v after %v, want answered", ex.State, ex.Reply.Took)
			}
		})
	}
}

func TestDrop(t *testing.T) {
	t.Parallel()
	s := &Server{Respond: answerWith(Outcome{Drop: true, Reply: Reply{By: "hold"}})}
	if got := talk(t, s, start(t, s), 1, "GET / HTTP/1.1\r\nHost: h\r\n\r\n"); got != "" {
		t.Errorf("dropped, but answered %q", got)
	}
	if ex := rows(t, s.Ring, 1)[0]; ex.State != StateGone || ex.Reply.By != "hold" {
		t.Errorf("row is %v by %q, want gone by hold", ex.State, ex.Reply.By)
	}
}

type garbage struct{}

func (garbage) Name() string { return "garbage" }

func (garbage) Play(_ context.Context, w http.ResponseWriter, _ *Reply) {
	c, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(err)
	}
	_, _ = io.WriteString(c, "garbage")
	_ = c.Close()
}

type abort struct{ with any }

func (abort) Name() string                                        { return "abort" }
func (a abort) Play(context.Context, http.ResponseWriter, *Reply) { panic(a.with) }

func TestFault(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		fault Fault
		want  string
		told  bool
	}{
		{garbage{}, "garbage", false},
		{abort{http.ErrAbortHandler}, "", false},
		{abort{errors.New("bug")}, "", true},
	} {
		told := make(chan string, 10)
		s := &Server{
			Respond: answerWith(Outcome{Fault: tt.fault, Reply: Reply{By: "fault"}}),
			Problem: func(text string) { told <- text },
		}
		if got := talk(t, s, start(t, s), 1, "GET / HTTP/1.1\r\nHost: h\r\n\r\n"); got != tt.want {
			t.Errorf("%s: the sender got %q, want %q", tt.fault.Name(), got, tt.want)
		}
		if ex := rows(t, s.Ring, 1)[0]; ex.Reply.Fault != tt.fault.Name() || ex.State != StateGone {
			t.Errorf("%s: the row says %q, %s", tt.fault.Name(), ex.Reply.Fault, ex.State)
		}
		if (len(told) > 0) != tt.told {
			t.Errorf("%s: %d problems told", tt.fault.Name(), len(told))
		}
	}
}

func TestPanicWhileAnswering(t *testing.T) {
	t.Parallel()
	told := make(chan string, 10)
	s := &Server{
		Identify: func(*Exchange) { panic("identify") },
		Respond: ResponderFunc(func(_ context.Context, ex *Exchange, _ Recorder) Outcome {
			if ex.Request.Target == "/bad" {
				panic("respond\x1b[2J")
			}
			return Outcome{Reply: Reply{Status: 204}}
		}),
		Problem: func(text string) { told <- text },
	}
	addr := start(t, s)
	got := undated(talk(t, s, addr, 2, "GET /bad HTTP/1.1\r\nHost: h\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n"))
	want := "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 45\r\nContent-Type: text/plain; charset=utf-8\r\n" +
		"X-Content-Type-Options: nosniff\r\n\r\ncreel: an error in creel, not in the request\nHTTP/1.1 204 No Content\r\n\r\n"
	if got != want {
		t.Errorf("answers %q, want %q", got, want)
	}
	for _, want := range []string{"identify", "respond␛[2J", "identify"} {
		if text := <-told; !strings.Contains(text, want) {
			t.Errorf("problem %q, want one with %q", text, want)
		}
	}
	if all := rows(t, s.Ring, 2); all[0].Reply.Status != 500 || all[0].Reply.By != "error" {
		t.Errorf("the row says %d by %s", all[0].Reply.Status, all[0].Reply.By)
	}
}

func TestSenderLeaves(t *testing.T) {
	t.Parallel()
	left := make(chan struct{})
	s := &Server{Respond: ResponderFunc(func(ctx context.Context, _ *Exchange, rec Recorder) Outcome {
		rec.SetState(ctx, StateHeld)
		<-ctx.Done() // the sender
		close(left)
		rec.AddAttempt(&Attempt{To: "http://app"})
		return Outcome{Reply: Reply{Status: 201, By: "forward"}}
	})}
	c, err := net.Dial("tcp", start(t, s))
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(c, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\na")
	for len(s.Ring.Snapshot()) == 0 || s.Ring.Snapshot()[0].State != StateHeld {
		time.Sleep(time.Millisecond)
	}
	_ = c.Close()
	<-left
	ex := settled(t, s.Ring, func(ex *Exchange) bool { return ex.Reply.Status != 0 })
	if ex.State != StateGone || ex.Reply.Status != 201 || len(ex.Attempts) != 1 {
		t.Errorf("row is %v, %d, %d attempts, want gone, 201, 1", ex.State, ex.Reply.Status, len(ex.Attempts))
	}
}

// settled waits until the only row is as wanted.
func settled(t *testing.T, r *Ring, ok func(*Exchange) bool) *Exchange {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	woken := r.Watch(ctx)
	for {
		if all := r.Snapshot(); len(all) == 1 && ok(all[0]) {
			return all[0]
		}
		if _, open := <-woken; !open {
			t.Fatal("the row did not come to that within 5 s")
		}
	}
}

func TestShutdownEndsHolds(t *testing.T) {
	t.Parallel()
	held := make(chan struct{})
	s := &Server{Ring: NewRing(Bounds{}), Respond: ResponderFunc(func(ctx context.Context, _ *Exchange, _ Recorder) Outcome {
		close(held)
		<-ctx.Done()
		if !errors.Is(context.Cause(ctx), ErrStopping) {
			t.Errorf("the context ended because of %v", context.Cause(ctx))
		}
		return Outcome{Reply: Reply{Status: 202, By: "default"}}
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
	if ex := rows(t, s.Ring, 1)[0]; ex.State != StateAnswered {
		t.Errorf("the row is %v, want answered", ex.State)
	}
}
