package engine

import (
	"context"
	"fmt"
	"time"

	"creel/capture"
	"creel/capture/nats"
	"creel/capture/provider"
	"creel/forward"
)

// Apply makes changes: in the node's own history where that has the exchange, else in the team's ring.
func (t *MergedRing) Apply(ctx context.Context, ops ...capture.Op) error {
	var own, team []capture.Op
	for _, op := range ops {
		ours, theirs, err := t.split(op)
		if err != nil {
			return err
		}
		own, team = append(own, ours...), append(team, theirs...)
	}
	if len(own) > 0 {
		if err := t.c.Own.Apply(ctx, own...); err != nil {
			return err
		}
	}
	if len(team) > 0 {
		reader, err := t.reached()
		if err == nil {
			err = reader.Apply(ctx, t.c.Who, team...)
		}
		if err != nil {
			return err
		}
	}
	t.look()
	return nil
}

func (t *MergedRing) reached() (*nats.Reader, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.reader == nil {
		return nil, fmt.Errorf("the team's ring: %w", t.err)
	}
	return t.reader, nil
}

// split says what of a change concerns the own history and what the team's ring, with their ids.
func (t *MergedRing) split(op capture.Op) (own, team []capture.Op, err error) {
	if op.Add != nil {
		return t.splitAdd(op.Add)
	}
	ids := op.Delete
	switch {
	case op.Meta != nil:
		ids = []capture.ID{op.Meta.ID}
	case op.Attempt != nil:
		ids = []capture.ID{op.Attempt.ID}
	}
	var deleteOwn, deleteTeam []capture.ID
	for _, id := range ids {
		there, ours, err := t.there(id)
		switch {
		case err != nil:
			return nil, nil, err
		case op.Meta == nil && op.Attempt == nil && ours:
			deleteOwn = append(deleteOwn, there)
		case op.Meta == nil && op.Attempt == nil:
			deleteTeam = append(deleteTeam, there)
		case ours:
			own = append(own, withID(op, there))
		default:
			team = append(team, withID(op, there))
		}
	}
	if len(deleteOwn) > 0 {
		own = append(own, capture.Op{Delete: deleteOwn})
	}
	if len(deleteTeam) > 0 {
		team = append(team, capture.Op{Delete: deleteTeam})
	}
	return own, team, nil
}

// there is the id of an exchange where it is changed.
func (t *MergedRing) there(id capture.ID) (there capture.ID, own bool, err error) {
	p, ok := t.place(id)
	if !ok {
		return 0, false, capture.ErrEvicted
	}
	if _, ok := t.ownExchange(p); ok {
		return p.id, true, nil
	}
	reader, err := t.reached()
	if err != nil {
		return 0, false, err
	}
	if there, ok = reader.Place(p.node, p.id); !ok {
		err = capture.ErrEvicted
	}
	return there, false, err
}

// splitAdd is for what was deleted, which comes back under the id that it had here.
func (t *MergedRing) splitAdd(ex *capture.Exchange) (own, team []capture.Op, err error) {
	p := placeName{ex.Origin.Node, ex.Origin.ID}
	t.mu.Lock()
	t.ids[p], t.places[ex.ID] = ex.ID, p
	t.mu.Unlock()
	c := *ex
	if t.c.Own != nil && p.node == t.c.Node {
		c.ID, c.Origin = p.id, nil
		return []capture.Op{{Add: &c}}, nil, nil
	}
	reader, err := t.reached()
	if err != nil {
		return nil, nil, err
	}
	var ok bool
	if c.ID, ok = reader.Place(p.node, p.id); !ok {
		return nil, nil, capture.ErrEvicted
	}
	return nil, []capture.Op{{Add: &c}}, nil
}

func withID(op capture.Op, id capture.ID) capture.Op {
	if op.Meta != nil {
		m := *op.Meta
		m.ID = id
		return capture.Op{Meta: &m}
	}
	a := *op.Attempt
	a.ID = id
	return capture.Op{Attempt: &a}
}

// recordTime is how long recording an attempt in the team's ring may take.
const recordTime = 10 * time.Second

// mergedResender sends from here what is shown together, and records it where it is kept.
type mergedResender struct {
	*forward.Resender
	t       *MergedRing
	forward *forward.Sender // of the own node; nil without one
}

// Resender returns what sends again. Own is the sender of the own node; nil without one.
func (t *MergedRing) Resender(s, own *forward.Sender, p *provider.Set, sign forward.SignMode) mergedResender {
	return mergedResender{&forward.Resender{Sender: s, Providers: p, Sign: sign, Began: t.Notify, Record: t.record}, t, own}
}

func (t *MergedRing) record(id capture.ID, a capture.Attempt) {
	op := capture.Op{Attempt: &capture.AttemptAdd{ID: id, Attempt: a}}
	there, own, err := t.there(id)
	switch {
	case err == nil && own:
		t.c.Own.Record(withID(op, there))
		return
	case err == nil:
		ctx, cancel := context.WithTimeout(context.Background(), recordTime)
		defer cancel()
		err = t.Apply(ctx, op)
	}
	if err != nil {
		t.c.Problem("an attempt could not be recorded for the team: " + err.Error())
	}
}

func (r mergedResender) InFlight() []forward.InFlight {
	list := r.Resender.InFlight()
	if r.forward == nil {
		return list
	}
	for _, f := range r.forward.InFlight() {
		f.ID = r.t.ownID(f.ID)
		list = append(list, f)
	}
	return list
}

func (r mergedResender) InFlightOf(id capture.ID) []forward.InFlight {
	list := r.Resender.InFlightOf(id)
	if there, own, err := r.t.there(id); err == nil && own && r.forward != nil {
		list = append(list, r.forward.InFlightOf(there)...)
	}
	return list
}
