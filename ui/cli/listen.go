package cli

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"creel/capture"
	"creel/capture/export"
	"creel/capture/ring"
	"creel/forward/tunnel"
	"creel/ui/control"
	"creel/ui/engine"
)

type listenOutput struct {
	json  bool
	quiet bool // no talk, and no lines of text
}

func newListen(p *program) *cobra.Command {
	var out listenOutput
	cmd := p.command(&cobra.Command{
		Use:   "listen [URL]",
		Short: "Capture without a screen",
		Example: `creel listen --json | jq .target
creel listen 3000 --reply 503 --forward-async`,
		Long: `Capture without a screen: one line per request on standard output, or JSON lines.
With --json the first line has the type "ready" and says where creel listens.`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := p.positional(cmd, args); err != nil {
				return err
			}
			return p.listen(cmd.Context(), out)
		},
	}, whenCapturing, asService)
	cmd.Flags().BoolVar(&out.json, "json", false, "print JSON lines")
	cmd.Flags().BoolVar(&out.quiet, "quiet", false, "print nothing but JSON lines and problems")
	return cmd
}

// listen captures and prints until a signal comes. A clean drain is a success.
func (p *program) listen(ctx context.Context, out listenOutput) error {
	// A reader that goes away is an error to drain after, not a sudden death.
	signal.Ignore(syscall.SIGPIPE)
	var server control.Server
	c := capturing{
		problem: func(s string) { p.infof("%s", s); server.Notify("", s) },
	}
	pr := &printer{p: p, c: p.paint(), out: out, w: bufio.NewWriterSize(p.out, 64<<10), ctx: context.WithoutCancel(ctx)}
	c.tunnel, c.notice = pr.tunnel, func(s string) { pr.notice(s); server.Notify(s, "") }
	e, err := p.openEngine(ctx, c)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	server.Stop, server.Notice = cancel, pr.notice
	adminURL, stopAdmin, err := p.serveAdmin(ctx, e)
	if err != nil {
		return errors.Join(err, e.Close())
	}
	defer stopAdmin()
	defer p.serveControl(e, &server, c.problem)()
	if err := pr.ready(e, adminURL); err != nil {
		e.Close()
		return err
	}
	if err := p.startTunnel(e); err != nil {
		return errors.Join(err, e.Close())
	}
	f := newFeed(e.Ring)
	f.exchange, f.attempt = pr.exchange, pr.attempt
	printing, stop := context.WithCancel(context.WithoutCancel(ctx))
	printed := make(chan error, 1)
	go func() { printed <- f.run(printing, pr.flush) }()
	select {
	case <-ctx.Done():
	case err = <-printed:
		printed <- err
	case err = <-e.Failed():
	}
	drained := e.Close()
	stop()
	if err = cmp.Or(err, <-printed, drained); errors.Is(err, errNotRead) {
		err = &exitError{code: exitFailure, err: err} // a signal is no failure, this is
	}
	return err
}

// printer writes what a feed reports.
type printer struct {
	c   paint
	p   *program
	out listenOutput
	w   *bufio.Writer
	ctx context.Context
	mu  sync.Mutex // of w and buf
	buf []byte
}

func (pr *printer) tunnel(s tunnel.Status) {
	if !pr.out.json {
		if !pr.out.quiet && s.State == tunnel.Announced { // the others are noticed
			pr.p.infof("%s", newTunnelFacts(s))
		}
		return
	}
	pr.mu.Lock()
	defer pr.mu.Unlock()
	_ = json.NewEncoder(pr.w).Encode(tunnelLine{typeTunnel, newTunnelFacts(s)}) // an error stays in w, for the next flush
	_ = pr.w.Flush()
}

func (pr *printer) notice(s string) {
	if !pr.out.quiet {
		pr.p.infof("%s", s)
	}
}

func (pr *printer) flush() error {
	pr.mu.Lock()
	defer pr.mu.Unlock()
	if err := pr.w.Flush(); err != nil {
		return fmt.Errorf("write to standard output: %w", err)
	}
	return nil
}

func (pr *printer) ready(e *engine.Engine, adminURL string) error {
	pr.mu.Lock()
	defer pr.mu.Unlock()
	if o := pr.p.opts; o.hold != "" && !pr.out.quiet {
		pr.p.infof("what is held is released after %v, unless `creel attach` answers it before", o.holdTimeout)
	}
	if !pr.out.json {
		if !pr.out.quiet {
			pr.p.infof("listening on %s", e.URL)
			if adminURL != "" {
				pr.p.infof("health and metrics on %s/metrics", adminURL)
			}
		}
		return nil
	}
	if err := json.NewEncoder(pr.w).Encode(readyLine{typeReady, e.URL, e.Addresses, os.Getpid(), adminURL}); err != nil {
		return err
	}
	return pr.w.Flush()
}

