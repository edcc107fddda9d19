package engine

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"creel/capture"
	"creel/capture/nats"
	"creel/capture/provider"
	"creel/capture/reply"
	"creel/capture/ring"
	"creel/capture/server"
	"creel/capture/sqlite"
	"creel/capture/words"
	"creel/forward"
)

// DrainTime is how long what is in flight may take when an engine closes.
const DrainTime = 5 * time.Second

// rulesInterval is how often the rules file is checked for changes.
const rulesInterval = 500 * time.Millisecond

// Engine is a capture under way. The exported fields are set by [Open] and must
// not be changed; what they point to is safe for concurrent use.
type Engine struct {
	Ring      *ring.Ring
	Providers *provider.Set
	Sender    *forward.Sender
	Resender  *forward.Resender
	Targets   *forward.Targets
	Queue     *forward.Queue
	Replies   *reply.Chain
	Tunnels   *Tunnels
	Outbox    *nats.Outbox // publishes to the team; nil without one

	// URL is where programs on this machine reach the server, Addresses are all
	// addresses it listens on, Warnings say who else can reach them.
	URL       string
	Addresses []string
	Warnings  []string

	config    Config
	store     *sqlite.Store // nil in memory only
	team      *nats.Team    // nil without one
	here      *nats.Presence
	screen    atomic.Bool // a screen shows what the team captured
	listening *server.Listening
	server    *server.Server
	proxy     *forward.Proxy
	failed    chan error

	running    sync.WaitGroup // what runs until the background context ends
	stop       context.CancelFunc
	background context.Context
	announce   chan struct{} // the targets changed
}

// Open opens the history, takes the ports and starts to capture. When it fails,
// nothing is left open. The error is a [*server.BusyError] when another program
// has a port.
func Open(ctx context.Context, c Config) (*Engine, error) {
	e := &Engine{
		config: c, Providers: c.Providers, Sender: c.Sender,
		failed: make(chan error, 1), announce: make(chan struct{}, 1),
	}
	e.background, e.stop = context.WithCancel(context.Background())
	if err := e.open(ctx); err != nil {
		_ = e.Close()
		return nil, err
	}
	e.Tunnels = &Tunnels{engine: e}
	e.serve()
	return e, nil
}

func (e *Engine) open(ctx context.Context) error {
	// The rules are checked before anything is touched, the history is opened
	// before a port is taken: one creel captures into it at a time.
	if err := e.openReplies(); err != nil {
		return err
	}
	if err := e.openRing(ctx); err != nil {
		return err
	}
	if err := e.openTeam(ctx); err != nil {
		return err
	}
	if err := e.openListeners(ctx); err != nil {
		return err
	}
	inflight := capture.NewBudget(e.config.InflightBytes)
	if err := e.openForward(inflight); err != nil {
		return err
	}
	var respond capture.Responder = e.Replies
	if e.config.CORS {
		respond = reply.CORS{Next: respond}
	}
	e.server = &server.Server{
		Ring: e.Ring, Respond: respond, Identify: e.Providers.Identify, Problem: e.config.Problem,
		MaxBody: e.config.MaxBody, Inflight: inflight, TLS: e.config.TLS,
	}
	if e.config.Team.Ack {
		e.server.Acknowledge = e.published
	}
	return nil
}

// Failed receives the error of a server that ended by itself.
func (e *Engine) Failed() <-chan error { return e.failed }

func (e *Engine) openRing(ctx context.Context) (err error) {
	if e.config.History == "" {
		e.Ring = ring.New(e.config.Bounds)
		return nil
	}
	if e.store, err = sqlite.Open(ctx, e.config.History, sqlite.Options{
		Role: sqlite.Capture, Problem: e.config.Problem, Progress: e.config.Progress,
	}); err != nil {
		return err
	}
	for _, line := range e.store.Report() {
		e.config.Problem(line)
	}
	if e.Ring, err = ring.Open(ctx, e.config.Bounds, e.store); err != nil {
		return err
	}
	if s := e.Ring.Stats(); s.EvictedOnOpen > 0 {
		pinned := ""
		if s.PinnedEvictedOnOpen > 0 {
			pinned = fmt.Sprintf(", %s of them pinned", words.Number(s.PinnedEvictedOnOpen))
		}
		e.config.Problem(fmt.Sprintf("the ring is smaller than before (--keep, --keep-bytes): %s requests were evicted%s", words.Number(s.EvictedOnOpen), pinned))
	}
	for _, ex := range e.Ring.Snapshot() {
		e.Providers.Seen(ex)
	}
	return nil
}

func (e *Engine) openListeners(ctx context.Context) (err error) {
	if e.config.NextPort && len(e.config.Listen) == 0 {
		e.listening, err = server.ListenNext(ctx)
	} else {
		e.listening, err = server.Listen(ctx, e.config.Listen...)
	}
	if err != nil {
		return err
	}
	e.URL = e.listening.URL(e.config.TLS != nil)
	for _, a := range e.listening.Addrs() {
		e.Addresses = append(e.Addresses, a.String())
	}
	e.Warnings = e.listening.Warnings
	for _, w := range e.Warnings {
		e.config.Problem("warning: " + w)
	}
	return nil
}

// History is the file that the ring is kept in; empty for memory only.
func (e *Engine) History() string { return e.config.History }

