package capture

import (
	"context"
	"sync"
)

// recorder writes down what happens to one exchange while it is being answered.
type recorder struct {
	ring   *Ring
	ticket *Ticket

	mu    sync.Mutex
	ended bool // the reply is recorded; states come too late

	out  Outcome
	last ReplySet
}

var _ Recorder = (*recorder)(nil)

func (r *recorder) Committed(ctx context.Context) (ID, error) {
	ex, err := r.ticket.Wait(ctx)
	if err != nil {
		return 0, err
	}
	return ex.ID, nil
}

func (r *recorder) SetState(ctx context.Context, state State) {
	id, err := r.Committed(ctx)
	if err != nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.ended {
		r.ring.Record(Op{Reply: &ReplySet{ID: id, State: state}})
	}
}

func (r *recorder) AddAttempt(a *Attempt) { r.ring.recordAttempt(r.ticket, a) }

func (r *recorder) SetMeta(m Meta) {
	id, err := r.Committed(context.Background())
	if err != nil {
		return
	}
	m.ID = id
	r.ring.Record(Op{Meta: &m})
}

// end records what the sender heard, after which no state is recorded. The reply
// belongs to the exchange from now on: see Outcome.
func (r *recorder) end(id ID, state State) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ended = true
	r.last = ReplySet{ID: id, State: state, Reply: r.out.Reply}
	r.last.Reply.Body = r.last.Reply.Body.clip()
	if id != 0 {
		r.ring.record(Op{Reply: &r.last})
	}
}
