package reply_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"creel/capture"
	"creel/capture/reply"
	"creel/capture/ring"
	"creel/capture/server"
)

// misbehave asks a server that plays a fault and returns the connection.
func misbehave(t *testing.T, name capture.FaultName, r capture.Reply) net.Conn {
	t.Helper()
	f, ok := reply.Fault(name)
	if !ok || f.Name() != name {
		t.Fatalf("no fault %s", name)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := &server.Server{
		Ring: ring.New(capture.Bounds{}),
		Respond: capture.ResponderFunc(func(context.Context, *capture.Exchange, capture.Recorder) capture.Outcome {
			return capture.Outcome{Reply: r, Fault: f}
		}),
	}
	go srv.Serve(l)
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Close()
		if err := srv.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
	})
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

// sent notes what a fault sends.
type sent struct {
	status int
	fields []capture.Field
	body   []byte
}

func (s *sent) WriteHead(status int, fields []capture.Field) { s.status, s.fields = status, fields }

func (s *sent) Write(p []byte) (int, error) {
	s.body = append(s.body, p...)
	return len(p), nil
}

func (s *sent) Hijack() (net.Conn, error) { return nil, errors.ErrUnsupported }

func TestDripIsOneByteASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, _ := reply.Fault("drip")
		start, to := time.Now(), new(sent)
		err := f.Play(t.Context(), to, &capture.Reply{
			Status: 200, Fields: []capture.Field{{Name: "content-length", Value: "7"}}, Body: capture.NewBody([]byte("abc")),
		})
		if got := time.Since(start); err != nil || got != 3*time.Second || string(to.body) != "abc" {
			t.Errorf("%q after %v: %v", to.body, got, err)
		}
		if len(to.fields) != 1 || to.fields[0].Value != "3" {
			t.Errorf("the head has %q, want the length of the body alone", to.fields)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		if err := f.Play(ctx, new(sent), new(capture.Reply)); !errors.Is(err, capture.ErrAbort) {
			t.Errorf("ended with %v", err)
		}
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
