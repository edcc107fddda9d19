package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"creel/capture"
	"creel/capture/export"
	"creel/capture/filter"
	"creel/capture/safe"
	"creel/forward/tunnel"
	"creel/ui/engine"
)

// maxRequest bounds the body of a request to the socket: the largest captured one, as text.
const maxRequest = 256 << 20

// Server serves an engine. The fields must not be changed once it serves.
type Server struct {
	Engine   *engine.Engine
	Version  string // of creel
	Settings Settings
	// Stop ends the creel that captures; nil refuses to.
	Stop func()
	// Notice is called with what was done through the socket, in one line, for
	// this creel's own screen or output; all other screens hear it from the server.
	Notice func(string)

	started time.Time
	epoch   string // of the revisions: another process has others
	http    http.Server

	lines lines // of all streams

	mu      sync.Mutex
	streams map[*stream]struct{}
	closing bool           // no more streams
	ending  sync.WaitGroup // streams

	reading sync.Mutex // held while facts are read
	read    uint64     // how often they were
}

// Serve answers on the listener until Close is called.
func (s *Server) Serve(ln net.Listener) error {
	s.started = time.Now()
	s.epoch = fmt.Sprintf("%d-%d", os.Getpid(), s.started.UnixNano())
	s.mu.Lock()
	s.streams = map[*stream]struct{}{}
	s.mu.Unlock()
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true)
	s.http.Handler, s.http.Protocols = s.routes(), &protocols
	s.http.ReadHeaderTimeout = 10 * time.Second
	err := s.http.Serve(ln)
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// lastLook is how long streams may take, with their readers, for what is not written when
// the server closes.
const lastLook = time.Second

// Close ends all connections, streams after all that happened.
func (s *Server) Close() error {
	over, cancel := context.WithCancel(context.Background())
	cancel()
	_ = s.http.Shutdown(over) // no more connections; those in use stay
	s.mu.Lock()
	s.closing = true
	for st := range s.streams {
		st.wake()
	}
	s.mu.Unlock()
	ended := make(chan struct{})
	go func() { s.ending.Wait(); close(ended) }()
	select {
	case <-ended:
	case <-time.After(lastLook):
	}
	return s.http.Close()
}

// begin registers a stream; false when the server closes.
func (s *Server) begin(st *stream) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closing {
		s.streams[st] = struct{}{}
		s.ending.Add(1)
	}
	return !s.closing
}

func (s *Server) end(st *stream) {
	s.mu.Lock()
	delete(s.streams, st)
	s.mu.Unlock()
	s.ending.Done()
}

func (s *Server) isClosing() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closing
}

// Notify passes a line of text on to all screens: a notice, or a problem.
func (s *Server) Notify(notice, problem string) { s.notify(line{Notice: notice, Problem: problem}) }

// notify passes a line on to all screens but that of the one who did it.
func (s *Server) notify(l line) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for st := range s.streams {
		if l.By == "" || l.By != st.by {
			st.queue(l)
		}
	}
}

func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/status", func(w http.ResponseWriter, _ *http.Request) { respond(w, s.status(), nil) })
	mux.HandleFunc("GET /v1/changes", s.changes)
	mux.HandleFunc("GET /v1/facts", func(w http.ResponseWriter, r *http.Request) {
		respond(w, s.facts(), nil)
		s.retell(callerOf(r))
	})
	mux.HandleFunc("GET /v1/exchanges", s.exchanges)
	mux.HandleFunc("GET /v1/ids", func(w http.ResponseWriter, _ *http.Request) { respond(w, s.ids(), nil) })
	mux.HandleFunc("GET /v1/exchanges/{id}/body", s.body)
	act(mux, "apply", s.apply)
	s.sendVerbs(mux)
	s.replyVerbs(mux)
	s.liveVerbs(mux)
	s.ruleVerbs(mux)
	s.providerVerbs(mux)
	s.tunnelVerbs(mux)
	act(mux, "stop", func(context.Context, nothing) error {
		if s.Stop == nil {
			return fmt.Errorf("the creel with pid %d belongs to a terminal or a program: end it there", os.Getpid())
		}
		s.Stop()
		return nil
	})
	return mux
}

// verb serves POST /v1/NAME: JSON in, JSON out.
func verb[In, Out any](mux *http.ServeMux, name string, do func(context.Context, In) (Out, error)) {
	mux.HandleFunc("POST /v1/"+name, func(w http.ResponseWriter, r *http.Request) {
		var in In
		d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxRequest))
		if err := d.Decode(&in); err != nil && !errors.Is(err, io.EOF) {
			respond(w, nil, fmt.Errorf("%s: the request is not understood: %w", name, err))
			return
		}
		ctx, cancel := untilEnded(r)
		defer cancel()
		out, err := do(context.WithValue(ctx, callerKey{}, callerOf(r)), in)
		respond(w, out, err)
	})
}

