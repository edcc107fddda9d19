package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"creel/capture"
	"creel/capture/export"
	"creel/capture/filter"
	"creel/forward/process"
	"creel/ui/engine"
)

type waitFlags struct {
	attach  bool
	count   int
	exactly int
	none    bool
	settle  time.Duration
	timeout time.Duration
	asJSON  bool
	junit   string // the file for the result; empty for none
	command []string
	filter  *filter.Filter
}

// The times that hold unless told otherwise.
const (
	usualSettle  = 2 * time.Second  // of --exactly and --none
	usualTimeout = 30 * time.Second // after CMD ended
)

func newWait(p *program) *cobra.Command {
	var f waitFlags
	cmd := p.command(&cobra.Command{
		Use:   "wait [FILTER] [-- CMD...]",
		Short: "Wait for requests, for tests and CI",
		Long: `Capture in memory on a free port, run CMD with CREEL_URL set, and wait for the
requests that match and for CMD to end. Exit 0 when they came, with the code of
CMD when it failed, and 3 when they did not come: then all that did arrive is
printed, and which part of the filter it missed.

With --attach nothing is captured here: it waits for what a running creel
captures from now on, or with --team what the nodes of a team do.`,
		Example: `creel wait 'path:/hooks event:invoice.paid' --count 2 -- npm test
creel wait --none path:/refunds -- ./run-checkout
creel wait --junit result.xml provider:stripe -- make test
creel wait --attach event:push --timeout 1h && make deploy`,
		Annotations: map[string]string{
			aboutFlag + "listen":    "where to listen (default: a free port); repeatable",
			aboutFlag + "at":        "wait for what this creel captures, as with --attach: its PID, an address or port, or the name of its history",
			aboutFlag + "history":   "", // none is kept here
			aboutFlag + "ephemeral": "", // always
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if i := cmd.ArgsLenAtDash(); i >= 0 {
				args, f.command = args[:i], args[i:]
			}
			if err := f.check(cmd, args); err != nil {
				return err
			}
			return p.wait(cmd.Context(), f)
		},
	}, whenCapturing)
	cmd.ValidArgsFunction = p.completeWait
	fl := cmd.Flags()
	p.addAt(cmd)
	fl.BoolVar(&f.attach, "attach", false, "wait for what a running creel captures, or with --team its nodes")
	intFlag(fl, &f.count, "count", "", 1, 1, "wait for at least `N` requests")
	intFlag(fl, &f.exactly, "exactly", "", 0, 0, "wait for exactly `N` requests")
	fl.BoolVar(&f.none, "none", false, "wait for no request to match")
	durationFlag(fl, &f.settle, "settle", fromZero, 0, "how long to look for more afterwards (default 2s with --exactly and --none)")
	durationFlag(fl, &f.timeout, "timeout", aboveZero, 0, "give up after this long, and stop CMD (default: 30s without CMD and after it ended, never while it runs)")
	fl.BoolVar(&f.asJSON, "json", false, "print JSON lines")
	fl.StringVar(&f.junit, "junit", "", "write the result to `FILE` as JUnit XML, for CI; - is standard output")
	return cmd
}

func (f *waitFlags) check(cmd *cobra.Command, args []string) (err error) {
	fl := cmd.Flags()
	if err := exclusive(cmd, "count", "exactly", "none"); err != nil {
		return err
	}
	if fl.Changed("history") {
		return usagef("--history: nothing is kept by wait; --at NAME waits for what the creel with that history captures")
	}
	if f.attach = f.attach || fl.Changed("at"); f.attach {
		for _, name := range whenCapturing {
			if fl.Changed(name) {
				return usagef("--%s is for capturing: with --attach another creel captures", name)
			}
		}
	}
	if fl.Changed("exactly") {
		f.count = f.exactly
	} else {
		f.exactly = -1
	}
	if f.none {
		f.count, f.exactly = 0, 0
	}
	if f.exactly >= 0 && !fl.Changed("settle") {
		f.settle = usualSettle
	}
	f.filter, err = parseFilter(strings.Join(args, " "))
	return err
}

type waiting struct {
	waitFlags
	arrivals
	p       *program
	rev     capture.Rev
	env     *historyEnv
	arrived map[capture.ID]bool // those that left the ring since, too
	matched map[capture.ID]*capture.Exchange
	stopped bool // CMD was still running when the time was over; read once it ended

	commandFailed bool
	explained     string // why the wait failed
}

func (p *program) wait(ctx context.Context, f waitFlags) error {
	open := p.captureArrivals
	if f.attach {
		open = p.followArrivals
	}
	a, err := open(ctx)
	if err != nil {
		return err
	}
	w := &waiting{arrivals: a, waitFlags: f, p: p, env: newHistoryEnv(ctx), arrived: map[capture.ID]bool{}, matched: map[capture.ID]*capture.Exchange{}}
	started := time.Now()
	err = w.run(ctx)
	if f.junit != "" {
		err = errors.Join(err, p.writeJUnit(f.junit, w.junit(err, started, time.Since(started))))
	}
	// A hold or a hanging reply must not keep CI: what arrived has been seen.
	if cerr := a.close(); err == nil && cerr != nil {
		p.infof("%v", cerr)
	}
	return err
}

