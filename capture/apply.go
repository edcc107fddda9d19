package capture

import "slices"

// A ledger is the exchanges with a revision: what a ring knows, without where
// it is kept. It is not safe for concurrent use.
type ledger struct {
	index
	bounds Bounds
	rev    Rev
	// gone holds the newest removals, for Since; older ones are forgotten, and
	// lost is the revision of the newest of those.
	gone []removal
	lost Rev

	evicted uint64
}

type removal struct {
	rev Rev
	id  ID
}

// goneKept bounds the removals that a reader can still ask for: seconds of
// a full ring at its fastest.
const goneKept = 1 << 16

// set puts ex in, or in the place of what was there.
func (l *ledger) set(ex *Exchange) {
	l.rev++
	l.put(ex, l.rev)
}

// drop takes id out and reports whether it was there.
func (l *ledger) drop(id ID) bool {
	if !l.remove(id) {
		return false
	}
	l.rev++
	if len(l.gone) >= goneKept {
		half := len(l.gone) / 2
		l.lost = l.gone[half-1].rev
		l.gone = slices.Delete(l.gone, 0, half)
	}
	l.gone = append(l.gone, removal{l.rev, id})
	return true
}

func (l *ledger) evict(ids []ID) {
	for _, id := range ids {
		if l.drop(id) {
			l.evicted++
		}
	}
}

// apply makes a change to what is there; Add is not its business. It returns the
// op with what the receiver has to fill in, and false when the exchange is gone.
func (l *ledger) apply(op Op) (Op, bool) {
	switch {
	case op.Reply != nil:
		return op, l.change(op.Reply.ID, func(ex *Exchange) {
			ex.State, ex.Reply = op.Reply.State, op.Reply.Reply
		})
	case op.Attempt != nil:
		add := *op.Attempt
		ok := l.change(add.ID, func(ex *Exchange) { l.attempt(ex, &add) })
		return Op{Attempt: &add}, ok
	case op.Meta != nil:
		return op, l.change(op.Meta.ID, op.Meta.Put)
	}
	some := false
	for _, id := range op.Delete {
		some = l.drop(id) || some
	}
	l.evict(op.Evict)
	return op, some || len(op.Evict) > 0
}

// change replaces an exchange by a copy that f changed.
func (l *ledger) change(id ID, f func(*Exchange)) bool {
	old := l.get(id)
	if old == nil {
		return false
	}
	ex := *old
	f(&ex)
	l.set(&ex)
	return true
}

// Put makes the change to ex.
func (m *Meta) Put(ex *Exchange) {
	if m.Pinned != nil {
		ex.Pinned = *m.Pinned
	}
	if m.Note != nil {
		ex.Note = *m.Note
	}
	if m.Pending != nil {
		ex.Pending = slices.Clone(*m.Pending)
	}
	if m.Verdict != nil {
		ex.Verdict = *m.Verdict
	}
	if m.Handshake != nil {
		ex.Handshake = *m.Handshake
	}
}

// handOver puts the handles that a journal gave in the place of the bodies of an
// op that was applied before it was written. Nobody needs to look at that.
func (l *ledger) handOver(given, kept Op) {
	if given.bodiesAreIn(kept) {
		return
	}
	id := given.about()
	i, ok := l.find(id)
	if !ok || l.list[i].ex == nil {
		return
	}
	switch old := l.list[i].ex; {
	case given.Reply != nil && old.Reply.Body.same(given.Reply.Reply.Body):
		ex := *old
		ex.Reply.Body = kept.Reply.Reply.Body
		l.list[i].ex = &ex
	case given.Attempt != nil && given.Attempt.Attempt.bodies() > 0:
		at := slices.IndexFunc(old.Attempts, func(a *Attempt) bool { return a.N == given.Attempt.Attempt.N })
		if at < 0 || old.Attempts[at].bodies() == 0 {
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

// bodiesAreIn reports whether kept has the very same bodies.
func (op Op) bodiesAreIn(kept Op) bool {
	switch {
	case op.Reply != nil:
		return op.Reply.Reply.Body.same(kept.Reply.Reply.Body)
	case op.Attempt != nil:
		given, kept := &op.Attempt.Attempt, &kept.Attempt.Attempt
		return given.Reply.Body.same(kept.Reply.Body) && (given.SameBody || given.Body.same(kept.Body))
	}
	return true
}

// attempt puts an attempt under ex, where it stays as it is from then on, and lets go of the bodies of old ones: those
// that are too many, and those that would make this exchange more than a
// quarter of the ring.
func (l *ledger) attempt(ex *Exchange, add *AttemptAdd) {
	a := &add.Attempt
	a.N = 1
	if a.SameBody {
		a.Body = ex.Request.Body
	}
	if n := len(ex.Attempts); n > 0 {
		a.N = ex.Attempts[n-1].N + 1
	}
	old := ex.Attempts
	ex.Attempts = append(make([]*Attempt, 0, len(old)+1), old...)
	ex.Attempts = append(ex.Attempts, a)
	add.Forget = max(add.Forget, a.N-KeepBodies)
	if size := ex.Footprint(); size > l.bounds.Bytes/4 {
		for _, o := range old {
			if size <= l.bounds.Bytes/4 {
				break
			}
			size -= o.bodies()
			add.Forget = max(add.Forget, o.N)
		}
	}
	ex.Attempts = Trim(ex.Attempts, add.Forget)
}

// Trim returns the attempts as they are kept: the newest KeepAttempts, without
// bodies up to number forget. The slice is changed, the attempts are not.
func Trim(attempts []*Attempt, forget int) []*Attempt {
	if n := len(attempts); n > KeepAttempts {
		attempts = slices.Clone(attempts[n-KeepAttempts:])
	}
	for i, a := range attempts {
		if a.N > forget {
			break
		}
		if a.bodies() > 0 {
			attempts[i] = a.Forget()
		}
	}
	return attempts
}

// bodies is how many bytes of bodies of its own the attempt holds.
func (a *Attempt) bodies() int64 {
	if a.SameBody {
		return a.Reply.Body.kept()
	}
	return a.Body.kept() + a.Reply.Body.kept()
}

// Forget returns the attempt without its bodies.
func (a *Attempt) Forget() *Attempt {
	c := *a
	if !c.SameBody {
		c.Body = c.Body.Forgotten()
	}
	c.Reply.Body = c.Reply.Body.Forgotten()
	return &c
}

// since returns what changed after rev.
func (l *ledger) since(rev Rev) Delta {
	d := Delta{Rev: l.rev}
	if rev == l.rev && rev != 0 {
		return d
	}
	if d.Reset = rev == 0 || rev < l.lost || rev > l.rev; d.Reset {
		d.Changed = l.snapshot()
		return d
	}
	for i := range l.list {
		if e := &l.list[i]; e.rev > rev && e.ex != nil {
			d.Changed = append(d.Changed, e.ex)
		}
	}
	for i := len(l.gone) - 1; i >= 0 && l.gone[i].rev > rev; i-- {
		if l.get(l.gone[i].id) == nil { // else it was put back
			d.Gone = append(d.Gone, l.gone[i].id)
		}
	}
	return d
}

func (l *ledger) snapshot() []*Exchange {
	all := make([]*Exchange, 0, l.all.count)
	for e := range l.live() {
		all = append(all, e.ex)
	}
	return all
}

func (l *ledger) gauge() Gauge {
	pins := l.class[classPinned]
	return Gauge{
		Bounds: l.bounds,
		Kept:   l.all.count, Used: l.all.bytes,
		Pinned: pins.count, PinnedBytes: pins.bytes,
		Pending: l.pending,
	}
}