func (pr *printer) exchange(ex *capture.Exchange) error {
	err := pr.line(func(b []byte) ([]byte, error) { return export.JSONLine(pr.ctx, b, ex) },
		func(b []byte) []byte { return appendLine(b, ex, pr.c) })
	if errors.Is(err, capture.ErrEvicted) {
		pr.p.infof("%v left the history before it could be printed: read faster, or raise --keep", ex.ID)
		return nil
	}
	return err
}

func (pr *printer) attempt(id capture.ID, a *capture.Attempt) error {
	err := pr.line(func(b []byte) ([]byte, error) { return export.JSONAttempt(pr.ctx, b, id, a) },
		func(b []byte) []byte { return append(b, attemptLine(id.String(), a, pr.c)...) })
	if errors.Is(err, capture.ErrEvicted) {
		return nil
	}
	return err
}

// line prints a line of JSON, or one for people, as was asked for.
func (pr *printer) line(encode func([]byte) ([]byte, error), text func([]byte) []byte) (err error) {
	pr.mu.Lock()
	defer pr.mu.Unlock()
	switch {
	case pr.out.json:
		if pr.buf, err = encode(pr.buf[:0]); err != nil {
			return err
		}
	case pr.out.quiet:
		return nil
	default:
		pr.buf = text(pr.buf[:0])
	}
	pr.buf = append(pr.buf, '\n')
	_, err = pr.w.Write(pr.buf)
	return err
}

// infof prints a line for people to standard error.
func (p *program) infof(format string, args ...any) {
	fmt.Fprintln(p.errs, "creel:", oneLine(fmt.Sprintf(format, args...)))
}

// feed turns the ring, which only says that something changed, into what
// happened: each exchange once, when its reply is decided or its sender gone,
// then its attempts as they end.
type feed struct {
	ring     *ring.Ring
	rev      capture.Rev
	reported idSet              // the exchanges
	attempts map[capture.ID]int // how many were reported, where some were
	exchange func(*capture.Exchange) error
	attempt  func(capture.ID, *capture.Attempt) error
	// rest is how long it waits between two looks, so that under load one look finds
	// many changes. The first change after a quiet moment is reported at once.
	rest time.Duration
}

// newFeed returns a feed that leaves out earlier runs, and reports all that was captured in
// this one: senders may come before the feed does.
func newFeed(ring *ring.Ring) *feed {
	f := &feed{ring: ring, reported: idSet{}, attempts: map[capture.ID]int{}, rest: 2 * time.Millisecond}
	d := ring.Since(0)
	f.rev = d.Rev
	first := ring.Stats().First
	for _, ex := range d.Changed {
		if first == 0 || ex.ID < first {
			f.noteReported(ex.ID, len(ex.Attempts))
		} else {
			f.rev = 0 // looks at all once more
		}
	}
	return f
}

// run reports until ctx ends, and then once more what is left. After each look it calls flush.
func (f *feed) run(ctx context.Context, flush func() error) error {
	watch := f.ring.Watch(ctx)
	for {
		looked := time.Now()
		if err := f.report(); err != nil {
			return err
		}
		if err := flush(); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return nil
		}
		select {
		case <-watch:
		case <-ctx.Done():
			continue
		}
		select {
		case <-time.After(f.rest - time.Since(looked)):
		case <-ctx.Done():
		}
	}
}

// report reports what changed since it was last called.
func (f *feed) report() error {
	d := f.ring.Since(f.rev)
	f.rev = d.Rev
	for _, ex := range d.Changed {
		if err := f.one(ex); err != nil {
			return err
		}
	}
	for _, id := range d.Gone {
		f.reported.remove(id)
		delete(f.attempts, id)
	}
	return nil
}

func (f *feed) one(ex *capture.Exchange) error {
	n := f.attempts[ex.ID]
	if !f.reported.has(ex.ID) {
		if !decided(ex) {
			return nil
		}
		if err := f.exchange(ex); err != nil {
			return err
		}
	}
	for ; n < len(ex.Attempts); n++ {
		if err := f.attempt(ex.ID, ex.Attempts[n]); err != nil {
			return err
		}
	}
	f.noteReported(ex.ID, n)
	return nil
}

// noteReported notes that an exchange was reported, and so many of its attempts.
func (f *feed) noteReported(id capture.ID, attempts int) {
	f.reported.add(id)
	if attempts > 0 {
		f.attempts[id] = attempts
	}
}

// idSet is a set of ids, most of which follow one another: a bit for each. A map with an
// entry for each of 150,000 takes 4 MB.
type idSet map[capture.ID]uint64

func (s idSet) has(id capture.ID) bool { return s[id/64]>>(id%64)&1 == 1 }

func (s idSet) add(id capture.ID) { s[id/64] |= 1 << (id % 64) }

func (s idSet) remove(id capture.ID) {
	if s[id/64] &^= 1 << (id % 64); s[id/64] == 0 {
		delete(s, id/64)
	}
}

// decided reports whether the conversation with the sender is over.
func decided(ex *capture.Exchange) bool {
	return ex.State != capture.StateWaiting && ex.State != capture.StateHeld
}
