package server

import (
	"context"
	"sync"

	"creel/capture/ring"

	"creel/capture"
)

// recorder writes down what happens to one exchange until its reply is written.
type recorder struct {
	// arrived is the exchange as it arrived. The ring replaces it by a copy when the
	// reply is recorded; here it leaves no hole between those copies, which were a tenth
	// of the memory for 150,000.
	arrived capture.Exchange

	ring   *ring.Ring
	ticket *ring.Ticket

	mu    sync.Mutex
	ended bool // the reply is recorded; states come too late

	out capture.Outcome
}

var _ capture.Recorder = (*recorder)(nil)

func (r *recorder) Committed(ctx context.Context) (capture.ID, error) {
	ex, err := r.ticket.Wait(ctx)
	if err != nil {
		return 0, err
	}
	return ex.ID, nil
}

func (r *recorder) SetState(ctx context.Context, state capture.State) {
	id, err := r.Committed(ctx)
	if err != nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.ended {
		r.ring.Record(capture.Op{Reply: &capture.ReplySet{ID: id, State: state}})
	}
}

func (r *recorder) AddAttempt(a *capture.Attempt) { r.ring.RecordAttempt(r.ticket, a) }

func (r *recorder) SetMeta(m capture.Meta) {
	id, err := r.Committed(context.Background())
	if err != nil {
		return
	}
	m.ID = id
	r.ring.Record(capture.Op{Meta: &m})
}

// end records what the sender heard, after which no state is recorded. The reply
// belongs to the exchange from now on: see Outcome.
func (r *recorder) end(id capture.ID, state capture.State) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ended = true
	if id == 0 {
		return
	}
	// Not a part of r: until it is written it would keep the body of the request, which
	// by then the journal has.
	last := &capture.ReplySet{ID: id, State: state, Reply: r.out.Reply}
	last.Reply.Body = last.Reply.Body.Clip()
	r.ring.RecordOwned(capture.Op{Reply: last})
}
