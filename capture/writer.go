package capture

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// What one commit takes at most.
const (
	maxBatch      = 256
	maxBatchBytes = 8 << 20
)

// While the journal takes nothing, what was recorded is kept up to these bounds.
const (
	maxUnwritten      = 20_000
	maxUnwrittenBytes = 32 << 20
	retryAfter        = time.Second
)

// job is what belongs into one commit together: an exchange that somebody waits
// for, ops that somebody waits for, or an op that was recorded.
type job struct {
	ops    []Op
	ticket *Ticket
	size   int64

	one [1]Op // backs ops when it is one
}

func newJob(op Op, size int64) *job {
	j := &job{one: [1]Op{op}, size: size}
	j.ops = j.one[:]
	return j
}

func (j *job) recorded() bool { return j.ticket == nil }

// writer commits to the journal, one transaction at a time: whatever is queued
// when the last one is done. There is no timer for what somebody waits for, so
// that an idle ring costs a capture one sync, and a busy one shares it.
type writer struct {
	ring    *Ring
	journal Journal
	seen    Rev // of the journal; all up to it is in the ring

	// Guarded by the ring's mutex.
	queue     []*job
	unwritten sum   // the recorded ones in the queue
	err       error // why the last commit failed
	forgotten int   // recorded ops given up since it did
	stale     bool  // the last gauge written is no longer right

	urgent   chan struct{} // somebody waits
	recorded chan struct{} // something is recorded
	stopping chan struct{}
	stopped  chan error
	cancel   context.CancelFunc
}

