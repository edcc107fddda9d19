package engine

import (
	"context"
	"time"

	"creel/capture"
	"creel/capture/body"
	"creel/capture/filter"
	"creel/capture/reply"
	"creel/forward"
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

// forwarder lets the chain of replies use the package forward, which it does not know.
type forwarder struct {
	*forward.Proxy
	targets  *forward.Targets
	claims   *claims // nil without a team
	standing *reply.Standing
}

var _ reply.Forwarder = forwarder{}

func (f forwarder) On(ex *capture.Exchange) bool {
	_, claimed := f.claims.of(ex.Request.Target)
	return claimed || f.targets.On(ex.Request.Target)
}

// Respond lets who claimed the path reply, else the targets that are on for it.
func (f forwarder) Respond(ctx context.Context, ex *capture.Exchange, rec capture.Recorder) capture.Outcome {
	if out, ok := f.claims.respond(ctx, ex, rec); ok {
		return out
	}
	if !f.targets.On(ex.Request.Target) {
		return f.standing.Respond(ctx, ex, rec)
	}
	return f.Proxy.Respond(ctx, ex, rec)
}

func (f forwarder) RespondTo(ctx context.Context, ex *capture.Exchange, rec capture.Recorder, urls []string) capture.Outcome {
	return f.Proxy.RespondTo(ctx, ex, rec, f.of(urls, ex))
}

// Copy starts to deliver to the URLs, or to the targets that are on.
func (f forwarder) Copy(ex *capture.Exchange, rec capture.Recorder, urls []string) {
	targets := f.of(urls, ex)
	if len(urls) == 0 {
		targets = f.targets.For(ex.Request.Target)
	}
	f.Proxy.Copy(ex, rec, targets)
}

// of makes targets of URLs. One that is configured has all its settings.
func (f forwarder) of(urls []string, ex *capture.Exchange) []forward.Target {
	var out []forward.Target
	for _, u := range urls {
		t, err := forward.ParseTarget(u)
		if err != nil {
			continue // they were checked when they were read
		}
		t = f.targets.Defaults.Apply(t)
		if known, ok := f.targets.ByKey(t.Key(), ex.Request.Target); ok {
			t = known
		}
		out = append(out, t)
	}
	return out
}
