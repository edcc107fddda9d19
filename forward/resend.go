package forward

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"time"

	"creel/capture"
	"creel/capture/provider"
)

// SignMode says when a resend renews the signature of a request.
type SignMode string

// The ways to treat signatures when a request is sent again.
const (
	// SignAuto renews a signature that was valid and is not any more: its time
	// has expired, or the request was edited. It is what an empty SignMode does.
	SignAuto   SignMode = "auto"
	SignAlways SignMode = "always" // renews every signature, or sends nothing
	SignNever  SignMode = "never"
)

// Resender sends captured requests again: it renews the signature where that is
// due, sends, and records the attempt. Its fields must not be changed once it is
// used. It is safe for concurrent use.
type Resender struct {
	*Sender
	Providers *provider.Set // renews signatures; nil never does
	Sign      SignMode
	// Record keeps an attempt under its exchange; nil keeps none.
	Record func(capture.ID, capture.Attempt)
	// Began is called when an attempt is in flight; may be nil.
	Began func()
}

// Resend is one request that is sent again.
type Resend struct {
	Exchange *capture.Exchange
	// Request is what is sent in place of the captured request; nil sends that.
	Request *capture.Request
	Edited  bool // the user changed Request
	To      Target
	Sign    SignMode // overrides that of the Resender; empty does not
	By      string   // see [capture.Attempt]
}

func (x *Resend) request() *capture.Request {
	if x.Request != nil {
		return x.Request
	}
	return &x.Exchange.Request
}

// Resend makes one attempt and records it. The error says why none was made: the
// signature could not be renewed. Nothing is recorded then.
func (r *Resender) Resend(ctx context.Context, x Resend) (capture.Attempt, error) {
	a, err := r.attempt(ctx, x)
	if err == nil && r.Record != nil {
		r.Record(x.Exchange.ID, a)
	}
	return a, err
}

// Repeat sends as the plan says and records what [Repeat.Record] would be given.
// It returns when the last has ended.
func (r *Resender) Repeat(ctx context.Context, plan Repeat) Histogram {
	plan.Record = r.Record
	plan.Send = func(ctx context.Context, x Resend) capture.Attempt {
		a, _ := r.attempt(ctx, x)
		return a
	}
	return plan.Do(ctx)
}

// Check returns why the signature of x cannot be renewed where it has to be.
func (r *Resender) Check(ctx context.Context, x Resend) error {
	_, err := r.renewed(ctx, x)
	return err
}

// attempt sends x once. With an error the attempt says that nothing was sent.
func (r *Resender) attempt(ctx context.Context, x Resend) (capture.Attempt, error) {
	req, to := x.request(), x.To
	signed, err := r.renewed(ctx, x)
	if err != nil {
		a := NotSent(req, x.To, err)
		a.Resend, a.Edited, a.By = true, x.Edited, x.By
		return a, err
	}
	if signed != nil {
		req, to = signed.req, signed.to
	}
	end := r.Sender.flights.begin(&flight{id: x.Exchange.ID, to: &x.To, captured: x.request().Target})
	defer end()
	if r.Began != nil {
		r.Began()
	}
	a := r.Sender.Send(ctx, req, to)
	a.Resend, a.Edited, a.By = true, x.Edited, x.By
	if signed != nil {
		a.Signed, a.SignedURL = true, signed.url
	}
	if captured := &x.Exchange.Request; req != captured {
		a.SameBody = sameBody(ctx, a.Body, captured.Body)
		a.Changes = Changes(captured, &a)
	}
	return a, nil
}

// renewed is a request with a fresh signature, as it is sent to exactly that target.
type renewed struct {
	req *capture.Request
	to  Target
	url string // the URL that the signature covers; empty for none
}

// renewed returns the request of x with a fresh signature for the URL that it goes
// to, or nil where it is sent as it is.
func (r *Resender) renewed(ctx context.Context, x Resend) (*renewed, error) {
	mode := cmp.Or(x.Sign, r.Sign)
	always := mode == SignAlways
	if r.Providers == nil || mode == SignNever || !always && !r.renewalDue(ctx, x) {
		return nil, nil
	}
	sent := *x.request()
	url := x.To.called(&sent)
	sent.Target = url.Target()
	signed, err := r.Providers.Sign(ctx, &sent, provider.SignOptions{
		Provider: x.Exchange.Sender.Provider, At: time.Now(), Captured: x.Exchange, URL: url.String(),
	})
	switch {
	case err == nil:
		return &renewed{req: signed.Apply(&sent), to: x.To.At(signed.Target), url: signed.URL}, nil
	case !always && (errors.Is(err, provider.ErrAsymmetric) || errors.Is(err, provider.ErrNoSecret)):
		return nil, nil
	}
	return nil, err // it says which signature could not be made
}

// renewalDue reports whether a valid signature became invalid, but for one that the
// user wrote.
func (r *Resender) renewalDue(ctx context.Context, x Resend) bool {
	if r.Providers.SignedByHand(x.Exchange.Sender.Provider, &x.Exchange.Request, x.request()) {
		return false
	}
	was := x.Exchange.Signature.Verdict
	return x.Edited && (was == capture.Valid || was == capture.Stale) || r.Providers.NeedsResign(ctx, x.Exchange, time.Now())
}

// Fetch makes one GET request that belongs to no exchange, such as the one that
// confirms a subscription. The error says that url is none.
func (r *Resender) Fetch(ctx context.Context, url string) (capture.Attempt, error) {
	to, err := Exactly(url)
	if err != nil {
		return capture.Attempt{}, err
	}
	return r.Sender.Send(ctx, &capture.Request{Method: "GET", Target: "/", Proto: "HTTP/1.1"}, to), nil
}

// CheckURL refuses creel's own addresses.
func (r *Resender) CheckURL(u URL) error {
	if r.Sender.Self == nil {
		return nil
	}
	return r.Sender.Self.CheckURL(u)
}

func sameBody(ctx context.Context, a, b capture.Body) bool {
	x, err := a.Bytes(ctx)
	y, err2 := b.Bytes(ctx)
	return err == nil && err2 == nil && bytes.Equal(x, y)
}
