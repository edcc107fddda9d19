package reply

import (
	"context"
	"sync/atomic"

	"creel/capture"
)

// Standing is what senders get when nothing else decides. It can be
// set at any time. The zero value replies 200 with an empty body, by default.
type Standing struct {
	now atomic.Pointer[Fixed]
}

var _ capture.Responder = (*Standing)(nil)

// Set makes s the standing reply, its sequence at the beginning, or says what
// is wrong with it.
func (s *Standing) Set(spec Spec) error {
	f, err := New(spec, "reply")
	if err != nil {
		return err
	}
	s.now.Store(f)
	return nil
}

// Reset goes back to 200 with an empty body, by default.
func (s *Standing) Reset() { s.now.Store(nil) }

// Spec returns what senders get now.
func (s *Standing) Spec() Spec { return s.fixed().spec }

// Words says what senders get now, for the header row.
func (s *Standing) Words() string { return s.fixed().Words() }

// Respond implements [capture.Responder].
func (s *Standing) Respond(ctx context.Context, ex *capture.Exchange, rec capture.Recorder) capture.Outcome {
	return s.fixed().Respond(ctx, ex, rec)
}

func (s *Standing) fixed() *Fixed {
	if f := s.now.Load(); f != nil {
		return f
	}
	return byDefault
}

// byDefault has one status, so that nothing in it changes.
var byDefault = func() *Fixed {
	f := &Fixed{by: capture.ByDefault}
	f.makeOnce()
	return f
}()
