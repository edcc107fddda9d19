package forward

import (
	"cmp"
	"context"
	"strings"
	"time"

	"creel/capture"
)

// Sender sends requests to targets. The zero value is ready to use; its fields
// must not be changed once it is. It is safe for concurrent use.
type Sender struct {
	Timeout        time.Duration // of a whole delivery; default 30 s
	ConnectTimeout time.Duration // of name, connection and TLS; default 5 s
	MaxAnswer      int64         // bytes of a response's body; default 32 MiB
	Self           *SelfAddrs    // creel's own addresses, which are refused; nil for none

	// Inflight bounds the bytes of answers that are being read, together with
	// whatever else takes from it; nil for no bound.
	Inflight *capture.Budget

	idle     pool
	flights  flights
	identity identity
}

// Send sends a request to a target, once, and returns what happened as a
// complete attempt: a delivery that failed has a Cause and an Err, a response of
// any status is a Reply. The request goes out as [Prepare] makes it. The end of
// ctx closes the connection.
func (s *Sender) Send(ctx context.Context, req *capture.Request, to Target) capture.Attempt {
	d := &delivery{sender: s, to: &to}
	a, _ := d.send(ctx, req)
	return *a
}

// Close closes the connections that wait for another request.
func (s *Sender) Close() { s.idle.close() }

// Dial connects to where a target is, which says that a server listens there,
// and hangs up.
func (s *Sender) Dial(ctx context.Context, u URL) error {
	d := s.dialer()
	ctx, cancel := context.WithTimeout(ctx, d.timeout)
	defer cancel()
	c, err := d.dialSystem(ctx, u.Scheme, u.Address())
	if err != nil {
		return classify(ctx, stageDial, err)
	}
	return c.Close()
}

// stream sends a request that creel delivers by itself: with the field by which a loop
// is found. It lets the sender have the response as it comes: begun is called with a
// body that is not all here yet, and returns whether it is wanted; nil wants none. The
// stream has to be ended.
func (s *Sender) stream(ctx context.Context, req *capture.Request, to *Target, begun func(*stream) bool) (*capture.Attempt, *stream, error) {
	d := &delivery{sender: s, to: to, via: strings.Join(append(passedIDs(req), s.identity.String()), ", "), begun: begun}
	a, err := d.send(ctx, req)
	return a, d.stream, err
}

// NotSent is the attempt that was given up before it was begun, because of err.
func NotSent(req *capture.Request, to Target, err error) capture.Attempt {
	return capture.Attempt{
		At: time.Now(), To: to.Resolve(req.Target).String(), Method: req.Method, Target: req.Target, SameBody: true,
		Cause: capture.CauseCanceled, Err: err.Error(), Unsent: true,
	}
}

func (s *Sender) dialer() *dialer {
	return &dialer{timeout: cmp.Or(s.ConnectTimeout, 5*time.Second), self: cmp.Or(s.Self, new(SelfAddrs))}
}
