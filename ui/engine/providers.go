package engine

import (
	"context"
	"errors"
	"slices"

	"creel/capture"
	"creel/capture/provider"
	"creel/capture/redact"
	"creel/capture/ring"
)

// Providers is a set of providers whose secrets concern what is in a ring.
type Providers struct {
	*provider.Set
	Ring *ring.Ring
}

// AddSecret takes a secret and returns how many verdicts it changed.
func (p Providers) AddSecret(ctx context.Context, s provider.Secret) (changed int, err error) {
	if err := p.Set.AddSecret(s); err != nil {
		return 0, err
	}
	return p.recheck(ctx, func(ex *capture.Exchange) bool { return p.Concerns(s, ex.Sender.Provider) })
}

// SetPublicURL sets the URL that senders call and returns how many verdicts that changed.
func (p Providers) SetPublicURL(ctx context.Context, public string) (changed int, err error) {
	if err := p.Set.SetPublicURL(public); err != nil {
		return 0, err
	}
	p.Ring.Notify()
	return p.recheck(ctx, func(ex *capture.Exchange) bool { return ex.Signature.Verdict == capture.Invalid })
}

// recheck verifies what is concerned and not valid again, and returns how many verdicts changed.
func (p Providers) recheck(ctx context.Context, concerned func(*capture.Exchange) bool) (changed int, err error) {
	p.Again.Lock()
	defer p.Again.Unlock()
	for _, ex := range p.Ring.Snapshot() {
		if ctx.Err() != nil || ex.Signature.Verdict == capture.Valid || !concerned(ex) {
			continue
		}
		r, err := p.Check(ctx, ex, provider.Options{Provider: ex.Sender.Provider})
		if err != nil || r.Signature == ex.Signature {
			continue
		}
		p.Ring.Record(capture.Op{Meta: &capture.Meta{ID: ex.ID, Signature: &r.Signature}})
		changed++
	}
	return changed, ctx.Err()
}

// SecretsIn are the secrets that stand in exchanges, as they are spelled there: those
// that an export has to hide, and no other.
func (p Providers) SecretsIn(ctx context.Context, list []*capture.Exchange) ([]string, error) {
	values := p.SecretValues()
	if len(values) == 0 {
		return nil, nil
	}
	mask, err := redact.New(redact.Config{Known: values})
	if err != nil {
		return nil, err
	}
	var out []string
	for _, ex := range list {
		found, err := mask.KnownIn(ctx, ex)
		if errors.Is(err, capture.ErrEvicted) {
			continue
		} else if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}
