package nats

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"

	client "github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"creel/capture"
	"creel/capture/export"
)

type batch struct {
	*Outbox
	ctx     context.Context
	futures []jetstream.PubAckFuture
	bytes   int                 // published
	pins    []*capture.Exchange // as the team may see them, those that were unpinned too
	sent    map[capture.ID]*capture.Exchange
	deleted []capture.ID
}

// The most that one batch publishes.
const (
	maxBatch      = maxPending / 2
	maxBatchBytes = 32 << 20
)

func (b *batch) fill() error {
	for n := 0; n < maxBatch && b.bytes < maxBatchBytes && len(b.order) > 0; n++ {
		id := b.order[0]
		b.order = b.order[1:]
		if !b.dirty[id] {
			continue
		}
		if err := b.exchange(id); err != nil {
			return err
		}
	}
	return nil
}

func (b *batch) exchange(id capture.ID) error {
	ex, ok := b.Ring.Get(id)
	if !ok {
		return b.gone(id)
	}
	if b.sent == nil {
		b.sent = map[capture.ID]*capture.Exchange{}
	}
	b.sent[id] = ex
	now := b.shared(ex)
	small, err := b.redacted(bare(now))
	if err != nil {
		return fmt.Errorf("read %v: %w", id, err)
	}
	sum := digest(small)
	before, there := b.known[id], b.digests[id]
	k := key{b.Position.Node, id}
	switch {
	case before != nil:
		before = b.shared(before)
	case b.restored[id]:
	case id > b.id && there == "":
		return b.publish("req."+k.tokens(), message{}, now, sum, jetstream.WithExpectLastSequencePerSubject(0))
	case there == sum, there == "": // it has all, or has evicted it since
		return nil
	}
	var set []part
	if before == nil {
		before = &capture.Exchange{State: ^now.State, Handshake: now.Handshake + "?", Pinned: !now.Pinned, Note: now.Note + "?"} // all differs
	}
	if b.restored[id] {
		set = append(set, partRestore)
	}
	more, part := changes(before, now)
	if set = append(set, more...); len(set) == 0 {
		return nil
	}
	if slices.Contains(set, partPin) || now.Pinned {
		b.pins = append(b.pins, now)
	}
	return b.publish("op."+k.tokens(), message{Set: set}, part, sum)
}

// gone publishes that an exchange was deleted; that it was evicted is the node's own business.
func (b *batch) gone(id capture.ID) error {
	if !b.removed[id] {
		delete(b.dirty, id)
		return nil
	}
	b.deleted = append(b.deleted, id)
	k := key{b.Position.Node, id}
	b.pins = append(b.pins, &capture.Exchange{ID: id})
	return b.publish("op."+k.tokens(), message{Set: []part{partDelete}}, &capture.Exchange{ID: id}, "")
}

// shared is an exchange without what its node keeps to itself.
func (b *batch) shared(ex *capture.Exchange) *capture.Exchange {
	if !b.Private {
		return ex
	}
	c := *ex
	c.Attempts = slices.DeleteFunc(slices.Clone(ex.Attempts), func(a *capture.Attempt) bool { return a.Resend })
	return &c
}

// named is an exchange whose attempts say who made them by hand.
func (b *batch) named(ex *capture.Exchange) *capture.Exchange {
	c := *ex
	c.Attempts = slices.Clone(ex.Attempts)
	for i, a := range c.Attempts {
		if a.Resend && a.Who == "" {
			own := *a
			own.Who = b.Who
			c.Attempts[i] = &own
		}
	}
	return &c
}

func (b *batch) redacted(ex *capture.Exchange) (*capture.Exchange, error) {
	if b.Redact == nil {
		return ex, nil
	}
	return b.Redact(b.ctx, ex)
}

// publish sends a message, as the team may see it. The digest is that of the whole
// exchange, so that a node that starts again knows what of it the team has.
func (b *batch) publish(subject string, m message, ex *capture.Exchange, digest string, opts ...jetstream.PublishOpt) error {
	var data []byte
	shown, err := b.redacted(b.named(ex))
	if err == nil {
		data, err = encode(b.ctx, m, shown, b.limit, b.put)
	}
	switch {
	case errors.Is(err, errTooLarge):
		b.Problem(fmt.Sprintf("team: %v is %v: it is kept here only", ex.ID, err))
		return nil
	case errors.Is(err, capture.ErrEvicted): // that it is gone comes next
		return nil
	case err != nil:
		return fmt.Errorf("read %v: %w", ex.ID, err)
	}
	msg := &client.Msg{Subject: b.Team.subject(subject), Data: data, Header: client.Header{headerDigest: {digest}}}
	if len(m.Set) == 0 {
		opts = append(opts, jetstream.WithMsgID(subject))
		if ex.Pinned {
			b.pins = append(b.pins, ex)
		}
	}
	f, err := b.Team.js.PublishMsgAsync(msg, opts...)
	if err != nil {
		return err
	}
	b.futures = append(b.futures, f)
	b.bytes += len(data)
	return nil
}

// put stores a body in chunks and waits until they are: the exchange that names them
// comes after them.
func (b *batch) put(p export.BodyPart, raw []byte) (chunked, error) {
	return b.Team.putBody(b.ctx, bodyName(b.Position.Node, p), p, raw, b.bodies)
}

