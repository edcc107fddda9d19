package reply_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"creel/capture"
	"creel/capture/reply"
)

// misbehave asks a server that plays a fault and returns the connection.
func misbehave(t *testing.T, name string, r capture.Reply) net.Conn {
	t.Helper()
	f, ok := reply.Fault(name)
	if !ok || f.Name() != name {
		t.Fatalf("no fault %s", name)
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		f.Play(req.Context(), w, &r)
	}))
	t.Cleanup(srv.Close)
	c, err := net.Dial("tcp", srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	_ = c.SetDeadline(time.Now().Add(10 * time.Second))
	if _, err := io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestFaultsOnTheWire(t *testing.T) {
	t.Run("reset", func(t *testing.T) {
		if b, err := io.ReadAll(misbehave(t, "reset", capture.Reply{})); !errors.Is(err, syscall.ECONNRESET) || len(b) > 0 {
			t.Errorf("%q %v", b, err)
		}
	})
	t.Run("close", func(t *testing.T) {
		if b, err := io.ReadAll(misbehave(t, "close", capture.Reply{})); err != nil || len(b) > 0 {
			t.Errorf("%q %v", b, err)
		}
	})
	t.Run("garbage", func(t *testing.T) {
		if _, err := http.ReadResponse(bufio.NewReader(misbehave(t, "garbage", capture.Reply{})), nil); err == nil {
			t.Error("it was HTTP")
		}
	})
	t.Run("truncate", func(t *testing.T) {
		res, err := http.ReadResponse(bufio.NewReader(misbehave(t, "truncate", capture.Reply{Status: 201, Body: capture.NewBody([]byte("0123456789"))})), nil)
		if err != nil || res.StatusCode != 201 || res.ContentLength != 10 {
			t.Fatalf("%+v %v", res, err)
		}
		if b, err := io.ReadAll(res.Body); !errors.Is(err, io.ErrUnexpectedEOF) || string(b) != "01234" {
			t.Errorf("%q %v", b, err)
		}
	})
	t.Run("hang", func(t *testing.T) {
		c := misbehave(t, "hang", capture.Reply{})
		_ = c.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
		if _, err := c.Read(make([]byte, 1)); !errors.Is(err, context.DeadlineExceeded) && !strings.Contains(err.Error(), "timeout") {
			t.Errorf("%v", err)
		}
	})
}

func TestDripIsOneByteASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, _ := reply.Fault("drip")
		start, w := time.Now(), httptest.NewRecorder()
		f.Play(t.Context(), w, &capture.Reply{Status: 200, Body: capture.NewBody([]byte("abc"))})
		if got := time.Since(start); got != 3*time.Second || w.Body.String() != "abc" {
			t.Errorf("%q after %v", w.Body, got)
		}
		defer func() {
			if p := recover(); p != http.ErrAbortHandler {
				t.Errorf("ended with %v", p)
			}
		}()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		f.Play(ctx, httptest.NewRecorder(), new(capture.Reply))
	})
}

func TestAllFaultsHaveNames(t *testing.T) {
	if got := strings.Join(reply.FaultNames(), " "); got != "hang reset close drip garbage truncate" {
		t.Error(got)
	}
	if _, ok := reply.Fault("explode"); ok {
		t.Error("a fault that is none")
	}
}
