package ring

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"sync/atomic"
	"time"

	"creel/capture"
)

// While the journal takes nothing, what was recorded is kept up to these bounds.
const (
	maxUnwritten      = 20_000
	maxUnwrittenBytes = 32 << 20
	retryAfter        = time.Second
)

// Where captures come fast, a commit waits for more of them, because each costs
// about as much as ten of what it brings.
const (
	batchingThreshold = 4  // captures in one commit: the next one gathers
	minBatch          = 24 // captures are worth a commit
	maxBatchDelay     = 1500 * time.Microsecond
)

// writer commits to the journal, one transaction at a time: whatever is queued
// when the last one is done. An idle ring costs a capture one sync and no wait, a
// busy one shares it.
type writer struct {
	ring    *Ring
	journal capture.Journal
	seen    capture.Rev // of the journal; all up to it is in the ring

	// Guarded by the ring's mutex.
	waiting    []*job // their commit is or will be awaited
	recorded   []*job // their commit is not awaited
	unwritten  sum    // the recorded ones
	err        error  // why the last commit failed
	forgotten  int    // recorded ops given up since it did
	commits    uint64 // that were tried, and how long they took
	commitTime time.Duration
	stale      bool // the last gauge written is no longer right, or the ring is over its bounds

	awaited  atomic.Int64  // how many of waiting are awaited by now
	busy     bool          // the last commit brought several captures
	enough   chan struct{} // minBatch are awaited
	urgent   chan struct{} // something is waiting
	later    chan struct{} // something is recorded, or stale
	stopping chan struct{}
	stopped  chan error
	cancel   context.CancelFunc
}

func newWriter(r *Ring, j capture.Journal) *writer {
	return &writer{
		ring: r, journal: j,
		enough: make(chan struct{}, 1), urgent: make(chan struct{}, 1), later: make(chan struct{}, 1),
		stopping: make(chan struct{}), stopped: make(chan error, 1),
	}
}

func (w *writer) start() {
	ctx, cancel := context.WithCancel(context.Background())
	w.cancel = cancel
	go w.run(w.journal.Watch(ctx))
}

func (w *writer) stop() error {
	close(w.stopping)
	defer w.cancel()
	return <-w.stopped
}

// submit queues ex; the ring is not locked.
func (w *writer) submit(ex *capture.Exchange) *Ticket {
	j := newJob(capture.Op{Add: ex}, ex.Footprint())
	j.at = time.Now()
	j.ticket = &Ticket{done: make(chan struct{}), writer: w, queued: j}
	if err := w.enqueue(j); err != nil {
		return &Ticket{err: err}
	}
	return j.ticket
}

// apply queues ops and waits for them; the ring is not locked.
func (w *writer) apply(ctx context.Context, ops []capture.Op) error {
	var size int64
	for _, op := range ops {
		if op.Add != nil {
			size += op.Add.Footprint()
		}
	}
	t := &Ticket{done: make(chan struct{}), writer: w}
	if err := w.enqueue(&job{ops: ops, ticket: t, size: size}); err != nil {
		return err
	}
	_, err := t.Wait(ctx)
	return err
}

func (w *writer) enqueue(j *job) error {
	w.ring.mu.Lock()
	defer w.ring.mu.Unlock()
	if w.ring.closed {
		return ErrClosed
	}
	w.waiting = append(w.waiting, j)
	capture.Signal(w.urgent)
	return nil
}

// recordLocked queues an op that the ring has applied.
func (w *writer) recordLocked(op capture.Op) {
	j := newJob(op, opSize(op))
	w.recorded = append(w.recorded, j)
	w.unwritten.add(1, j.size)
	if w.err != nil {
		w.giveUpOldestLocked()
	}
	if w.unwritten.bytes > maxBatchBytes {
		capture.Signal(w.urgent) // memory waits for it
	}
	capture.Signal(w.later)
}

// giveUpOldestLocked drops what was recorded first while there is more than may be
// kept.
func (w *writer) giveUpOldestLocked() {
	limit := sum{maxUnwritten, maxUnwrittenBytes}
	n := 0
	for ; n < len(w.recorded) && w.unwritten.over(limit); n++ {
		w.unwritten.add(-1, -w.recorded[n].size)
		w.forgotten++
	}
	w.recorded = slices.Delete(w.recorded, 0, n)
}

// await counts one more that is awaited.
func (w *writer) await() {
	if w.awaited.Add(1) == minBatch {
		capture.Signal(w.enough)
	}
}

// run is the writer's goroutine.
func (w *writer) run(others <-chan struct{}) {
	flush := time.NewTimer(flushAfter)
	flush.Stop()
	armed := false
	for {
		ok := true
		select {
		case <-w.urgent:
			ok = w.drain(false)
		case <-w.later:
			if !armed {
				flush.Reset(flushAfter)
				armed = true
			}
		case <-flush.C:
			armed = false
			ok = w.drain(true)
		case _, open := <-others:
			if !open {
				others = nil
				continue
			}
			ok = w.drain(true)
			w.follow()
		case <-w.stopping:
			w.stopped <- w.finish()
			return
		}
		if !ok {
			flush.Reset(retryAfter)
			armed = true
		}
	}
}

