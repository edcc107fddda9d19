package cli

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"creel/capture"
	"creel/forward"
	"creel/forward/edit"
)

// draft is a request that is going to be sent.
type draft struct {
	name string // what messages call it
	host string // the Host that was asked for; empty: that of the target
	*edit.Change
}

// sentTo is the target with the Host that was asked for.
func (d *draft) sentTo(to forward.Target) forward.Target {
	to.Host = cmp.Or(d.host, to.Host)
	return to
}

func newDraft(ctx context.Context, name string, req capture.Request) (*draft, error) {
	c, err := edit.NewChange(ctx, req)
	return &draft{name: name, Change: c}, err
}

func (p *program) changeDraft(ctx context.Context, d *draft, f *sendFlags) error {
	for _, set := range f.set {
		if _, err := edit.ParseSet(set); err != nil {
			return usagef("--set: %w", err)
		}
		if err := d.Set(set); err != nil {
			return fmt.Errorf("--set %w", err)
		}
	}
	if f.jq != "" {
		body, err := runJQ(ctx, d.Body, d.Req.Fields, f.jq)
		if err != nil {
			return err
		}
		if string(body) != string(d.Body) {
			d.SetBody(body)
		}
		p.infof("%s: jq rewrote the body: spacing, key order and numbers may differ", d.name)
	}
	for _, h := range f.headers {
		if err := d.SetField(h); err != nil {
			return usagef("-H %w", err)
		}
		if isHost(h) && d.Req.Host == "" {
			return usagef("-H %q: no request goes without a Host", h)
		}
	}
	d.host = f.host()
	if !f.edit {
		return nil
	}
	before := d.Req.Host
	err := p.edit(ctx, d)
	if d.Req.Host != before {
		d.host = d.Req.Host
	}
	return err
}

// host is the Host that -H asks for; empty for that of the target.
func (f *sendFlags) host() (host string) {
	for _, h := range f.headers {
		if isHost(h) {
			_, value, _ := strings.Cut(h, ":")
			host = strings.TrimSpace(value)
		}
	}
	return host
}

func isHost(header string) bool {
	name, _, _ := strings.Cut(strings.TrimSuffix(header, ";"), ":")
	return strings.EqualFold(name, "Host")
}
