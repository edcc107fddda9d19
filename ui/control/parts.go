package control

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"slices"
	"time"

	"creel/capture"
	"creel/capture/export"
	"creel/capture/filter"
	"creel/capture/provider"
	"creel/capture/reply"
	"creel/capture/ring"
	"creel/forward"
	"creel/forward/tunnel"
)

// parts are what a screen works with. What they show is what was heard last, what they do
// is done there. The methods are those of the interfaces of the package ui.
type parts struct {
	Ring      remoteRing
	Targets   remoteTargets
	Resender  remoteResender
	Queue     remoteQueue
	Standing  remoteStanding
	Gate      remoteGate
	Tunnel    remoteTunnel
	Rules     remoteRules
	Providers remoteProviders
	History   remoteHistory
}

type (
	remoteRing struct {
		*ring.Mirror
		c *Client
	}
	remoteTargets   struct{ c *Client }
	remoteResender  struct{ c *Client }
	remoteQueue     struct{ c *Client }
	remoteStanding  struct{ c *Client }
	remoteGate      struct{ c *Client }
	remoteTunnel    struct{ c *Client }
	remoteRules     struct{ c *Client }
	remoteProviders struct { // without secrets
		*provider.Set
		c *Client
	}
	// remoteHistory reads exchanges when they are asked for: for a client that does not
	// follow the other side. Its methods are those of [sqlite.Store].
	remoteHistory struct{ c *Client }
)

func partsOf(c *Client) parts {
	return parts{remoteRing{c.mirror, c}, remoteTargets{c}, remoteResender{c}, remoteQueue{c}, remoteStanding{c}, remoteGate{c}, remoteTunnel{c}, remoteRules{c}, remoteProviders{c.known, c}, remoteHistory{c}}
}

func (r remoteRing) Stats() ring.Stats {
	f := r.c.heardFacts().Stats
	s := f.Stats
	s.Rev = r.Mirror.Stats().Rev
	if f.Problem != "" {
		s.Err = errors.New(f.Problem)
	}
	return s
}

func (r remoteRing) Apply(ctx context.Context, ops ...capture.Op) error {
	var in applyRequest
	for _, op := range ops {
		switch {
		case op.Meta != nil:
			in.Meta = append(in.Meta, *op.Meta)
		case op.Add != nil:
			in.Restore = append(in.Restore, op.Add.ID)
		default:
			in.Delete = append(in.Delete, op.Delete...)
		}
	}
	return r.c.act(ctx, "apply", in)
}

func (t remoteTargets) List() []forward.Status { return slices.Clone(t.c.heardFacts().Targets) }

func (t remoteTargets) Set(list []forward.Target) {
	t.c.mu.Lock()
	var shown []forward.Status
	for _, one := range list {
		shown = append(shown, forward.Status{Target: one})
	}
	t.c.set = &shown
	t.c.mu.Unlock()
	t.c.later("targets", list)
}

// local are the same targets here, to ask where something would go.
func (t remoteTargets) local() *forward.Targets {
	ts := &forward.Targets{Defaults: t.c.Status.Settings.Defaults}
	var list []forward.Target
	for _, s := range t.List() {
		list = append(list, s.Target)
	}
	ts.Set(list)
	return ts
}

func (t remoteTargets) For(captured string) []forward.Target { return t.local().For(captured) }

func (t remoteTargets) ForResend(ex *capture.Exchange) (forward.Target, bool) {
	return t.local().ForResend(ex)
}

func (t remoteTargets) ForURL(u forward.URL) forward.Target { return t.local().ForURL(u) }

func wireResend(ctx context.Context, x forward.Resend) (resendRequest, error) {
	out := resendRequest{ID: x.Exchange.ID, Edited: x.Edited, To: x.To, Sign: x.Sign}
	if x.Request == nil {
		return out, nil
	}
	var err error
	out.Request, err = requestLine(ctx, x.Request)
	return out, err
}

func (r remoteResender) Resend(ctx context.Context, x forward.Resend) (capture.Attempt, error) {
	return r.c.History.Resend(ctx, x, RecordIt)
}

func (r remoteResender) attempt(ctx context.Context, verb string, in any) (capture.Attempt, error) {
	out, err := await[attemptResponse](ctx, r.c, verb, in)
	if err != nil {
		return capture.Attempt{}, err
	}
	ex, err := export.ReadFeedLine(out.Attempt, r.c.stored)
	if err != nil {
		return capture.Attempt{}, err
	}
	if len(ex.Attempts) != 1 {
		return capture.Attempt{}, errors.New("the other side sent no attempt")
	}
	return *ex.Attempts[0], nil
}

