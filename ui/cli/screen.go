package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/charmbracelet/x/term"

	"creel/capture/provider"
	"creel/capture/ring"
	"creel/capture/server"
	"creel/forward"
	"creel/ui"
	"creel/ui/control"
	"creel/ui/engine"
	"creel/ui/theme"
)

// screen captures and shows it, until the user quits or a signal comes.
func (p *program) screen(ctx context.Context) error {
	if name := p.opts.theme; name != "" && !slices.Contains(theme.Names(), strings.ToLower(name)) {
		return usagef("%s %s: no such style: it is one of %s", p.opts.origin("theme"), name, strings.Join(theme.Names(), " "))
	}
	var ring atomic.Pointer[ring.Ring]
	var server control.Server
	log := &ui.Log{Also: server.Notify, Poke: func() {
		if r := ring.Load(); r != nil {
			r.Notify()
		}
	}}
	server.Notice = log.Own
	e, err := p.openEngine(ctx, capturing{
		nextPort: true, problem: log.Problem, notice: log.Notice,
		targetDown: func(string) {}, // the screen sees it by itself
	})
	if err != nil {
		return err
	}
	ring.Store(e.Ring)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() {
		select {
		case err := <-e.Failed():
			cancel(err)
		case <-ctx.Done():
		}
	}()
	deps, err := p.deps(ctx, e, log)
	if err == nil {
		err = p.startTunnel(e)
	}
	if err != nil {
		return errors.Join(err, e.Close())
	}
	_, stopAdmin, err := p.serveAdmin(ctx, e)
	if err != nil {
		return errors.Join(err, e.Close())
	}
	closeSocket := p.serveControl(e, &server, log.Problem)
	err = p.show(ctx, deps)
	closeSocket()
	stopAdmin()
	drained := e.Close()
	return p.ended(context.Cause(ctx), err, drained)
}

// ended is the error of a screen that ended: err is that of drawing, cause why it had
// to end, drained what could not be kept.
func (p *program) ended(cause, err, drained error) error {
	if failed, ok := errors.AsType[*ui.Panic](err); ok {
		file, err := p.keepTrace(failed.Trace)
		if err != nil {
			return exitf(exitFailure, "the screen failed; what was captured is kept; the trace could not be: %w", err)
		}
		return exitf(exitFailure, "the screen failed; what was captured is kept; the trace is in %s", file)
	}
	switch {
	case err != nil:
		return fmt.Errorf("screen: %w", err)
	case cause != nil && !errors.As(cause, &interrupted{}):
		return cause
	}
	return drained
}

func (p *program) deps(ctx context.Context, e *engine.Engine, log *ui.Log) (ui.Deps, error) {
	d, err := p.screenDeps(log)
	if err != nil {
		return d, err
	}
	if d.Presets, err = p.presets(); err != nil {
		return d, err
	}
	o := p.opts
	d.Ring, d.Targets, d.Queue, d.Tunnel, d.Resender = e.Ring, e.Targets, e.Queue, e.Tunnels, e.Resender
	d.Standing, d.Gate, d.Rules = e.Replies.Standing, e.Replies.Gate, e.Replies.Rules
	d.Providers = engine.Providers{Set: e.Providers, Ring: e.Ring}
	d.Split, d.KeepSplit = p.split(), p.keepSplit
	d.KeepSecret, d.KeepPreset, d.KeepTarget, d.KeepRequests = p.keepSecret, p.keepPreset, p.keepTarget, p.keepRequests
	d.DevKey = func(name string) (provider.DevKey, error) { return p.devKey(e.Providers, name) }
	c := &d.Config
	c.URL, c.Public, c.Banners = e.URL, o.publicURL, banners(e)
	c.Keep, c.KeepBytes = o.keep, int64(o.keepBytes)
	c.Sign, c.Defaults, c.Async = signMode(o), o.defaults(), o.forwardAsync
	p.shareScreen(ctx, e, &d)
	if !o.ephemeral {
		c.History = o.historyPath(p.env)
	}
	return d, nil
}

// screenDeps is what the screens of all commands work with: what the settings say.
func (p *program) screenDeps(log *ui.Log) (ui.Deps, error) {
	o := p.opts
	d := ui.Deps{
		Log: log, Views: o.file.Views, KeepTheme: p.keepTheme, KeepView: p.keepView,
		Config: ui.Config{
			ConfigFile: p.configFile(),
			Theme:      o.theme, ThemeBy: o.givenBy("theme"), ASCII: o.ascii || !p.utf8Locale(), Mouse: !o.noMouse,
		},
	}
	var err error
	d.Export.Redact, err = p.redaction()
	return d, err
}

// signMode is --sign.
func signMode(o *options) forward.SignMode { return forward.SignMode(o.sign.value) }

// banners are the lines that the screen shows until they are read.
func banners(e *engine.Engine) []string {
	var out []string
	if e.DefaultPortBusy() {
		out = append(out, fmt.Sprintf("port %d is taken by another program: listening on %d", server.DefaultPort, e.Port()))
	}
	return append(out, e.Warnings...)
}

// utf8Locale reports whether the terminal is said to show UTF-8, or nothing is said.
func (p *program) utf8Locale() bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v, _ := p.env(name); v != "" {
			v = strings.ToLower(v)
			return strings.Contains(v, "utf-8") || strings.Contains(v, "utf8")
		}
	}
	return true
}

// keepTrace writes what a panic said to a file for its user only: it may hold captured bytes.
func (p *program) keepTrace(trace []byte) (file string, err error) {
	dir := stateDir(p.env)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	file = filepath.Join(dir, time.Now().UTC().Format("trace-20060102-150405.txt"))
	return file, os.WriteFile(file, trace, 0o600)
}

// drawWithin is how long after a signal the screen has to end. A terminal that takes
// nothing any more, such as that of a connection which hangs, would keep it for
// ever; it is shorter than readWithin since what was captured is drained then.
const drawWithin = 2 * time.Second

// show draws until the user quits or ctx ends. A screen that does not end then is
// left as it is, its terminal without raw mode.
func (p *program) show(ctx context.Context, d ui.Deps) error {
	state, _ := term.GetState(p.stdin.Fd()) // nil where it is no terminal
	ended := make(chan error, 1)
	go func() { ended <- p.draw(ctx, d) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	select {
	case err := <-ended:
		return err
	case <-time.After(drawWithin):
	}
	if state != nil {
		_ = term.Restore(p.stdin.Fd(), state)
	}
	return nil
}
