package ring

import (
	"context"
	"iter"

	"creel/capture"
)

// Get returns the exchange with that id.
func (r *Ring) Get(id capture.ID) (*capture.Exchange, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	ex := r.get(id)
	return ex, ex != nil
}

// Snapshot returns all exchanges, oldest first.
func (r *Ring) Snapshot() []*capture.Exchange {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.snapshot()
}

// beforeBatch is how many exchanges Before reads with one lock.
const beforeBatch = 128

// Before yields the exchanges with smaller ids, the newest first. It costs what is
// taken from it; the ring may change meanwhile.
func (r *Ring) Before(id capture.ID) iter.Seq[*capture.Exchange] {
	return func(yield func(*capture.Exchange) bool) {
		for {
			r.mu.Lock()
			batch := r.before(id, beforeBatch)
			r.mu.Unlock()
			for _, ex := range batch {
				if !yield(ex) {
					return
				}
			}
			if len(batch) < beforeBatch {
				return
			}
			id = batch[len(batch)-1].ID
		}
	}
}

// Since returns what changed after rev; Since(0) returns everything. It costs what
// changed, whatever is kept.
func (r *Ring) Since(rev capture.Rev) Delta {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.since(rev)
}

// Watch returns a channel of capacity one that receives after every change:
// look. It is closed when ctx ends.
func (r *Ring) Watch(ctx context.Context) <-chan struct{} {
	return r.watchers.add(ctx)
}

// Notify wakes all watchers although no exchange changed, for what is shown
// next to them: the health of a target, a rule, the standing reply.
func (r *Ring) Notify() { r.watchers.notify() }

// Stats returns what the ring holds.
func (r *Ring) Stats() Stats {
	r.mu.Lock()
	defer r.mu.Unlock()
	g := r.gauge()
	s := Stats{
		Rev: r.rev, Bounds: r.bounds, Kept: g.Kept, Bytes: g.Used, Evicted: r.evicted,
		Pinned: g.Pinned, Pending: g.Pending, Newest: r.newest, First: r.first, EvictedOnOpen: r.evictedOnOpen, PinnedEvictedOnOpen: r.pinnedEvictedOnOpen,
	}
	if r.writer != nil {
		s.Err = r.writer.err
		s.Commits, s.CommitTime = r.writer.commits, r.writer.commitTime
	}
	return s
}
