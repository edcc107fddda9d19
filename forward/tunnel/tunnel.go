package tunnel

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"math"
	mathrand "math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Config says which tunnel is wanted and what it works with.
type Config struct {
	Spec Spec
	// Changed, when set, is called with every new status, from one goroutine at
	// a time. It must not block, and not close the tunnel.
	Changed func(Status)
	// For ends the tunnel after this time; 0 never.
	For time.Duration
	// SSH says how ssh servers are trusted and logged in to.
	SSH SSHConfig
	// Client makes the requests of the self test; nil is a client of its own that
	// follows no redirects and uses no proxy.
	Client *http.Client

	wall func() time.Time // the wall clock; nil is that of the machine
}

// Tunnel is a public URL. It is a [net.Listener] of the connections that come
// through it. Its methods are safe for concurrent use.
type Tunnel struct {
	net.Listener
	config  Config
	session session
	token   string // in the path of the self test

	reserialized atomic.Bool // see [Tunnel.Reserialized]

	report sync.Mutex // held while a change is made and reported, so that reports keep their order

	mu       sync.Mutex
	status   Status
	last     string // the last URL that was announced
	cancel   context.CancelFunc
	finished chan struct{}
}

// session is one kind's way to make a tunnel once.
type session interface {
	// run connects and serves until the tunnel is lost or ctx ends. It calls
	// announce for each URL that the service names, and vouch when the service
	// says that the tunnel works. The error is a *Failure where what to do about
	// it is known.
	run(ctx context.Context, announce func(url string), vouch func()) error
}

// Failure says why a session ended, and what follows.
type Failure struct {
	Err error // a sentence with a way out
	// Permanent means that another try fails as well.
	Permanent bool
	// After is when the service may be asked again; 0 leaves it to the backoff.
	After time.Duration
}

func (f *Failure) Error() string { return f.Err.Error() }

// Unwrap returns the reason.
func (f *Failure) Unwrap() error { return f.Err }

// Start starts a tunnel. It connects in the background; the status says how far
// it is. An error means that it cannot even be tried, such as a program that is
// not installed.
func Start(ctx context.Context, c Config) (*Tunnel, error) {
	if c.Client == nil {
		c.Client = probeClient()
	}
	if c.wall == nil {
		c.wall = wallClock
	}
	t := &Tunnel{
		config: c, token: rand.Text(), finished: make(chan struct{}),
		status: Status{State: Starting, Via: c.Spec.Via(), Temporary: c.Spec.Temporary(), Since: time.Now()},
	}
	var err error
	if t.Listener, t.session, err = t.open(ctx, c); err != nil {
		return nil, err
	}
	if c.For > 0 {
		ctx, t.cancel = context.WithTimeoutCause(ctx, c.For, errTime)
	} else {
		ctx, t.cancel = context.WithCancel(ctx)
	}
	go t.run(ctx)
	return t, nil
}

// Stopped is the reason of a tunnel that ended because somebody wanted it.
const Stopped = "it was stopped"

var (
	errTime   = errors.New("its time was over")
	errClosed = errors.New(Stopped)
)

func (t *Tunnel) open(ctx context.Context, c Config) (net.Listener, session, error) {
	q := newQueue(name(c.Spec.Via()))
	switch c.Spec.Kind {
	case SSH:
		return q, &sshSession{spec: c.Spec, config: c.SSH, conns: q}, nil
	case Relay:
		return q, newRelay(c.Spec.Channel, q, &t.reserialized), nil
	}
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	port := ln.Addr().(*net.TCPAddr).Port
	var s session
	if c.Spec.Kind == Cloudflared {
		s, err = newCloudflared(port)
	} else {
		s, err = newTailscale(port)
	}
	if err != nil {
		_ = ln.Close()
		return nil, nil, err
	}
	return ln, s, nil
}

// Status returns what is known now.
func (t *Tunnel) Status() Status {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.status
}

// Reserialized reports whether the bodies of a relay are what it made of parsed ones,
// not what the senders sent.
func (t *Tunnel) Reserialized() bool { return t.reserialized.Load() }

// Close ends the tunnel and waits until everything it started has ended.
func (t *Tunnel) Close() error {
	t.cancel()
	<-t.finished
	return nil
}

// The backoff between sessions.
const (
	firstDelay = time.Second
	maxDelay   = 30 * time.Second
	// steadyAfter is how long a session lasts that starts the backoff afresh.
	steadyAfter = time.Minute
)

