package control

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"creel/capture"
	"creel/capture/export"
	"creel/capture/ring"
)

// The pace of GET /v1/changes.
const (
	aliveTime = 2 * time.Second // the most time without a line
	// inlineBody is the largest body that is part of the stream.
	inlineBody = 16 << 10
	// batchSize is how many exchanges are written before the rest is looked at
	// again, so that memory does not grow with the history.
	batchSize = 500
)

// epochHeader says of which process the revisions are.
const epochHeader = "Creel-Epoch"

type stream struct {
	s      *Server
	w      http.ResponseWriter
	by     string // who reads
	rev    capture.Rev
	last   []byte // the facts as they were written last
	mu     sync.Mutex
	queued []line // notices and problems to be written
	retell atomic.Bool
	poke   chan struct{}
}

// retell has the streams of a caller tell the facts once more. Who asked for them
// beside a stream may have facts by now that the stream never told, and would keep
// them when they are again as it told them last.
func (s *Server) retell(by string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for st := range s.streams {
		if st.by == by {
			st.retell.Store(true)
			st.wake()
		}
	}
}

func (st *stream) wake() {
	select {
	case st.poke <- struct{}{}:
	default:
	}
}

// maxQueued bounds the notices that wait for a slow reader.
const maxQueued = 50

func (st *stream) queue(l line) {
	st.mu.Lock()
	if len(st.queued) < maxQueued {
		st.queued = append(st.queued, l)
	}
	st.mu.Unlock()
	st.wake()
}

// changes streams what happens after a revision; after another process's, everything.
func (s *Server) changes(w http.ResponseWriter, r *http.Request) {
	st := &stream{s: s, w: w, by: callerOf(r), poke: make(chan struct{}, 1)}
	if after := r.URL.Query().Get("after"); after == "now" {
		st.rev = s.Engine.Ring.Stats().Rev
	} else if r.URL.Query().Get("epoch") == s.epoch {
		n, _ := strconv.ParseUint(after, 10, 64)
		st.rev = capture.Rev(n)
	}
	w.Header().Set("Content-Type", "application/x-ndjson")
	w.Header().Set(epochHeader, s.epoch)
	if !s.begin(st) {
		return
	}
	defer s.end(st)
	st.run(r.Context())
}

func (st *stream) run(ctx context.Context) {
	watch := st.s.Engine.Ring.Watch(ctx)
	alive := time.NewTicker(aliveTime)
	defer alive.Stop()
	for {
		looked, last := time.Now(), st.s.isClosing()
		n, err := st.look(ctx)
		if err == nil && last {
			err = st.write(line{Ends: true})
		}
		if err != nil || http.NewResponseController(st.w).Flush() != nil {
			return
		}
		if last { // what is flushed is not sent yet: the reader says that all is there
			<-ctx.Done()
			return
		}
		select {
		case <-watch:
		case <-st.poke:
		case <-alive.C:
			if st.write(line{Alive: true}) != nil {
				return
			}
		case <-ctx.Done():
			return
		}
		select {
		case <-time.After(ring.Pause(n) - time.Since(looked)):
		case <-ctx.Done():
			return
		}
	}
}

// look writes what changed since the last time, and returns how many exchanges did.
func (st *stream) look(ctx context.Context) (int, error) {
	delta := st.s.Engine.Ring.Since(st.rev)
	whole := st.rev == 0 || delta.Reset
	for i, ex := range delta.Changed {
		text, ok := st.s.lines.of(ctx, ex)
		if !ok {
			continue // that it is gone comes next
		}
		if _, err := st.w.Write(text); err != nil {
			return 0, err
		}
		if i%batchSize == batchSize-1 {
			if err := http.NewResponseController(st.w).Flush(); err != nil {
				return 0, err
			}
		}
	}
	if len(delta.Gone) > 0 && !whole {
		if err := st.write(line{Gone: delta.Gone, Deleted: delta.Deleted}); err != nil {
			return 0, err
		}
	}
	if begins := st.last == nil; delta.Rev != st.rev || whole || begins {
		st.rev = delta.Rev
		if err := st.write(line{Rev: delta.Rev, Whole: whole}); err != nil {
			return 0, err
		}
	}
	return len(delta.Changed), st.facts()
}

