package server

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"creel/capture"
	"creel/capture/ring"
)

// broken is a listener that fails for good.
type broken struct{ net.Listener }

var errBroken = errors.New("broken")

func (broken) Accept() (net.Conn, error) { return nil, errBroken }

// A listener that fails for good ends the others, with its error.
func TestServeEndsWithTheFirstThatFails(t *testing.T) {
	var list []net.Listener
	for range 2 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, l)
	}
	s := &Server{Ring: ring.New(capture.Bounds{})}
	if err := s.Serve(list[0], broken{list[1]}); !errors.Is(err, errBroken) {
		t.Errorf("it ends with %v", err)
	}
	if c, err := net.Dial("tcp", list[0].Addr().String()); err == nil {
		c.Close()
		t.Error("the other one is still open")
	}
}

// A shutdown that takes too long says so, and closes what is in flight.
func TestShutdownInTime(t *testing.T) {
	release := make(chan struct{})
	defer close(release)
	inside := make(chan struct{})
	s := &Server{Ring: ring.New(capture.Bounds{}), Respond: capture.ResponderFunc(func(context.Context, *capture.Exchange, capture.Recorder) capture.Outcome {
		close(inside)
		<-release
		return capture.Outcome{}
	})}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	got := make(chan error, 1)
	go func() {
		resp, err := http.Get("http://" + l.Addr().String())
		if err == nil {
			resp.Body.Close()
		}
		got <- err
	}()
	<-inside
	late := errors.New("it took too long")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(late)
	if err := s.Shutdown(ctx); !errors.Is(err, late) {
		t.Errorf("the shutdown says %v", err)
	}
	if err := <-got; err == nil {
		t.Error("who waits for a reply gets one")
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
}

// A connection has its place until it closes, whatever is spoken on it.
func TestPlacesAreGivenBack(t *testing.T) {
	config, err := SelfSigned(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, h2 := range []bool{false, true} {
		s := &Server{TLS: config}
		addr := start(t, s)
		protocols := new(http.Protocols)
		protocols.SetHTTP1(!h2)
		protocols.SetHTTP2(h2)
		transport := &http.Transport{Protocols: protocols, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
		resp, err := (&http.Client{Transport: transport}).Get("https://" + addr)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		open := func() int {
			s.conns.mu.Lock()
			defer s.conns.mu.Unlock()
			return len(s.conns.all)
		}
		if n := open(); n != 1 {
			t.Errorf("HTTP/2 %v: %d connections", h2, n)
		}
		transport.CloseIdleConnections()
		for end := time.After(10 * time.Second); open() > 0; {
			select {
			case <-s.conns.freed:
			case <-end:
				t.Fatalf("HTTP/2 %v: its place is not given back", h2)
			}
		}
	}
}

// slowBody comes after a second.
type slowBody struct{ done bool }

func (b *slowBody) Read(p []byte) (int, error) {
	if b.done {
		return 0, io.EOF
	}
	time.Sleep(time.Second)
	b.done = true
	return copy(p, "body"), nil
}

// A request came when it began, not when its body was there.
func TestTimeOfARequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &Server{Ring: ring.New(capture.Bounds{})}
		began := time.Now()
		s.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("POST", "/", &slowBody{}))
		if ex := s.Ring.Snapshot()[0]; !ex.At.Equal(began) || ex.Request.Size != 4 {
			t.Errorf("it came %v after it began, with %d bytes", ex.At.Sub(began), ex.Request.Size)
		}
	})
}
