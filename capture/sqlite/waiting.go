package sqlite

import (
	"bytes"
	"context"

	"creel/capture"
)

// waiting is what a store knows of the exchanges that it added and that have no row in
// table reply yet, so that it need not look for their rows: the number of the newest
// attempt. It holds only as of its own last commit. It is guarded by the writer's mutex.
type waiting struct {
	rev      int64 // of that commit; -1 while one is under way or has failed
	attempts map[capture.ID]int
}

// begin forgets everything when the history is no longer as of the last commit, which was
// that of rev. The commit that begins sets its own revision when it has succeeded.
func (w *waiting) begin(rev int64) {
	if w.rev != rev {
		w.attempts = nil
	}
	w.rev = -1
}

func (w *waiting) add(id capture.ID, attempts int) {
	if w.attempts == nil {
		w.attempts = map[capture.ID]int{}
	}
	w.attempts[id] = attempts
}

// settle forgets one exchange, of which something is written that [waiting] does not
// follow.
func (t *commit) settle(id capture.ID) {
	n, ok := t.s.waiting.attempts[id]
	if !ok {
		return
	}
	delete(t.s.waiting.attempts, id)
	if t.newest != nil {
		t.newest[id] = n // it was read before the last of them
	}
}

// responseAttempts is how many attempts, the first ones, are compared with a reply: more
// targets are rarely forwarded to.
const responseAttempts = 4

// responseOf returns the number of the attempt of a waiting exchange whose response has
// this body, which is in the file then; 0 for none.
func (t *commit) responseOf(ctx context.Context, id capture.ID, body capture.Body) (int, error) {
	attempts, ok := t.s.waiting.attempts[id]
	if !ok || attempts == 0 || body.IsForgotten() {
		return 0, nil
	}
	b, err := body.Bytes(ctx)
	if err != nil {
		return 0, err
	}
	for n := 1; n <= min(attempts, responseAttempts); n++ {
		ref := responseRef(id, n)
		data, ok := t.s.bodies.Get(ref)
		for i := len(t.fresh) - 1; i >= 0 && !ok; i-- { // not in the cache before the commit
			data, ok = t.fresh[i].data, t.fresh[i].ref == ref
		}
		if ok && bytes.Equal(data, b) {
			return n, nil
		}
	}
	return 0, nil
}