// act is verb for what gives nothing back.
func act[In any](mux *http.ServeMux, name string, do func(context.Context, In) error) {
	verb(mux, name, func(ctx context.Context, in In) (nothing, error) { return nothing{}, do(ctx, in) })
}

func respond(w http.ResponseWriter, v any, err error) {
	w.Header().Set("Content-Type", "application/json")
	if err != nil {
		w.WriteHeader(http.StatusUnprocessableEntity)
		v = errorResponse{err.Error()}
	}
	_ = json.NewEncoder(w).Encode(v)
}

func (s *Server) status() Status {
	e := s.Engine
	host, _ := os.Hostname()
	st := e.Ring.Stats()
	history := e.History()
	if abs, err := filepath.Abs(history); err == nil && history != "" {
		history = abs
	}
	out := Status{
		Major: Version.Major, Minor: Version.Minor, Version: s.Version, PID: os.Getpid(), Host: host, Started: s.started,
		URL: e.URL, Addresses: e.Addresses, History: history, Targets: []string{}, Held: len(e.Replies.Gate.Held()),
		Kept: st.Kept, Bytes: st.Bytes, Pinned: st.Pinned, Pending: e.Queue.Count(""), Settings: s.Settings, PublicURL: s.public(),
		Tunnel: e.Tunnels.Status(),
	}
	for _, t := range e.Targets.List() {
		if !t.Disabled {
			out.Targets = append(out.Targets, t.Spec())
		}
	}
	return out
}

func (s *Server) public() string {
	if url := s.Engine.Providers.PublicURL(); url != "" {
		return url // given by hand
	}
	if t := s.Engine.Tunnels.Status(); t.State == tunnel.Up {
		return t.URL
	}
	return ""
}

func (s *Server) body(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.ParseUint(r.PathValue("id"), 10, 64)
	n, err2 := strconv.Atoi(r.URL.Query().Get("attempt"))
	if errors.Join(err, err2) != nil {
		respond(w, nil, errors.New("body: want /v1/exchanges/ID/body?attempt=N"))
		return
	}
	part := export.BodyPart{ID: capture.ID(id), Attempt: n, Response: r.URL.Query().Get("response") == "true"}
	ex, ok := s.Engine.Ring.Get(part.ID)
	var body capture.Body
	if ok {
		body, ok = part.Body(ex)
	}
	if !ok {
		w.WriteHeader(http.StatusGone)
		return
	}
	data, err := body.Bytes(r.Context())
	if errors.Is(err, capture.ErrEvicted) {
		w.WriteHeader(http.StatusGone)
		return
	} else if err != nil {
		respond(w, nil, err)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	_, _ = w.Write(data)
}

func (s *Server) find(id capture.ID) (*capture.Exchange, error) {
	if ex, ok := s.Engine.Ring.Get(id); ok {
		return ex, nil
	}
	return nil, fmt.Errorf("%v: %w", id, capture.ErrEvicted)
}

// did is the end of a verb: err, or without one a notice of what its caller did.
func (s *Server) did(ctx context.Context, err error, format string, args ...any) error {
	if err == nil {
		s.notice(ctx, format, args...)
	}
	return err
}

// notice reports what the caller of a verb did, to all but the caller.
func (s *Server) notice(ctx context.Context, format string, args ...any) {
	by := caller(ctx)
	text := fmt.Sprintf(format, args...) + " by " + by
	s.notify(line{Notice: text, By: by})
	if s.Notice != nil {
		s.Notice(text)
	}
}

// callerHeader names who asks, such as "pid 812" or "agent".
const callerHeader = "Creel-By"

type callerKey struct{}

func callerOf(r *http.Request) string {
	by := safe.Line(r.Header.Get(callerHeader)).String()
	if by == "" || len(by) > maxCaller {
		return "another process"
	}
	return by
}

// maxCaller bounds the name of a caller, in bytes.
const maxCaller = 100

// caller is who called the verb that ctx belongs to.
func caller(ctx context.Context) string {
	by, _ := ctx.Value(callerKey{}).(string)
	return by
}

// parseFilter reads the filter of a hold; empty is none.
func parseFilter(text string) (*filter.Filter, error) {
	if text == "" {
		return nil, nil
	}
	return filter.Parse(text, filter.Arrival)
}
