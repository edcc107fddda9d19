package reply

import (
	"context"
	"net/http"

	"creel/capture"
	"creel/capture/filter"
)

// Forwarder is what the chain needs of the sender of requests. It is safe for
// concurrent use.
type Forwarder interface {
	// On reports whether a target is on for the path of ex.
	On(ex *capture.Exchange) bool
	// Respond forwards ex to the targets that are on for its path, and returns
	// the response of the first.
	capture.Responder
	// RespondTo forwards ex to these URLs in place of the targets, and returns
	// the response of the first. The URLs have passed [Source.CheckURL].
	RespondTo(ctx context.Context, ex *capture.Exchange, rec capture.Recorder, urls []string) capture.Outcome
	// Copy starts to deliver ex to these URLs or, without any, to the targets
	// that are on for its path. It waits for nothing and its attempts are
	// recorded.
	Copy(ex *capture.Exchange, rec capture.Recorder, urls []string)
}

// Chain decides what each sender hears: a handshake, a reply kept for this
// try, the first rule that matches, a hold, and else the standing action. Its
// fields are set before use; each may be left out.
type Chain struct {
	// Handshake recognises a request whose reply must be computed from it. It
	// returns what to call it, empty for an ordinary request, and the reply, nil
	// when it is only to be marked.
	Handshake func(ctx context.Context, ex *capture.Exchange) (name string, reply *capture.Reply)
	Rules     *Rules
	Gate      *Gate
	Standing  *Standing
	// Forward is nil when nothing can be forwarded.
	Forward Forwarder
	// Async gives the standing reply at once where a target is on, and
	// delivers copies to the targets.
	Async bool
	// Env gives filters the decoded body; it may be nil.
	Env *filter.Env
}

var _ capture.Responder = (*Chain)(nil)

// Respond decides.
func (c *Chain) Respond(ctx context.Context, ex *capture.Exchange, rec capture.Recorder) capture.Outcome {
	if c.Handshake != nil {
		if name, answer := c.Handshake(ctx, ex); name != "" {
			rec.SetMeta(capture.Meta{Handshake: &name})
			if answer != nil {
				reply := *answer
				reply.By = capture.ByHandshake
				return capture.Outcome{Reply: reply}
			}
		}
	}
	if c.Gate != nil {
		if reply, ok := c.Gate.takeNextTry(ex); ok {
			return capture.Outcome{Reply: reply}
		}
	}
	rule := c.pick(ex)
	if rule.hold && c.Gate != nil {
		return c.afterHold(ctx, ex, rec, rule)
	}
	return c.act(ctx, ex, rec, rule)
}

// pick returns the first rule that matches, and counts it, else what stands for none.
func (c *Chain) pick(ex *capture.Exchange) *Rule {
	var rules []*Rule
	if c.Rules != nil {
		rules = c.Rules.inForce()
	}
	var held *filter.Filter
	hold := false
	if c.Gate != nil {
		held, hold = c.Gate.Filter()
	}
	if len(rules) == 0 && !hold {
		return withoutRule
	}
	env := once(c.Env)
	for _, rule := range rules {
		// Matching may be slow (jq, a large body), so no lock is held.
		if rule.enabled && rule.match.Match(ex, env) && c.Rules.count(rule) {
			return rule
		}
	}
	if hold && held.Match(ex, env) {
		return heldWithoutRule
	}
	return withoutRule
}

// once is env for one exchange: its body is decoded for all rules together.
func once(env *filter.Env) *filter.Env {
	if env == nil || env.Body == nil {
		return env
	}
	var body []byte
	done, mine := false, *env
	mine.Body = func(ex *capture.Exchange) []byte {
		if !done {
			body, done = env.Body(ex), true
		}
		return body
	}
	return &mine
}

// afterHold does what was decided while ex was held.
func (c *Chain) afterHold(ctx context.Context, ex *capture.Exchange, rec capture.Recorder, rule *Rule) capture.Outcome {
	d := c.Gate.Hold(ctx, ex, rec, c.words(ex, rule))
	switch d.Way {
	case WayReply:
		f, err := New(d.Reply, "hold")
		if err != nil {
			return capture.Outcome{Reply: capture.Refusal(http.StatusInternalServerError, err.Error())}
		}
		return f.Respond(ctx, ex, rec)
	case WayForward:
		return c.forward(ctx, ex, rec, rule, d.URLs)
	case WayDrop, waySenderGone:
		return capture.Outcome{Reply: capture.Reply{By: capture.ByHold}, Drop: true}
	}
	return c.act(ctx, ex, rec, rule)
}

// noTarget is the reason of the reply to a forward by hand when there is nowhere to go.
const noTarget = "forward: no target is on for this path: set one with F or -f"

func (c *Chain) forward(ctx context.Context, ex *capture.Exchange, rec capture.Recorder, rule *Rule, urls []string) capture.Outcome {
	if len(urls) == 0 {
		urls = rule.forward
	}
	switch {
	case c.Forward != nil && len(urls) > 0:
		return c.Forward.RespondTo(ctx, ex, rec, urls)
	case c.targeted(ex):
		return c.Forward.Respond(ctx, ex, rec)
	}
	return capture.Outcome{Reply: capture.Refusal(http.StatusBadGateway, noTarget)}
}

func (c *Chain) targeted(ex *capture.Exchange) bool { return c.Forward != nil && c.Forward.On(ex) }

// act does what a rule says, or the standing action.
func (c *Chain) act(ctx context.Context, ex *capture.Exchange, rec capture.Recorder, rule *Rule) capture.Outcome {
	switch {
	case rule.standing():
		return c.stand(ctx, ex, rec)
	case rule.fault != nil:
		return capture.Outcome{Reply: capture.Reply{By: capture.ByFault}, Fault: rule.fault}
	case rule.reply != nil:
		if len(rule.forward) > 0 && c.Forward != nil {
			c.Forward.Copy(ex, rec, rule.forward)
		}
		return rule.reply.Respond(ctx, ex, rec)
	}
	return c.forward(ctx, ex, rec, rule, nil)
}

func (c *Chain) stand(ctx context.Context, ex *capture.Exchange, rec capture.Recorder) capture.Outcome {
	if c.targeted(ex) {
		if !c.Async {
			return c.Forward.Respond(ctx, ex, rec)
		}
		c.Forward.Copy(ex, rec, nil)
	}
	return c.standing().Respond(ctx, ex, rec)
}

// standing is the reply that stands, by default 200 with an empty body.
func (c *Chain) standing() *Standing {
	if c.Standing == nil {
		return new(Standing)
	}
	return c.Standing
}

// words says what happens to ex when a hold ends by itself.
func (c *Chain) words(ex *capture.Exchange, rule *Rule) string {
	switch {
	case !rule.standing():
		return rule.actionWords()
	case c.targeted(ex) && !c.Async:
		return "forward"
	}
	return c.standing().Words()
}
