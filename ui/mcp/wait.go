package mcp

import (
	"context"
	"fmt"
	"slices"
	"time"

	"creel/capture"
	"creel/ui/control"
)

// wait returns the first request after the given one, or that was not there at the call.
func (s *server) wait(ctx context.Context, on *Session, in waitIn) (row, error) {
	f, err := parse(in.Filter)
	if err != nil {
		return row{}, err
	}
	if on.Running == nil {
		return row{}, errNoCreel
	}
	limit := usualWait
	if in.Timeout > 0 {
		limit = min(time.Duration(in.Timeout)*time.Second, maxWait)
	}
	waiting, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	ex, err := next(waiting, on.Running, capture.ID(in.After), func(ex *capture.Exchange) bool {
		return ex.State != capture.StateWaiting && f.Match(ex, env(waiting))
	})
	if waiting.Err() != nil {
		err = fmt.Errorf("no request that matches arrived within %v: list_requests shows what did", limit)
	}
	if err != nil {
		return row{}, err
	}
	v, err := s.viewer(ctx, on, ex)
	if err != nil {
		return row{}, err
	}
	return v.row(ex), nil
}

// next waits for the first exchange that matches after the given one; with 0, after what is there.
func next(ctx context.Context, c *control.Client, after capture.ID, matches func(*capture.Exchange) bool) (*capture.Exchange, error) {
	if after == 0 {
		ids, err := c.History.IDs(ctx)
		if err != nil {
			return nil, err
		}
		after = slices.Max(append(ids, 0))
	}
	go c.FollowNew(ctx)
	select {
	case <-c.Ready():
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	ids, err := c.History.IDs(ctx) // some may have come before Ready
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		if id <= after {
			continue
		}
		if ex, err := c.History.Get(ctx, id); err == nil && matches(ex) {
			return ex, nil
		}
	}
	ring := c.Ring
	for watch, rev := ring.Watch(ctx), capture.Rev(0); ; {
		delta := ring.Since(rev)
		rev = delta.Rev
		for _, ex := range delta.Changed {
			if ex.ID > after && matches(ex) {
				return ex, nil
			}
		}
		select {
		case <-watch:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}
