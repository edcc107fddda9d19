package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"creel/capture"
	"creel/capture/provider"
)

// renew signs req, which is about to be sent of ex, anew where that is due, and
// returns nil where it is not. With auto that is when the captured signature was
// valid and is not any more: its time has expired, or the request was edited.
func renew(ctx context.Context, set *provider.Set, ex *capture.Exchange, req *capture.Request, edited bool, mode string) (*capture.Request, error) {
	if mode == "never" {
		return nil, nil
	}
	if mode == "auto" && !renewalDue(ctx, set, ex, edited) {
		return nil, nil
	}
	signed, err := set.Sign(ctx, req, provider.SignOptions{Provider: ex.Sender.Provider, At: time.Now()})
	switch {
	case err == nil:
		return signed.Apply(req), nil
	case mode == "auto" && (errors.Is(err, provider.ErrAsymmetric) || errors.Is(err, provider.ErrNoSecret)):
		return nil, nil
	}
	return nil, fmt.Errorf("sign: %w", err)
}

func renewalDue(ctx context.Context, set *provider.Set, ex *capture.Exchange, edited bool) bool {
	was := ex.Verdict.Verdict
	return edited && (was == capture.Valid || was == capture.Stale) || set.NeedsResign(ctx, ex, time.Now())
}
