package cli

import (
	"context"

	"creel/forward"
)

// destination says where a request with that captured target goes: to what was
// said, else to the configured forward, else to the running creel's target. It
// is never taken from what was captured, and what is in a history does not go to
// the creel that captures into it.
func (p *program) destination(ctx context.Context, to, captured string, h *history) (forward.Target, error) {
	if to != "" {
		t, err := p.opts.target(to)
		if err == nil {
			err = h.capturing(ctx).CheckURL(t.URL)
		}
		if err != nil {
			return t, usagef("--to: %w", err)
		}
		return t, nil
	}
	list, err := p.targets()
	if err != nil {
		return forward.Target{}, err
	}
	if t, ok := firstTarget(list, captured); ok {
		return t, nil
	}
	if t, ok := firstTarget(h.ownerTargets(ctx, p.opts), captured); ok {
		return t, nil
	}
	return forward.Target{}, usagef("no target: give --to URL, such as --to 3000, or configure a forward")
}

func firstTarget(list []forward.Target, captured string) (forward.Target, bool) {
	var ts forward.Targets
	ts.Set(list)
	if on := ts.For(captured); len(on) > 0 {
		return on[0], true
	}
	return forward.Target{}, false
}
