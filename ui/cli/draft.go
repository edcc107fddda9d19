package cli

import (
	"context"
	"fmt"

	"creel/capture"
	"creel/forward/edit"
)

// draft is a request that is going to be sent.
type draft struct {
	name string // what messages call it
	*edit.Change
}

func newDraft(ctx context.Context, name string, req capture.Request) (*draft, error) {
	c, err := edit.NewChange(ctx, req)
	return &draft{name, c}, err
}

// changeDraft makes the changes that the flags ask for.
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
		p.talk("%s: jq rewrote the body: spacing, key order and numbers may differ", d.name)
	}
	for _, h := range f.headers {
		if err := d.SetField(h); err != nil {
			return usagef("-H %w", err)
		}
	}
	if f.edit {
		return p.edit(ctx, d)
	}
	return nil
}
