package forward

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"creel/capture"
)

// Proxy forwards what arrives to the targets that are on for its path, and
// answers what the first of them answers. It is a [capture.Responder]. Make one
// with NewProxy; it is safe for concurrent use.
type Proxy struct {
	sender  *Sender
	targets *Targets

	stop    context.Context // ends what is under way
	cancel  context.CancelCauseFunc
	running sync.WaitGroup
}

var _ capture.Responder = (*Proxy)(nil)

// errStopped is why a delivery ended when creel did.
var errStopped = errors.New("creel is stopping")

// NewProxy returns a proxy.
func NewProxy(s *Sender, ts *Targets) *Proxy {
	p := &Proxy{sender: s, targets: ts}
	p.stop, p.cancel = context.WithCancelCause(context.Background())
	return p
}

// Respond forwards to the targets that are on for the path. The sender leaving
// does not end a forward.
func (p *Proxy) Respond(ctx context.Context, ex *capture.Exchange, rec capture.Recorder) capture.Outcome {
	return p.RespondTo(ctx, ex, rec, p.targets.For(ex.Request.Target))
}

// Shutdown waits for what is under way until ctx ends, then ends it and waits
// for that.
func (p *Proxy) Shutdown(ctx context.Context) {
	done := make(chan struct{})
	go func() {
		p.running.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-ctx.Done():
		p.cancel(errStopped)
		<-done
	}
	p.cancel(errStopped)
}

// RespondTo forwards to these targets in place of the ones that are on for the path: a
// rule's, or the one that a held request is released to.
func (p *Proxy) RespondTo(ctx context.Context, ex *capture.Exchange, rec capture.Recorder, targets []Target) capture.Outcome {
	if len(targets) == 0 {
		return refusal(502, "no target is on for this path.")
	}
	if p.sender.passed(&ex.Request) {
		return refusal(508, "this request was forwarded from here and came back: a loop, not forwarded again.")
	}
	first := &firstReply{result: make(chan result, 1), stream: make(chan *stream), over: make(chan struct{})}
	defer close(first.over)
	p.start(ex, rec, targets, first)
	done := ctx.Done()
	for {
		select {
		case r := <-first.result:
			return outcome(r)
		case s := <-first.stream:
			return capture.Outcome{Reply: s.reply, Stream: s}
		case <-done:
			if !errors.Is(context.Cause(ctx), capture.ErrStopping) {
				return capture.Outcome{Drop: true} // the sender left
			}
			done = nil // the sender is still there, and Shutdown has an end
		}
	}
}

// Copy starts to deliver to these targets, and waits for none of them.
func (p *Proxy) Copy(ex *capture.Exchange, rec capture.Recorder, targets []Target) {
	if !p.sender.passed(&ex.Request) {
		p.start(ex, rec, targets, nil)
	}
}

// firstReply gets what the first target responds: a stream, or the whole.
type firstReply struct {
	result chan result
	stream chan *stream
	over   chan struct{} // closed when the sender no longer waits
}

// begun hands a stream over; false when the sender does not wait for it.
func (f *firstReply) begun(s *stream) bool {
	select {
	case f.stream <- s:
		return true
	case <-f.over:
		return false
	}
}

// result is an attempt and where it went.
type result struct {
	*capture.Attempt
	to      *Target
	pending bool
}

// start delivers to all targets. What the first of them responds goes to first,
// unless that is nil.
func (p *Proxy) start(ex *capture.Exchange, rec capture.Recorder, targets []Target, first *firstReply) {
	shared := &pendings{rec: rec}
	for i := range targets {
		t := &targets[i]
		wait, leave := p.targets.enter(t)
		var begun func(*stream) bool
		if i == 0 && first != nil {
			begun = first.begun
		}
		p.running.Go(func() {
			defer leave()
			wait()
			r := p.deliver(ex, rec, t, shared, begun)
			if begun != nil {
				first.result <- r
			}
		})
	}
}

func (p *Proxy) deliver(ex *capture.Exchange, rec capture.Recorder, t *Target, shared *pendings, begun func(*stream) bool) result {
	defer p.sender.flights.begin(&flight{rec: rec, to: t, captured: ex.Request.Target})()
	a, s, err := p.sender.stream(p.stop, &ex.Request, t, begun)
	r := result{Attempt: a, to: t, pending: a.Unsent && retryLater(err)}
	p.targets.recordHealth(t, a, err)
	rec.AddAttempt(a)
	if r.pending {
		shared.add(t.Key())
	}
	if s != nil {
		s.end(a, err)
	}
	return r
}

// retryLater reports whether a request that was not sent is to be delivered later:
// not when it never can be.
func retryLater(err error) bool {
	var f *failure
	return err != nil && !errors.Is(err, errSelf) && errors.As(err, &f) && f.cause != capture.CauseProtocol
}

// recordHealth notes what a delivery shows of the health of its target. When the
// target took the request, it is up, whatever it responded.
func (ts *Targets) recordHealth(t *Target, a *capture.Attempt, err error) {
	switch {
	case errors.Is(err, errSelf), a.Cause == capture.CauseCanceled, a.Cause == capture.CauseProtocol && a.Unsent:
	case a.Unsent:
		ts.note(t.URL, err)
	default:
		ts.note(t.URL, nil)
	}
}

// pendings collects the targets that an exchange still has to be delivered to.
type pendings struct {
	rec capture.Recorder

	mu   sync.Mutex
	keys []string
}

func (ps *pendings) add(key string) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	ps.keys = append(slices.Clone(ps.keys), key)
	keys := ps.keys
	ps.rec.SetMeta(capture.Meta{Pending: &keys})
}

// outcome is what the sender is answered: the target's response, or one sentence.
func outcome(r result) capture.Outcome {
	switch {
	case r.Cause == "":
		reply := r.Reply
		reply.Fields = endToEnd(reply.Fields, false)
		reply.By = capture.ByForward
		return capture.Outcome{Reply: reply}
	case r.pending:
		return refusal(502, "%s did not take the request (%s); it is kept and can be delivered later.", r.to.URL, r.Cause)
	case r.Unsent:
		return refusal(502, "the request cannot be sent to %s (%s).", r.to.URL, r.Cause)
	case r.Cause == capture.CauseTimeout:
		return refusal(504, "%s took the request and did not respond in time.", r.to.URL)
	case r.Cause == capture.CauseTooLarge:
		return refusal(502, "the response of %s is larger than --max-answer.", r.to.URL)
	}
	return refusal(502, "%s gave no response that can be passed on (%s).", r.to.URL, r.Cause)
}

// OutcomeOf is what the sender is answered when a target that is elsewhere made of its
// request this attempt.
func OutcomeOf(a *capture.Attempt) capture.Outcome {
	to, err := ParseURL(a.To)
	if err != nil {
		return refusal(502, "the target is not known.")
	}
	return outcome(result{Attempt: a, to: &Target{URL: to}})
}

func refusal(status int, format string, args ...any) capture.Outcome {
	return capture.Outcome{Reply: capture.Refusal(status, fmt.Sprintf(format, args...))}
}