// DefaultPortBusy reports whether another program has the default port, so that another was taken.
func (e *Engine) DefaultPortBusy() bool {
	return len(e.config.Listen) == 0 && e.Port() != server.DefaultPort
}

// Port is the port of the first address.
func (e *Engine) Port() uint16 { return e.listening.Addrs()[0].Port() }

func (e *Engine) openForward(inflight *capture.Budget) error {
	own := &forward.SelfAddrs{}
	for _, l := range e.listening.Listeners {
		own.Listen(l.Addr())
	}
	for _, t := range e.config.Targets {
		if err := own.CheckURL(t.URL); err != nil {
			return &TargetError{t, err}
		}
	}
	e.Sender.Inflight, e.Sender.Self = inflight, own
	e.Resender = &forward.Resender{
		Sender: e.Sender, Providers: e.Providers, Sign: e.config.Sign, Began: e.Ring.Notify,
		Record: func(id capture.ID, a capture.Attempt) {
			e.Ring.Record(capture.Op{Attempt: &capture.AttemptAdd{ID: id, Attempt: a}})
		},
	}
	e.Targets = &forward.Targets{
		Node: e.node(), Who: e.config.Team.Who,
		Defaults: e.config.Defaults,
		Changed: func(notice string) {
			if notice != "" {
				e.config.Notice(notice)
			}
			e.Ring.Notify()
			select {
			case e.announce <- struct{}{}:
			default:
			}
		},
		Down:    e.config.targetDown(),
		Up:      func(key string) { e.Queue.Wake(key) },
		Pending: func(key string) int { return e.Queue.Count(key) },
	}
	e.Queue = forward.NewQueue(e.Ring, e.Sender, e.Targets)
	e.Targets.Set(e.config.Targets)
	e.proxy = forward.NewProxy(e.Sender, e.Targets)
	e.Replies.Forward = forwarder{e.proxy, e.Targets, e.claims(), e.Replies.Standing}
	return nil
}

// TargetError says that a target cannot be used, such as one that is creel itself.
type TargetError struct {
	Target forward.Target
	Err    error
}

func (e *TargetError) Error() string { return e.Target.Spec() + ": " + e.Err.Error() }

// Unwrap returns the reason.
func (e *TargetError) Unwrap() error { return e.Err }

// serve starts the server and everything that runs until Close.
func (e *Engine) serve() {
	go func() {
		if err := e.server.Serve(e.listening.Listeners...); err != nil {
			e.failed <- err
		}
	}()
	e.running.Go(func() { boundMemory(e.background, e.memoryLimit(), e.Sender.Inflight, e.releaseMemory) })
	e.running.Go(func() { e.Targets.Watch(e.background, e.Sender.Dial) })
	if e.config.FlushPending {
		e.running.Go(func() { e.Queue.Run(e.background, e.noticeFlushed) })
	}
	e.running.Go(func() { e.Replies.Rules.Watch(e.background, rulesInterval) })
	if e.Outbox != nil {
		e.running.Go(func() { e.Outbox.Run(e.background) })
		if err := Claim(e.background, e.team, e.config.Team.Who, e.Sender, e.config.Team.Answers); err != nil {
			e.config.Problem(err.Error())
		}
	}
	if e.store != nil {
		e.running.Go(e.announceLoop)
	}
}

func (e *Engine) noticeFlushed(key string, f forward.Flushed) {
	if f.Sent+f.LeftOut > 0 {
		e.config.Notice(fmt.Sprintf("pending for %s: %s", words.URL(key), f))
	}
}

// announceLoop writes to the history where this creel listens and forwards to, for others.
func (e *Engine) announceLoop() {
	for {
		var specs []string
		for _, t := range e.Targets.List() {
			if !t.Disabled {
				specs = append(specs, t.Spec())
			}
		}
		if err := e.store.Announce(e.background, e.URL, specs); err != nil {
			e.config.Problem("announce: " + err.Error())
		}
		select {
		case <-e.announce:
		case <-e.background.Done():
			return
		}
	}
}

var errDrain = fmt.Errorf("some requests in flight took more than %v and were ended", DrainTime)

// Close stops accepting, gives what is in flight [DrainTime], and writes what is
// not yet in the history. The error says what could not be finished. It must be
// called once only.
func (e *Engine) Close() error {
	ctx, cancel := context.WithTimeoutCause(context.Background(), DrainTime, errDrain)
	defer cancel()
	var errs []error
	switch {
	case e.server != nil:
		errs = append(errs, e.drain(ctx))
	case e.listening != nil:
		_ = e.listening.Close()
	}
	if e.Tunnels != nil {
		e.Tunnels.Stop()
	}
	e.stop()
	e.running.Wait()
	if e.team != nil {
		e.team.Close()
	}
	e.Sender.Close()
	if e.Ring != nil {
		errs = append(errs, e.Ring.Close())
	}
	if e.store != nil {
		errs = append(errs, e.store.Close())
	}
	return errors.Join(errs...)
}

// drain lets the server finish. Forwards that take too long are ended a little
// before it has to, so that their senders still get a reply.
func (e *Engine) drain(ctx context.Context) error {
	var late atomic.Bool
	over, end := context.WithCancel(ctx)
	end()
	early := time.AfterFunc(DrainTime*9/10, func() {
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
