package nats

import (
	"context"
	"errors"
	"fmt"

	client "github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"creel/capture"
	"creel/capture/export"
)

// Apply publishes changes that a member makes to exchanges of the mirror: a pin, a note,
// an attempt, a deletion. It returns once they are stored, oldest first; an error names
// the exchange, and what came before it is changed. Who is shown to the team.
func (r *Reader) Apply(ctx context.Context, who string, ops ...capture.Op) error {
	for _, op := range ops {
		switch {
		case len(op.Delete) > 0:
			for _, id := range op.Delete {
				if err := r.apply(ctx, who, capture.Op{Delete: []capture.ID{id}}); err != nil {
					return err
				}
			}
		default:
			if err := r.apply(ctx, who, op); err != nil {
				return err
			}
		}
	}
	return nil
}

// applyTime is how long one change may take. What is lost on the way gets no response.
const applyTime = 2 * publishTime

func (r *Reader) apply(ctx context.Context, who string, op capture.Op) error {
	ctx, cancel := context.WithTimeout(ctx, applyTime)
	defer cancel()
	err := r.applyOne(ctx, who, op)
	if last := r.team.conn.LastError(); errors.Is(err, context.DeadlineExceeded) && errors.Is(last, client.ErrPermissionViolation) {
		return fmt.Errorf("%w: %w", err, last)
	}
	return err
}

func (r *Reader) applyOne(ctx context.Context, who string, op capture.Op) error {
	switch {
	case op.Meta != nil:
		return r.meta(ctx, who, op.Meta)
	case op.Attempt != nil:
		a := op.Attempt.Attempt
		return r.publish(ctx, op.Attempt.ID, message{Set: []part{partAttempts}, Who: who}, &capture.Exchange{Attempts: []*capture.Attempt{&a}})
	case op.Add != nil: // it was deleted
		return r.publish(ctx, op.Add.ID, message{Set: []part{partRestore}, Who: who}, &capture.Exchange{})
	case len(op.Delete) > 0:
		return r.remove(ctx, who, op.Delete[0])
	}
	return nil
}

// remove deletes an exchange, and the copy of it that a pin keeps.
func (r *Reader) remove(ctx context.Context, who string, id capture.ID) error {
	if err := r.publish(ctx, id, message{Set: []part{partDelete}, Who: who}, &capture.Exchange{}); err != nil {
		return err
	}
	k, ok := r.place(id)
	if !ok {
		return nil
	}
	pin, err := r.team.last(ctx, kindPins, r.team.subject("pin", k.tokens()))
	if errors.Is(err, jetstream.ErrMsgNotFound) || err == nil && len(pin.Data) == 0 {
		return nil
	}
	if err == nil {
		err = r.team.unpin(ctx, k)
	}
	if err != nil {
		return fmt.Errorf("unpin %v: %w", id, err)
	}
	return nil
}

func (r *Reader) meta(ctx context.Context, who string, m *capture.Meta) error {
	ex := &capture.Exchange{}
	m.Put(ex)
	var set []part
	if m.Note != nil {
		set = append(set, partNote)
	}
	if m.Pinned != nil {
		set = append(set, partPin)
		k, ok := r.place(m.ID)
		if !ok {
			return fmt.Errorf("%v: %w", m.ID, capture.ErrEvicted)
		}
		change := r.team.unpin(ctx, k)
		if *m.Pinned {
			change = r.pinNow(ctx, k, m)
		}
		switch {
		case errors.Is(change, jetstream.ErrMsgNotFound), errors.Is(change, capture.ErrEvicted):
			return fmt.Errorf("pin %v: %w", m.ID, capture.ErrEvicted)
		case fullStream(change):
			return fmt.Errorf("pin %v: the team's pins are full: unpin another first", m.ID)
		case change != nil:
			return fmt.Errorf("pin %v: %w", m.ID, change)
		}
	}
	if len(set) == 0 {
		return nil
	}
	return r.publish(ctx, m.ID, message{Set: set, Who: who}, ex)
}

// pinNow stores a copy of an exchange as it is now, with the change that pins it.
func (r *Reader) pinNow(ctx context.Context, k key, m *capture.Meta) error {
	ex, ok := r.Mirror.Get(m.ID)
	if !ok {
		return capture.ErrEvicted
	}
	s, err := r.team.open(ctx, kindPins)
	if err != nil {
		return err
	}
	c := *ex
	m.Put(&c)
	c.ID, c.Origin = k.id, nil
	data, err := r.encode(ctx, s, message{}, &c)
	if err != nil {
		return err
	}
	return r.team.pin(ctx, k, data)
}

// encode makes a message for a stream. A body has a name that no other one gets.
func (r *Reader) encode(ctx context.Context, s jetstream.Stream, m message, ex *capture.Exchange) ([]byte, error) {
	limit := min(int64(s.CachedInfo().Config.MaxMsgSize), r.team.conn.MaxPayload()) - headerSpace
	name := client.NewInbox()[len(client.InboxPrefix):]
	return encode(ctx, m, ex, limit, func(p export.BodyPart, raw []byte) (chunked, error) {
		return r.team.putBody(ctx, bodyName(name, p), p, raw, limit)
	})
}

// place says which node captured an exchange of the mirror.
func (r *Reader) place(id capture.ID) (key, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	k, ok := r.places[id]
	return k, ok
}

func (r *Reader) publish(ctx context.Context, id capture.ID, m message, ex *capture.Exchange) error {
	k, ok := r.place(id)
	if !ok {
		return fmt.Errorf("%v: %w", id, capture.ErrEvicted)
	}
	s, err := r.team.open(ctx, kindRing)
	if err != nil {
		return err
	}
	ex.ID = k.id
	data, err := r.encode(ctx, s, m, ex)
	if err != nil {
		return err
	}
	if _, err := r.team.js.Publish(ctx, r.team.subject("op", k.tokens()), data); err != nil {
		return fmt.Errorf("publish the change of %v: %w", id, err)
	}
	return nil
}
