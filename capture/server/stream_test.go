package server

import (
	"bufio"
	"context"
	"io"
	"net"
	"strings"
	"testing"

	"creel/capture"
)

// spool is a body that comes in pieces.
type spool struct {
	pieces   chan string // closed at the end
	err      error       // of Copy
	trailers []capture.Field
	closed   chan bool
}

func newSpool() *spool { return &spool{pieces: make(chan string, 10), closed: make(chan bool, 10)} }

func (s *spool) Copy(_ context.Context, to io.Writer, reply *capture.Reply) error {
	var all strings.Builder
	for p := range s.pieces {
		all.WriteString(p)
		if _, err := io.WriteString(to, p); err != nil {
			return err
		}
	}
	reply.Body, reply.Trailers = capture.NewBody([]byte(all.String())), s.trailers
	return s.err
}

func (s *spool) Close() { s.closed <- true }

// The head goes out before there is a body, each piece when it is there.
func TestStreamedReply(t *testing.T) {
	t.Parallel()
	body := newSpool()
	body.trailers = []capture.Field{{Name: "X-Sum", Value: "1"}, {Name: "X-Sum", Value: "2"}}
	s := &Server{Respond: answerWith(capture.Outcome{
		Reply: capture.Reply{Status: 201, Fields: []capture.Field{{Name: "x-b", Value: "1"}}}, Stream: body,
	})}
	c, err := net.Dial("tcp", start(t, s))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	io.WriteString(c, "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
	r := bufio.NewReader(c)
	read := func(n int) string {
		var b strings.Builder
		for range n {
			line, err := r.ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			b.WriteString(line)
		}
		return b.String()
	}
	if head := undated(read(6)); head != "HTTP/1.1 201 Created\r\nx-b: 1\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n" {
		t.Errorf("%q", head)
	}
	for _, p := range []string{"one", "two"} {
		body.pieces <- p
		if got := read(2); got != "3\r\n"+p+"\r\n" {
			t.Errorf("%q", got)
		}
	}
	close(body.pieces)
	if rest, _ := io.ReadAll(r); string(rest) != "0\r\nX-Sum: 1\r\nX-Sum: 2\r\n\r\n" {
		t.Errorf("%q", rest)
	}
	ex := rows(t, s.Ring, 1)[0]
	if b, _ := ex.Reply.Body.Bytes(t.Context()); ex.State != capture.StateAnswered || string(b) != "onetwo" || len(ex.Reply.Trailers) != 2 {
		t.Errorf("%v %q %v", ex.State, b, ex.Reply.Trailers)
	}
	<-body.closed
}

// The length that is known beforehand is kept; a body that ends too early ends the
// connection.
func TestStreamEndsEarly(t *testing.T) {
	t.Parallel()
	body := newSpool()
	body.err = capture.ErrAbort
	body.pieces <- "0123"
	close(body.pieces)
	s := &Server{Respond: answerWith(capture.Outcome{
		Reply: capture.Reply{Status: 200, Fields: []capture.Field{{Name: "Content-Length", Value: "10"}}}, Stream: body,
	})}
	got := undated(talk(t, s, start(t, s), 1, "GET / HTTP/1.1\r\nHost: h\r\n\r\n"))
	if got != "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123" {
		t.Errorf("%q", got)
	}
	if ex := rows(t, s.Ring, 1)[0]; ex.State != capture.StateAnswered {
		t.Errorf("%v", ex.State)
	}
}
