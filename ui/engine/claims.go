package engine

import (
	"context"
	"strings"
	"time"

	"creel/capture"
	"creel/capture/nats"
	"creel/forward"
)

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