func newWriter(r *Ring, j Journal) *writer {
	return &writer{
		ring: r, journal: j,
		urgent: make(chan struct{}, 1), recorded: make(chan struct{}, 1),
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
func (w *writer) submit(ex *Exchange) *Ticket {
	j := newJob(Op{Add: ex}, ex.Footprint())
	j.ticket = &Ticket{done: make(chan struct{})}
	if err := w.enqueue(j); err != nil {
		return &Ticket{err: err}
	}
	return j.ticket
}

// apply queues ops and waits for them; the ring is not locked.
func (w *writer) apply(ctx context.Context, ops []Op) error {
	var size int64
	for _, op := range ops {
		if op.Add != nil {
			size += op.Add.Footprint()
		}
	}
	t := &Ticket{done: make(chan struct{})}
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
	w.queue = append(w.queue, j)
	signal(w.urgent)
	return nil
}

// record queues an op that the ring has applied; the ring is locked.
func (w *writer) record(op Op) {
	j := newJob(op, opSize(op))
	w.queue = append(w.queue, j)
	w.unwritten.add(1, j.size)
	if w.err != nil {
		w.giveUpOldest()
	}
	signal(w.recorded)
}

// opSize is about what a recorded op keeps in memory until it is written.
func opSize(op Op) int64 {
	switch {
	case op.Reply != nil:
		return op.Reply.Reply.footprint() + fieldOverhead
	case op.Attempt != nil:
		return op.Attempt.Attempt.footprint()
	}
	return exchangeOverhead
}

// giveUpOldest drops what was recorded first while there is more than may be
// kept; the ring is locked.
func (w *writer) giveUpOldest() {
	limit := sum{maxUnwritten, maxUnwrittenBytes}
	for i := 0; i < len(w.queue) && w.unwritten.over(limit); {
		j := w.queue[i]
		if !j.recorded() {
			i++
			continue
		}
		w.queue = slices.Delete(w.queue, i, i+1)
		w.unwritten.add(-1, -j.size)
		w.forgotten++
	}
}

func signal(ch chan struct{}) {
	select {
	case ch <- struct{}{}:
	default:
	}
}

// run is the writer's goroutine.
func (w *writer) run(others <-chan struct{}) {
	flush := time.NewTimer(flushAfter)
	flush.Stop()
	armed := false
	for {
		select {
		case <-w.urgent:
		case <-w.recorded:
			if !armed {
				flush.Reset(flushAfter)
				armed = true
			}
			continue
		case <-flush.C:
		case _, ok := <-others:
			if !ok {
				others = nil
				continue
			}
			w.drain()
			w.follow()
		case <-w.stopping:
			w.stopped <- w.finish()
			return
		}
		if armed = !w.drain(); armed {
			flush.Reset(retryAfter)
		}
	}
}

// finish writes what is left.
func (w *writer) finish() error {
	ok := w.drain()
	r := w.ring
	r.mu.Lock()
	defer r.mu.Unlock()
	if ok {
		return nil
	}
	return fmt.Errorf("history: %d changes could not be written: %w", w.unwritten.count+w.forgotten, w.err)
}

// drain commits until nothing is queued. It reports false when the journal fails
// and only what nobody waits for is left.
func (w *writer) drain() bool {
	for {
		b := w.take()
		if b == nil {
			// An empty commit finds out whether a failing journal recovered.
			return (w.err == nil && !w.stale) || w.commit(&batch{}) == nil
		}
		if w.commit(b) != nil && !w.awaited() {
			return false
		}
	}
}

// awaited reports whether somebody waits for something in the queue.
func (w *writer) awaited() bool {
	w.ring.mu.Lock()
	defer w.ring.mu.Unlock()
	return slices.ContainsFunc(w.queue, func(j *job) bool { return !j.recorded() })
}

// batch is the jobs of one commit.
type batch struct {
	jobs              []*job
	coming, malformed sum
}

func (b *batch) add(j *job) {
	b.jobs = append(b.jobs, j)
	for _, op := range j.ops {
		if op.Add == nil {
			continue
		}
		b.coming.add(1, op.Add.Footprint())
		if op.Add.Request.Malformed != "" {
			b.malformed.add(1, op.Add.Footprint())
		}
	}
}

// take returns what belongs into the next commit, or nil. While the journal
// fails, what is recorded does not share the fate of what is captured.
func (w *writer) take() *batch {
	r := w.ring
	r.mu.Lock()
	defer r.mu.Unlock()
	limit := r.bounds.batch(r.class[classPinned])
	b := &batch{}
	var size sum
	n := 0
	if w.err != nil {
		w.sort()
	}
	for _, j := range w.queue {
		size.add(1, j.size)
		if n > 0 && (size.bytes > limit.bytes || b.coming.count >= limit.count || n >= 4*maxBatch) {
			break
		}
		if w.err != nil && n > 0 && j.recorded() != b.jobs[0].recorded() {
			break
		}
		b.add(j)
		n++
	}
	if n == 0 {
		return nil
	}
	clear(w.queue[:n])
	w.queue = w.queue[n:]
	return b
}

// sort puts those that somebody waits for first; the ring is locked. Nothing
// that was recorded is about them.
func (w *writer) sort() {
	var waiting, recorded []*job
	for _, j := range w.queue {
		if j.recorded() {
			recorded = append(recorded, j)
		} else {
			waiting = append(waiting, j)
		}
	}
	w.queue = append(waiting, recorded...)
}

// commit writes a batch with what has to go for it, brings the ring in step,
// and wakes who waits.
func (w *writer) commit(b *batch) error {
	r := w.ring
	r.mu.Lock()
	evict := r.victims(r.bounds, b.coming, b.malformed)
	gauge := r.gauge()
	r.mu.Unlock()
	ops := make([]Op, 0, len(b.jobs)+2)
	if len(evict) > 0 {
		ops = append(ops, Op{Evict: evict}) // first: what comes takes its place
	}
	room := len(ops)
	for _, j := range b.jobs {
		ops = append(ops, j.ops...)
	}
	if len(ops) > 0 || w.stale {
		gauge.Kept += b.coming.count - len(evict)
		ops = append(ops, Op{Gauge: &gauge})
	}
	receipt, err := w.journal.Commit(context.Background(), ops...)

	r.mu.Lock()
	defer r.mu.Unlock()
	if changed := (err == nil) != (w.err == nil); changed {
		defer r.watchers.poke()
	}
	w.err = err
	if err != nil {
		w.failed(b)
		return err
	}
	w.forgotten, w.stale = 0, false
	if receipt.Rev == w.seen+1 {
		w.seen = receipt.Rev
	}
	r.evict(evict)
	w.committed(b, receipt.Kept[room:])
	return nil
}

// failed tells those who wait, and keeps the rest; the ring is locked.
func (w *writer) failed(b *batch) {
	var keep []*job
	for _, j := range b.jobs {
		if j.recorded() {
			keep = append(keep, j)
			continue
		}
		j.ticket.err = fmt.Errorf("history: commit: %w", w.err)
		close(j.ticket.done)
	}
	w.queue = append(keep, w.queue...)
	w.giveUpOldest()
	if w.forgotten > 0 {
		w.err = fmt.Errorf("%w; %d changes are lost", w.err, w.forgotten)
	}
}

// committed brings the ring in step with the journal and wakes who waits; the
// ring is locked. The first ops of kept are those of the batch.
func (w *writer) committed(b *batch, kept []Op) {
	r := w.ring
	for _, j := range b.jobs {
		ops := kept[:len(j.ops)]
		kept = kept[len(j.ops):]
		if j.recorded() {
			w.unwritten.add(-1, -j.size)
			r.handOver(j.ops[0], ops[0])
			continue
		}
		for _, op := range ops {
			if op.Add != nil {
				j.ticket.ex = op.Add
				r.admit(op.Add)
				continue
			}
			r.apply(op)
			w.stale = true
			signal(w.recorded)
		}
		close(j.ticket.done)
	}
	if len(b.jobs) > 0 {
		r.watchers.poke()
	}
}
