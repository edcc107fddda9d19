package nats

import (
	"slices"

	"creel/capture"
	"creel/capture/export"
)

// entry is an exchange as a reader knows it: what was published first, and what
// changed later, in the order of the ring. A change may come before its exchange.
type entry struct {
	base   *message
	ops    []*message
	seq    uint64 // the place in the ring
	pinned bool   // there is a copy in the stream of pins
}

// build puts an exchange together; nil when it was deleted.
func (r *Reader) build(k key, e *entry) (*capture.Exchange, error) {
	ex, err := r.decode(e.base)
	if err != nil {
		return nil, err
	}
	for _, op := range e.ops {
		if slices.Contains(op.Set, partDelete) {
			return nil, nil
		}
		change, err := r.decode(op)
		if err != nil {
			r.bad++
			continue
		}
		apply(ex, op, change)
	}
	ex.ID = capture.ID(e.seq)
	ex.Pinned = ex.Pinned || e.pinned
	ex.Origin = capture.Origin{Node: k.node, ID: k.id}
	if short := r.names[k.node]; short != "" {
		ex.Origin.Short = short
	}
	return ex, nil
}

// apply makes a change.
func apply(ex *capture.Exchange, op *message, change *capture.Exchange) {
	for _, p := range op.Set {
		switch p {
		case partReply:
			ex.State, ex.Reply = change.State, change.Reply
		case partMeta:
			ex.Verdict, ex.Handshake, ex.Pending = change.Verdict, change.Handshake, change.Pending
		case partPin:
			ex.Pinned = change.Pinned
		case partNote:
			ex.Note = change.Note
		case partAttempts:
			for _, a := range change.Attempts {
				a.Who = op.Who
				ex.Attempts = addAttempt(ex.Attempts, a)
			}
		}
	}
}

// addAttempt puts an attempt in by its time, unless it is there: a message may come
// twice. The numbers are those of the order.
func addAttempt(list []*capture.Attempt, a *capture.Attempt) []*capture.Attempt {
	i := len(list)
	for ; i > 0 && !list[i-1].At.Before(a.At); i-- {
		if b := list[i-1]; b.At.Equal(a.At) && b.Who == a.Who && b.To == a.To {
			return list
		}
	}
	list = slices.Insert(list, i, a)
	for i, a := range list {
		a.N = i + 1
	}
	return list
}

// decode reads the exchange of a message, with bodies that are read when they are
// wanted.
func (r *Reader) decode(m *message) (*capture.Exchange, error) {
	return export.ReadFeedLine(m.Exchange, func(p export.BodyPart, size int64) capture.Body {
		for _, c := range m.Bodies {
			if c.Attempt == p.Attempt && c.Response == p.Response && c.check() == nil && c.Size == size {
				ref, ok := r.refs[c.Name+c.SHA256]
				if !ok {
					ref = len(r.bodies)
					r.refs[c.Name+c.SHA256] = ref
					r.bodies = append(r.bodies, c)
				}
				return capture.StoredBody(r, capture.BodyRef(ref), size)
			}
		}
		return capture.ForgottenBody(size)
	})
}