func (t *Team) putBody(ctx context.Context, name string, p export.BodyPart, raw []byte, size int64) (chunked, error) {
	sum := sha256.Sum256(raw)
	c := chunked{Attempt: p.Attempt, Response: p.Response, Name: name, Size: int64(len(raw)), SHA256: hex.EncodeToString(sum[:])}
	for piece := range slices.Chunk(raw, int(min(size, 512<<10))) {
		subject := t.subject("body", name, strconv.Itoa(c.Count))
		ctx, cancel := context.WithTimeout(ctx, publishTime)
		_, err := t.js.Publish(ctx, subject, piece, jetstream.WithExpectLastSequencePerSubject(0), jetstream.WithMsgID(subject))
		cancel()
		if err != nil && !alreadyThere(err) {
			return c, fmt.Errorf("publish a body: %w", err)
		}
		c.Count++
	}
	return c, nil
}

// finish waits until all is acknowledged.
func (b *batch) finish() error {
	for _, f := range b.futures {
		select {
		case <-f.Ok():
		case err := <-f.Err():
			if !alreadyThere(err) {
				return fmt.Errorf("publish: %w", err)
			}
		case <-b.ctx.Done():
			return b.ctx.Err()
		}
	}
	for _, ex := range b.pins {
		if err := b.pin(ex); err != nil {
			return err
		}
	}
	for _, id := range b.deleted {
		delete(b.dirty, id)
		delete(b.removed, id)
		b.restored[id] = true // should it come back
	}
	newest := capture.ID(0)
	for id, ex := range b.sent {
		delete(b.restored, id)
		newest = max(newest, id)
		b.known[id] = ex
		if now, ok := b.Ring.Get(id); !ok || now == ex || sameParts(ex, now) {
			delete(b.dirty, id)
		}
	}
	if len(b.sent) > 0 {
		b.advance(b.ctx, newest)
	}
	return nil
}

func sameParts(before, now *capture.Exchange) bool {
	set, _ := changes(before, now)
	return len(set) == 0
}

func (b *batch) pin(ex *capture.Exchange) error {
	ctx, cancel := context.WithTimeout(b.ctx, publishTime)
	defer cancel()
	k := key{b.Position.Node, ex.ID}
	if !ex.Pinned {
		return b.Team.unpin(ctx, k)
	}
	var data []byte
	shown, err := b.redacted(b.named(ex))
	if err == nil {
		data, err = encode(ctx, message{}, shown, b.pinLimit, b.put)
	}
	if err != nil {
		b.Problem(fmt.Sprintf("team: pin %v: %v", ex.ID, err))
		return nil
	}
	err = b.Team.pin(ctx, k, data)
	if errors.Is(err, jetstream.ErrMsgNotFound) || fullStream(err) {
		b.Problem(fmt.Sprintf("team: pin %v: %v", ex.ID, err))
		return nil
	}
	return err
}

// jsErrStoreFailed is what a stream answers that is full and discards nothing.
const jsErrStoreFailed = 10077

func fullStream(err error) bool {
	api, ok := errors.AsType[*jetstream.APIError](err)
	return ok && api.ErrorCode == jsErrStoreFailed
}

func (t *Team) pin(ctx context.Context, k key, data []byte) error {
	msg, err := t.last(ctx, kindRing, t.subject("req", k.tokens()))
	if err != nil {
		return err
	}
	_, err = t.js.PublishMsg(ctx, &client.Msg{
		Subject: t.subject("pin", k.tokens()), Data: data,
		Header: client.Header{headerSeq: {strconv.FormatUint(msg.Sequence, 10)}},
	})
	return err
}

func (t *Team) unpin(ctx context.Context, k key) error {
	_, err := t.js.Publish(ctx, t.subject("pin", k.tokens()), nil)
	return err
}

// digests returns the digest of each exchange of a node that the ring has.
func (t *Team) digests(ctx context.Context, node string) (map[capture.ID]string, error) {
	out := map[capture.ID]string{}
	for _, sort := range []string{"req.", "op."} {
		prefix := t.subject(sort + node + ".")
		err := t.each(ctx, kindRing, prefix+">", func(m jetstream.Msg) {
			k, ok := parseKey(node + "." + m.Subject()[len(prefix):])
			if d := m.Headers().Get(headerDigest); ok && d != "" {
				out[k.id] = d
			}
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// each calls f with the header of each message of a subject that a stream has.
func (t *Team) each(ctx context.Context, k kind, subject string, f func(jetstream.Msg)) error {
	c, err := t.js.OrderedConsumer(ctx, t.stream(k), jetstream.OrderedConsumerConfig{FilterSubjects: []string{subject}, HeadersOnly: true})
	if err != nil {
		return err
	}
	left := c.CachedInfo().NumPending
	if left == 0 {
		return nil
	}
	list, err := c.Messages() // Next would make a consumer for each message
	if err != nil {
		return err
	}
	defer list.Stop()
	for left > 0 {
		m, err := list.Next(jetstream.NextContext(ctx))
		if err != nil {
			return err
		}
		meta, err := m.Metadata()
		if err != nil {
			return err
		}
		f(m)
		left = meta.NumPending
	}
	return nil
}
