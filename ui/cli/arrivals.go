package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"creel/capture"
	"creel/capture/ring"
	"creel/forward/tunnel"
	"creel/ui/control"
)

// arrivals are the requests that a command waits for.
type arrivals struct {
	words     string   // what is waited for
	url       string   // where senders send them; empty when there is no one place
	addresses []string // where they are captured
	public    string   // the public URL; empty without one
	ring      arrivalRing
	after     capture.ID   // requests up to this one were there before
	failed    <-chan error // why no more come
	close     func() error
}

type arrivalRing interface {
	Watch(context.Context) <-chan struct{}
	Since(capture.Rev) ring.Delta
	Snapshot() []*capture.Exchange
}

func (a *arrivals) all() []*capture.Exchange {
	list := a.ring.Snapshot()
	for len(list) > 0 && list[0].ID <= a.after {
		list = list[1:]
	}
	return list
}

// captureArrivals captures in memory, on a free port.
func (p *program) captureArrivals(ctx context.Context) (a arrivals, err error) {
	proven := make(chan tunnel.Status, 1)
	e, err := p.openEngine(ctx, capturing{freePort: true, ephemeral: true, tunnel: func(s tunnel.Status) {
		if s.State == tunnel.Up || s.State == tunnel.Ended {
			select {
			case proven <- s:
			default:
			}
		}
	}})
	if err != nil {
		return a, err
	}
	closeSocket := p.serveControl(e, &control.Server{}, func(string) {})
	a = arrivals{words: "listening on " + e.URL, url: e.URL, addresses: e.Addresses, ring: e.Ring, failed: e.Failed(), close: func() error {
		closeSocket()
		return e.Close()
	}}
	if a.public, err = p.waitForTunnel(ctx, e, proven); err != nil {
		return a, errors.Join(err, a.close())
	}
	return a, nil
}

// followArrivals follows the creel that --at names, or the nodes of a team.
func (p *program) followArrivals(ctx context.Context) (a arrivals, err error) {
	if h, err := p.readTeam(ctx); h != nil || err != nil {
		if err != nil {
			return a, err
		}
		s := h.store.(*teamStore)
		a = arrivals{words: "waiting for what the nodes of the team capture", addresses: []string{}, ring: s.reader.Mirror, close: s.Close}
		if old := a.ring.Snapshot(); len(old) > 0 {
			a.after = old[len(old)-1].ID
		}
		return a, nil
	}
	r, err := p.pick(ctx, p.at)
	if err != nil {
		return a, err
	}
	c, err := control.Connect(ctx, p.clientConfig(r.socket))
	if err != nil {
		return a, err
	}
	ctx, cancel := context.WithCancel(ctx)
	failed := make(chan error, 1)
	a = arrivals{
		words: "waiting for what " + c.Status.URL + " captures", url: c.Status.URL, addresses: c.Status.Addresses, public: c.Status.PublicURL,
		ring: c.Ring, failed: failed, close: func() error {
			cancel()
			c.Close()
			return nil
		},
	}
	go c.FollowNew(ctx)
	select {
	case <-c.Ready():
	case <-ctx.Done():
		return a, errors.Join(context.Cause(ctx), a.close())
	}
	a.after = c.Ring.Stats().Newest
	go func() {
		if err := p.untilEnded(ctx, c, r.socket); err != nil {
			failed <- err
		}
	}()
	return a, nil
}

// untilEnded says when a creel has ended; one that is only not heard may come back.
func (p *program) untilEnded(ctx context.Context, c *control.Client, socket string) error {
	reported := false
	for range c.Ring.Watch(ctx) {
		since, err := c.Lost()
		if err == nil {
			reported = false
			continue
		}
		conn, err := control.Dial(ctx, socket)
		if err != nil {
			return fmt.Errorf("creel with pid %d ended", c.Status.PID)
		}
		_ = conn.Close()
		if !reported && time.Since(since) > unheard {
			p.infof("creel with pid %d is not heard", c.Status.PID)
			reported = true
		}
	}
	return nil
}

// unheard is how long a creel is not heard before that is reported: longer than its end takes.
const unheard = 5 * time.Second
