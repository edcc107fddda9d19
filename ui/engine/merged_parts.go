package engine

import (
	"context"
	"time"

	"creel/capture"
	"creel/capture/provider"
	"creel/capture/reply"
	"creel/forward"
)

// recordTime is how long recording an attempt in the team's ring may take.
const recordTime = 10 * time.Second

// MergedResender sends again from here what is shown together, and records it where
// the request is kept.
type MergedResender struct {
	*forward.Resender
	t       *MergedRing
	forward *forward.Sender // of the own node; nil without one
}

// Resender returns what sends again. Own is the sender of the own node; nil without one.
func (t *MergedRing) Resender(s, own *forward.Sender, p *provider.Set, sign forward.SignMode) MergedResender {
	return MergedResender{&forward.Resender{Sender: s, Providers: p, Sign: sign, Began: t.Notify, Record: t.record}, t, own}
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

// InFlight are the attempts that are under way from here.
func (r MergedResender) InFlight() []forward.InFlight {
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

// InFlightOf are those of one exchange.
func (r MergedResender) InFlightOf(id capture.ID) []forward.InFlight {
	list := r.Resender.InFlightOf(id)
	if there, own, err := r.t.there(id); err == nil && own && r.forward != nil {
		list = append(list, r.forward.InFlightOf(there)...)
	}
	return list
}

// MergedGate holds requests of the own node.
type MergedGate struct {
	*reply.Gate
	t *MergedRing
}

// Gate returns the gate of the own node.
func (t *MergedRing) Gate(own *reply.Gate) MergedGate { return MergedGate{own, t} }

// Held returns what is held, oldest first.
func (g MergedGate) Held() []reply.Held {
	list := g.Gate.Held()
	for i, h := range list {
		c := *h.Exchange
		c.ID = g.t.ownID(c.ID)
		list[i].Exchange = &c
	}
	return list
}

// Ended returns the holds that ended last, oldest first.
func (g MergedGate) Ended() []reply.EndedHold {
	list := g.Gate.Ended()
	for i := range list {
		list[i].ID = g.t.ownID(list[i].ID)
	}
	return list
}

// Release ends a hold.
func (g MergedGate) Release(id capture.ID, d reply.Decision) bool {
	return g.own(id, func(id capture.ID) bool { return g.Gate.Release(id, d) })
}

// Pause makes the time of a hold stand still.
func (g MergedGate) Pause(id capture.ID) bool { return g.own(id, g.Gate.Pause) }

// Resume lets the time of a hold go on.
func (g MergedGate) Resume(id capture.ID) bool { return g.own(id, g.Gate.Resume) }

func (g MergedGate) own(id capture.ID, do func(capture.ID) bool) bool {
	there, own, err := g.t.there(id)
	return err == nil && own && do(there)
}
