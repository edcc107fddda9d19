package engine

import (
	"context"
	"time"

	"creel/capture"
	"creel/capture/provider"
	"creel/forward"
)

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
