package cli

import (
	"context"
	"errors"
	"sync"
	"time"

	"creel/capture/server"
	"creel/ui/admin"
	"creel/ui/engine"
)

// countEvery is how often what was captured is counted.
const countEvery = 200 * time.Millisecond

// serveAdmin serves health and metrics until stop is called; without --admin the URL is empty.
func (p *program) serveAdmin(ctx context.Context, e *engine.Engine) (url string, stop func(), err error) {
	addr := p.opts.admin
	if addr == "" {
		return "", func() {}, nil
	}
	listening, err := server.Listen(ctx, addr)
	if err != nil {
		if busy, ok := errors.AsType[*server.BusyError](err); ok && busy.TakenBy(e.Addresses...) {
			return "", nil, usagef("%s: %s is where requests are captured: use another port", p.opts.origin("admin"), busy.Addr)
		}
		return "", nil, p.listenError("admin", err)
	}
	if len(listening.Warnings) > 0 {
		p.infof("warning: %s: others on the network can read the figures", p.opts.origin("admin"))
	}
	c := admin.Config{Ring: e.Ring, Held: e.Replies.Gate.Len, Tunnel: e.Tunnels.Status}
	if e.Outbox != nil {
		c.Waiting, c.TeamAck = e.Outbox.Waiting, p.opts.teamAck.value == ackEngine
	}
	a := admin.New(c)
	f := newFeed(e.Ring)
	f.rest, f.exchange, f.attempt = countEvery, a.Exchange, a.Attempt
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx)) // it serves while creel drains
	var running sync.WaitGroup
	running.Go(func() { _ = f.run(ctx, func() error { return nil }) }) // it counts in memory
	running.Go(func() { a.Serve(ctx, listening.Listeners...) })
	return listening.URL(false), func() { cancel(); running.Wait() }, nil
}
