package forward

import (
	"bufio"
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"creel/capture"
)

// rawServer accepts connections and hands each to serve, which speaks bytes.
func rawServer(t testing.TB, serve func(net.Conn)) URL {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var conns sync.WaitGroup
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			conns.Go(func() {
				defer c.Close()
				serve(c)
			})
		}
	}()
	t.Cleanup(func() {
		l.Close()
		<-done
		conns.Wait()
	})
	return mustURL(t, "http://"+l.Addr().String())
}

// onceServer answers one request on each connection with these bytes, tells
// what it got on the channel, and hangs up.
func onceServer(t testing.TB, answer string) (URL, <-chan string) {
	got := make(chan string, 16)
	u := rawServer(t, func(c net.Conn) {
		r := bufio.NewReader(c)
		got <- readRequest(r)
		io.WriteString(c, answer)
	})
	return u, got
}

// readRequest reads a head and a body of the announced length, as they are.
func readRequest(r *bufio.Reader) string {
	var b strings.Builder
	length, chunked := 0, false
	for {
		line, err := r.ReadString('\n')
		b.WriteString(line)
		if err != nil || line == "\r\n" {
			break
		}
		name, value, _ := strings.Cut(strings.TrimRight(line, "\r\n"), ":")
		switch strings.ToLower(name) {
		case "content-length":
			for _, c := range strings.TrimSpace(value) {
				length = length*10 + int(c-'0')
			}
		case "transfer-encoding":
			chunked = true
		}
	}
	body := make([]byte, length)
	n, _ := io.ReadFull(r, body)
	b.Write(body[:n])
	for chunked {
		line, err := r.ReadString('\n')
		b.WriteString(line)
		chunked = err == nil && line != "\r\n" || strings.HasSuffix(b.String(), "\r\n\r\n0\r\n")
	}
	return b.String()
}

func mustURL(t testing.TB, s string) URL {
	t.Helper()
	u, err := ParseURL(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// post is a request as it could have been captured.
func post(target, body string, fields ...capture.Field) *capture.Request {
	return &capture.Request{
		Method: "POST", Target: target, Host: "hooks.example.com", Proto: "HTTP/1.1", Remote: "192.0.2.1:1234", Exact: true,
		Fields: append([]capture.Field{{Name: "Host", Value: "hooks.example.com"}}, fields...),
		Body:   capture.NewBody([]byte(body)), Size: int64(len(body)),
	}
}