// facts writes the facts when they differ from those written last, then the queued notices.
func (st *stream) facts() error {
	if st.retell.Swap(false) {
		st.last = nil
	}
	f := st.s.facts()
	seq := f.Seq
	f.Seq = 0 // it is no reason to tell them
	b, err := json.Marshal(f)
	if err != nil {
		return err
	}
	if !bytes.Equal(b, st.last) {
		st.last, f.Seq = b, seq
		if err := st.write(line{Facts: f}); err != nil {
			return err
		}
	}
	st.mu.Lock()
	queued := st.queued
	st.queued = nil
	st.mu.Unlock()
	for _, l := range queued {
		if err := st.write(l); err != nil {
			return err
		}
	}
	return nil
}

func (st *stream) write(l line) error {
	b, err := json.Marshal(l)
	if err != nil {
		return err
	}
	_, err = st.w.Write(append(b, '\n'))
	return err
}

// maxEnded is how many ended holds are part of the facts: those shown a moment ago.
const maxEnded = 20

// facts are read one after the other, so that their numbers say which are the newer ones.
func (s *Server) facts() *facts {
	s.reading.Lock()
	defer s.reading.Unlock()
	s.read++
	e := s.Engine
	standing, rules := e.Replies.Standing, e.Replies.Rules
	match, holding := e.Replies.Gate.Filter()
	ended := e.Replies.Gate.Ended()
	f := &facts{
		Seq: s.read, Stats: stats{Stats: e.Ring.Stats()}, Targets: e.Targets.List(), InFlight: e.Sender.InFlight(), Pending: e.Queue.Count(""), PendingFor: e.Queue.Counts(),
		Standing: standing.Spec(), Words: standing.Words(), Holding: holding,
		Async: e.Replies.Async, Ended: ended[max(0, len(ended)-maxEnded):], Rules: rules.List(), File: rules.File(), Unsaved: rules.Unsaved(), Removed: rules.Removed(), Public: s.public(), Tunnel: e.Tunnels.Status(),
	}
	if match != nil {
		f.Filter = match.String()
	}
	if err := f.Stats.Err; err != nil {
		f.Stats.Problem, f.Stats.Err = err.Error(), nil
	}
	f.Stats.Rev = 0 // it stands in the line
	if err := rules.Err(); err != nil {
		f.RulesErr = err.Error()
	}
	now := time.Now()
	for _, h := range e.Replies.Gate.Held() {
		out := held{ID: h.Exchange.ID, Since: h.Since, Limit: h.Limit, Left: h.Left, Paused: h.Paused, Action: h.Action}
		if !h.Paused {
			// The time of the end stands still while what is left goes down.
			out.Ends, out.Left = now.Add(h.Left).Round(time.Second), 0
		}
		f.Held = append(f.Held, out)
	}
	for _, p := range e.Providers.Providers() {
		if e.Providers.HasSecret(p.Name) {
			f.Secrets = append(f.Secrets, p.Name)
		}
	}
	return f
}

// maxLines bounds the lines that are kept, in bytes.
const maxLines = 8 << 20

// lines are the newest exchanges as they were written, so that many screens cost one encoding.
type lines struct {
	mu    sync.Mutex
	texts map[*capture.Exchange][]byte
	order []*capture.Exchange // oldest first
	size  int
}

// of returns the line of an exchange, which is immutable; false when it was evicted meanwhile.
func (l *lines) of(ctx context.Context, ex *capture.Exchange) ([]byte, bool) {
	l.mu.Lock()
	text := l.texts[ex]
	l.mu.Unlock()
	if text != nil {
		return text, true
	}
	text, ok := feedLine(ctx, slices.Clone(exchangeBegins), ex)
	if !ok {
		return nil, false
	}
	text = append(text, exchangeEnds...)
	l.keep(ex, text)
	return text, true
}

// feedLine is [export.FeedLine] with small bodies; false when the exchange was evicted
// meanwhile. When a body cannot be read the line is without bodies: who asks for it
// hears why, and of all others nothing is lost.
func feedLine(ctx context.Context, b []byte, ex *capture.Exchange) ([]byte, bool) {
	line, err := export.FeedLine(ctx, b, ex, inlineBody)
	if err != nil && !errors.Is(err, capture.ErrEvicted) {
		line, err = export.FeedLine(ctx, b, ex, 0)
	}
	return line, err == nil
}

func (l *lines) keep(ex *capture.Exchange, text []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.texts == nil {
		l.texts = map[*capture.Exchange][]byte{}
	}
	if l.texts[ex] != nil || len(text) > maxLines {
		return
	}
	l.texts[ex] = text
	l.order = append(l.order, ex)
	for l.size += len(text); l.size > maxLines; l.order = l.order[1:] {
		l.size -= len(l.texts[l.order[0]])
		delete(l.texts, l.order[0])
	}
}
