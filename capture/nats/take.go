package nats

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/nats-io/nats.go/jetstream"

	"creel/capture"
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
