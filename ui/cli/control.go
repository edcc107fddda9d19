package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"creel/ui/control"
	"creel/ui/engine"
)

func (p *program) controlDir() string {
	runtimeDir, _ := p.env("XDG_RUNTIME_DIR")
	return control.Dir(runtimeDir, stateDir(p.env))
}

// serveControl serves an engine until close is called. Without a socket, capturing goes on.
func (p *program) serveControl(e *engine.Engine, s *control.Server, problem func(string)) (closeSocket func()) {
	o := p.opts
	presets, _ := p.presets() // the engine did not open with wrong ones
	s.Engine, s.Version = e, version()
	s.Settings = control.Settings{
		Keep: o.keep, KeepBytes: int64(o.keepBytes), Sign: signMode(o), Async: o.forwardAsync, Defaults: o.defaults(), Presets: presets,
	}
	ln, err := control.Listen(p.controlDir())
	if err != nil {
		problem(err.Error())
		return func() {}
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(ln) }()
	return func() {
		_ = s.Close()
		<-served
	}
}

type running struct {
	control.Status
	socket string
}

// findRunning asks all creels of this user that capture.
func (p *program) findRunning(ctx context.Context) ([]running, error) {
	sockets, err := control.Running(ctx, p.controlDir())
	if err != nil {
		return nil, err
	}
	found := make([]*running, len(sockets))
	var asking sync.WaitGroup
	for i, socket := range sockets {
		asking.Go(func() { found[i] = p.askStatus(ctx, socket) })
	}
	asking.Wait()
	var out []running
	for _, r := range found {
		if r != nil {
			out = append(out, *r)
		}
	}
	slices.SortFunc(out, func(a, b running) int { return a.Started.Compare(b.Started) })
	return out, nil
}

// askTime is how long a creel on this machine may take to say who it is.
const askTime = 2 * time.Second

// askStatus asks one creel who it is; nil when it ended meanwhile, or does not answer.
func (p *program) askStatus(ctx context.Context, socket string) *running {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	c, err := control.Connect(ctx, p.clientConfig(socket))
	switch {
	case err == nil:
		defer c.Close()
		return &running{c.Status, socket}
	case errors.As(err, new(*control.VersionError)):
		p.infof("%v", err)
	case ctx.Err() != nil:
		p.infof("the creel with pid %s does not answer", strings.TrimSuffix(filepath.Base(socket), ".sock"))
	}
	return nil
}

func (p *program) clientConfig(socket string) control.ClientConfig {
	say := func(s string) { p.infof("%s", s) }
	return control.ClientConfig{
		Dial:   func(ctx context.Context) (net.Conn, error) { return control.Dial(ctx, socket) },
		Notice: say, Problem: say, By: p.by,
	}
}

// addAt adds the flag that chooses a creel; see [program.pick].
func (p *program) addAt(cmd *cobra.Command) *cobra.Command {
	cmd.Flags().StringVar(&p.at, "at", "", "the creel to use: its `PID|ADDR|NAME`, where NAME is its history's")
	return cmd
}

// connect connects to the creel that --at names.
func (p *program) connect(ctx context.Context) (*control.Client, error) {
	r, err := p.pick(ctx, p.at)
	if err != nil {
		return nil, err
	}
	return control.Connect(ctx, p.clientConfig(r.socket))
}

// pick returns the creel that at names: its process number, an address it listens
// on, its port, or the name of its history. Without at it is the only one that runs.
func (p *program) pick(ctx context.Context, at string) (running, error) {
	all, err := p.findRunning(ctx)
	if err != nil {
		return running{}, err
	}
	found := all
	if at != "" {
		found = slices.DeleteFunc(slices.Clone(all), func(r running) bool { return !r.isAt(at) })
	}
	if len(found) == 1 {
		return found[0], nil
	}
	var list []string
	for _, r := range all {
		list = append(list, fmt.Sprintf("%d (%s)", r.PID, r.URL))
	}
	switch {
	case len(all) == 0:
		return running{}, &exitError{code: exitFailure, err: fmt.Errorf("no creel is running"), hint: "start one: creel, or creel listen"}
	case at != "" && len(found) > 1:
		return running{}, usagef("--at %s: several creels are called so: choose one by its PID: %s", at, strings.Join(list, ", "))
	case at != "":
		return running{}, usagef("--at %s: no such creel: these run: %s", at, strings.Join(list, ", "))
	}
	return running{}, usagef("several creels run: choose one with --at: %s", strings.Join(list, ", "))
}

func (r *running) isAt(at string) bool {
	if strconv.Itoa(r.PID) == at || r.URL == at || r.PublicURL != "" && r.PublicURL == at {
		return true
	}
	path, _ := filepath.Abs(at)
	if name := filepath.Base(r.History); r.History != "" && (r.History == path || name == at || strings.TrimSuffix(name, filepath.Ext(name)) == at) {
		return true
	}
	_, own, _ := strings.Cut(at, "://") // http or https
	host := strings.TrimSuffix(cmp.Or(own, at), "/")
	if port, ok := strings.CutPrefix(host, "localhost:"); ok {
		host = port
	}
	return slices.ContainsFunc(r.Addresses, func(addr string) bool {
		_, port, _ := net.SplitHostPort(addr)
		return addr == host || port == strings.TrimPrefix(host, ":")
	})
}