// finish writes what is left.
func (w *writer) finish() error {
	ok := w.drain(true)
	r := w.ring
	r.mu.Lock()
	defer r.mu.Unlock()
	if ok {
		return nil
	}
	return fmt.Errorf("history: %d changes could not be written: %w", w.unwritten.count+w.forgotten, w.err)
}

// drain commits until nothing is awaited; with flush, until all is written that was
// recorded. It reports false when the journal fails and nothing is awaited.
func (w *writer) drain(flush bool) bool {
	for {
		w.gather()
		b := w.take(flush)
		w.busy = w.busy && b != nil
		switch {
		case b == nil && flush && (w.err != nil || w.stale):
			return w.commit(&batch{}) == nil // finds out whether it recovered
		case b == nil:
			return w.err == nil
		case w.commit(b) != nil && !w.anyWaiting():
			return false
		}
	}
}

// gather waits until enough is there for a commit, or not much more is coming.
func (w *writer) gather() {
	if !w.busy {
		return
	}
	select {
	case <-w.enough: // of an earlier commit, perhaps
	default:
	}
	if w.awaited.Load() >= minBatch {
		return
	}
	longest := time.NewTimer(maxBatchDelay)
	defer longest.Stop()
	select {
	case <-w.enough:
	case <-w.stopping:
	case <-longest.C:
	}
}

// anyWaiting reports whether something has to be committed soon.
func (w *writer) anyWaiting() bool {
	w.ring.mu.Lock()
	defer w.ring.mu.Unlock()
	return len(w.waiting) > 0
}

// commit writes a batch with what has to go for it, brings the ring in step,
// and wakes who waits.
func (w *writer) commit(b *batch) error {
	r := w.ring
	r.mu.Lock()
	var evict []capture.ID
	deferred := r.mayDeferEviction(r.bounds, b.coming)
	if !deferred {
		evict = r.victims(r.bounds, b.coming, b.malformed)
	}
	gauge := r.gauge()
	gauge.Kept += b.coming.count - len(evict)
	gauge.Used += b.coming.bytes - r.weigh(evict)
	r.mu.Unlock()
	ops := make([]capture.Op, 0, len(b.jobs)+2)
	if len(evict) > 0 {
		ops = append(ops, capture.Op{Evict: evict}) // first: what comes takes its place
	}
	room := len(ops)
	for _, j := range b.jobs {
		ops = append(ops, j.ops...)
	}
	if len(ops) > 0 || w.stale {
		ops = append(ops, capture.Op{Gauge: &gauge})
	}
	w.busy = b.coming.count >= batchingThreshold
	began := time.Now()
	receipt, err := w.tryCommit(ops)

	r.mu.Lock()
	defer r.mu.Unlock()
	w.commits++
	w.commitTime += time.Since(began)
	if changed := (err == nil) != (w.err == nil); changed {
		defer r.watchers.notify()
	}
	w.err = err
	if err != nil {
		w.failedLocked(b)
		return err
	}
	w.forgotten, w.stale = 0, deferred
	if deferred {
		capture.Signal(w.later)
	}
	w.wrote(receipt.Rev)
	r.evict(evict)
	w.committedLocked(b, receipt.Kept[room:])
	return nil
}

// tryCommit has the journal keep ops. A panic in it is an error of this commit: the
// program goes on, and those who wait get the error.
func (w *writer) tryCommit(ops []capture.Op) (r capture.Receipt, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return w.journal.Commit(context.Background(), ops...)
}

// failedLocked gives the error to those who wait, and keeps the rest.
func (w *writer) failedLocked(b *batch) {
	var keep []*job
	for _, j := range b.jobs {
		if j.recorded() {
			keep = append(keep, j)
			continue
		}
		j.ticket.err = fmt.Errorf("history: commit: %w", w.err)
		close(j.ticket.done)
	}
	w.recorded = append(keep, w.recorded...)
	w.giveUpOldestLocked()
	if w.forgotten > 0 {
		w.err = fmt.Errorf("%w; %d changes are lost", w.err, w.forgotten)
	}
}

// committedLocked brings the ring in step with the journal and wakes who waits. The first ops of kept are those of the batch.
func (w *writer) committedLocked(b *batch, kept []capture.Op) {
	r := w.ring
	for _, j := range b.jobs {
		ops := kept[:len(j.ops)]
		kept = kept[len(j.ops):]
		if j.recorded() {
			w.unwritten.add(-1, -j.size)
			r.adoptStoredBodies(j.ops[0], ops[0])
			continue
		}
		for _, op := range ops {
			if op.Add != nil {
				j.ticket.ex = op.Add
				r.admitLocked(op.Add)
				continue
			}
			r.apply(op)
			w.stale = true
			capture.Signal(w.later)
		}
		for _, a := range j.ticket.pendingAttempts {
			r.recordLocked(capture.Op{Attempt: &capture.AttemptAdd{ID: j.ticket.ex.ID, Attempt: *a}})
		}
		close(j.ticket.done)
	}
	if len(b.jobs) > 0 {
		r.watchers.notify()
	}
}
