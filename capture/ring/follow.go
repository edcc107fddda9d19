package ring

import (
	"context"
	"errors"

	"creel/capture"
)

// load puts what the journal holds into the ring.
func (w *writer) load(ctx context.Context) error {
	for c, err := range w.journal.Changes(ctx, 0) {
		if err != nil {
			return err
		}
		w.seen = c.Rev
		if c.Exchange == nil {
			continue
		}
		w.ring.reserve(c.Left)
		ex := c.Exchange
		if ex.State == capture.StateWaiting || ex.State == capture.StateHeld {
			ex.State = capture.StateInterrupted
		}
		w.ring.newest = max(w.ring.newest, ex.ID)
		w.ring.set(ex)
	}
	return nil
}

// open evicts what did not fit from the journal.
func (w *writer) open(ctx context.Context, gone []capture.ID) error {
	gauge := w.ring.gauge()
	receipt, err := w.journal.Commit(ctx, capture.Op{Evict: gone}, capture.Op{Gauge: &gauge})
	w.wrote(receipt.Rev)
	return err
}

// wrote notes a commit of the ring's own, unless others wrote before it: that is still
// to be read.
func (w *writer) wrote(rev capture.Rev) {
	if rev == w.seen+1 {
		w.seen = rev
	}
}

// follow brings in what other processes wrote.
func (w *writer) follow() {
	changes, err := w.changes(w.seen)
	reload := errors.Is(err, capture.ErrBehind)
	if reload {
		changes, err = w.changes(0)
	}
	r := w.ring
	r.mu.Lock()
	defer r.watchers.notify()
	if err != nil {
		w.err = err
		r.mu.Unlock()
		return
	}
	w.mergeLocked(changes, reload)
	over := len(r.victims(r.bounds, sum{}, sum{})) > 0
	r.mu.Unlock()
	if over {
		_ = w.commit(&batch{}) // a failure stays in w.err and is retried
	}
}

func (w *writer) changes(after capture.Rev) ([]capture.Change, error) {
	var changes []capture.Change
	for c, err := range w.journal.Changes(context.Background(), after) {
		if err != nil {
			return nil, err
		}
		changes = append(changes, c)
	}
	return changes, nil
}

// mergeLocked brings the ring in step with changes, which are everything when all is
// set. What is recorded but not yet written goes on top:
// the journal does not know it.
func (w *writer) mergeLocked(changes []capture.Change, all bool) {
	r := w.ring
	touched := map[capture.ID]bool{}
	for _, c := range changes {
		w.seen = max(w.seen, c.Rev)
		switch {
		case c.Exchange != nil:
			touched[c.Exchange.ID] = true
			r.newest = max(r.newest, c.Exchange.ID)
			r.set(c.Exchange)
		case c.Gone != 0:
			r.delete(c.Gone) // another process evicts nothing
		}
	}
	if all {
		for _, ex := range r.snapshot() {
			if !touched[ex.ID] {
				r.drop(ex.ID)
			}
		}
	}
	for _, j := range w.recorded {
		if touched[subject(j.ops[0])] {
			r.apply(j.ops[0])
		}
	}
	w.stale = true
	capture.Signal(w.later)
}

// subject is the one exchange that a recorded op changes.
func subject(op capture.Op) capture.ID {
	switch {
	case op.Reply != nil:
		return op.Reply.ID
	case op.Attempt != nil:
		return op.Attempt.ID
	case op.Meta != nil:
		return op.Meta.ID
	}
	return 0
}
