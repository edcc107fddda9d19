package nats

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/nats-io/nats.go/jetstream"

	"creel/capture"
	"creel/capture/export"
)

func (r *Reader) take(m jetstream.Msg, seq uint64) {
	sort, tokens, _ := strings.Cut(strings.TrimPrefix(m.Subject(), r.team.subject("")), ".")
	k, ok := parseKey(tokens)
	var in message
	if !ok || json.Unmarshal(m.Data(), &in) != nil {
		r.bad++
		return
	}
	e := r.entry(k)
	e.last = seq
	switch sort {
	case "req":
		e.seq = seq
		if e.ex == nil {
			r.arrive(e, &in)
		}
	case "op":
		r.change(e, &in)
	default:
		r.bad++
		return
	}
	r.changed[k] = true
}

func (r *Reader) entry(k key) *entry {
	e := r.entries[k]
	if e == nil {
		e = &entry{}
		r.entries[k] = e
	}
	return e
}

// pin applies a message of the pins: a node, a copy of an exchange, or that there is none any more.
func (r *Reader) pin(m jetstream.Msg, _ *jetstream.MsgMetadata) {
	sort, tokens, _ := strings.Cut(strings.TrimPrefix(m.Subject(), r.team.subject("")), ".")
	r.mu.Lock()
	defer r.mu.Unlock()
	defer r.wake()
	if sort == "node" {
		if tokenForm().MatchString(tokens) && r.names[tokens] == "" {
			r.names[tokens] = letters(len(r.names))
			for k := range r.entries {
				if k.node == tokens {
					r.changed[k] = true
				}
			}
		}
		return
	}
	k, ok := parseKey(tokens)
	if !ok {
		return
	}
	e := r.entry(k)
	r.changed[k] = true
	if len(m.Data()) == 0 {
		e.pinned = false
		return
	}
	var in message
	seq, err := strconv.ParseUint(m.Headers().Get(headerSeq), 10, 64)
	if err != nil || seq == 0 || json.Unmarshal(m.Data(), &in) != nil {
		r.bad++
		return
	}
	e.pinned, e.seq = true, seq
	if e.ex == nil {
		r.arrive(e, &in)
	}
}

func (r *Reader) flush() {
	r.mu.Lock()
	defer r.mu.Unlock()
	var list []*capture.Exchange
	var deleted []capture.ID
	for k := range r.changed {
		e := r.entries[k]
		switch {
		case e == nil || e.ex == nil: // its exchange is to come
		case e.deleted:
			deleted = append(deleted, capture.ID(e.seq))
		default:
			ex := r.shown(k, e)
			r.places[ex.ID] = k
			list = append(list, ex)
		}
	}
	clear(r.changed)
	r.Mirror.Update(list, r.gone, deleted, false)
	r.gone = nil
}

// trim takes out what the ring evicted and no pin keeps.
func (r *Reader) trim(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, publishTime)
	defer cancel()
	s, err := r.team.js.Stream(ctx, r.team.stream(kindRing))
	if err != nil {
		return
	}
	r.trimBefore(s.CachedInfo().State.FirstSeq)
}

func (r *Reader) trimBefore(first uint64) {
	r.mu.Lock()
	for k, e := range r.entries {
		if e.pinned || e.seq >= first || e.ex == nil && e.last >= first {
			continue
		}
		if e.ex != nil {
			r.gone = append(r.gone, capture.ID(e.seq))
			delete(r.places, capture.ID(e.seq))
		}
		for _, ref := range e.refs {
			delete(r.bodies, ref)
		}
		delete(r.entries, k)
	}
	some := len(r.gone) > 0
	r.mu.Unlock()
	if some {
		r.flush()
	}
}

// letters is the n-th short name: a, b, ... z, aa.
func letters(n int) string {
	s := ""
	for n++; n > 0; n = (n - 1) / 26 {
		s = string(rune('a'+(n-1)%26)) + s
	}
	return s
}

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
	ex.Origin = &capture.Origin{Node: k.node, Short: r.names[k.node], ID: k.id}
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
