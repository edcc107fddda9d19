package server

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"creel/capture/safe"

	"creel/capture/ring"

	"creel/capture"
)

// Server captures: it reads every request that arrives on its listeners, keeps
// it in the ring, asks the Responder, and replies. The fields must not be
// changed once it serves; its methods are safe for concurrent use.
type Server struct {
	Ring *ring.Ring
	// Respond decides the reply; nil replies 200 with an empty body.
	Respond capture.Responder
	// Identify, when set, fills in Sender and Verdict before the commit.
	Identify func(*capture.Exchange)
	// Acknowledge, when set, returns when an exchange that was committed is kept
	// elsewhere, too: its sender gets no reply before. An error is one of keeping it.
	Acknowledge func(context.Context, capture.ID) error
	// Problem, when set, is called with one line of safe text: what went wrong that
	// no reply tells: a request that could not be kept, a panic.
	Problem func(string)

	MaxBody  int64           // of one request, in bytes; default 32 MiB
	Inflight *capture.Budget // bytes being read; default 512 MiB
	MaxConns int             // default 1024
	// TLS, when set, serves HTTPS.
	TLS *tls.Config

	once  sync.Once
	http  http.Server
	tls   *tls.Config     // TLS with the protocols to choose from
	life  context.Context // ends when the server stops
	stop  context.CancelCauseFunc
	conns conns
}

// The limits on slow senders.
const (
	headerTime = 10 * time.Second
	idleTime   = 60 * time.Second
	// A body may take bodyGrace, and a second more for every bodyRate bytes.
	bodyGrace = 10 * time.Second
	bodyRate  = 1 << 10
	// While connections wait for a place these hold instead, or as many slow
	// bodies as there are places would shut everyone else out.
	scarceGrace = 2 * time.Second
	scarceRate  = 16 << 10
	// maxHeader is the largest head in bytes.
	maxHeader = 1 << 20
)

func (s *Server) init() {
	s.once.Do(func() {
		s.MaxBody = cmp.Or(s.MaxBody, 32<<20)
		s.MaxConns = cmp.Or(s.MaxConns, 1024)
		s.Inflight = cmp.Or(s.Inflight, capture.NewBudget(512<<20))
		s.conns.max, s.conns.freed = s.MaxConns, make(chan struct{}, 1)
		s.life, s.stop = context.WithCancelCause(context.Background())
		var protocols http.Protocols
		protocols.SetHTTP1(true)
		protocols.SetHTTP2(true)
		protocols.SetUnencryptedHTTP2(true)
		// A sender of HTTP/2 that resets streams faster than they are handled (a
		// thousand wait) is cut off by net/http with ENHANCE_YOUR_CALM, against
		// rapid resets. The streams it did not reset then fail too; none of them
		// was acknowledged.
		s.http = http.Server{
			Handler:                      s,
			DisableGeneralOptionsHandler: true, // OPTIONS * is a request like others
			HTTP2:                        &http.HTTP2Config{WriteByteTimeout: writeStall},
			ReadHeaderTimeout:            headerTime,
			IdleTimeout:                  idleTime,
			MaxHeaderBytes:               maxHeader,
			Protocols:                    &protocols,
			ConnState:                    connState,
			ConnContext:                  withConn,
			BaseContext:                  func(net.Listener) context.Context { return s.life },
			ErrorLog:                     log.New(problemWriter{s}, "", 0),
		}
		s.http.RegisterOnShutdown(s.conns.closeUnused)
		if s.TLS != nil {
			s.tls = s.TLS.Clone()
			s.tls.NextProtos = []string{"h2", "http/1.1", "http/1.0"}
		}
	})
}

// Serve accepts connections on all listeners until Shutdown, when it returns
// nil, or until one of them fails for good.
func (s *Server) Serve(listeners ...net.Listener) error {
	s.init()
	failed := make(chan error, len(listeners))
	for _, l := range listeners {
		go func() { failed <- s.serve(l) }()
	}
	var first error
	for range listeners {
		if err := <-failed; first == nil && !errors.Is(err, http.ErrServerClosed) {
			first = fmt.Errorf("serve: %w", err)
			s.http.Close()
		}
	}
	return first
}

func (s *Server) serve(l net.Listener) error {
	tracked := &listener{Listener: l, srv: s, closed: make(chan struct{})}
	if s.TLS == nil {
		return s.http.Serve(tracked)
	}
	tlsLn := &tlsListener{listener: tracked, ready: make(chan net.Conn), failed: make(chan struct{})}
	defer tlsLn.handshakes.Wait()
	defer tlsLn.Close()
	return s.http.Serve(tlsLn)
}