// Repeat sends there as the plan says. Its progress is not heard on the way.
func (r remoteResender) Repeat(ctx context.Context, plan forward.Repeat) forward.Histogram {
	in := repeatRequest{Times: plan.Times, Concurrency: plan.Concurrency, Delay: plan.Delay, Speed: plan.Speed}
	for _, run := range plan.Runs {
		x, err := wireResend(ctx, run)
		if err != nil {
			r.c.problem(err.Error())
			return forward.Histogram{Total: plan.Total(), Ended: true}
		}
		in.Runs = append(in.Runs, x)
	}
	h, err := await[forward.Histogram](ctx, r.c, "repeat", in)
	if err != nil {
		r.c.problem("repeat: " + err.Error())
		return forward.Histogram{Total: plan.Total(), Ended: true}
	}
	return h
}

func (r remoteResender) Fetch(ctx context.Context, url string) (capture.Attempt, error) {
	return r.attempt(ctx, "fetch", urlRequest{url})
}

func (r remoteResender) InFlight() []forward.InFlight { return slices.Clone(r.c.heardFacts().InFlight) }

func (r remoteResender) InFlightOf(id capture.ID) []forward.InFlight {
	return slices.DeleteFunc(r.InFlight(), func(f forward.InFlight) bool { return f.ID != id })
}

// CheckURL refuses what is plainly the other side itself. Which addresses are those
// of another machine is not known here: it refuses them when it is to send there.
func (r remoteResender) CheckURL(u forward.URL) error {
	host, _ := os.Hostname()
	self := forward.SelfAddrs{Elsewhere: r.c.Status.Host != host}
	for _, addr := range r.c.Status.Addresses {
		if ap, err := netip.ParseAddrPort(addr); err == nil {
			self.Listen(net.TCPAddrFromAddrPort(ap))
		}
	}
	return self.CheckURL(u)
}

// Count is how many wait: for all targets, or for the one with a key.
func (q remoteQueue) Count(key string) int {
	f := q.c.heardFacts()
	if key == "" {
		return f.Pending
	}
	for _, t := range f.Targets {
		if t.Key() == key {
			return t.Pending
		}
	}
	return 0
}

func (q remoteQueue) Counts() map[string]int { return q.c.heardFacts().PendingFor }

func (q remoteQueue) Flush(ctx context.Context, key string) forward.Flushed {
	f, err := post[forward.Flushed](ctx, q.c, "flush", textRequest{key})
	if err != nil {
		q.c.problem("deliver what is pending: " + err.Error())
	}
	return f
}

func (s remoteStanding) Spec() reply.Spec { return s.c.heardFacts().Standing }

func (s remoteStanding) Words() string { return s.c.heardFacts().Words }

func (s remoteStanding) Set(spec reply.Spec) error { return s.c.change("reply", spec) }

func (g remoteGate) Filter() (match *filter.Filter, on bool) {
	f := g.c.heardFacts()
	match, _ = parseFilter(f.Filter)
	return match, f.Holding
}

func (g remoteGate) Set(match *filter.Filter, on bool) {
	in := holdRequest{On: on}
	if match != nil {
		in.Filter = match.String()
	}
	g.c.later("hold", in)
}

func (g remoteGate) Held() []reply.Held {
	var out []reply.Held
	for _, h := range g.c.heardFacts().Held {
		ex, ok := g.c.mirror.Get(h.ID)
		if !ok {
			continue
		}
		left := h.Left
		if !h.Paused {
			left = max(0, time.Until(h.Ends))
		}
		out = append(out, reply.Held{Exchange: ex, Since: h.Since, Limit: h.Limit, Left: left, Paused: h.Paused, Action: h.Action})
	}
	return out
}

func (g remoteGate) Ended() []reply.EndedHold { return slices.Clone(g.c.heardFacts().Ended) }

// Release ends a hold. That another screen was faster is a problem told later.
func (g remoteGate) Release(id capture.ID, d reply.Decision) bool {
	if !g.holds(id) {
		return false
	}
	g.c.later("release", decideRequest{ID: id, Decision: d})
	return true
}

func (g remoteGate) ReleaseAll(d reply.Decision) int {
	n := len(g.Held())
	if n > 0 {
		g.c.later("release", decideRequest{Decision: d})
	}
	return n
}

func (g remoteGate) Pause(id capture.ID) bool {
	g.c.later("pause", idRequest{ID: id})
	return g.holds(id)
}

func (g remoteGate) Resume(id capture.ID) bool {
	g.c.later("resume", idRequest{ID: id})
	return g.holds(id)
}

func (g remoteGate) ReplyNextTry(ex *capture.Exchange, spec reply.Spec) error {
	_, err := now[nothing](g.c, "next-try", idRequest{ex.ID, spec})
	return err
}

func (g remoteGate) holds(id capture.ID) bool {
	return slices.ContainsFunc(g.c.heardFacts().Held, func(h held) bool { return h.ID == id })
}

func (t remoteTunnel) Status() tunnel.Status { return t.c.heardFacts().Tunnel }

func (t remoteTunnel) Start(spec tunnel.Spec, acceptNew bool) error {
	_, err := now[nothing](t.c, "tunnel/start", tunnelRequest{spec, acceptNew})
	return err
}

func (t remoteTunnel) Stop() {
	if err := t.c.act(context.Background(), "tunnel/stop", nothing{}); err != nil {
		t.c.problem(err.Error())
	}
}
