package ring

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"creel/capture"
)

// ErrClosed is returned by a ring that was closed.
var ErrClosed = errors.New("the history is closed")

// Stats is what a ring holds, for the header row.
type Stats struct {
	Rev     capture.Rev
	Bounds  capture.Bounds
	Kept    int
	Bytes   int64
	Evicted uint64 // since the start
	Pinned  int
	Pending int // exchanges with a pending delivery
	Newest  capture.ID
	// First is the first id captured by this process; smaller ones are from
	// earlier runs. Zero when none is.
	First capture.ID
	// EvictedOnOpen is how many exchanges the history held that did not fit when it was
	// opened: its bounds were wider in an earlier run.
	EvictedOnOpen int
	// PinnedEvictedOnOpen is how many of them were pinned: pins may fill three quarters.
	PinnedEvictedOnOpen int
	// Err is why the journal takes nothing at the moment; nil when it does.
	Err error
	// Commits is how many commits the journal was asked for since the start, CommitTime
	// how long they took together. Zero in memory.
	Commits    uint64
	CommitTime time.Duration
}

// Delta is what changed in a ring since a revision.
type Delta struct {
	Rev capture.Rev
	// Reset says that the difference is no longer known: Changed is everything.
	Reset   bool
	Changed []*capture.Exchange // by id
	Gone    []capture.ID        // in no order; some twice, or never seen
	Deleted []capture.ID        // those of Gone that a user deleted
}

// Ring holds the newest exchanges, in order, within its bounds. It is the one
// thing that screen, filters and listen read. It is safe for concurrent use.
type Ring struct {
	mu sync.Mutex
	ledger
	watchers                           watchers
	next                               capture.ID // without a journal
	newest                             capture.ID
	first                              capture.ID
	evictedOnOpen, pinnedEvictedOnOpen int
	closed                             bool

	writer *writer // nil without a journal

	applying sync.Mutex // one Apply at a time, so that each sees what the last one pinned
}

// New returns a ring that lives in memory only.
func New(b capture.Bounds) *Ring {
	return &Ring{ledger: ledger{bounds: b.OrDefault(), changes: changes{first: 1}}, next: 1}
}

// Open returns a ring that j makes durable, with what j holds. What waited
// for an answer when j was last used was interrupted. The ring must be closed
// before j is.
func Open(ctx context.Context, b capture.Bounds, j capture.Journal) (*Ring, error) {
	r := New(b)
	w := newWriter(r, j)
	if err := w.load(ctx); err != nil {
		return nil, fmt.Errorf("history: load: %w", err)
	}
	pinned := r.class[classPinned].count
	gone := r.surplusPins(r.bounds)
	r.evict(gone)
	more := r.victims(r.bounds, sum{}, sum{})
	r.evict(more)
	r.evicted = 0 // since the start
	r.evictedOnOpen, r.pinnedEvictedOnOpen = len(gone)+len(more), pinned-r.class[classPinned].count
	if err := w.open(ctx, append(gone, more...)); err != nil {
		return nil, fmt.Errorf("history: open: %w", err)
	}
	r.writer = w
	w.start()
	return r, nil
}

// Ticket stands for a commit that is under way.
type Ticket struct {
	done chan struct{} // nil when it was done at once
	ex   *capture.Exchange
	err  error

	writer  *writer
	awaited atomic.Bool // Wait was called, or a commit has taken it

	// Guarded by the ring's mutex.
	queued          *job               // until a commit takes it
	pendingAttempts []*capture.Attempt // to be recorded once it is committed
}

