package cli

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"creel/capture"
	"creel/capture/provider"
	"creel/capture/reply"
	"creel/capture/ring"
	"creel/capture/server"
	"creel/capture/sqlite"
	"creel/forward"
)

// drainTime is how long what is in flight may take when creel ends.
const drainTime = 5 * time.Second

// rulesLook is how often the rules file is looked at.
const rulesLook = 500 * time.Millisecond

// engineConfig says how an engine differs from what the settings say.
type engineConfig struct {
	// nextPort takes the next free port when the default one is busy.
	nextPort bool
	// freePort takes a free port unless one was asked for.
	freePort bool
	// ephemeral keeps the ring in memory, whatever the settings say.
	ephemeral bool
	// problem is told what went wrong, in one line of safe text.
	problem func(string)
	// notice is told what changed by itself, such as a target that is back.
	notice func(string)
}

// engine is a capture under way: everything that runs, wired together here and
// nowhere else.
type engine struct {
	engineConfig
	p         *program
	store     *sqlite.Store // nil in memory only
	ring      *ring.Ring
	listening *server.Listening
	url       string // where programs on this machine reach it
	addresses []string
	tls       *tls.Config
	providers *provider.Set
	server    *server.Server
	sender    *forward.Sender
	targets   *forward.Targets
	proxy     *forward.Proxy
	queue     *forward.Queue
	chain     *reply.Chain
	presets   []reply.Spec
	failed    chan error // the server ended by itself

	running    sync.WaitGroup // what runs beside the server
	stop       context.CancelFunc
	background context.Context
	announce   chan struct{} // the targets changed
}

// openEngine opens the history, takes the port and starts to capture. When it
// fails, nothing is left open.
func (p *program) openEngine(ctx context.Context, c engineConfig) (e *engine, err error) {
	e = &engine{engineConfig: c, p: p, failed: make(chan error, 1), announce: make(chan struct{}, 1)}
	e.background, e.stop = context.WithCancel(context.Background())
	if e.problem == nil {
		e.problem = func(s string) { p.talk("%s", s) }
	}
	if e.notice == nil {
		e.notice = func(string) {}
	}
	defer func() {
		if err != nil {
			_ = e.close()
		}
	}()
	// What the user wrote is checked before anything is touched.
	targets, err := p.targets()
	if err != nil {
		return e, err
	}
	if e.providers, err = p.providers(); err != nil {
		return e, err
	}
	if e.chain, err = e.replies(targets); err != nil {
		return e, err
	}
	if err := e.openRing(ctx); err != nil {
		return e, err
	}
	if err := e.openListeners(ctx); err != nil {
		return e, err
	}
	inflight := capture.NewBudget(int64(p.opts.inflightBytes))
	if err := e.openForward(inflight, targets); err != nil {
		return e, err
	}
	e.server = &server.Server{
		Ring: e.ring, Respond: e.chain, Identify: e.providers.Identify, Problem: e.problem,
		MaxBody: int64(p.opts.maxBody), Inflight: inflight, TLS: e.tls,
	}
	e.serve()
	return e, nil
}

// openRing opens the history, before a port is taken: one creel captures into
// it at a time.
func (e *engine) openRing(ctx context.Context) (err error) {
	o := e.p.opts
	bounds := capture.Bounds{Count: int(o.keep), Bytes: int64(o.keepBytes)}
	if o.ephemeral || e.ephemeral {
		e.ring = ring.New(bounds)
		return nil
	}
	if e.store, err = sqlite.Open(o.historyPath(e.p.env), sqlite.Capture); err != nil {
		return err
	}
	for _, line := range e.store.Report() {
		e.problem(line)
	}
	if e.ring, err = ring.Open(ctx, bounds, e.store); err != nil {
		return err
	}
	if n := e.ring.Stats().LetGo; n > 0 {
		e.problem(fmt.Sprintf("the ring is smaller than it was: %d requests were let go", n))
	}
	for _, ex := range e.ring.Snapshot() {
		e.providers.Seen(ex)
	}
	return nil
}

func (e *engine) openListeners(ctx context.Context) (err error) {
	o := e.p.opts
	if e.tls, err = e.p.tlsConfig(); err != nil {
		return err
	}
	addrs := o.listen.values
	if len(addrs) == 0 && e.freePort {
		addrs = []string{":0"}
	}
	if len(addrs) > 0 || !e.nextPort {
		e.listening, err = server.Listen(ctx, addrs...)
	} else {
		e.listening, err = server.ListenNext(ctx)
	}
	if busy := (*server.BusyError)(nil); errors.As(err, &busy) {
		return exitf(exitFailure, "%w: use --listen :PORT, or :0 for a free one", err)
	} else if err != nil {
		return err
	}
	e.url = e.listening.URL(e.tls != nil)
	for _, a := range e.listening.Addrs() {
		e.addresses = append(e.addresses, a.String())
	}
	for _, w := range e.listening.Warnings {
		e.problem("warning: " + w)
	}
	if e.tls != nil && o.cert == "" {
		e.notice("self-signed certificate, SHA-256 " + server.Fingerprint(e.tls))
	}
	return nil
}