func (w *waiting) run(ctx context.Context) error {
	if err := w.ready(); err != nil {
		return err
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	ended := w.start(ctx)
	err := w.until(ctx, stop, ended)
	if errors.As(err, &interrupted{}) || errors.As(err, new(*exitError)) {
		return err
	}
	return w.verdict(err)
}

var errTimeout = errors.New("the time was over")

func (w *waiting) ready() error {
	if !w.asJSON {
		w.p.infof("%s", w.words)
		return nil
	}
	return w.p.printJSON(readyLine{Type: typeReady, URL: w.url, Listen: w.addresses, PID: os.Getpid()})
}

// start runs CMD, and gives how it ended; at once when there is none.
func (w *waiting) start(ctx context.Context) <-chan error {
	ended := make(chan error, 1)
	if len(w.command) == 0 {
		ended <- nil
		return ended
	}
	cmd := exec.CommandContext(ctx, w.command[0], w.command[1:]...)
	cmd.Env = os.Environ()
	if w.url != "" {
		cmd.Env = append(cmd.Env, "CREEL_URL="+w.url)
	}
	if w.public != "" {
		cmd.Env = append(cmd.Env, "CREEL_PUBLIC_URL="+w.public)
	}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = w.p.stdin, w.p.stdout, w.p.stderr
	if isTerminal(w.p.stdin) {
		cmd.Stdin = nil // a group of its own would be stopped when it reads the terminal
	}
	if w.asJSON {
		cmd.Stdout = w.p.stderr
	}
	cmd.WaitDelay = engine.DrainTime
	p := process.Program{Cmd: cmd, Stopping: func() { w.stopped = true }}
	go func() { ended <- p.Run(ctx) }()
	return ended
}

// until waits for CMD and the matches, then for more. The error says why it
// stopped before. It has called stop, which ends ctx and with it CMD, when no more
// requests can come or the time is over.
func (w *waiting) until(ctx context.Context, stop context.CancelCauseFunc, ended <-chan error) error {
	watch := w.ring.Watch(ctx)
	var limit, settled <-chan time.Time
	if w.timeout > 0 {
		limit = time.After(w.timeout)
	}
	running := true
	for {
		w.look()
		if !running && settled == nil && len(w.matched) >= w.count {
			limit, settled = nil, time.After(w.settle)
		}
		switch {
		case !running && w.exactly >= 0 && len(w.matched) > w.exactly:
			return nil
		case settled != nil && w.settle == 0:
			return nil
		}
		select {
		case <-watch:
		case <-settled:
			w.look()
			return nil
		case <-limit:
			stop(errTimeout)
		case err := <-w.failed:
			stop(err)
		case err := <-ended:
			running = false
			if err := w.commandError(ctx, err); err != nil {
				return err
			}
			if w.timeout == 0 {
				limit = time.After(usualTimeout)
			}
		case <-ctx.Done():
			if running {
				<-ended
			}
			return context.Cause(ctx)
		}
	}
}

// commandError is how creel ends when CMD failed.
func (w *waiting) commandError(ctx context.Context, err error) error {
	if err == nil || ctx.Err() != nil {
		return nil // ended by us
	}
	w.commandFailed = true
	var exit *exec.ExitError
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return exitf(exitFailure, "%s is not installed, or not on PATH", w.command[0])
	case !errors.As(err, &exit):
		return exitf(exitFailure, "run %s: %w", w.command[0], err)
	}
	code := exit.ExitCode()
	if s, ok := exit.Sys().(syscall.WaitStatus); ok && s.Signaled() {
		code = 128 + int(s.Signal())
	}
	return exitf(code, "%s failed: %v", w.command[0], exit)
}

func (w *waiting) look() {
	d := w.ring.Since(w.rev)
	w.rev = d.Rev
	if len(d.Changed) == 0 {
		return
	}
	for _, ex := range d.Changed {
		w.env.saw(ex)
	}
	for _, ex := range d.Changed {
		if ex.ID <= w.after {
			continue
		}
		w.arrived[ex.ID] = true
		if decided(ex) && w.filter.Match(ex, &w.env.Env) {
			w.matched[ex.ID] = ex
		} else {
			delete(w.matched, ex.ID)
		}
	}
}

// inOrder are those that matched, oldest first.
func (w *waiting) inOrder() []*capture.Exchange {
	return slices.SortedFunc(maps.Values(w.matched), func(a, b *capture.Exchange) int { return cmp.Compare(a.ID, b.ID) })
}

// verdict prints what came, or what came instead.
func (w *waiting) verdict(early error) error {
	n := len(w.matched)
	missed := early != nil || n < w.count || w.exactly >= 0 && n > w.exactly
	if errors.Is(early, errTimeout) && n >= w.count && (w.exactly < 0 || n == w.exactly) && !w.stopped {
		missed = false // the last one came, or CMD ended, just then
	}
	for _, ex := range w.inOrder() {
		line, err := []byte(textLine(ex, w.p.paint())), error(nil)
		if w.asJSON {
			line, err = export.JSONLine(context.Background(), nil, ex)
		}
		if errors.Is(err, capture.ErrEvicted) {
			w.p.infof("%s left the history before it could be printed: raise --keep where it is captured", ex.Name())
			continue
		}
		if err := w.p.writeLine(line, err); err != nil {
			return err
		}
	}
	if early != nil && !errors.Is(early, errTimeout) {
		return early // no more can come
	}
	if !missed {
		return nil
	}
	w.explained = w.explain(w.all())
	for line := range strings.Lines(w.explained) {
		if !strings.HasPrefix(line, " ") {
			line = "creel: " + line
		}
		fmt.Fprint(w.p.errs, line)
	}
	return &exitError{code: exitMissed}
}
