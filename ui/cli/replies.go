package cli

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"creel/capture"
	"creel/capture/filter"
	"creel/capture/reply"
	"creel/forward"
)

// replies is the chain that decides what senders hear, without its forwarder.
func (e *engine) replies(targets []forward.Target) (*reply.Chain, error) {
	o := e.p.opts
	var err error
	if e.presets, err = e.p.presets(); err != nil {
		return nil, err
	}
	c := &reply.Chain{
		Standing: &reply.Standing{},
		Gate:     e.gate(),
		Async:    o.forwardAsync,
		Env:      &filter.Env{Body: func(ex *capture.Exchange) []byte { return decodedBody(context.Background(), ex) }},
	}
	if o.from["reply"] != fromDefault {
		if err := e.standing(c.Standing, targets); err != nil {
			return nil, err
		}
	}
	if o.hold != "" {
		match, err := filter.Parse(o.hold, filter.Arrival)
		if err != nil {
			return nil, usagef("--hold: %w", err)
		}
		c.Gate.Set(match, true)
	}
	if o.handshakes.value != "off" {
		c.Handshake = e.handshake
	}
	source := e.p.rulesSource()
	c.Rules = reply.NewRules(source, func() { e.rulesChanged(c.Rules) })
	if source.File != "" {
		if err := c.Rules.Load(); err != nil {
			return nil, usagef("%w", err)
		}
	}
	return c, nil
}

// standing sets --reply. Where every path has a target, it would never be used.
func (e *engine) standing(s *reply.Standing, targets []forward.Target) error {
	o := e.p.opts
	spec, err := reply.ParseSpec(o.reply, e.presets)
	if err != nil {
		return usagef("--reply: %w", err)
	}
	for _, t := range targets {
		if t.Path == "" && !t.Disabled && !o.forwardAsync {
			return usagef("--reply %s: senders get the answer of %s: add --forward-async to answer at once, or give the target a path", o.reply, t.Label())
		}
	}
	return s.Set(spec)
}

func (e *engine) gate() *reply.Gate {
	return &reply.Gate{
		Timeout: e.p.opts.holdTimeout,
		Limit:   func(name string) time.Duration { return e.providers.Limit(name) },
		Notice:  func(s string) { e.notice(s) },
		Poke: func() {
			if e.ring != nil {
				e.ring.Poke()
			}
		},
	}
}

// handshake answers what must be computed from the request, or only marks it.
func (e *engine) handshake(_ context.Context, ex *capture.Exchange) (string, *capture.Reply) {
	h, ok := e.providers.Handshake(ex)
	if !ok {
		return "", nil
	}
	switch {
	case h.Ask != "":
		e.notice(h.Name + ": nothing is confirmed by itself: " + h.Ask + " does it when it is fetched")
	case h.Learned != nil:
		e.notice(h.Name + ": the secret of its signatures came with it: it is not kept by itself")
	case h.Need != "":
		e.notice(h.Name + ": " + h.Need)
	}
	if h.Reply.Status == 0 || e.p.opts.handshakes.value == "forward" {
		return h.Name, nil
	}
	answer := h.Reply // h itself need not be allocated for each request
	return h.Name, &answer
}

func (e *engine) rulesChanged(r *reply.Rules) {
	if err := r.Err(); err != nil {
		e.problem("rules are not reloaded: " + oneLine(err.Error()))
	} else {
		e.notice("rules reloaded")
	}
	e.ring.Poke()
}

// rulesSource is the file of --rules, else the configuration file if it has
// rules, else none: rules made on screen then last until creel ends.
func (p *program) rulesSource() reply.Source {
	check := func(url string) error {
		_, err := forward.ParseURL(url)
		return err
	}
	switch {
	case p.opts.rules != "":
		return reply.Source{File: p.opts.rules, CheckURL: check}
	case len(p.opts.file.Rules) > 0:
		return reply.Source{File: p.opts.file.path, Config: true, CheckURL: check}
	}
	return reply.Source{CheckURL: check}
}

// presets are the named replies of the configuration file.
func (p *program) presets() ([]reply.Spec, error) {
	var out []reply.Spec
	for i := range p.opts.file.Presets {
		c := &p.opts.file.Presets[i]
		if c.Name == "" {
			return nil, usagef("%s: preset %d has no name", p.opts.file.path, i+1)
		}
		spec, key, err := c.Spec(filepath.Dir(p.opts.file.path))
		if err != nil {
			return nil, usagef("%s: preset %s: %w", p.opts.file.path, fmt.Sprint(c.Name, " ", key), err)
		}
		spec.Preset = c.Name
		out = append(out, spec)
	}
	return out, nil
}
