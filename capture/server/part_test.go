package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"creel/capture"
)

// TestPartsAreNotResponded: of a body that is too large exactly 64 KiB are kept, or what
// the limit allows, and neither such a request nor one that is cut short reaches the
// responder, which would answer a handshake or forward it.
func TestPartsAreNotResponded(t *testing.T) {
	const kib64 = 64 << 10
	for _, tt := range []struct {
		name              string
		max, body, sent   int
		chunked           bool
		status, kept      int
		trunc, incomplete bool
	}{
		{"exactly the limit", 100_000, 100_000, 100_000, false, 200, 100_000, false, false},
		{"one byte more", 100_000, 100_001, 100_001, false, 413, kib64, true, false},
		{"no more is waited for", 100_000, 100_001, kib64, false, 413, kib64, true, false},
		{"a limit of 64 KiB", kib64, kib64 + 1, kib64 + 1, false, 413, kib64, true, false},
		{"a limit below 64 KiB", 100, 101, 101, false, 413, 100, true, false},
		{"chunks, exactly the limit", 100_000, 100_000, 100_000, true, 200, 100_000, false, false},
		{"chunks, one byte more", 100_000, 100_001, 100_001, true, 413, kib64, true, false},
		{"chunks above a limit below 64 KiB", 100, 101, 101, true, 413, 100, true, false},
		{"cut short", 100_000, 10, 9, false, 400, 9, false, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var asked atomic.Int32
			s := &Server{MaxBody: int64(tt.max), Respond: capture.ResponderFunc(func(context.Context, *capture.Exchange, capture.Recorder) capture.Outcome {
				asked.Add(1)
				return capture.Outcome{Reply: capture.Reply{Status: 200}}
			})}
			addr := start(t, s)
			raw := fmt.Sprintf("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", tt.body, strings.Repeat("x", tt.sent))
			if tt.chunked {
				raw = fmt.Sprintf("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", tt.body, strings.Repeat("x", tt.sent))
			}
			if tt.incomplete {
				half(t, addr, raw)
			} else {
				talk(t, s, addr, 1, raw)
			}
			ex := rows(t, s.Ring, 1)[0]
			body, err := ex.Request.Body.Bytes(t.Context())
			if err != nil || len(body) != tt.kept || ex.Request.Truncated != tt.trunc || ex.Request.Incomplete != tt.incomplete {
				t.Errorf("kept %d, truncated %v, incomplete %v; %v", len(body), ex.Request.Truncated, ex.Request.Incomplete, err)
			}
			if got := asked.Load() == 1; got != (tt.status == 200) || tt.status != 400 && ex.Reply.Status != tt.status {
				t.Errorf("the responder was asked: %v; the reply is %d", got, ex.Reply.Status)
			}
		})
	}
}

// half writes raw bytes and closes the connection.
func half(t *testing.T, addr, raw string) {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(c, raw); err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestHalfClosedEnds: a read that waits for the reply, as the sender has closed its side,
// ends when the connection closes and when its deadline has passed.
func TestHalfClosedEnds(t *testing.T) {
	for name, end := range map[string]func(c *conn){
		"closed":   func(c *conn) { _ = c.Close() },
		"deadline": func(c *conn) { _ = c.SetReadDeadline(time.Now()) },
	} {
		synctest.Test(t, func(t *testing.T) {
			near, far := net.Pipe()
			c := (&Server{}).newConn(far, nil)
			go func() {
				_, _ = io.WriteString(near, "GET / HTTP/1.1\r\nHost: h\r\n\r\n")
				_ = near.Close()
			}()
			if _, err := c.Read(make([]byte, 1<<10)); err != nil {
				t.Error(err)
			}
			c.skip()
			ended := make(chan error, 1)
			go func() {
				_, err := c.Read(make([]byte, 1<<10))
				ended <- err
			}()
			synctest.Wait()
			if len(ended) > 0 {
				t.Errorf("%s: the read ended before: %v", name, <-ended)
			}
			end(c)
			if err := <-ended; !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("%s: the read ended with %v", name, err)
			}
			_ = c.Close()
		})
	}
}
