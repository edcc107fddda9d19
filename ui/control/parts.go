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
	"creel/capture/reply"
	"creel/capture/ring"
	"creel/forward"
	"creel/forward/tunnel"
)

// Ring shows the exchanges of the other side.
type Ring struct {
	*ring.Mirror
	c *Client
}

// Ring returns the exchanges.
func (c *Client) Ring() Ring { return Ring{c.mirror, c} }

// Stats are those of the other side.
func (r Ring) Stats() ring.Stats {
	f := r.c.heardFacts().Stats
	s := f.Stats
	s.Rev = r.Mirror.Stats().Rev
	if f.Problem != "" {
		s.Err = errors.New(f.Problem)
	}
	return s
}

// Apply changes the history there.
func (r Ring) Apply(ctx context.Context, ops ...capture.Op) error {
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

// Targets are the standing targets of the other side.
type Targets struct{ c *Client }

// Targets returns the standing targets.
func (c *Client) Targets() Targets { return Targets{c} }

// List returns them with their health.
func (t Targets) List() []forward.Status { return slices.Clone(t.c.heardFacts().Targets) }

// Set replaces them.
func (t Targets) Set(list []forward.Target) {
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
func (t Targets) local() *forward.Targets {
	ts := &forward.Targets{Defaults: t.c.Status.Settings.Defaults}
	var list []forward.Target
	for _, s := range t.List() {
		list = append(list, s.Target)
	}
	ts.Set(list)
	return ts
}

// For returns those that are on for a request target.
func (t Targets) For(captured string) []forward.Target { return t.local().For(captured) }

// ForResend returns where a resend of ex goes.
func (t Targets) ForResend(ex *capture.Exchange) (forward.Target, bool) {
	return t.local().ForResend(ex)
}

// ForURL returns the target for a URL that the user typed.
func (t Targets) ForURL(u forward.URL) forward.Target { return t.local().ForURL(u) }

// Resender sends again from where the requests are captured.
type Resender struct{ c *Client }

// Resender returns what sends again.
func (c *Client) Resender() Resender { return Resender{c} }

func wireResend(ctx context.Context, x forward.Resend) (resendRequest, error) {
	out := resendRequest{ID: x.Exchange.ID, Edited: x.Edited, To: x.To, Sign: x.Sign}
	if x.Request == nil {
		return out, nil
	}
	var err error
	out.Request, err = requestLine(ctx, x.Request)
	return out, err
}

// Resend makes one attempt there.
func (r Resender) Resend(ctx context.Context, x forward.Resend) (capture.Attempt, error) {
	return r.c.History().Resend(ctx, x, RecordIt)
}

func (r Resender) attempt(ctx context.Context, verb string, in any) (capture.Attempt, error) {
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
func (r Resender) Repeat(ctx context.Context, plan forward.Repeat) forward.Histogram {
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

// Fetch makes a GET request that belongs to no exchange.
func (r Resender) Fetch(ctx context.Context, url string) (capture.Attempt, error) {
	return r.attempt(ctx, "fetch", urlRequest{url})
}

// InFlight returns the attempts that are under way.
func (r Resender) InFlight() []forward.InFlight { return slices.Clone(r.c.heardFacts().InFlight) }

// InFlightOf returns the attempts with an exchange that are under way.
func (r Resender) InFlightOf(id capture.ID) []forward.InFlight {
	return slices.DeleteFunc(r.InFlight(), func(f forward.InFlight) bool { return f.ID != id })
}

// CheckURL refuses what is plainly the other side itself. Which addresses are those
// of another machine is not known here: it refuses them when it is to send there.
func (r Resender) CheckURL(u forward.URL) error {
	host, _ := os.Hostname()
	self := forward.SelfAddrs{Elsewhere: r.c.Status.Host != host}
	for _, addr := range r.c.Status.Addresses {
		if ap, err := netip.ParseAddrPort(addr); err == nil {
			self.Listen(net.TCPAddrFromAddrPort(ap))
		}
	}
	return self.CheckURL(u)
}

// Queue has the deliveries that wait for a target there.
type Queue struct{ c *Client }

// Queue returns the pending deliveries.
func (c *Client) Queue() Queue { return Queue{c} }

// Count is how many wait: for all targets, or for the one with a key.
func (q Queue) Count(key string) int {
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

// Counts is how many wait for each target.
func (q Queue) Counts() map[string]int { return q.c.heardFacts().PendingFor }

// Flush delivers them.
func (q Queue) Flush(ctx context.Context, key string) forward.Flushed {
	f, err := post[forward.Flushed](ctx, q.c, "flush", textRequest{key})
	if err != nil {
		q.c.problem("deliver what is pending: " + err.Error())
	}
	return f
}

// Standing is the standing reply there.
type Standing struct{ c *Client }

// Standing returns the standing reply.
func (c *Client) Standing() Standing { return Standing{c} }

// Spec returns the reply.
func (s Standing) Spec() reply.Spec { return s.c.heardFacts().Standing }

// Words says in a few words what it is.
func (s Standing) Words() string { return s.c.heardFacts().Words }

// Set makes another one the standing reply.
func (s Standing) Set(spec reply.Spec) error {
	return s.c.change("reply", spec)
}

// Gate holds requests there.
type Gate struct{ c *Client }

// Gate returns what holds requests.
func (c *Client) Gate() Gate { return Gate{c} }

// Filter returns what is held while the gate is on.
func (g Gate) Filter() (match *filter.Filter, on bool) {
	f := g.c.heardFacts()
	match, _ = parseFilter(f.Filter)
	return match, f.Holding
}

// Set says what is held from now on, and whether at all.
func (g Gate) Set(match *filter.Filter, on bool) {
	in := holdRequest{On: on}
	if match != nil {
		in.Filter = match.String()
	}
	g.c.later("hold", in)
}

// Held returns what is held, oldest first.
func (g Gate) Held() []reply.Held {
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

// Ended returns the holds that ended last.
func (g Gate) Ended() []reply.EndedHold { return slices.Clone(g.c.heardFacts().Ended) }

// Release ends a hold. That another screen was faster is a problem told later.
func (g Gate) Release(id capture.ID, d reply.Decision) bool {
	if !g.holds(id) {
		return false
	}
	g.c.later("release", decideRequest{ID: id, Decision: d})
	return true
}

// ReleaseAll ends all holds and returns how many.
func (g Gate) ReleaseAll(d reply.Decision) int {
	n := len(g.Held())
	if n > 0 {
		g.c.later("release", decideRequest{Decision: d})
	}
	return n
}

// Pause stops the time of a hold while its reply is being written.
func (g Gate) Pause(id capture.ID) bool {
	g.c.later("pause", idRequest{ID: id})
	return g.holds(id)
}

// Resume lets the time go on.
func (g Gate) Resume(id capture.ID) bool {
	g.c.later("resume", idRequest{ID: id})
	return g.holds(id)
}

// ReplyNextTry gives this reply to the next try of the delivery of ex.
func (g Gate) ReplyNextTry(ex *capture.Exchange, spec reply.Spec) error {
	_, err := now[nothing](g.c, "next-try", idRequest{ex.ID, spec})
	return err
}

func (g Gate) holds(id capture.ID) bool {
	return slices.ContainsFunc(g.c.heardFacts().Held, func(h held) bool { return h.ID == id })
}

// Tunnel is the public URL there.
type Tunnel struct{ c *Client }

// Tunnel returns the public URL.
func (c *Client) Tunnel() Tunnel { return Tunnel{c} }

// Status returns what is known of it.
func (t Tunnel) Status() tunnel.Status { return t.c.heardFacts().Tunnel }

// Start starts a tunnel there.
func (t Tunnel) Start(spec tunnel.Spec, acceptNew bool) error {
	_, err := now[nothing](t.c, "tunnel/start", tunnelRequest{spec, acceptNew})
	return err
}

// Stop ends it.
func (t Tunnel) Stop() {
	if err := t.c.act(context.Background(), "tunnel/stop", nothing{}); err != nil {
		t.c.problem(err.Error())
	}
}
