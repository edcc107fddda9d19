package redact

import (
	"context"
	"maps"
	"slices"

	"creel/capture"
)

// Exchange is an exchange as it may be shown: a copy without its head as it came,
// which would show it all. The error is that of reading a body.
func (r *Redactor) Exchange(ctx context.Context, ex *capture.Exchange) (*capture.Exchange, error) {
	return r.Scan().exchange(ctx, ex)
}

// KnownIn are the known secrets that stand in an exchange, as they are spelled there.
func (r *Redactor) KnownIn(ctx context.Context, ex *capture.Exchange) ([]string, error) {
	s := r.Scan()
	s.found = map[string]bool{}
	if _, err := s.exchange(ctx, ex); err != nil {
		return nil, err
	}
	for _, a := range ex.Attempts {
		for _, c := range a.Changes {
			s.Target(c)
		}
	}
	return slices.Sorted(maps.Keys(s.found)), nil
}

func (s *Scan) exchange(ctx context.Context, ex *capture.Exchange) (*capture.Exchange, error) {
	out := *ex
	q := &out.Request
	q.Target, q.Head = s.Target(q.Target), nil
	q.Trailers = s.Fields(q.Trailers)
	var err error
	if q.Body, q.Fields, err = s.message(ctx, q.Body, q.Fields); err != nil {
		return nil, err
	}
	if err := s.reply(ctx, &out.Reply); err != nil {
		return nil, err
	}
	out.Pending, out.PublicURL, out.Note = slices.Clone(ex.Pending), s.Target(ex.PublicURL), s.Text(ex.Note)
	for i, u := range out.Pending {
		out.Pending[i] = s.Target(u)
	}
	out.Attempts = slices.Clone(ex.Attempts)
	for i, a := range out.Attempts {
		c := *a
		c.To, c.Target, c.SignedURL = s.Target(a.To), s.Target(a.Target), s.Target(a.SignedURL)
		c.Err = s.Text(a.Err)                             // it may quote what the target sent
		c.Changes, c.Trailers = nil, s.Fields(a.Trailers) // the changes quote what was sent
		if c.Body, c.Fields, err = s.message(ctx, a.Body, a.Fields); err != nil {
			return nil, err
		}
		if err := s.reply(ctx, &c.Reply); err != nil {
			return nil, err
		}
		out.Attempts[i] = &c
	}
	return &out, nil
}

func (s *Scan) reply(ctx context.Context, r *capture.Reply) (err error) {
	r.Trailers = s.Fields(r.Trailers)
	r.Body, r.Fields, err = s.message(ctx, r.Body, r.Fields)
	return err
}

// message is a body and its fields as they may be shown.
func (s *Scan) message(ctx context.Context, b capture.Body, fields []capture.Field) (capture.Body, []capture.Field, error) {
	shown := s.Fields(fields)
	if b.IsForgotten() {
		return b, shown, nil
	}
	raw, err := b.Bytes(ctx)
	if err != nil {
		return b, nil, err
	}
	raw, shown = s.Body(shown, raw)
	return capture.NewBody(raw), shown, nil
}
