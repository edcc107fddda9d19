package cli

import (
	"context"
	"sync/atomic"

	"creel/capture/nats"
	"creel/forward"
	"creel/ui"
	"creel/ui/engine"
)

// shareScreen lets a screen show what the whole team captured.
func (p *program) shareScreen(ctx context.Context, e *engine.Engine, d *ui.Deps) {
	t := e.MergedRing()
	if t == nil {
		return
	}
	sender := p.opts.sender(e.Sender.Self)
	sender.Inflight = e.Sender.Inflight
	select {
	case <-t.Ready():
	case <-ctx.Done():
	}
	d.Ring, d.Gate = t, t.Gate(e.Replies.Gate)
	d.Resender = t.Resender(sender, e.Sender, e.Providers, signMode(p.opts))
	d.Config.Team = p.screenTeam(t, e.Outbox.Position.Node)
}

func (p *program) screenTeam(t *engine.MergedRing, node string) *ui.Team {
	a, err := nats.ParseAddress(p.opts.team)
	if err != nil {
		return nil // it was read before
	}
	return &ui.Team{Space: a.Space, Node: node, Command: "creel listen --team " + a.String(), Status: t.Status, Look: t.Look}
}

// teamScreen shows what a team captured, until the user quits or a signal comes.
func (p *program) teamScreen(ctx context.Context) error {
	a, err := nats.ParseAddress(p.opts.team)
	switch {
	case p.opts.team == "":
		return usagef("--no-capture needs --team: there is nothing else to look at")
	case err != nil:
		return usagef("%s: %w", p.opts.origin("team"), err)
	case !p.canDraw():
		return usagef("--no-capture is for a screen: without a terminal, use creel ls --team %v", a)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	log := &ui.Log{}
	conn, err := nats.Connect(a, p.teamAccess(), "creel "+p.who())
	if err != nil {
		return err
	}
	defer conn.Close()
	answers, err := p.answers()
	if err != nil {
		return err
	}
	var shown atomic.Pointer[engine.MergedRing]
	member := nats.Member{Who: p.who(), Screen: true, Claims: engine.ClaimsOf(answers)}
	here, err := conn.Present(ctx, func() nats.Member { return member }, func() {
		if t := shown.Load(); t != nil {
			t.Notify()
		}
	})
	if err == nil {
		err = engine.Claim(ctx, conn, p.who(), p.opts.sender(nil), answers)
	}
	if err != nil {
		return err
	}
	t := engine.NewMergedRing(engine.MergedConfig{Team: conn, Here: here, Who: p.who(), Notice: log.Notice, Problem: log.Problem})
	shown.Store(t)
	log.Poke = t.Notify
	d, err := p.teamDeps(t, log)
	if err != nil {
		return err
	}
	followed := make(chan struct{})
	go func() { t.Follow(ctx); close(followed) }()
	select {
	case <-t.Ready():
	case <-ctx.Done():
	}
	err = p.show(ctx, d)
	cause := context.Cause(ctx)
	cancel()
	<-followed
	return p.ended(cause, err, nil)
}

// teamDeps is what a screen works with that captures nothing.
func (p *program) teamDeps(t *engine.MergedRing, log *ui.Log) (d ui.Deps, err error) {
	set, err := p.providers()
	if err != nil {
		return d, err
	}
	list, err := p.targets()
	if err != nil {
		return d, err
	}
	if d, err = p.screenDeps(log); err != nil {
		return d, err
	}
	o := p.opts
	targets := &forward.Targets{Who: p.who(), Defaults: o.defaults(), Changed: func(string) { t.Notify() }}
	targets.Set(list)
	d.Ring, d.Gate, d.Targets = t, t.Gate(nil), targets
	d.Resender = t.Resender(o.sender(nil), nil, set, signMode(o))
	d.Providers = engine.Providers{Set: set, Ring: t.Ring}
	d.Config.Sign, d.Config.Defaults, d.Config.Team = signMode(o), o.defaults(), p.screenTeam(t, "")
	return d, nil
}
