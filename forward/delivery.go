package forward

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime/debug"
	"sync/atomic"
	"time"

	"creel/capture"
)

// delivery is one sending of one request.
type delivery struct {
	sender    *Sender
	req       *capture.Request
	to        *Target
	via       string        // the value of viaField; empty for none
	by        time.Time     // the end of it
	timeout   time.Duration // until then
	conn      *conn         // the last one that was taken or made
	written   atomic.Int64  // bytes of the request that the system took
	connected time.Time     // zero on a kept connection
	response  response
	taken     int64 // of the budget
	begun     func(*stream) bool
	stream    *stream // nil unless the sender gets the response as it comes
}

func (d *delivery) send(ctx context.Context, req *capture.Request) (*capture.Attempt, error) {
	now := time.Now()
	d.timeout = cmp.Or(d.sender.Timeout, 30*time.Second)
	d.by = now.Add(d.timeout)
	a := &capture.Attempt{At: now, Method: req.Method, Target: req.Target, SameBody: true}
	err := d.attempt(ctx, req, a)
	d.sender.Inflight.Give(d.taken)
	d.fill(a, err)
	return a, err
}

// attempt makes what is sent, notes it in a, and sends it. A panic is a failure
// of this delivery alone: the request and the response are what others made them.
func (d *delivery) attempt(ctx context.Context, req *capture.Request, a *capture.Attempt) (err error) {
	defer func() {
		if p := recover(); p != nil {
			if d.conn != nil {
				d.conn.abort()
			}
			err = &failure{capture.CauseProtocol, fmt.Errorf("an error in creel: %v\n%s", p, debug.Stack())}
		}
	}()
	sent := Prepare(req, *d.to)
	if d.via != "" {
		sent.Fields = append(sent.Fields, capture.Field{Name: viaField, Value: d.via})
	}
	d.req = &sent
	a.To = d.to.Resolve(req.Target).String()
	a.Method, a.Target, a.Fields, a.Trailers = sent.Method, sent.Target, sent.Fields, sent.Trailers
	a.Body, a.Chunked = sent.Body, sent.Chunked
	a.Changes = Changes(req, a)
	if err := complete(req); err != nil {
		return &failure{capture.CauseProtocol, err}
	}
	return d.run(ctx)
}

// run delivers, and returns nil or a *failure.
func (d *delivery) run(ctx context.Context) error {
	body, err := d.req.Body.Bytes(ctx)
	if err != nil {
		return &failure{capture.CauseCanceled, fmt.Errorf("send: read the body: %w", err)}
	}
	for {
		m, err := message(d.req, body)
		if err != nil {
			return &failure{capture.CauseProtocol, err}
		}
		c, err := d.connect(ctx)
		if err != nil {
			return err
		}
		d.conn = c
		kept := d.connected.IsZero()
		err = d.exchange(ctx, c, m, framed(d.req, body))
		if err == nil || !kept || d.written.Load() > 0 || ctx.Err() != nil {
			return err
		}
		// A kept connection that took not one byte: nothing was sent, so
		// this is still the first time.
	}
}

// limited returns ctx with the end of the delivery. Deadlines of the connection
// cost less, so it is only for what does not look at those.
func (d *delivery) limited(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithDeadlineCause(ctx, d.by, d.late())
}

func (d *delivery) late() error { return tooLong{"no whole response", d.timeout} }

// connect takes a kept connection or makes a new one.
func (d *delivery) connect(ctx context.Context) (*conn, error) {
	key := keyOf(*d.to)
	if c := d.sender.idle.take(ctx, key); c != nil {
		return c, nil
	}
	limited, cancel := d.limited(ctx)
	defer cancel()
	c, err := d.sender.dialer().dial(limited, key)
	if err != nil {
		return nil, err
	}
	c.watch(ctx)
	d.connected = time.Now()
	return c, nil
}

