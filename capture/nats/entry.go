package nats

import (
	"slices"

	"creel/capture"
	"creel/capture/export"
)

// entry is an exchange as a reader knows it. A change may come before its exchange.
type entry struct {
	ex      *capture.Exchange // with the changes so far; nil while only changes came
	early   []*message        // the changes that came before it
	seq     uint64            // the place in the ring
	last    uint64            // the newest message about it
	pinned  bool              // there is a copy in the stream of pins
	deleted bool
	refs    []capture.BodyRef // of bodies that are in the stream of bodies
}

// arrive adds the exchange itself, and what changed of it before that came.
func (r *Reader) arrive(e *entry, m *message) {
	ex, err := r.decode(e, m)
	if err != nil {
		r.bad++
		return
	}
	e.ex = ex
	for _, op := range e.early {
		r.change(e, op)
	}
	e.early = nil
}

func (r *Reader) change(e *entry, op *message) {
	if e.ex == nil {
		e.early = append(e.early, op)
		return
	}
	what, err := r.decode(e, op)
	if err != nil {
		r.bad++
		return
	}
	ex := *e.ex
	for _, p := range op.Set {
		switch p {
		case partDelete:
			e.deleted = true
		case partRestore:
			e.deleted = false
		}
	}
	apply(&ex, op, what)
	e.ex = &ex
}

// shown is the exchange as the mirror has it.
func (r *Reader) shown(k key, e *entry) *capture.Exchange {
	ex := *e.ex
	ex.ID = capture.ID(e.seq)
	ex.Pinned = ex.Pinned || e.pinned
	ex.Origin = capture.Origin{Node: k.node, Short: r.names[k.node], ID: k.id}
	return &ex
}

func apply(ex *capture.Exchange, op *message, change *capture.Exchange) {
	for _, p := range op.Set {
		switch p {
		case partReply:
			ex.State, ex.Reply = change.State, change.Reply
		case partMeta:
			ex.Signature, ex.Handshake, ex.Pending = change.Signature, change.Handshake, change.Pending
		case partPin:
			ex.Pinned = change.Pinned
		case partNote:
			ex.Note = change.Note
		case partAttempts:
			ex.Attempts = slices.Clone(ex.Attempts) // the mirror has the old ones
			for _, a := range change.Attempts {
				if op.Who != "" {
					a.Who = op.Who
				}
				if a.SameBody {
					a.Body = ex.Request.Body
				}
				ex.Attempts = addAttempt(ex.Attempts, a)
			}
		}
	}
}

// addAttempt puts an attempt in by its time, unless it is there, and numbers those after it.
func addAttempt(list []*capture.Attempt, a *capture.Attempt) []*capture.Attempt {
	i := len(list)
	for ; i > 0 && !list[i-1].At.Before(a.At); i-- {
		if sameAttempt(list[i-1], a) {
			return list
		}
	}
	list = slices.Insert(list, i, a)
	for j, a := range list[i:] {
		c := *a
		c.N = i + j + 1
		list[i+j] = &c
	}
	return list
}

func sameAttempt(a, b *capture.Attempt) bool {
	return a.At.Equal(b.At) && a.Who == b.Who && a.To == b.To
}

// decode reads the exchange of a message, with bodies that are read when they are
// wanted.
func (r *Reader) decode(e *entry, m *message) (*capture.Exchange, error) {
	return decode(m, func(c chunked) capture.Body {
		r.nextRef++
		r.bodies[r.nextRef] = c
		e.refs = append(e.refs, r.nextRef)
		return capture.StoredBody(r, r.nextRef, c.Size)
	})
}

// decode reads the exchange of a message; stored gives the bodies that are in the stream
// of bodies.
func decode(m *message, stored func(chunked) capture.Body) (*capture.Exchange, error) {
	return export.ReadFeedLine(m.Exchange, func(p export.BodyPart, size int64) capture.Body {
		for _, c := range m.Bodies {
			if c.Attempt == p.Attempt && c.Response == p.Response && c.check() == nil && c.Size == size {
				return stored(c)
			}
		}
		return capture.ForgottenBody(size)
	})
}