// Wait returns the exchange with its ID once it is durable, or why it is not.
func (t *Ticket) Wait(ctx context.Context) (*capture.Exchange, error) {
	if t.done == nil {
		return t.ex, t.err
	}
	select { // first: it may be durable although ctx has ended
	case <-t.done:
		return t.ex, t.err
	default:
	}
	if !t.awaited.Swap(true) {
		t.writer.await()
	}
	select {
	case <-t.done:
		return t.ex, t.err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// Submit starts the commit of ex, which must not be changed afterwards. The ring
// keeps a copy.
func (r *Ring) Submit(ex *capture.Exchange) *Ticket { return r.SubmitOwned(pack(ex)) }

// SubmitOwned is Submit of an exchange that the ring may keep as it is. Its ID may be
// written before SubmitOwned returns, and nothing after.
func (r *Ring) SubmitOwned(ex *capture.Exchange) *Ticket {
	ex.ID = 0
	if r.writer != nil {
		return r.writer.submit(ex)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return &Ticket{err: ErrClosed}
	}
	r.makeRoomLocked(ex)
	r.admitLocked(ex)
	r.watchers.notify()
	return &Ticket{ex: ex}
}

// makeRoomLocked evicts what has to make place for ex.
func (r *Ring) makeRoomLocked(ex *capture.Exchange) {
	coming := sum{1, ex.Footprint()}
	var malformed sum
	if ex.Request.Unreadable() {
		malformed = coming
	}
	r.evict(r.victims(r.bounds, coming, malformed))
}

// admitLocked puts ex in, under the next id when it has none.
func (r *Ring) admitLocked(ex *capture.Exchange) {
	if ex.ID == 0 {
		ex.ID = r.next
	}
	r.next = max(r.next, ex.ID+1)
	if ex.ID > r.newest && ex.ImportedFrom == 0 && r.first == 0 {
		r.first = ex.ID
	}
	r.newest = max(r.newest, ex.ID)
	r.set(ex)
	r.catchUpLocked(ex)
}

// Apply makes changes and returns when they are durable: all of them, or none
// and why. A pin beyond half of the ring is refused. A Delete of many that stands
// alone is made in parts, so that captures go on meanwhile; when it fails, some
// of them may be gone.
func (r *Ring) Apply(ctx context.Context, ops ...capture.Op) error {
	r.applying.Lock()
	defer r.applying.Unlock()
	if err := r.checkPins(ops); err != nil {
		return err
	}
	ops = slices.Clone(ops)
	for i, op := range ops {
		if op.Add != nil {
			ops[i].Add = pack(op.Add)
		}
	}
	switch {
	case r.writer == nil:
		return r.applyNow(ops)
	case len(ops) == 1 && len(ops[0].Delete) > 1:
		for part := range r.parts(ops[0].Delete) {
			if err := r.writer.apply(ctx, []capture.Op{{Delete: part}}); err != nil {
				return err
			}
		}
		return nil
	}
	return r.writer.apply(ctx, ops)
}

// parts yields ids in parts that are about as much as a commit takes.
func (r *Ring) parts(ids []capture.ID) iter.Seq[[]capture.ID] {
	return func(yield func([]capture.ID) bool) {
		for len(ids) > 0 {
			n, size := 0, int64(0)
			for n < len(ids) && n < maxBatch && size < maxBatchBytes {
				if ex, ok := r.Get(ids[n]); ok {
					size += ex.Footprint()
				}
				n++
			}
			if !yield(ids[:n]) {
				return
			}
			ids = ids[n:]
		}
	}
}

// applyNow is Apply without a journal.
func (r *Ring) applyNow(ops []capture.Op) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return ErrClosed
	}
	for _, op := range ops {
		if op.Add != nil {
			r.makeRoomLocked(op.Add)
			r.admitLocked(op.Add)
			continue
		}
		r.apply(op)
	}
	r.evict(r.victims(r.bounds, sum{}, sum{}))
	r.watchers.notify()
	return nil
}

// checkPins refuses ops that, in order, would pin more than may be pinned.
func (r *Ring) checkPins(ops []capture.Op) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	g := r.gauge()
	now := map[capture.ID]bool{}
	for _, op := range ops {
		ex, pin := op.Add, true
		switch {
		case ex != nil && ex.Pinned:
		case op.Meta != nil && op.Meta.Pinned != nil:
			ex, pin = r.get(op.Meta.ID), *op.Meta.Pinned
			if ex == nil {
				continue
			}
			was, changed := now[ex.ID]
			if !changed {
				was = ex.Pinned
			}
			if pin == was {
				continue
			}
			now[ex.ID] = pin
		default:
			continue
		}
		size := ex.Footprint()
		if !pin {
			g.Pinned--
			g.PinnedBytes -= size
			continue
		}
		if err := g.CheckPin(ex.ID, size); err != nil {
			return err
		}
		g.Pinned++
		g.PinnedBytes += size
	}
	return nil
}

// Record makes a change at once that becomes durable with the next commit,
// within a second. It waits for nothing. It is for what creel itself has to
// write down: replies, attempts, pending deliveries; use Apply for what a user
// asks for.
func (r *Ring) Record(op capture.Op) {
	if op.Reply != nil {
		reply := *op.Reply
		reply.Reply = packReply(reply.Reply)
		op.Reply = &reply
	}
	r.RecordOwned(op)
}

// RecordOwned is Record of an op that the ring may keep.
func (r *Ring) RecordOwned(op capture.Op) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.closed && r.recordLocked(op) {
		r.watchers.notify()
	}
}

// recordLocked is RecordOwned with the ring locked; it reports whether there is
// something new to look at.
func (r *Ring) recordLocked(op capture.Op) bool {
	op, ok := r.apply(op)
	if !ok {
		return false
	}
	if r.writer != nil {
		r.writer.recordLocked(op)
	} else {
		r.evict(r.victims(r.bounds, sum{}, sum{}))
	}
	return true
}

// RecordAttempt records an attempt of the exchange that t stands for, whose commit
// may still be to come: it takes the attempt along, which costs a fraction of a
// change of its own. It waits for nothing.
func (r *Ring) RecordAttempt(t *Ticket, a *capture.Attempt) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case t.err != nil:
	case t.ex != nil:
		if !r.closed && r.recordLocked(capture.Op{Attempt: &capture.AttemptAdd{ID: t.ex.ID, Attempt: *a}}) {
			r.watchers.notify()
		}
	case t.queued == nil || len(t.pendingAttempts) > 0 || !t.queued.attempt(a, r.bounds.Bytes/4):
		t.pendingAttempts = append(t.pendingAttempts, a)
	}
}

// Close writes what was recorded and stops the writer; an error says what could
// not be written. It does not close the journal. The ring can still be read.
func (r *Ring) Close() error {
	r.mu.Lock()
	closed := r.closed
	r.closed = true
	r.mu.Unlock()
	if closed || r.writer == nil {
		return nil
	}
	return r.writer.stop()
}

// flushAfter is how long what was recorded may wait for a commit to be included in.
const flushAfter = 500 * time.Millisecond
