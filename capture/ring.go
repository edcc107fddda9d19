package capture

import (
	"context"
	"slices"
	"sync"
)

// Bounds are the limits of a ring. Zero means the default.
type Bounds struct {
	Count int   // exchanges; default 10000
	Bytes int64 // heads, bodies, replies and attempts; default 256 MiB
}

// Stats is what a ring holds, for the header row.
type Stats struct {
	Rev     Rev
	Kept    int
	Bytes   int64
	Evicted uint64 // let go since the start
	Pinned  int
	Pending int // exchanges with a pending delivery
	Newest  ID
	// First is the first id captured by this process; smaller ones are from
	// earlier runs. Zero when none is.
	First ID
	// Err is why the journal takes nothing at the moment; nil when it does.
	Err error
}

// Delta is what changed in a ring since a revision.
type Delta struct {
	Rev Rev
	// Reset says that the difference is no longer known: Changed is everything.
	Reset   bool
	Changed []*Exchange // by id
	Gone    []ID
}

// Ring holds the newest exchanges, in order, within its bounds. It is the one
// thing that screen, filters and listen read. It is safe for concurrent use.
type Ring struct {
	mu    sync.Mutex
	all   []*Exchange
	rev   Rev
	next  ID
	watch []chan struct{}
}

// NewRing returns a ring that lives in memory only.
func NewRing(b Bounds) *Ring { return &Ring{next: 1} }

// OpenRing returns a ring that j makes durable, with what j holds.
func OpenRing(ctx context.Context, b Bounds, j Journal) (*Ring, error) {
	r := NewRing(b)
	for c, err := range j.Changes(ctx, 0) {
		if err != nil {
			return nil, err
		}
		r.all = append(r.all, c.Exchange)
	}
	return r, nil
}

// Ticket stands for a commit that is under way.
type Ticket struct {
	done chan struct{}
	ex   *Exchange
	err  error
}

// Wait returns the exchange with its ID once it is durable, or why it is not.
func (t *Ticket) Wait(ctx context.Context) (*Exchange, error) {
	select {
	case <-t.done:
		return t.ex, t.err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// Submit starts the commit of ex, which must not be changed afterwards.
func (r *Ring) Submit(ex *Exchange) *Ticket {
	t := &Ticket{done: make(chan struct{})}
	t.ex, t.err = r.add(ex), nil
	close(t.done)
	return t
}

func (r *Ring) add(ex *Exchange) *Exchange {
	r.mu.Lock()
	defer r.mu.Unlock()
	c := *ex
	c.ID = r.next
	r.next++
	r.rev++
	r.all = append(r.all, &c)
	return &c
}

// Apply makes changes and returns when they are durable.
func (r *Ring) Apply(ctx context.Context, ops ...Op) error { return nil }

// Record makes a change that becomes durable with the next commit, within a
// second. It waits for nothing.
func (r *Ring) Record(op Op) {}

// Get returns the exchange with that id.
func (r *Ring) Get(id ID) (*Exchange, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	i, ok := slices.BinarySearchFunc(r.all, id, func(e *Exchange, id ID) int { return int(e.ID) - int(id) })
	if !ok {
		return nil, false
	}
	return r.all[i], true
}

// Snapshot returns all exchanges, oldest first.
func (r *Ring) Snapshot() []*Exchange {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.all)
}

// Since returns what changed after rev; Since(0) returns everything.
func (r *Ring) Since(rev Rev) Delta {
	return Delta{Rev: r.rev, Reset: true, Changed: r.Snapshot()}
}

// Watch returns a channel of capacity one that receives after every change:
// look. It is closed when ctx ends.
func (r *Ring) Watch(ctx context.Context) <-chan struct{} { return make(chan struct{}, 1) }

// Poke wakes all watchers although no exchange changed, for what is shown
// beside them: the health of a target, a rule, the standing reply.
func (r *Ring) Poke() {}

// Stats returns what the ring holds.
func (r *Ring) Stats() Stats { return Stats{} }

// Close writes what was recorded and stops the writer. It does not close the
// journal.
func (r *Ring) Close() error { return nil }
