package engine

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"creel/capture"
	"creel/capture/nats"
	"creel/capture/redact"
	"creel/forward"
)

// TeamConfig says with whom an engine shares what it captures. The zero value is with no one.
type TeamConfig struct {
	Address nats.Address // empty: no team
	Access  nats.Access
	Node    string // the name of the node, completed so that no other has it
	Redact  redact.Config
	Who     string           // uses the node, as the team sees them
	Answers []forward.Target // reply, for their paths, to what all nodes receive
	Private bool             // attempts sent by hand are not shared
	// Ack has senders wait until NATS has acknowledged what they sent.
	Ack bool
}

// openTeam prepares publishing. The engine of the team need not be there.
func (e *Engine) openTeam(ctx context.Context) error {
	c := e.config.Team
	if c.Address.Space == "" {
		return nil
	}
	mask := teamMask{config: c.Redact, values: e.Providers.SecretValues}
	if _, err := mask.redactor(); err != nil {
		return err
	}
	at, err := e.position(ctx)
	if err != nil {
		return err
	}
	if e.team, err = nats.Connect(c.Address, c.Access, "creel "+at.Node); err != nil {
		return err
	}
	member := func() nats.Member {
		return nats.Member{
			Who: c.Who, Screen: e.screen.Load(), Claims: ClaimsOf(c.Answers), Node: at.Node, Held: holds(e.Replies.Gate),
		}
	}
	if err := e.team.Reply(e.background, at.Node, e.decideHeld); err != nil {
		return err
	}
	if e.here, err = e.team.Present(e.background, member, e.Ring.Notify); err != nil {
		return err
	}
	e.Outbox = &nats.Outbox{
		Team: e.team, Ring: e.Ring, Position: at, Redact: mask.exchange, Who: c.Who, Private: c.Private, Problem: e.config.Problem,
	}
	if e.store != nil {
		e.Outbox.Save = func(ctx context.Context, p nats.Position) error {
			return e.store.SetPublished(ctx, p.Node, p.ID, p.Seq)
		}
	}
	return nil
}

// ackTime is how long a sender waits for NATS: longer than servers take to elect a leader.
const ackTime = 10 * time.Second

// published returns when NATS has acknowledged an exchange.
func (e *Engine) published(ctx context.Context, id capture.ID) error {
	ctx, cancel := context.WithTimeout(ctx, ackTime)
	defer cancel()
	return e.Outbox.Published(ctx, id)
}

// position is how far the history is published. A history that never was gets a name
// that no other has: its ids begin at one, as those of others do.
func (e *Engine) position(ctx context.Context) (nats.Position, error) {
	var at nats.Position
	if e.store != nil {
		node, id, seq, err := e.store.Published(ctx)
		if err != nil {
			return at, err
		}
		at = nats.Position{Node: node, ID: id, Seq: seq}
	}
	if at.Node != "" {
		return at, nil
	}
	random := make([]byte, 4) // see [capture.Origin.Name]
	_, _ = rand.Read(random)  // never fails
	at.Node = e.config.Team.Node + "-" + hex.EncodeToString(random)
	if e.store == nil {
		return at, nil
	}
	// What was captured before there was a team is the user's own.
	at.ID = capture.ID(e.Ring.Stats().Newest)
	return at, e.store.SetPublished(ctx, at.Node, at.ID, 0)
}

// MergedRing returns what a screen of the team shows, and begins to read it; nil without a team.
func (e *Engine) MergedRing() *MergedRing {
	if e.Outbox == nil {
		return nil
	}
	e.screen.Store(true)
	e.here.Announce()
	t := NewMergedRing(MergedConfig{
		Team: e.team, Here: e.here, Own: e.Ring, Node: e.Outbox.Position.Node, Waiting: e.Outbox.Waiting, Who: e.config.Team.Who,
		Notice: e.config.Notice, Problem: e.config.Problem,
	})
	e.running.Go(func() { t.Follow(e.background) })
	return t
}

// claims are those of the team; nil without one.
func (e *Engine) claims() *claims {
	if e.team == nil {
		return nil
	}
	return &claims{e.team, e.here, e.Providers.Limit, cmp.Or(e.Sender.Timeout, claimTime)}
}

