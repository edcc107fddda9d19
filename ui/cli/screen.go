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

	"creel/capture/export"
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
	closeSocket := p.serveControl(e, &server, deps.Presets, log.Problem)
	err = p.draw(ctx, deps)
	closeSocket()
	stopAdmin()
	drained := e.Close()
	return p.ended(context.Cause(ctx), err, drained)
}

// ended is the error of a screen that ended: err is that of drawing, cause why it had
// to end, drained what could not be kept.
func (p *program) ended(cause, err, drained error) error {
	if failed := (*ui.Panic)(nil); errors.As(err, &failed) {
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

// deps is what the screen works with.
func (p *program) deps(ctx context.Context, e *engine.Engine, log *ui.Log) (ui.Deps, error) {
	presets, err := p.presets()
	if err != nil {
		return ui.Deps{}, err
	}
	redaction, err := p.redaction()
	if err != nil {
		return ui.Deps{}, err
	}
	views, err := p.savedViews()
	if err != nil {
		return ui.Deps{}, err
	}
	o := p.opts
	d := ui.Deps{
		Ring: e.Ring, Targets: e.Targets, Queue: e.Queue, Tunnel: e.Tunnels,
		Resender: e.Resender, Standing: e.Replies.Standing, Gate: e.Replies.Gate, Rules: e.Replies.Rules, Presets: presets, Views: views,
		Providers: engine.Providers{Set: e.Providers, Ring: e.Ring}, Log: log, Export: export.Options{Redact: redaction},
		KeepSecret:   p.keepSecret,
		KeepTheme:    p.keepTheme,
		Split:        p.split(),
		KeepSplit:    p.keepSplit,
		KeepPreset:   p.keepPreset,
		KeepView:     p.keepView,
		KeepTarget:   p.keepTarget,
		KeepRequests: p.keepRequests,
		DevKey:       func(name string) (provider.DevKey, error) { return p.devKey(e.Providers, name) },
		Config: ui.Config{
			Version: version(), URL: e.URL, Addresses: e.Addresses, Public: o.publicURL,
			Banners: banners(e), Keep: o.keep, KeepBytes: int64(o.keepBytes),
			ConfigFile: p.configFile(), Sign: signMode(o), Defaults: o.defaults(), Async: o.forwardAsync,
			Theme: o.theme, ThemeBy: o.givenBy("theme"), ASCII: o.ascii || !p.utf8Locale(), Mouse: !o.noMouse,
		},
	}
	p.shareScreen(ctx, e, &d)
	if !o.ephemeral {
		d.Config.History = o.historyPath(p.env)
	}
	return d, nil
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

// utf8Locale reports whether the terminal is said to show UTF-8. Without any
// word on it, it is taken to.
func (p *program) utf8Locale() bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v, _ := p.env(name); v != "" {
			v = strings.ToLower(v)
			return strings.Contains(v, "utf-8") || strings.Contains(v, "utf8")
		}
	}
	return true
}

// keepTrace writes what a panic said to a file for its user only: it may hold
// captured bytes.
func (p *program) keepTrace(trace []byte) (file string, err error) {
	dir := stateDir(p.env)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	file = filepath.Join(dir, time.Now().UTC().Format("trace-20060102-150405.txt"))
	return file, os.WriteFile(file, trace, 0o600)
}
