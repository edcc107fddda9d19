package engine

import (
	"context"
	"time"

	"creel/capture"
	"creel/capture/body"
	"creel/capture/filter"
	"creel/capture/reply"
)

// openReplies makes what decides each reply, except for its forwarder.
func (e *Engine) openReplies() error {
	c := &reply.Chain{
		Standing: &reply.Standing{},
		Gate:     e.gate(),
		Async:    e.config.Async,
		Env:      &filter.Env{Body: body.Searched(context.Background())},
	}
	if e.config.Standing != nil {
		if err := c.Standing.Set(*e.config.Standing); err != nil {
			return err
		}
	}
	if e.config.Hold != nil {
		c.Gate.Set(e.config.Hold, true)
	}
	if e.config.Handshakes != HandshakesOff {
		c.Handshake = e.handshake
	}
	c.Rules = reply.NewRules(e.config.Rules, func() { e.rulesChanged(c.Rules) })
	if e.config.Rules.File != "" {
		if err := c.Rules.Load(); err != nil {
			return &RulesError{err}
		}
	}
	e.Replies = c
	return nil
}

// RulesError says that the rules are wrong.
type RulesError struct{ Err error }

func (e *RulesError) Error() string { return e.Err.Error() }

// Unwrap returns the reason.
func (e *RulesError) Unwrap() error { return e.Err }

func (e *Engine) gate() *reply.Gate {
	return &reply.Gate{
		Timeout: e.config.HoldTimeout,
		Limit:   func(name string) time.Duration { return e.Providers.Limit(name) },
		Notice:  e.config.Notice,
		Poke: func() {
			if e.Ring != nil {
				e.Ring.Notify()
			}
			if e.here != nil {
				e.here.Announce()
			}
		},
	}
}

// handshake computes the reply to a verification request. Without a reply it only names it.
func (e *Engine) handshake(_ context.Context, ex *capture.Exchange) (string, *capture.Reply) {
	h, ok := e.Providers.Handshake(ex)
	if !ok {
		return "", nil
	}
	switch {
	case h.Ask != "":
		e.config.Notice(h.Name + ": creel confirms nothing by itself: open " + h.Ask + " to confirm")
	case h.Learned != nil:
		e.config.Notice(h.Name + ": the request brought the secret of its signatures; it is not stored")
	case h.Need != "":
		e.config.Notice(h.Name + ": " + h.Need)
	}
	if h.Reply.Status == 0 || e.config.Handshakes == HandshakesForward {
		return h.Name, nil
	}
	r := h.Reply // a copy, so that h need not be allocated for each request
	return h.Name, &r
}

func (e *Engine) rulesChanged(r *reply.Rules) {
	if err := r.Err(); err != nil {
		e.config.Problem("rules are not reloaded: " + err.Error())
	} else {
		e.config.Notice("rules reloaded")
	}
	e.Ring.Notify()
}