// claimTime is how long an attempt by a claim takes at most, unless told otherwise.
const claimTime = 30 * time.Second

// node is what the team calls this engine; empty without one.
func (e *Engine) node() string {
	if e.Outbox == nil {
		return ""
	}
	return e.Outbox.Position.Node
}

// teamMask hides from the team what exports hide, with the secrets that are known by
// now: one may be typed on the screen. It is for one goroutine.
type teamMask struct {
	config redact.Config
	values func() []string // the secrets that are known
	known  []string        // those that mask was made with
	mask   *redact.Redactor
}

func (m *teamMask) exchange(ctx context.Context, ex *capture.Exchange) (*capture.Exchange, error) {
	r, err := m.redactor()
	if err != nil {
		return nil, err
	}
	return r.Exchange(ctx, ex)
}

func (m *teamMask) redactor() (*redact.Redactor, error) {
	values := m.values()
	if m.mask != nil && slices.Equal(values, m.known) {
		return m.mask, nil
	}
	c := m.config
	c.Known = slices.Concat(c.Known, values)
	mask, err := redact.New(c)
	if err == nil {
		m.known, m.mask = values, mask
	}
	return mask, err
}

// claims lets the apps of a team's members reply to what a node receives; nil has none.
type claims struct {
	team  *nats.Team
	here  *nats.Presence
	limit func(provider string) time.Duration
	time  time.Duration // for one attempt
}

// claimMargin is what is left of the time that a provider waits, for the node's own reply.
const claimMargin = 500 * time.Millisecond

// of is the claim for a request target: that of the longest path.
func (c *claims) of(target string) (nats.Claim, bool) {
	if c == nil {
		return nats.Claim{}, false
	}
	return longest(c.here.Claims(), target)
}

func longest(list []nats.Claim, target string) (best nats.Claim, ok bool) {
	path := capture.SplitTarget(target).Path
	for _, one := range list {
		if capture.PathUnder(path, one.Path) && (!ok || len(one.Path) > len(best.Path)) {
			best, ok = one, true
		}
	}
	return best, ok
}

// most is how long who claims a path may take for a request of a provider.
func (c *claims) most(provider string) time.Duration {
	limit := c.limit(provider)
	if limit <= 0 {
		return c.time
	}
	return min(c.time, max(limit-claimMargin, limit/2))
}

// respond lets who claims the path reply; false when none does in time.
func (c *claims) respond(ctx context.Context, ex *capture.Exchange, rec capture.Recorder) (out capture.Outcome, ok bool) {
	claim, ok := c.of(ex.Request.Target)
	if !ok {
		return out, false
	}
	began := time.Now()
	ctx, cancel := context.WithTimeout(ctx, c.most(ex.Sender.Provider))
	defer cancel()
	a, err := c.team.Ask(ctx, claim.Path, ex)
	if err != nil {
		rec.AddAttempt(&capture.Attempt{
			At: began, To: claim.To, Method: ex.Request.Method, Target: ex.Request.Target, SameBody: true,
			Who: claim.Who, Cause: cause(err), Err: err.Error(), Took: time.Since(began),
		})
		return out, false
	}
	rec.AddAttempt(a)
	return forward.OutcomeOf(a), true
}

func cause(err error) capture.Cause {
	if context.DeadlineExceeded == err || strings.Contains(err.Error(), "timeout") {
		return capture.CauseTimeout
	}
	return capture.CauseRefused
}

// Claim lets targets of this machine reply to what the team's nodes receive, until ctx ends.
func Claim(ctx context.Context, t *nats.Team, who string, s *forward.Sender, targets []forward.Target) error {
	for _, to := range targets {
		err := t.Serve(ctx, to.Path, who, func(ctx context.Context, ex *capture.Exchange) capture.Attempt {
			return s.Send(ctx, &ex.Request, to)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// ClaimsOf is what a member tells of targets that reply for the team.
func ClaimsOf(targets []forward.Target) []nats.Claim {
	var out []nats.Claim
	for _, t := range targets {
		out = append(out, nats.Claim{Path: t.Path, To: t.URL.String()})
	}
	return out
}
