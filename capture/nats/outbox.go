package nats

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/nats-io/nats.go/jetstream"

	"creel/capture"
	"creel/capture/ring"
)

// Position is how far a node has published. It is kept in the node's history, so
// that what was left at its end is published by its next run.
type Position struct {
	Node string     // the name of the node, for as long as its ids are the same history
	ID   capture.ID // all exchanges up to this id are published
	Seq  uint64     // what others changed is applied up to this message
}

// Outbox publishes what a ring holds. Its fields are set before Run.
type Outbox struct {
	Team *Team
	Ring *ring.Ring
	// Position is where the last run ended.
	Position Position
	// Save keeps the position; nil keeps none. It is called by one goroutine at a time.
	Save func(context.Context, Position) error
	// Redact returns the exchange as the team may see it; nil changes nothing.
	Redact func(context.Context, *capture.Exchange) (*capture.Exchange, error)
	// Who sends by hand on this node, as the team sees them.
	Who string
	// Private leaves out the attempts sent by hand.
	Private bool
	// Problem is called with what went wrong, in one line.
	Problem func(string)

	saving sync.Mutex

	mu       sync.Mutex
	at       Position
	moved    chan struct{} // closed when at changes; nil when nothing waits for it
	last     error         // why nothing is published now; nil when it is
	id       capture.ID
	dirty    map[capture.ID]bool
	order    []capture.ID        // of dirty, those that come next
	removed  map[capture.ID]bool // by a user, which is to be published
	restored map[capture.ID]bool // that they were removed is published
	rev      capture.Rev
	known    map[capture.ID]*capture.Exchange // as last published
	digests  map[capture.ID]string            // as the ring has them; nil before they are read
	limit    int64                            // bytes of a message
	pinLimit int64
	bodies   int64 // bytes of a chunk
}

var errTooLarge = errors.New("larger than a message of the team's ring may be")

// Waiting is how many exchanges are not published yet, and why not; nil when they are about to be.
func (o *Outbox) Waiting() (int, error) {
	o.mu.Lock()
	id, err := o.at.ID, o.last
	o.mu.Unlock()
	n := 0
	for ex := range o.Ring.Before(^capture.ID(0)) {
		if ex.ID <= id {
			break
		}
		n++
	}
	return n, err
}

// Published returns when the engine has acknowledged an exchange, and all before it.
// The error says why it has not when ctx ends first.
func (o *Outbox) Published(ctx context.Context, id capture.ID) error {
	for {
		o.mu.Lock()
		at, last := o.at.ID, o.last
		if o.moved == nil {
			o.moved = make(chan struct{})
		}
		moved := o.moved
		o.mu.Unlock()
		if at >= id {
			return nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return fmt.Errorf("%v is not published to the team: %w", id, cmp.Or(last, context.Cause(ctx)))
		}
	}
}

// Run publishes until ctx ends. It never holds up the ring; what fails is tried again.
func (o *Outbox) Run(ctx context.Context) {
	o.mu.Lock()
	o.at = o.Position
	o.mu.Unlock()
	o.id, o.dirty = o.Position.ID, map[capture.ID]bool{}
	o.removed, o.restored = map[capture.ID]bool{}, map[capture.ID]bool{}
	o.known, o.digests = map[capture.ID]*capture.Exchange{}, nil
	var applying sync.WaitGroup
	applying.Go(func() { o.applyOthers(ctx) })
	defer applying.Wait()
	watch := o.Ring.Watch(ctx)
	for ctx.Err() == nil {
		err := o.turn(ctx)
		o.failed(ctx, err)
		switch {
		case err != nil:
			o.digests = nil // what arrived is read again
			capture.Sleep(ctx, retryTime)
		case len(o.dirty) == 0:
			select {
			case <-watch:
			case <-ctx.Done():
			}
		}
	}
}

// failed remembers why nothing is published, and tells it once.
func (o *Outbox) failed(ctx context.Context, err error) {
	o.mu.Lock()
	was := o.last
	o.last = err
	o.mu.Unlock()
	if err != nil && was == nil && ctx.Err() == nil {
		o.Problem("team: " + err.Error() + "; requests are kept here and published later")
	}
}

func (o *Outbox) turn(ctx context.Context) error {
	o.look()
	if o.digests == nil {
		if err := o.begin(ctx); err != nil {
			return err
		}
	}
	if len(o.order) == 0 {
		o.order = slices.Sorted(maps.Keys(o.dirty))
	}
	b := batch{Outbox: o, ctx: ctx}
	err := b.fill()
	if err == nil {
		err = b.finish()
	}
	if err != nil {
		o.order = nil // what failed comes first again: the position says that all before it is published
	}
	return err
}

func (o *Outbox) look() {
	d := o.Ring.Since(o.rev)
	o.rev = d.Rev
	for _, ex := range d.Changed {
		o.dirty[ex.ID] = true
		delete(o.removed, ex.ID)
	}
	lost := map[capture.ID]bool{}
	for _, id := range d.Gone {
		lost[id] = id > o.id && o.known[id] == nil
		delete(o.dirty, id)
		delete(o.known, id)
	}
	for _, id := range d.Deleted {
		if !lost[id] && !o.restored[id] {
			o.removed[id], o.dirty[id] = true, true
		}
		delete(lost, id)
	}
	maps.DeleteFunc(lost, func(_ capture.ID, lost bool) bool { return !lost })
	if len(lost) > 0 {
		o.Problem(fmt.Sprintf("team: %d requests were removed from the history before they could be published", len(lost)))
	}
}

// begin finds the streams, registers the node, and reads what an earlier run published.
func (o *Outbox) begin(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*publishTime)
	defer cancel()
	if !o.Team.Connected() {
		return o.Team.unreachable()
	}
	sizes := map[kind]*int64{kindRing: &o.limit, kindPins: &o.pinLimit, kindBodies: &o.bodies}
	for _, k := range kinds {
		s, err := o.Team.open(ctx, k)
		if err != nil {
			return err
		}
		// The header of a message counts, too.
		*sizes[k] = min(int64(s.CachedInfo().Config.MaxMsgSize), o.Team.conn.MaxPayload()) - headerSpace
	}
	_, err := o.Team.js.Publish(ctx, o.Team.subject("node", o.Position.Node), nil, jetstream.WithExpectLastSequencePerSubject(0))
	if err != nil && !alreadyThere(err) {
		return fmt.Errorf("register node %s: %w", o.Position.Node, err)
	}
	o.digests, err = o.Team.digests(ctx, o.Position.Node)
	return err
}

// headerSpace is what the header of a message takes at most, in bytes.
const headerSpace = 1 << 10

// alreadyThere reports whether a message was refused since its subject has one: an
// earlier try arrived. Streams with replicas have a code of their own for it.
func alreadyThere(err error) bool {
	api, ok := errors.AsType[*jetstream.APIError](err)
	return ok && (api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence || api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequenceConstant)
}

func (o *Outbox) advance(ctx context.Context, id capture.ID) {
	if id <= o.id {
		return
	}
	o.id = id
	o.save(ctx, func(p *Position) { p.ID = id })
}

func (o *Outbox) save(ctx context.Context, change func(*Position)) {
	o.saving.Lock()
	defer o.saving.Unlock()
	o.mu.Lock()
	change(&o.at)
	at := o.at
	if o.moved != nil {
		close(o.moved)
		o.moved = nil
	}
	o.mu.Unlock()
	if o.Save == nil {
		return
	}
	if err := o.Save(ctx, at); err != nil && ctx.Err() == nil {
		o.Problem("team: keep the position: " + err.Error())
	}
}

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
		capture.Sleep(ctx, retryTime)
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
