package nats

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"github.com/nats-io/nats.go/jetstream"

	"creel/capture"
	"creel/capture/ring"
)

// applyOthers makes the changes in the node's own history that others published about
// what it captured, until ctx ends. What it changes is published again like any change: the node
// has the last word, so that all end with the same when two write at once.
func (o *Outbox) applyOthers(ctx context.Context) {
	for ctx.Err() == nil {
		list, err := o.changesOfOthers(ctx)
		for err == nil {
			var m jetstream.Msg
			if m, err = list.Next(jetstream.NextContext(ctx)); err == nil {
				o.applyOther(ctx, m)
			}
		}
		if list != nil {
			list.Stop()
		}
		wait(ctx, retryTime)
	}
}

// changesOfOthers begins to read what is published about the node's exchanges since then.
func (o *Outbox) changesOfOthers(ctx context.Context) (jetstream.MessagesContext, error) {
	if err := o.Team.Wait(ctx); err != nil {
		return nil, err
	}
	o.mu.Lock()
	seq := o.at.Seq
	o.mu.Unlock()
	begin, cancel := context.WithTimeout(ctx, publishTime) // what is lost on the way gets no response
	defer cancel()
	c, err := o.Team.js.OrderedConsumer(begin, o.Team.stream(kindRing), jetstream.OrderedConsumerConfig{
		FilterSubjects: []string{o.Team.subject("op", o.Position.Node, ">")}, MaxResetAttempts: -1,
		DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: seq + 1,
	})
	if err != nil {
		return nil, err
	}
	return c.Messages(jetstream.PullHeartbeat(beatTime))
}

// applyOther makes one change, and keeps how far the changes are applied.
func (o *Outbox) applyOther(ctx context.Context, m jetstream.Msg) {
	meta, err := m.Metadata()
	if err != nil {
		return
	}
	var in message
	k, ok := parseKey(m.Subject()[len(o.Team.subject("op.")):])
	if !ok || json.Unmarshal(m.Data(), &in) != nil || in.Who == "" {
		return // of this node
	}
	err = o.change(ctx, k.id, &in)
	switch {
	case errors.Is(err, ring.ErrClosed), ctx.Err() != nil:
		return
	case err != nil:
		o.Problem("team: what " + in.Who + " changed of " + k.id.String() + ": " + err.Error())
	}
	o.save(ctx, func(p *Position) { p.Seq = meta.Sequence.Stream })
}

func (o *Outbox) change(ctx context.Context, id capture.ID, in *message) error {
	ex, there := o.Ring.Get(id)
	if !there {
		deleted, ok := o.Ring.Deleted(id)
		if !ok {
			return nil
		}
		ex = deleted
	}
	what, err := decode(in, func(c chunked) capture.Body {
		raw, err := o.Team.body(ctx, c)
		if err != nil {
			return capture.ForgottenBody(c.Size)
		}
		return capture.NewBody(raw)
	})
	if err != nil {
		return err
	}
	var ops []capture.Op
	for _, p := range in.Set {
		switch p {
		case partNote:
			ops = append(ops, capture.Op{Meta: &capture.Meta{ID: id, Note: &what.Note}})
		case partPin:
			ops = append(ops, capture.Op{Meta: &capture.Meta{ID: id, Pinned: &what.Pinned}})
		case partAttempts:
			for _, a := range what.Attempts {
				if a.Who = in.Who; !slices.ContainsFunc(ex.Attempts, func(b *capture.Attempt) bool { return sameAttempt(a, b) }) {
					ops = append(ops, capture.Op{Attempt: &capture.AttemptAdd{ID: id, Attempt: *a}})
				}
			}
		case partDelete:
			ops = append(ops, capture.Op{Delete: []capture.ID{id}})
		case partRestore:
			if !there {
				ops = append(ops, capture.Op{Add: ex})
			}
		}
	}
	if len(ops) == 0 {
		return nil
	}
	return o.Ring.Apply(ctx, ops...)
}
