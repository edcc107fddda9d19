package nats

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"creel/capture"
	"creel/capture/ring"
)

// The pace of a reader.
const (
	frameTime = 33 * time.Millisecond // the least time between two updates of the mirror
	trimTime  = 2 * time.Second       // between two looks at what the ring evicted
)

// Reader has what all nodes published. In its mirror an exchange has the place in the
// team's ring as its id: all readers see the same ids in the same order. It is safe
// for concurrent use.
type Reader struct {
	Mirror *ring.Mirror

	team   *Team
	notice func(string)

	mu      sync.Mutex
	entries map[key]*entry
	names   map[string]string // node to its short name
	places  map[capture.ID]key
	changed map[key]bool
	gone    []capture.ID
	last    uint64 // the newest message that was read
	bodies  []chunked
	refs    map[string]int // of bodies, by name and sum
	bad     int            // messages that could not be read

	ready   chan struct{}
	loading atomic.Int32 // streams of which not all was read that was there at Open
	poke    chan struct{}
	stop    context.CancelFunc
	done    chan struct{}
}

// Open reads the ring until Close. Notice is called with what passed unread, in one
// line. It fails when the engine cannot be reached.
func Open(ctx context.Context, t *Team, notice func(string)) (*Reader, error) {
	r := &Reader{
		Mirror: ring.NewMirror(), team: t, notice: notice,
		entries: map[key]*entry{}, names: map[string]string{}, places: map[capture.ID]key{}, changed: map[key]bool{}, refs: map[string]int{},
		ready: make(chan struct{}), poke: make(chan struct{}, 1), done: make(chan struct{}),
	}
	r.loading.Store(2)
	if err := t.Wait(ctx); err != nil {
		return nil, err
	}
	if s, err := t.open(ctx, kindRing); s == nil {
		return nil, err
	}
	run, stop := context.WithCancel(context.WithoutCancel(ctx))
	r.stop = stop
	pins, err := r.consume(ctx, kindPins, r.pin)
	if err != nil {
		stop()
		return nil, err
	}
	all, err := r.consume(ctx, kindRing, r.message)
	if err != nil {
		pins.Stop()
		stop()
		return nil, err
	}
	go func() {
		defer close(r.done)
		defer pins.Stop()
		defer all.Stop()
		r.run(run)
	}()
	return r, nil
}

// consume calls f with the messages of a stream, in order. It begins at the first.
func (r *Reader) consume(ctx context.Context, k kind, f func(jetstream.Msg, *jetstream.MsgMetadata)) (jetstream.ConsumeContext, error) {
	c, err := r.team.js.OrderedConsumer(ctx, r.team.stream(k), jetstream.OrderedConsumerConfig{MaxResetAttempts: -1})
	if err != nil {
		return nil, fmt.Errorf("read stream %s: %w", r.team.stream(k), err)
	}
	var once sync.Once
	loaded := func() {
		once.Do(func() {
			if r.loading.Add(-1) == 0 {
				close(r.ready)
			}
		})
	}
	if c.CachedInfo().NumPending == 0 {
		loaded()
	}
	return c.Consume(func(m jetstream.Msg) {
		meta, err := m.Metadata()
		if err != nil {
			return
		}
		f(m, meta)
		if meta.NumPending == 0 {
			loaded()
		}
	}, jetstream.ConsumeErrHandler(func(jetstream.ConsumeContext, error) {})) // it resets itself
}

// Loaded returns when all that was there is in the mirror.
func (r *Reader) Loaded(ctx context.Context) error {
	select {
	case <-r.ready:
		r.flush()
		return nil
	case <-ctx.Done():
		return fmt.Errorf("read the ring of team %v: %w", r.team.Address, context.Cause(ctx))
	}
}

// Close ends reading. The mirror stays.
func (r *Reader) Close() {
	r.stop()
	<-r.done
}

func (r *Reader) run(ctx context.Context) {
	trim := time.NewTicker(trimTime)
	defer trim.Stop()
	for {
		select {
		case <-r.poke:
			r.flush()
			select {
			case <-time.After(frameTime):
			case <-ctx.Done():
			}
		case <-trim.C:
			r.trim(ctx)
		case <-ctx.Done():
			return
		}
	}
}

// message takes in a message of the ring.
func (r *Reader) message(m jetstream.Msg, meta *jetstream.MsgMetadata) {
	seq := meta.Sequence.Stream
	r.mu.Lock()
	missed := r.missed(seq)
	again := seq <= r.last
	if !again {
		r.last = seq
		r.take(m, seq)
	}
	r.mu.Unlock()
	if missed > 0 {
		r.notice(thousands(missed) + " passed while you were away: the team's ring no longer has them")
		r.trimSoon()
	}
	r.wake()
}

// missed is how many messages are between the last one and seq.
func (r *Reader) missed(seq uint64) uint64 {
	if r.last == 0 || seq <= r.last {
		return 0
	}
	return seq - r.last - 1
}

