package forward

import (
	"context"
	"maps"
	"slices"
	"sync"

	"creel/capture"
	"creel/capture/ring"
)

// Queue delivers what is pending: exchanges that a target could not be given
// when they arrived. What is pending is written with the exchanges, so that it
// outlives the process; the queue only reads it. Make one with NewQueue; it is
// safe for concurrent use.
type Queue struct {
	ring    *ring.Ring
	sender  *Sender
	targets *Targets

	mu     sync.Mutex
	rev    capture.Rev
	keys   map[capture.ID][]string // what is pending, as of rev
	counts map[string]int
	busy   map[pendingJob]bool

	// marking is held while what is pending for an exchange is changed, which
	// waits for the disk; mu never does.
	marking sync.Mutex

	wake  chan struct{}
	woken map[string]bool // targets that came up since Run last looked
}

// pendingJob is one delivery that is pending for one target.
type pendingJob struct {
	id  capture.ID
	key string
}

// NewQueue returns a queue of what is pending in the ring.
func NewQueue(r *ring.Ring, s *Sender, ts *Targets) *Queue {
	return &Queue{
		ring: r, sender: s, targets: ts,
		keys: map[capture.ID][]string{}, counts: map[string]int{}, busy: map[pendingJob]bool{},
		wake: make(chan struct{}, 1), woken: map[string]bool{},
	}
}

// Count returns how many deliveries wait for the target with that key, or, with
// an empty one, for all targets. It is cheap enough to be asked for each frame.
func (q *Queue) Count(key string) int {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.refresh()
	if key != "" {
		return q.counts[key]
	}
	n := 0
	for _, c := range q.counts {
		n += c
	}
	return n
}

// Counts returns how many deliveries wait for each target, by its key, also for those
// that are in the list of targets no more.
func (q *Queue) Counts() map[string]int {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.refresh()
	counts := maps.Clone(q.counts)
	maps.DeleteFunc(counts, func(_ string, n int) bool { return n == 0 })
	return counts
}

// refresh takes over what changed in the ring.
func (q *Queue) refresh() {
	d := q.ring.Since(q.rev)
	q.rev = d.Rev
	if d.Reset {
		clear(q.keys)
		clear(q.counts)
	}
	for _, id := range d.Gone {
		q.note(id, nil)
	}
	for _, ex := range d.Changed {
		q.note(ex.ID, ex.Pending)
	}
}

func (q *Queue) note(id capture.ID, keys []string) {
	for _, k := range q.keys[id] {
		q.counts[k]--
	}
	for _, k := range keys {
		q.counts[k]++
	}
	if len(keys) == 0 {
		delete(q.keys, id)
		return
	}
	q.keys[id] = keys
}

// Flush delivers what is pending for the target with that key, or for all when
// it is empty: oldest first, each once. What is being delivered by another Flush
// is left to it. It stops at a target that still takes nothing.
func (q *Queue) Flush(ctx context.Context, key string) Flushed {
	jobs := q.take(key)
	tries := q.tries()
	var total Flushed
	var mu sync.Mutex
	var all sync.WaitGroup
	for key, ids := range jobs {
		all.Go(func() {
			f := q.flushTarget(ctx, key, ids, tries)
			mu.Lock()
			defer mu.Unlock()
			total.add(f)
		})
	}
	all.Wait()
	return total
}

// take claims what is pending, by target and oldest first.
func (q *Queue) take(key string) map[string][]capture.ID {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.refresh()
	jobs := map[string][]capture.ID{}
	for id, keys := range q.keys {
		for _, k := range keys {
			if job := (pendingJob{id, k}); (key == "" || k == key) && !q.busy[job] {
				q.busy[job] = true
				jobs[k] = append(jobs[k], id)
			}
		}
	}
	for _, ids := range jobs {
		slices.Sort(ids)
	}
	return jobs
}

// flushTarget delivers to one target, one after the other and in order.
func (q *Queue) flushTarget(ctx context.Context, key string, ids []capture.ID, tries map[capture.DeliveryID][]capture.ID) Flushed {
	defer q.release(key, ids)
	f := flush{queue: q, key: key, tries: tries}
	var done Flushed
	for i, id := range ids {
		if ctx.Err() != nil {
			done.Left = len(ids) - i
			break
		}
		step, a := f.deliver(ctx, id)
		switch step {
		case stepSent:
			done.Sent++
			done.Results = count(done.Results, a.Outcome(), 1)
		case stepLeftOut:
			done.LeftOut++
		case stepPending:
			done.Left, done.Down = len(ids)-i, []string{key}
			return done
		}
	}
	return done
}

// target is the one with that key; where it is in the list no more, its URL.
func (q *Queue) target(key, captured string) (Target, error) {
	if t, ok := q.targets.ByKey(key, captured); ok {
		return t, nil
	}
	u, err := ParseURL(key)
	return Target{URL: u}, err
}

func (q *Queue) release(key string, ids []capture.ID) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, id := range ids {
		delete(q.busy, pendingJob{id, key})
	}
}

// markDelivered records that an exchange is no longer pending for a target.
func (q *Queue) markDelivered(ctx context.Context, id capture.ID, key string, a *capture.Attempt) {
	q.marking.Lock()
	defer q.marking.Unlock()
	var ops []capture.Op
	if a != nil {
		ops = append(ops, capture.Op{Attempt: &capture.AttemptAdd{ID: id, Attempt: *a}})
	}
	ex, ok := q.ring.Get(id)
	if !ok { // deleted meanwhile, and perhaps put back later
		ex, ok = q.ring.Deleted(id)
	}
	if ok {
		rest := slices.DeleteFunc(slices.Clone(ex.Pending), func(k string) bool { return k == key })
		ops = append(ops, capture.Op{Meta: &capture.Meta{ID: id, Pending: &rest}})
	}
	// Durable before the next is sent. When the journal takes nothing, the ring
	// has it all the same, and says on screen that it is not kept.
	if err := q.ring.Apply(ctx, ops...); err != nil {
		for _, op := range ops {
			q.ring.Record(op)
		}
	}
}

// Wake notes that a target came up; Run then delivers to it. It does not wait.
func (q *Queue) Wake(key string) {
	q.mu.Lock()
	q.woken[key] = true
	q.mu.Unlock()
	capture.Signal(q.wake)
}

// Run delivers what is pending for each target that Wake names, until ctx ends.
// flushed hears what came of it.
func (q *Queue) Run(ctx context.Context, flushed func(key string, f Flushed)) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-q.wake:
		}
		q.mu.Lock()
		woken := q.woken
		q.woken = map[string]bool{}
		q.mu.Unlock()
		for key := range woken {
			flushed(key, q.Flush(ctx, key))
		}
	}
}