func (e *engine) openForward(inflight *capture.Budget, targets []forward.Target) error {
	own := &forward.Own{}
	for _, l := range e.listening.Listeners {
		own.Listen(l.Addr())
	}
	for _, t := range targets {
		if err := own.CheckURL(t.URL); err != nil {
			return usagef("--forward %s: %w", t.Spec(), err)
		}
	}
	e.sender = e.p.opts.sender(own)
	e.sender.Inflight = inflight
	e.targets = &forward.Targets{
		Changed: func(notice string) {
			if notice != "" {
				e.notice(notice)
			}
			e.ring.Poke()
			select {
			case e.announce <- struct{}{}:
			default:
			}
		},
		Down:    e.problem,
		Up:      func(key string) { e.queue.Wake(key) },
		Pending: func(key string) int { return e.queue.Count(key) },
	}
	e.queue = forward.NewQueue(e.ring, e.sender, e.targets)
	e.targets.Set(targets)
	e.proxy = forward.NewProxy(e.sender, e.targets, nil)
	e.chain.Forward = forwarder{e.proxy, e.targets, e.p.opts}
	return nil
}

// serve starts to answer, and what runs beside.
func (e *engine) serve() {
	go func() {
		if err := e.server.Serve(e.listening.Listeners...); err != nil {
			e.failed <- err
		}
	}()
	e.running.Go(func() { e.targets.Watch(e.background, e.sender.Dial) })
	if e.p.opts.flushPending {
		e.running.Go(func() {
			e.queue.Run(e.background, func(key string, f forward.Flushed) {
				if n := f.Sent + f.LeftOut; n > 0 {
					e.notice(fmt.Sprintf("%d pending delivered to %s", f.Sent, key))
				}
			})
		})
	}
	if e.chain.Rules != nil {
		e.running.Go(func() { e.chain.Rules.Watch(e.background, rulesLook) })
	}
	if e.store != nil {
		e.running.Go(e.announcing)
	}
}

// announcing tells the other commands where this creel listens and what it
// forwards to.
func (e *engine) announcing() {
	for {
		var specs []string
		for _, t := range e.targets.List() {
			if !t.Disabled {
				specs = append(specs, t.Spec())
			}
		}
		if err := e.store.Announce(e.background, e.url, specs); err != nil {
			e.problem("announce: " + err.Error())
		}
		select {
		case <-e.announce:
		case <-e.background.Done():
			return
		}
	}
}

// close stops accepting, gives what is in flight its time, and flushes. The
// error says what could not be finished. It can be called once only.
func (e *engine) close() error {
	ctx, cancel := context.WithTimeoutCause(context.Background(), drainTime, errDrain)
	defer cancel()
	var errs []error
	switch {
	case e.server != nil:
		errs = append(errs, e.drain(ctx))
	case e.listening != nil:
		_ = e.listening.Close()
	}
	e.stop()
	e.running.Wait()
	if e.sender != nil {
		e.sender.Close()
	}
	if e.ring != nil {
		errs = append(errs, e.ring.Close())
	}
	if e.store != nil {
		errs = append(errs, e.store.Close())
	}
	return errors.Join(errs...)
}

var errDrain = errors.New("what was in flight took too long and was ended")

// drain lets the server finish. Forwards that take too long are ended a little
// before it has to, so that their senders are still told.
func (e *engine) drain(ctx context.Context) error {
	var late atomic.Bool
	over, end := context.WithCancel(ctx)
	end()
	early := time.AfterFunc(drainTime*9/10, func() {
		late.Store(true)
		e.proxy.Shutdown(over)
	})
	err := e.server.Shutdown(ctx)
	early.Stop()
	e.proxy.Shutdown(ctx)
	if err == nil && late.Load() {
		err = errDrain
	}
	return err
}

// sender is a sender on the terms of the settings.
func (o *options) sender(own *forward.Own) *forward.Sender {
	return &forward.Sender{
		Timeout: o.forwardTimeout, ConnectTimeout: o.connectTimeout, MaxAnswer: int64(o.maxAnswer), Own: own,
	}
}

// tlsConfig is nil without --tls.
func (p *program) tlsConfig() (*tls.Config, error) {
	o := p.opts
	switch {
	case o.cert != "":
		return server.LoadTLS(o.cert, o.key)
	case !o.tls:
		return nil, nil
	}
	var hosts []string
	for _, addr := range o.listen.values {
		if host, _, ok := strings.Cut(addr, ":"); ok && host != "" && host != "0.0.0.0" && !strings.Contains(addr, "]") {
			hosts = append(hosts, host)
		}
	}
	return server.SelfSigned(stateDir(p.env), hosts...)
}
