package ring

import (
	"slices"

	"creel/capture"
)

// A ledger is the exchanges with a revision: what a ring knows, without where
// it is kept. It is not safe for concurrent use.
type ledger struct {
	index
	bounds  capture.Bounds
	rev     capture.Rev
	changes changes
	deleted deletions

	evicted uint64
}

// set puts ex in, or in the place of what was there.
func (l *ledger) set(ex *capture.Exchange) {
	l.rev++
	l.changes.add(ex.ID)
	l.put(ex, l.rev)
}

// drop takes id out and reports whether it was there.
func (l *ledger) drop(id capture.ID) bool {
	if !l.remove(id) {
		return false
	}
	l.rev++
	l.changes.add(id)
	return true
}

// delete takes out what a user deleted.
func (l *ledger) delete(id capture.ID) bool {
	ex := l.get(id)
	ok := l.drop(id)
	if ok {
		l.changes.deleted = append(l.changes.deleted, l.rev)
		l.deleted.add(ex)
	}
	return ok
}

func (l *ledger) evict(ids []capture.ID) {
	for _, id := range ids {
		if l.drop(id) {
			l.evicted++
		}
	}
}

// apply makes a change to what is there; Add is not its business. It returns the
// op with what the receiver has to fill in, and false when the exchange is gone.
func (l *ledger) apply(op capture.Op) (capture.Op, bool) {
	switch {
	case op.Reply != nil:
		return op, l.change(op.Reply.ID, func(ex *capture.Exchange) {
			ex.State, ex.Reply = op.Reply.State, op.Reply.Reply
		})
	case op.Attempt != nil:
		add := *op.Attempt
		ok := l.change(add.ID, func(ex *capture.Exchange) { l.attempt(ex, &add) })
		return capture.Op{Attempt: &add}, ok
	case op.Meta != nil:
		return op, l.change(op.Meta.ID, op.Meta.Put)
	}
	some := false
	for _, id := range op.Delete {
		some = l.delete(id) || some
	}
	l.evict(op.Evict)
	return op, some || len(op.Evict) > 0
}

// change replaces an exchange by a copy that f changed. It reports whether the
// exchange is there: one that was deleted is changed, too, for when it is put back.
func (l *ledger) change(id capture.ID, f func(*capture.Exchange)) bool {
	old := l.get(id)
	there := old != nil
	if !there {
		if old = l.deleted.get(id); old == nil {
			return false
		}
	}
	ex := *old
	f(&ex)
	if there {
		l.set(&ex)
	} else {
		l.deleted.add(&ex)
	}
	return there
}

// adoptStoredBodies puts the handles that a journal gave in the place of the bodies of an
// op that was applied before it was written. It is no change that readers see.
func (l *ledger) adoptStoredBodies(given, kept capture.Op) {
	if sameBodies(given, kept) {
		return
	}
	id := subject(given)
	i, ok := l.find(id)
	if !ok || l.list[i].ex == nil {
		return
	}
	switch old := l.list[i].ex; {
	case given.Reply != nil && old.Reply.Body.Same(given.Reply.Reply.Body):
		ex := *old
		ex.Reply.Body = kept.Reply.Reply.Body
		l.list[i].ex = &ex
	case given.Attempt != nil && given.Attempt.Attempt.BodyBytes() > 0:
		at := slices.IndexFunc(old.Attempts, func(a *capture.Attempt) bool { return a.N == given.Attempt.Attempt.N })
		if at < 0 || old.Attempts[at].BodyBytes() == 0 {
			return
		}
		ex, a := *old, *old.Attempts[at]
		a.Reply.Body = kept.Attempt.Attempt.Reply.Body
		if !a.SameBody {
			a.Body = kept.Attempt.Attempt.Body
		}
		ex.Attempts = slices.Clone(ex.Attempts)
		ex.Attempts[at] = &a
		l.list[i].ex = &ex
	}
}

// sameBodies reports whether kept has the very same bodies as given.
func sameBodies(given, kept capture.Op) bool {
	switch {
	case given.Reply != nil:
		return given.Reply.Reply.Body.Same(kept.Reply.Reply.Body)
	case given.Attempt != nil:
		given, kept := &given.Attempt.Attempt, &kept.Attempt.Attempt
		return given.Reply.Body.Same(kept.Reply.Body) && (given.SameBody || given.Body.Same(kept.Body))
	}
	return true
}

// attempt puts an attempt under ex, and trims old ones of their bodies: those
// that are too many, and those that would make this exchange more than a
// quarter of the ring.
func (l *ledger) attempt(ex *capture.Exchange, add *capture.AttemptAdd) {
	a := &add.Attempt
	a.N = 1
	if a.SameBody {
		a.Body = ex.Request.Body
	}
	if n := len(ex.Attempts); n > 0 {
		a.N = ex.Attempts[n-1].N + 1
	}
	old := ex.Attempts
	ex.Attempts = append(make([]*capture.Attempt, 0, len(old)+1), old...)
	ex.Attempts = append(ex.Attempts, a)
	add.Forget = max(add.Forget, a.N-capture.KeepBodies)
	if size := ex.Footprint(); size > l.bounds.Bytes/4 {
		for _, o := range old {
			if size <= l.bounds.Bytes/4 {
				break
			}
			size -= o.BodyBytes()
			add.Forget = max(add.Forget, o.N)
		}
	}
	ex.Attempts = capture.Trim(ex.Attempts, add.Forget)
}

func (l *ledger) snapshot() []*capture.Exchange {
	all := make([]*capture.Exchange, 0, l.all.count)
	for e := range l.live() {
		all = append(all, e.ex)
	}
	return all
}

func (l *ledger) gauge() capture.Gauge {
	pins := l.class[classPinned]
	return capture.Gauge{
		Bounds: l.bounds,
		Kept:   l.all.count, Used: l.all.bytes,
		Pinned: pins.count, PinnedBytes: pins.bytes,
		Pending: l.pending,
	}
}