// exchange writes the request and reads the response at the same time: a response
// may come before the whole request is written, and then counts.
func (d *delivery) exchange(ctx context.Context, c *conn, m net.Buffers, framed bool) error {
	_ = c.raw.SetDeadline(d.by) // fails when it is closed, which writing finds out
	w := d.write(c, m)
	d.response = response{}
	ar := responseReader{
		r: c.r, method: d.req.Method, limit: cmp.Or(d.sender.MaxAnswer, 32<<20),
		quickAck: func() { quickAck(c.sys) },
		take:     func(n int64) error { return d.take(ctx, n) },
	}
	if d.begun != nil {
		ar.start = func(a *response) *stream {
			s := newStream(capture.Reply{Status: a.status, Fields: endToEnd(a.fields, false), By: capture.ByForward}, c, d.by, d.timeout)
			if d.begun(s) {
				d.stream = s
			}
			return d.stream
		}
	}
	if err := ar.read(&d.response); err != nil {
		c.abort()
		return d.explain(ctx, err, w.wait())
	}
	if ctx.Err() == nil && framed && d.response.reusable && c.r.Buffered() == 0 && w.soon() {
		d.sender.idle.put(c)
		return nil
	}
	c.Close()
	_ = w.wait()
	return nil
}

// take reserves memory for n bytes of the response.
func (d *delivery) take(ctx context.Context, n int64) error {
	budget := d.sender.Inflight
	if !budget.TryTake(n) {
		ctx, cancel := d.limited(ctx)
		defer cancel()
		if err := budget.Take(ctx, n); err != nil {
			return err
		}
	}
	d.taken += n
	return nil
}

// buffered is how large a request may be, in bytes, that the system surely takes
// at once on a connection on which nothing is under way.
const buffered = 4 << 10

// write writes the request, beside the reading when the target may have to read
// before all of it is written.
func (d *delivery) write(c *conn, m net.Buffers) *writing {
	size := 0
	for _, part := range m {
		size += len(part)
	}
	w := &writing{}
	if size <= buffered {
		w.err = d.writeNow(c, m)
		return w
	}
	w.done = make(chan struct{})
	go func() {
		defer close(w.done)
		w.err = d.writeNow(c, m)
	}()
	return w
}

func (d *delivery) writeNow(c *conn, m net.Buffers) error {
	n, err := m.WriteTo(c.Conn)
	d.written.Add(n)
	if err != nil && n == 0 {
		c.raw.Close() // nothing was sent: there is no response to wait for
	}
	return err
}

// writing is the writing of a request.
type writing struct {
	done chan struct{} // closed when it is done; nil when it was done at once
	err  error         // to be read when it is done
}

// wait waits until it is done, and returns what it ended with.
func (w *writing) wait() error {
	if w.done != nil {
		<-w.done
	}
	return w.err
}

// soon reports whether the request is wholly written, or is in a moment; a
// target that answered without reading all of it does not get to make us wait.
func (w *writing) soon() bool {
	if w.done == nil {
		return w.err == nil
	}
	select {
	case <-w.done:
		return w.err == nil
	case <-time.After(50 * time.Millisecond):
		return false
	}
}

// explain joins what reading and what writing ended with.
func (d *delivery) explain(ctx context.Context, err, werr error) error {
	switch late := !time.Now().Before(d.by); {
	case ctx.Err() != nil || !late:
	case d.stream == nil:
		err = &failure{capture.CauseTimeout, d.late()}
	case errors.Is(err, os.ErrDeadlineExceeded) && d.stream.abandoned():
		err = &failure{capture.CauseCanceled, errors.New("response: the sender left before it was whole")}
	case errors.Is(err, os.ErrDeadlineExceeded):
		err = &failure{capture.CauseTimeout, tooLong{"no more of the response", d.timeout}}
	}
	f := classify(ctx, stageExchange, err)
	if werr != nil && ctx.Err() == nil {
		f.err = errors.Join(f.err, fmt.Errorf("send: %w", werr))
	}
	return f
}

// fill puts into the attempt what came of the delivery.
func (d *delivery) fill(a *capture.Attempt, err error) {
	a.Took = time.Since(a.At)
	if !d.connected.IsZero() {
		a.Connect = d.connected.Sub(a.At)
	}
	if !d.response.firstByte.IsZero() {
		a.FirstByte = d.response.firstByte.Sub(a.At)
	}
	a.Proto, a.Truncated = d.response.proto, d.response.truncated
	a.Reply = capture.Reply{
		Status: d.response.status, Fields: d.response.fields, Trailers: d.response.trailers,
		Body: capture.NewBody(d.response.body), Took: a.Took,
	}
	if a.Reply.Status < 200 {
		a.Reply.Status = 0 // an interim response is none
	}
	if f, ok := errors.AsType[*failure](err); ok {
		a.Cause, a.Err = f.cause, f.Error()
		a.Unsent = d.written.Load() == 0
	}
}