// Shutdown stops accepting, ends holds by ending the contexts of requests, and
// waits for what is in flight. When ctx ends before that is done, it closes the
// connections and returns the cause.
func (s *Server) Shutdown(ctx context.Context) error {
	s.init()
	s.stop(capture.ErrStopping)
	if err := s.http.Shutdown(ctx); err != nil {
		s.http.Close()
		return fmt.Errorf("shut down: requests were still in flight: %w", context.Cause(ctx))
	}
	return nil
}

// ServeHTTP captures one request. It is called by the server itself; a test may
// call it without one.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.init()
	c := connOf(r)
	if c != nil && c.tunnel != nil && c.tunnel.Reply != nil {
		if status, body, ok := c.tunnel.Reply(r.Method, r.RequestURI); ok {
			c.skip()
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
			return
		}
	}
	rec := &recorder{ring: s.Ring}
	in := arrival{ex: &rec.arrived}
	s.read(&in, c, w, r)
	defer s.Inflight.Give(in.reserved)
	if in.refused.Status == 0 {
		s.identify(in.ex)
	}
	ended := time.Now()
	rec.ticket = s.submit(in.ex)
	rec.out.Reply = in.refused
	if in.refused.Status == 0 {
		rec.out = s.respond(r.Context(), in.ex, rec)
	}
	if stream := rec.out.Stream; stream != nil {
		defer stream.Close()
	}
	// The sender may be gone by now; that it was here is kept all the same.
	id, err := rec.Committed(context.Background())
	if err == nil && s.Acknowledge != nil {
		err = s.Acknowledge(context.Background(), id)
	}
	if err != nil {
		s.problem("request not kept: " + err.Error())
		rec.out = capture.Outcome{Reply: capture.Refusal(http.StatusServiceUnavailable, "the request could not be kept", retryAfter)}
	}
	a := replyWriter{w: w, r: r, out: &rec.out, last: in.last || s.conns.scarce.Load() > 0, cut: in.cut}
	abort := a.write(s)
	rec.out.Reply.Took = time.Since(ended)
	rec.end(id, a.state)
	if abort {
		panic(http.ErrAbortHandler)
	}
}

// submit hands the exchange over. The strings of an exact head are parts of one
// string that holds nothing else, so the ring need not copy them; only what
// Identify found may be part of the body.
func (s *Server) submit(ex *capture.Exchange) *ring.Ticket {
	if !ex.Request.Exact {
		return s.Ring.Submit(ex)
	}
	ex.Sender.Event = strings.Clone(ex.Sender.Event)
	ex.Sender.Delivery = strings.Clone(ex.Sender.Delivery)
	return s.Ring.SubmitOwned(ex)
}

func (s *Server) identify(ex *capture.Exchange) {
	if s.Identify == nil {
		return
	}
	defer func() {
		if p := recover(); p != nil {
			s.panicked("recognising the sender", p)
		}
	}()
	s.Identify(ex)
}

func (s *Server) respond(ctx context.Context, ex *capture.Exchange, rec *recorder) (out capture.Outcome) {
	if s.Respond == nil {
		return capture.Outcome{Reply: capture.Reply{Status: http.StatusOK, By: capture.ByDefault}}
	}
	defer func() {
		if p := recover(); p != nil {
			s.panicked("answering", p)
			out = capture.Outcome{Reply: capture.Refusal(http.StatusInternalServerError, "an error in creel, not in the request")}
		}
	}()
	return s.Respond.Respond(ctx, ex, rec)
}

func (s *Server) panicked(doing string, p any) {
	s.problem(fmt.Sprintf("panic while %s: %v\n%s", doing, p, debug.Stack()))
}

func (s *Server) problem(text string) {
	if s.Problem != nil {
		s.Problem(safe.Line(strings.TrimSpace(text)).String())
	}
}

// problemWriter passes on what net/http logs.
type problemWriter struct{ s *Server }

func (p problemWriter) Write(b []byte) (int, error) {
	p.s.problem(string(b))
	return len(b), nil
}

// connState keeps the view of a connection in step with net/http.
func connState(nc net.Conn, state http.ConnState) {
	c, ok := innerConn(nc)
	if !ok {
		return
	}
	switch state {
	case http.StateIdle:
		c.becomeIdle()
	case http.StateActive:
		c.idle.Store(0)
	}
}
