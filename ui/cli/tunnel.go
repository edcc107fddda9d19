package cli

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"creel/forward/tunnel"
	"creel/ui/engine"
)

// tunnelAuto is --tunnel without a value: the way is chosen.
const tunnelAuto = "auto"

// joinTunnel lets the value of --tunnel stand apart from it, as that of other
// flags, although there need be none: "--tunnel cloudflared" is taken for
// "--tunnel=cloudflared", "--tunnel 3000" is not.
func joinTunnel(args []string) []string {
	var out []string
	for i := 0; i < len(args); i++ {
		if args[i] == "--" {
			return append(out, args[i:]...)
		}
		if args[i] == "--tunnel" && i+1 < len(args) {
			if _, err := tunnel.ParseSpec(args[i+1]); err == nil || strings.HasPrefix(args[i+1], "ssh:") {
				out = append(out, "--tunnel="+args[i+1])
				i++
				continue
			}
		}
		out = append(out, args[i])
	}
	return out
}

// tunnelSpec is which tunnel to start, or which relay; nil for none.
func (p *program) tunnelSpec() (*tunnel.Spec, error) {
	var spec tunnel.Spec
	var err error
	switch o := p.opts; {
	case o.relay != "":
		if spec, err = tunnel.ParseRelay(o.relay); err != nil {
			err = usagef("%s: %w", o.origin("from"), err)
		}
	case o.tunnel == "":
		return nil, nil
	case o.tunnel == tunnelAuto:
		spec, err = p.usualTunnel()
	default:
		if spec, err = tunnel.ParseSpec(o.tunnel); err != nil {
			err = usagef("%s: %w", o.origin("tunnel"), err)
		}
	}
	return &spec, err
}

// tunnelFlag names the setting that wants a tunnel.
func (p *program) tunnelFlag() string {
	if p.opts.relay != "" {
		return p.opts.origin("from")
	}
	return p.opts.origin("tunnel")
}

// usualTunnel is the way to a public URL when none is named: that of the
// configuration, else cloudflared where it is installed, else localhost.run, once
// the user agreed that requests pass through it.
func (p *program) usualTunnel() (tunnel.Spec, error) {
	if via := p.opts.file.Tunnel.Via; via != "" {
		spec, err := tunnel.ParseSpec(via)
		if err != nil {
			return spec, usagef("%s: [tunnel] via: %w", p.opts.file.path, err)
		}
		return spec, nil
	}
	if _, err := exec.LookPath("cloudflared"); err == nil {
		return tunnel.ParseSpec("cloudflared")
	}
	if !p.canAsk() || !p.confirm("creel: cloudflared is not installed. Use ssh to localhost.run, which sees all requests that come through it?") {
		return tunnel.Spec{}, &exitError{
			code: exitUsage, err: fmt.Errorf("--tunnel: cloudflared is not installed"),
			hint: "name another way: --tunnel ssh://localhost.run needs nothing installed",
		}
	}
	return tunnel.ParseSpec("ssh://localhost.run")
}

func (p *program) tunnelConfig(changed func(tunnel.Status)) (engine.TunnelConfig, error) {
	o := p.opts
	if o.tunnelPath != "" && !strings.HasPrefix(o.tunnelPath, "/") {
		return engine.TunnelConfig{}, usagef("%s %s: a path begins with /", o.origin("tunnel-path"), o.tunnelPath)
	}
	if _, err := p.tunnelSpec(); err != nil {
		return engine.TunnelConfig{}, err // before anything is captured
	}
	home, _ := p.env("HOME")
	agent, _ := p.env("SSH_AUTH_SOCK")
	return engine.TunnelConfig{
		Path: o.tunnelPath, For: o.tunnelFor, Changed: changed, Client: p.selfTest,
		SSH: tunnel.SSHConfig{Home: home, Agent: agent, KnownHosts: filepath.Join(stateDir(p.env), "known_hosts")},
	}, nil
}

// startTunnel starts the tunnel of --tunnel or --from, if one is wanted.
func (p *program) startTunnel(e *engine.Engine) error {
	spec, err := p.tunnelSpec()
	if err != nil || spec == nil {
		return err
	}
	if err := e.Tunnels.Start(*spec, p.opts.tunnelAcceptNew); err != nil {
		return exitf(exitFailure, "%s: %w", p.tunnelFlag(), err)
	}
	return nil
}

// tunnelTimeout is how long a command waits for a public URL.
const tunnelTimeout = time.Minute

// waitForTunnel starts the tunnel that is wanted, if any, and returns its URL once it is up.
func (p *program) waitForTunnel(ctx context.Context, e *engine.Engine, proven <-chan tunnel.Status) (url string, err error) {
	if p.opts.tunnel == "" && p.opts.relay == "" {
		return "", nil
	}
	if err := p.startTunnel(e); err != nil {
		return "", err
	}
	select {
	case s := <-proven:
		if s.State == tunnel.Ended {
			return "", exitf(exitFailure, "%s: %s", p.tunnelFlag(), s.Reason)
		}
		p.infof("%s", newTunnelFacts(s))
		return s.URL, nil
	case <-time.After(tunnelTimeout):
		return "", exitf(exitFailure, "%s: not up within %v: %s", p.tunnelFlag(), tunnelTimeout, newTunnelFacts(e.Tunnels.Status()))
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}

type tunnelLine struct {
	Type string `json:"type"`
	tunnelFacts
}

type tunnelFacts struct {
	State      tunnel.State `json:"state"`
	URL        string       `json:"url"`
	Via        string       `json:"via"`
	SelfTested bool         `json:"self_tested"`
	Temporary  bool         `json:"temporary,omitempty"`
	Reason     string       `json:"reason,omitempty"`
	Previous   string       `json:"previous,omitempty"`
	LastCaller string       `json:"last_caller,omitempty"`
	Refused    int64        `json:"refused,omitempty"`
}

func newTunnelFacts(s tunnel.Status) tunnelFacts {
	return tunnelFacts{s.State, s.URL, s.Via, s.SelfTested, s.Temporary, s.Reason, s.Previous, s.LastCaller, s.Refused}
}

func (f tunnelFacts) String() string {
	text := string(f.State)
	if f.State == tunnel.Up && !f.SelfTested {
		text += " (not self-tested)"
	}
	if f.URL != "" {
		text = f.URL + " " + text
	}
	text += ", through " + f.Via
	if f.Temporary && f.URL != "" {
		text += ", temporary URL"
	}
	if f.Refused > 0 {
		text += fmt.Sprintf(", %d refused", f.Refused)
	}
	if f.Reason != "" {
		text += ": " + f.Reason
	}
	return text
}
