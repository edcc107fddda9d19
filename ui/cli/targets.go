package cli

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"creel/capture"
	"creel/capture/tomlfile"
	"creel/forward"
)

// targets are the standing targets: those of --forward, then those of the
// configuration file. One that is both is one target, as the file describes it.
func (p *program) targets() ([]forward.Target, error) {
	var out []forward.Target
	for _, spec := range p.opts.forward.values {
		t, err := p.opts.target(spec)
		if err != nil {
			return nil, usagef("%s %s: %w", p.opts.origin("forward"), forward.Redact(spec), err)
		}
		out = append(out, t)
	}
	given := len(out)
	for i, c := range p.opts.file.Targets {
		t, err := c.target(p.opts)
		if err != nil {
			return nil, usagef("%s: target %d: %w", p.opts.file.place("target", i, ""), i+1, err)
		}
		if same := slices.IndexFunc(out[:given], func(o forward.Target) bool { return o.Spec() == t.Spec() }); same >= 0 {
			out[same] = t
		} else {
			out = append(out, t)
		}
	}
	for i, t := range out {
		if slices.ContainsFunc(out[:i], func(o forward.Target) bool { return o.Spec() == t.Spec() || o.Name == t.Name && t.Name != "" }) {
			return nil, usagef("%s %s: another target has the same name, or the same path and URL", p.opts.targetOrigin(t), t.Label())
		}
		if err := t.Check(); err != nil {
			return nil, usagef("%s %s: %w", p.opts.targetOrigin(t), t.Spec(), err)
		}
	}
	return out, nil
}

// target reads [PATH=]URL.
func (o *options) target(spec string) (forward.Target, error) {
	t, err := forward.ParseTarget(spec)
	return o.defaults().Apply(t), err
}

// targetOrigin says where a target is configured, to begin an error with.
func (o *options) targetOrigin(t forward.Target) string {
	for _, spec := range o.forward.values {
		if given, err := forward.ParseTarget(spec); err == nil && given.Spec() == t.Spec() {
			return o.origin("forward")
		}
	}
	for i, c := range slices.Backward(o.file.Targets) { // of two that are the same, the second is too much
		if given, err := c.target(o); err == nil && given.Spec() == t.Spec() {
			return o.file.place("target", i, "") + ": target"
		}
	}
	return o.file.path + ": target"
}

// defaults are the settings of a target that is known by its URL alone.
func (o *options) defaults() forward.Defaults {
	return forward.Defaults{
		KeepHost: o.keepHost, Forwarded: o.forwarded, Insecure: o.insecure, CACert: o.cacert, Ordered: o.ordered,
	}
}

func (c *targetConfig) target(o *options) (forward.Target, error) {
	t, err := o.target(c.URL)
	if err != nil {
		return t, err
	}
	if c.Path != "" && !strings.HasPrefix(c.Path, "/") {
		return t, fmt.Errorf("path %q must begin with /", c.Path)
	}
	t.Name, t.Path, t.StripPrefix = c.Name, c.Path, c.StripPrefix
	switch c.Host {
	case "":
	case "target":
		t.Host = ""
	default:
		t.Host = c.Host // a name, or keep
	}
	for _, name := range slices.Sorted(maps.Keys(c.Headers)) {
		t.Headers = append(t.Headers, capture.Field{Name: name, Value: c.Headers[name]})
	}
	if c.Insecure != nil {
		t.Insecure = *c.Insecure
	}
	if c.CACert != "" {
		t.CACert = tomlfile.Path(c.CACert)
	}
	if c.Ordered != nil {
		t.Ordered = *c.Ordered
	}
	t.Disabled = c.Enabled != nil && !*c.Enabled
	return t, nil
}

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
