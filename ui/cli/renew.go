package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"creel/capture"
	"creel/capture/provider"
)

// renew signs a draft anew where that is due, and returns nil where it is not.
// With auto that is when the captured signature was valid and is not any more:
// its time has expired, or the request was edited.
func renew(ctx context.Context, set *provider.Set, d *draft, mode string) (*capture.Request, error) {
	if mode == "never" {
		return nil, nil
	}
	if mode == "auto" {
		due, err := renewalDue(ctx, set, d)
		if err != nil || !due {
			return nil, err
		}
	}
	signed, err := set.Sign(ctx, d.req, provider.SignOptions{Provider: d.ex.Sender.Provider, At: time.Now()})
	switch {
	case err == nil:
		return signed.Apply(d.req), nil
	case mode == "auto" && (errors.Is(err, provider.ErrAsymmetric) || errors.Is(err, provider.ErrNoSecret)):
		return nil, nil
	}
	return nil, fmt.Errorf("sign: %w", err)
}

func renewalDue(ctx context.Context, set *provider.Set, d *draft) (bool, error) {
	if d.ex.Verdict.Verdict != capture.Valid && d.ex.Verdict.Verdict != capture.Stale {
		return false, nil
	}
	if d.edited {
		return true, nil
	}
	now, err := set.Check(ctx, d.ex, provider.Options{Now: time.Now()})
	if err != nil {
		return false, err
	}
	return now.Verdict.Verdict == capture.Stale && now.CanSign, nil
}
