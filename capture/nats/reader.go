package nats

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"creel/capture"
	"creel/capture/ring"
	"creel/capture/words"
)

// The pace of a reader.
const (
	frameTime = 33 * time.Millisecond // the least time between two updates of the mirror
	trimTime  = 2 * time.Second       // between two looks at what the ring evicted
	beatTime  = 2 * time.Second       // twice without a sign of the server, and reading begins again
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
	bodies  map[capture.BodyRef]chunked
	nextRef capture.BodyRef
	bad     int // messages that could not be read

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
		entries: map[key]*entry{}, names: map[string]string{}, places: map[capture.ID]key{}, changed: map[key]bool{}, bodies: map[capture.BodyRef]chunked{},
		ready: make(chan struct{}), poke: make(chan struct{}, 1), done: make(chan struct{}),
	}
	pins, all, err := r.begin(ctx)
	for passing(err) && ctx.Err() == nil {
		time.Sleep(retryTime)
		pins, all, err = r.begin(ctx)
	}
	if err != nil {
		return nil, err
	}
	run, stop := context.WithCancel(context.WithoutCancel(ctx))
	r.stop = stop
	go func() {
		defer close(r.done)
		defer pins.Stop()
		defer all.Stop()
		r.run(run)
	}()
	return r, nil
}

// passing reports whether an error is over soon: a response was lost on the way, or the
// servers are about to elect a leader.
func passing(err error) bool {
	api, ok := errors.AsType[*jetstream.APIError](err)
	return errors.Is(err, context.DeadlineExceeded) || ok && api.Code == http.StatusServiceUnavailable
}

// begin starts to read the streams. A request that is lost on the way, as when a server
// goes down, gets no response.
func (r *Reader) begin(ctx context.Context) (pins, all jetstream.ConsumeContext, err error) {
	if err := r.team.Wait(ctx); err != nil {
		return nil, nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, publishTime)
	defer cancel()
	r.loading.Store(2)
	if s, err := r.team.open(ctx, kindRing); s == nil {
		return nil, nil, err
	}
	if pins, err = r.consume(ctx, kindPins, r.pin); err != nil {
		return nil, nil, err
	}
	if all, err = r.consume(ctx, kindRing, r.message); err != nil {
		pins.Stop()
	}
	return pins, all, err
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
	}, jetstream.PullHeartbeat(beatTime), jetstream.ConsumeErrHandler(func(jetstream.ConsumeContext, error) {})) // it resets itself
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
			capture.Sleep(ctx, frameTime)
		case <-trim.C:
			r.trim(ctx)
		case <-ctx.Done():
			return
		}
	}
}

func (r *Reader) message(m jetstream.Msg, meta *jetstream.MsgMetadata) {
	seq := meta.Sequence.Stream
	r.mu.Lock()
	missed := r.missed(seq)
	if seq > r.last {
		r.last = seq
		r.take(m, seq)
	}
	r.mu.Unlock()
	if missed > 0 {
		r.notice(words.Number(int(missed)) + " passed while you were away: the team's ring no longer has them")
		go r.trim(context.Background()) // what passed unread is no longer there
	}
	r.wake()
}

func (r *Reader) missed(seq uint64) uint64 {
	if r.last == 0 || seq <= r.last {
		return 0
	}
	return seq - r.last - 1
}

func (r *Reader) wake() { capture.Signal(r.poke) }

// Body reads a body of the team's ring.
func (r *Reader) Body(ctx context.Context, ref capture.BodyRef) ([]byte, error) {
	r.mu.Lock()
	c, ok := r.bodies[ref]
	r.mu.Unlock()
	if !ok {
		return nil, capture.ErrEvicted
	}
	return r.team.body(ctx, c)
}

// Place returns the place in the ring of what a node captured, also when it was deleted.
func (r *Reader) Place(node string, id capture.ID) (capture.ID, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	e := r.entries[key{node, id}]
	if e == nil || e.ex == nil {
		return 0, false
	}
	return capture.ID(e.seq), true
}

// Short is the letters that stand for a node; empty while they are not known.
func (r *Reader) Short(node string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.names[node]
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
		if e := r.entries[key{node, capture.ID(id)}]; short == name[:i] && e != nil && e.ex != nil {
			return capture.ID(e.seq), true
		}
	}
	return 0, false
}