func (r *Reader) take(m jetstream.Msg, seq uint64) {
	sort, tokens, _ := strings.Cut(strings.TrimPrefix(m.Subject(), r.team.subject("")), ".")
	k, ok := parseKey(tokens)
	var in message
	if !ok || json.Unmarshal(m.Data(), &in) != nil {
		r.bad++
		return
	}
	e := r.entry(k)
	switch sort {
	case "req":
		if e.base == nil || e.seq == 0 {
			e.base = &in
		}
		e.seq = seq
	case "op":
		e.ops = append(e.ops, &in)
	default:
		r.bad++
		return
	}
	r.changed[k] = true
}

func (r *Reader) entry(k key) *entry {
	e := r.entries[k]
	if e == nil {
		e = &entry{}
		r.entries[k] = e
	}
	return e
}

// pin takes in a message of the pins: a node, a copy of an exchange, or that there is
// none any more.
func (r *Reader) pin(m jetstream.Msg, _ *jetstream.MsgMetadata) {
	sort, tokens, _ := strings.Cut(strings.TrimPrefix(m.Subject(), r.team.subject("")), ".")
	r.mu.Lock()
	defer r.mu.Unlock()
	defer r.wake()
	if sort == "node" {
		if tokenForm.MatchString(tokens) && r.names[tokens] == "" {
			r.names[tokens] = letters(len(r.names))
			for k := range r.entries {
				if k.node == tokens {
					r.changed[k] = true
				}
			}
		}
		return
	}
	k, ok := parseKey(tokens)
	if !ok {
		return
	}
	e := r.entry(k)
	r.changed[k] = true
	if len(m.Data()) == 0 {
		e.pinned = false
		return
	}
	var in message
	seq, err := strconv.ParseUint(m.Headers().Get(headerSeq), 10, 64)
	if err != nil || seq == 0 || json.Unmarshal(m.Data(), &in) != nil {
		r.bad++
		return
	}
	e.pinned, e.seq = true, seq
	if e.base == nil {
		e.base = &in
	}
}

// letters is the n-th short name: a, b, ... z, aa.
func letters(n int) string {
	s := ""
	for n++; n > 0; n = (n - 1) / 26 {
		s = string(rune('a'+(n-1)%26)) + s
	}
	return s
}

func thousands(n uint64) string {
	s := strconv.FormatUint(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func (r *Reader) wake() {
	select {
	case r.poke <- struct{}{}:
	default:
	}
}

// flush brings the mirror up to date.
func (r *Reader) flush() {
	r.mu.Lock()
	defer r.mu.Unlock()
	var list []*capture.Exchange
	for k := range r.changed {
		e := r.entries[k]
		if e == nil || e.base == nil {
			continue // its exchange is to come
		}
		ex, err := r.build(k, e)
		if err != nil {
			r.bad++
			continue
		}
		if ex == nil {
			r.gone = append(r.gone, capture.ID(e.seq))
			continue
		}
		r.places[ex.ID] = k
		list = append(list, ex)
	}
	clear(r.changed)
	r.Mirror.Update(list, r.gone, false)
	r.gone = nil
}

// trim takes out what the ring evicted and no pin keeps.
func (r *Reader) trim(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, publishTime)
	defer cancel()
	s, err := r.team.js.Stream(ctx, r.team.stream(kindRing))
	if err != nil {
		return
	}
	first := s.CachedInfo().State.FirstSeq
	r.mu.Lock()
	for k, e := range r.entries {
		if e.base == nil || e.pinned || e.seq >= first {
			continue
		}
		r.gone = append(r.gone, capture.ID(e.seq))
		delete(r.entries, k)
		delete(r.places, capture.ID(e.seq))
		delete(r.changed, k)
	}
	some := len(r.gone) > 0
	r.mu.Unlock()
	if some {
		r.flush()
	}
}

// trimSoon is for a gap: what passed unread is no longer there.
func (r *Reader) trimSoon() { go r.trim(context.Background()) }

// Body reads a body of the team's ring.
func (r *Reader) Body(ctx context.Context, ref capture.BodyRef) ([]byte, error) {
	r.mu.Lock()
	if ref < 0 || int(ref) >= len(r.bodies) {
		r.mu.Unlock()
		return nil, capture.ErrEvicted
	}
	c := r.bodies[ref]
	r.mu.Unlock()
	return r.team.body(ctx, c)
}

// Find returns the place of an exchange that is named as people see it, such as a412.
func (r *Reader) Find(name string) (capture.ID, bool) {
	i := strings.IndexAny(name, "0123456789")
	if i <= 0 {
		return 0, false
	}
	id, err := strconv.ParseUint(name[i:], 10, 64)
	if err != nil {
		return 0, false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for node, short := range r.names {
		if e := r.entries[key{node, capture.ID(id)}]; short == name[:i] && e != nil && e.base != nil {
			return capture.ID(e.seq), true
		}
	}
	return 0, false
}