// run makes sessions until ctx ends or one fails for good.
func (t *Tunnel) run(ctx context.Context) {
	defer close(t.finished)
	defer t.Listener.Close()
	for failures := 0; ; failures++ {
		started := time.Now()
		err := t.once(ctx)
		if ctx.Err() != nil {
			break
		}
		f, ok := errors.AsType[*Failure](err)
		if !ok {
			f = &Failure{Err: err}
		}
		if f.Permanent {
			t.ended(f)
			return
		}
		if time.Since(started) >= steadyAfter {
			failures = 0
		}
		if !t.wait(ctx, f, failures) {
			break
		}
	}
	t.ended(context.Cause(ctx))
}

// urlTimeout is how long it may take until a URL is known, from the first dial on.
const urlTimeout = 20 * time.Second

// once runs one session with its self test. It ends the session when no URL comes
// or the machine slept.
func (t *Tunnel) once(ctx context.Context) error {
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	announced := make(chan string, 1)
	vouched := make(chan struct{}, 1)
	late := time.AfterFunc(urlTimeout, func() { end(t.config.Spec.noURL()) })
	defer late.Stop()
	var beside sync.WaitGroup
	beside.Go(func() { t.prove(ctx, announced, vouched) })
	beside.Go(func() {
		select {
		case <-t.slept(ctx):
			end(&Failure{Err: errSlept, After: time.Millisecond})
		case <-ctx.Done():
		}
	})
	err := t.session.run(ctx,
		func(url string) {
			late.Stop()
			t.announce(url)
			replace(announced, url)
		},
		func() { replace(vouched, struct{}{}) })
	if cause := context.Cause(ctx); cause != nil {
		err = cause // the session may only know that its connection broke
	}
	end(nil)
	beside.Wait()
	return err
}

// replace puts v into a channel of capacity 1, in place of what is there.
func replace[T any](c chan T, v T) {
	for {
		select {
		case c <- v:
			return
		default:
		}
		select {
		case <-c:
		default:
		}
	}
}

// wait waits until it is time for the next session.
func (t *Tunnel) wait(ctx context.Context, f *Failure, failures int) bool {
	delay := cmp.Or(f.After, backoff(failures))
	t.set(func(s *Status) {
		s.State, s.SelfTested, s.Reason = Reconnecting, false, f.Error()
	})
	waiting, stop := context.WithCancel(ctx)
	defer stop()
	select {
	case <-time.After(delay):
	case <-t.slept(waiting):
	case <-ctx.Done():
		return false
	}
	return true
}

// backoff doubles from firstDelay to maxDelay, with up to a quarter of jitter,
// so that not all clients of a service that restarts come at once.
func backoff(failures int) time.Duration {
	d := min(maxDelay, firstDelay<<min(failures, 10))
	return d - time.Duration(mathrand.Int64N(int64(math.Ceil(float64(d)/4))))
}

// announce sets a URL of the service.
func (t *Tunnel) announce(url string) {
	t.mu.Lock()
	last := t.last
	t.last = url
	known := t.status.URL == url && (t.status.State == Announced || t.status.State == Up)
	t.mu.Unlock()
	if known {
		return
	}
	if last != "" && hostOf(last) != hostOf(url) {
		t.set(func(s *Status) { s.State, s.URL, s.Previous, s.SelfTested, s.Reason = Changed, url, last, false, "" })
	}
	t.set(func(s *Status) { s.State, s.URL, s.Previous, s.SelfTested, s.Reason = Announced, url, "", false, "" })
}

// hostOf is a URL without its scheme: a service may print both for one tunnel.
func hostOf(url string) string {
	_, host, _ := strings.Cut(url, "://")
	return host
}

// CameThrough takes a request that came through the tunnel as the proof that it
// works.
func (t *Tunnel) CameThrough() {
	if s := t.Status(); s.State == Announced {
		t.up(false)
	}
}

func (t *Tunnel) up(selfTested bool) {
	t.set(func(s *Status) {
		if s.State == Announced || s.State == Up {
			s.State, s.SelfTested, s.Reason = Up, s.SelfTested || selfTested, ""
		}
	})
}

func (t *Tunnel) ended(cause error) {
	if errors.Is(cause, context.Canceled) {
		cause = errClosed
	}
	t.set(func(s *Status) {
		s.State, s.URL, s.SelfTested, s.Reason = Ended, "", false, cause.Error()
	})
}

// set changes the status and reports it when it differs.
func (t *Tunnel) set(change func(*Status)) {
	t.report.Lock()
	defer t.report.Unlock()
	t.mu.Lock()
	was := t.status
	change(&t.status)
	if t.status.State != was.State || t.status.URL != was.URL {
		t.status.Since = time.Now()
	}
	now := t.status
	t.mu.Unlock()
	if now != was && t.config.Changed != nil {
		t.config.Changed(now)
	}
}
