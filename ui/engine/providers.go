package engine

import (
	"context"

	"creel/capture"
	"creel/capture/provider"
	"creel/capture/ring"
)

// Providers is a set of providers whose secrets concern what is in a ring.
type Providers struct {
	*provider.Set
	Ring *ring.Ring
}

// AddSecret takes a secret, checks again what it concerns, as of its arrival,
// and records the verdicts that differ. It returns how many did.
func (p Providers) AddSecret(ctx context.Context, s provider.Secret) (changed int, err error) {
	if err := p.Set.AddSecret(s); err != nil {
		return 0, err
	}
	for _, ex := range p.Ring.Snapshot() {
		if ctx.Err() != nil || !p.Concerns(s, ex.Sender.Provider) || ex.Verdict.Verdict == capture.Valid {
			continue
		}
		r, err := p.Check(ctx, ex, provider.Options{Provider: ex.Sender.Provider})
		if err != nil || r.Verdict == ex.Verdict {
			continue
		}
		p.Ring.Record(capture.Op{Meta: &capture.Meta{ID: ex.ID, Verdict: &r.Verdict}})
		changed++
	}
	return changed, ctx.Err()
}
