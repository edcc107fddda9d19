package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"creel/capture"
	"creel/forward"
)

// drainTime is how long what is in flight may take when creel ends.
const drainTime = 5 * time.Second

// engineConfig says how an engine differs from what the settings say.
type engineConfig struct {
	// nextPort takes the next free port when the default one is busy.
	nextPort bool
	// freePort takes a free port unless one was asked for.
	freePort bool
	// problem is told what went wrong, in one line of safe text.
	problem func(string)
	// notice is told what changed by itself, such as a target that is back.
	notice func(string)
}

// engine is a capture under way: everything that runs, wired together here and
// nowhere else.
type engine struct {
	ring      *capture.Ring
	listening *capture.Listening
	url       string // where programs on this machine reach it
	addresses []string
	server    *capture.Server
	sender    *forward.Sender
	targets   *forward.Targets
	proxy     *forward.Proxy
	failed    chan error // the server ended by itself

	closers []func(context.Context) error // in the order of closing
}

// openEngine takes the port, opens the history and starts to capture. When it
// fails, nothing is left open.
func (p *program) openEngine(ctx context.Context, c engineConfig) (e *engine, err error) {
	e = &engine{failed: make(chan error, 1)}
	defer func() {
		if err != nil {
			_ = e.close()
		}
	}()
	if c.problem == nil {
		c.problem = func(s string) { p.talk("%s", s) }
	}
	if c.notice == nil {
		c.notice = func(string) {}
	}
	targets, err := p.targets()
	if err != nil {
		return nil, err
	}
	if err := e.openRing(p.opts); err != nil {
		return nil, err
	}
	if err := e.openListeners(ctx, p.opts, c); err != nil {
		return nil, err
	}
	inflight := capture.NewBudget(int64(p.opts.inflightBytes))
	e.openForward(p.opts, inflight, targets, c)
	e.server = &capture.Server{
		Ring: e.ring, Problem: c.problem, MaxBody: int64(p.opts.maxBody), Inflight: inflight,
	}
	if len(targets) > 0 {
		e.server.Respond = e.proxy
	}
	for _, w := range e.listening.Warnings {
		c.problem("warning: " + w)
	}
	e.serve()
	return e, nil
}

func (e *engine) openRing(o *options) error {
	e.ring = capture.NewRing(capture.Bounds{Count: o.keep, Bytes: int64(o.keepBytes)})
	e.onClose(func(context.Context) error { return e.ring.Close() })
	return nil
}

func (e *engine) openListeners(ctx context.Context, o *options, c engineConfig) (err error) {
	addrs := o.listen.values
	switch {
	case len(addrs) == 0 && c.freePort:
		addrs = []string{":0"}
		fallthrough
	case len(addrs) > 0 || !c.nextPort:
		e.listening, err = capture.Listen(ctx, addrs...)
	default:
		e.listening, err = capture.ListenNext(ctx)
	}
	if busy := (*capture.BusyError)(nil); errors.As(err, &busy) {
		return &exitError{code: exitFailure, err: fmt.Errorf("%w: use --listen :PORT, or :0 for a free one", err)}
	} else if err != nil {
		return err
	}
	e.url = e.listening.URL(o.tls)
	for _, a := range e.listening.Addrs() {
		e.addresses = append(e.addresses, a.String())
	}
	return nil
}

func (e *engine) openForward(o *options, inflight *capture.Budget, targets []forward.Target, c engineConfig) {
	own := &forward.Own{}
	for _, l := range e.listening.Listeners {
		own.Listen(l.Addr())
	}
	e.sender = o.sender(own)
	e.sender.Inflight = inflight
	e.targets = &forward.Targets{Changed: func(notice string) {
		if notice != "" {
			c.notice(notice)
		}
		e.ring.Poke()
	}}
	e.targets.Set(targets)
	e.proxy = forward.NewProxy(e.sender, e.targets, nil)
}

// serve starts to answer.
func (e *engine) serve() {
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := e.server.Serve(e.listening.Listeners...); err != nil {
			e.failed <- err
		}
	}()
	e.onClose(func(ctx context.Context) error {
		err := e.server.Shutdown(ctx)
		e.proxy.Shutdown(ctx)
		e.sender.Close()
		<-done
		return err
	})
}

// onClose adds what close does before all that was added so far.
func (e *engine) onClose(f func(context.Context) error) {
	e.closers = append([]func(context.Context) error{f}, e.closers...)
}

// close stops accepting, gives what is in flight its time, and flushes. The
// error says what could not be finished.
func (e *engine) close() error {
	ctx, cancel := context.WithTimeoutCause(context.Background(), drainTime, errors.New("the time to finish was over"))
	defer cancel()
	if e.server == nil && e.listening != nil {
		_ = e.listening.Close()
	}
	var errs []error
	for _, f := range e.closers {
		errs = append(errs, f(ctx))
	}
	e.closers = nil
	return errors.Join(errs...)
}

// sender is a sender on the terms of the settings.
func (o *options) sender(own *forward.Own) *forward.Sender {
	return &forward.Sender{
		Timeout: o.forwardTimeout, ConnectTimeout: o.connectTimeout, MaxAnswer: int64(o.maxAnswer), Own: own,
	}
}

