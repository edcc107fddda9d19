package engine

import (
	"context"

	"creel/capture"
	"creel/capture/reply"
	"creel/forward"
)

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
