package ring

import (
	"slices"
	"time"

	"creel/capture"
)

// What one commit takes at most.
const (
	maxBatch      = 256
	maxBatchBytes = 8 << 20
)

// deferUnawaited is how long commits may leave out requests whose commit is not awaited yet, so how
// much later another request may have come that is kept before it.
const deferUnawaited = 5 * time.Millisecond

// piggybackLimits returns how many recorded ops are worth the pages that they dirty, and
// how many of them a commit takes at most, so that who waits for it does not wait
// long. Where captures come fast they wait anyhow, and what a commit costs counts.
func (w *writer) piggybackLimits() (worth, most int) {
	if w.busy {
		return maxBatch, 2 * maxBatch
	}
	return 16, 64
}

// job is what belongs into one commit together: an exchange whose commit is or will be
// awaited, ops whose commit is awaited, or an op that was recorded.
type job struct {
	ops    []capture.Op
	ticket *Ticket
	size   int64
	at     time.Time // when an exchange was submitted

	one [1]capture.Op // backs ops when it is one
}

func newJob(op capture.Op, size int64) *job {
	j := &job{one: [1]capture.Op{op}, size: size}
	j.ops = j.one[:]
	return j
}

// attempt puts an attempt with the exchange that waits for its commit, when both
// are no more than limit bytes.
func (j *job) attempt(a *capture.Attempt, limit int64) bool {
	ex := *j.ops[0].Add
	size := j.size + a.Footprint()
	if size > limit || len(ex.Attempts) == capture.KeepBodies {
		return false
	}
	a.N = len(ex.Attempts) + 1
	if a.SameBody {
		a.Body = ex.Request.Body
	}
	ex.Attempts = append(slices.Clip(ex.Attempts), a)
	j.ops[0].Add, j.size = &ex, size
	return true
}

func (j *job) recorded() bool { return j.ticket == nil }

// recordedOverhead is about what a recorded op without bodies keeps in memory.
const recordedOverhead = 512

// opSize is about what a recorded op keeps in memory until it is written.
func opSize(op capture.Op) int64 {
	switch {
	case op.Reply != nil:
		return op.Reply.Reply.Footprint()
	case op.Attempt != nil:
		return op.Attempt.Attempt.Footprint()
	}
	return recordedOverhead
}

// batch is the jobs of one commit.
type batch struct {
	jobs              []*job
	coming, malformed sum
}

func (b *batch) add(j *job) {
	b.jobs = append(b.jobs, j)
	j.ticket.queued = nil
	for _, op := range j.ops {
		if op.Add == nil {
			continue
		}
		b.coming.add(1, op.Add.Footprint())
		if op.Add.Request.Unreadable() {
			b.malformed.add(1, op.Add.Footprint())
		}
	}
}

// take returns what belongs into the next commit, or nil. What is recorded is
// included when it is worth its pages, when no commit is awaited, and before what users change,
// which may be about the same exchanges. While the journal fails, it does not
// share the fate of what is captured.
func (w *writer) take(flush bool) *batch {
	r := w.ring
	r.mu.Lock()
	defer r.mu.Unlock()
	n, changes := w.fitLocked(batchLimit(r.bounds, r.class[classPinned]))
	worth, most := w.piggybackLimits()
	along := flush && n == 0 || changes || w.unwritten.over(sum{worth, maxBatchBytes})
	b := &batch{}
	if along && (w.err == nil || n == 0) {
		b.jobs = w.takeRecordedLocked(most)
		if changes && len(w.recorded) > 0 {
			n = 0 // the rest of them first
		}
	}
	w.takeWaitingLocked(b, n, changes)
	if len(b.jobs) == 0 {
		return nil
	}
	return b
}

// takeWaitingLocked moves the first n that wait to b. Where captures come fast it leaves
// out those that are not awaited yet, such as one that is still being forwarded:
// what becomes of them until then is written with them.
func (w *writer) takeWaitingLocked(b *batch, n int, all bool) {
	before := time.Now().Add(-deferUnawaited)
	due := func(j *job) bool { return j.ticket.awaited.Load() || j.at.Before(before) }
	all = all || !w.busy || !slices.ContainsFunc(w.waiting[:n], due)
	left := w.waiting[:0]
	for i, j := range w.waiting {
		if i >= n || !all && !due(j) {
			left = append(left, j)
			continue
		}
		if j.ticket.awaited.Swap(true) {
			w.awaited.Add(-1)
		}
		b.add(j)
	}
	clear(w.waiting[len(left):])
	w.waiting = left
}

// takeRecordedLocked returns what is recorded, as far as it belongs into one commit.
func (w *writer) takeRecordedLocked(most int) []*job {
	var size int64
	n := 0
	for n < len(w.recorded) && n < most && size < maxBatchBytes {
		size += w.recorded[n].size
		n++
	}
	jobs := slices.Clone(w.recorded[:n])
	w.recorded = slices.Delete(w.recorded, 0, n)
	return jobs
}

// fitLocked returns how many of those that wait belong into a commit, and whether a
// user's change is among them.
func (w *writer) fitLocked(limit sum) (n int, changes bool) {
	var size sum
	for _, j := range w.waiting {
		size.add(len(j.ops), j.size)
		if n > 0 && size.over(limit) {
			break
		}
		n++
		changes = changes || len(j.ops) != 1 || j.ops[0].Add == nil || j.ops[0].Add.ID != 0
	}
	return n, changes
}
