package nats

import (
	"context"
	"slices"

	"creel/capture"
	"creel/capture/redact"
)

// Redacting returns a function for [Outbox.Redact] that hides what r does.
func Redacting(r *redact.Redactor) func(context.Context, *capture.Exchange) (*capture.Exchange, error) {
	return func(ctx context.Context, ex *capture.Exchange) (*capture.Exchange, error) {
		s := r.Scan()
		out := *ex
		q := &out.Request
		q.Target, q.Head = s.Target(q.Target), nil // the head would show it all
		q.Trailers = s.Fields(q.Trailers)
		var err error
		if q.Body, q.Fields, err = hidden(ctx, s, q.Body, q.Fields); err != nil {
			return nil, err
		}
		if err := hideReply(ctx, s, &out.Reply); err != nil {
			return nil, err
		}
		out.Pending, out.PublicURL, out.Note = each(s, ex.Pending), s.Target(ex.PublicURL), s.Text(ex.Note)
		out.Attempts = slices.Clone(ex.Attempts)
		for i, a := range out.Attempts {
			c := *a
			c.To, c.Target, c.SignedURL = s.Target(a.To), s.Target(a.Target), s.Target(a.SignedURL)
			c.Err = s.Text(a.Err)                             // it may quote what the target sent
			c.Changes, c.Trailers = nil, s.Fields(a.Trailers) // the changes quote what was sent
			if c.Body, c.Fields, err = hidden(ctx, s, a.Body, a.Fields); err != nil {
				return nil, err
			}
			if err := hideReply(ctx, s, &c.Reply); err != nil {
				return nil, err
			}
			out.Attempts[i] = &c
		}
		return &out, nil
	}
}

func each(s *redact.Scan, urls []string) []string {
	out := slices.Clone(urls)
	for i, u := range out {
		out[i] = s.Target(u)
	}
	return out
}

func hideReply(ctx context.Context, s *redact.Scan, r *capture.Reply) (err error) {
	r.Trailers = s.Fields(r.Trailers)
	r.Body, r.Fields, err = hidden(ctx, s, r.Body, r.Fields)
	return err
}

// hidden is a body and its fields as they may be shown.
func hidden(ctx context.Context, s *redact.Scan, b capture.Body, fields []capture.Field) (capture.Body, []capture.Field, error) {
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
