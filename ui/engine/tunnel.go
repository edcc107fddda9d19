package engine

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"creel/capture"
	"creel/capture/server"
	"creel/forward/tunnel"
)

// TunnelConfig says how tunnels are made.
type TunnelConfig struct {
	SSH tunnel.SSHConfig
	// Path is the only path that passes, with all below; empty lets all pass.
	Path string
	// For ends a tunnel after this time; 0 never.
	For time.Duration
	// Client makes the requests of the self test; see [tunnel.Config].
	Client *http.Client
	// Changed, when set, is called with every new status.
	Changed func(tunnel.Status)
}

// Tunnels are the public URLs of an engine: one at a time. They are safe for concurrent use.
type Tunnels struct {
	engine  *Engine
	refused atomic.Int64

	mu      sync.Mutex
	now     *tunnel.Tunnel
	serving sync.WaitGroup
}

// errTunnelRuns says that there is a public URL already.
var errTunnelRuns = errors.New("there is a public URL already: stop it first")

// Start starts a tunnel. It connects in the background; Status says how far it
// is. With acceptNew an unknown host key of an ssh server is trusted.
func (t *Tunnels) Start(spec tunnel.Spec, acceptNew bool) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.now != nil && t.now.Status().State != tunnel.Ended {
		return errTunnelRuns
	}
	c := t.engine.config.Tunnel
	ssh := c.SSH
	if acceptNew {
		ssh.Accept = func(context.Context, string, string) bool { return true }
	}
	now, err := tunnel.Start(t.engine.background, tunnel.Config{Spec: spec, SSH: ssh, For: c.For, Client: c.Client, Changed: t.teller()})
	if err != nil {
		return err
	}
	t.now = now
	t.refused.Store(0)
	t.serving.Go(func() {
		if err := t.engine.server.ServeTunnel(now.Listener, t.policy(now, spec)); err != nil {
			t.engine.config.Problem("tunnel: " + err.Error())
		}
	})
	return nil
}

// Stop ends the tunnel, if there is one.
func (t *Tunnels) Stop() {
	t.mu.Lock()
	now := t.now
	t.mu.Unlock()
	if now != nil {
		_ = now.Close()
	}
	t.serving.Wait()
}

// Status returns what is known of the tunnel; its State is empty when there was none.
func (t *Tunnels) Status() tunnel.Status {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.now == nil {
		return tunnel.Status{}
	}
	s := t.now.Status()
	s.Refused = t.refused.Load()
	return s
}

// teller returns what reports each new status. Why it cannot be made is said once.
func (t *Tunnels) teller() func(tunnel.Status) {
	said := ""
	return func(s tunnel.Status) {
		why := ""
		if s.State == tunnel.Reconnecting {
			why = s.Reason
		}
		if s.State == tunnel.Changed {
			s.LastCaller = t.engine.lastCaller(s.Previous)
		}
		if why == "" || why != said {
			t.tell(s)
		}
		said = why
		t.engine.Ring.Notify()
		if c := t.engine.config.Tunnel.Changed; c != nil {
			c(s)
		}
	}
}

// tell puts a status into words where a user must know.
func (t *Tunnels) tell(s tunnel.Status) {
	e := t.engine
	switch s.State {
	case tunnel.Changed:
		todo := ""
		if s.LastCaller != "" {
			todo = fmt.Sprintf(": %s called the old one last, change it there", s.LastCaller)
		}
		e.config.Problem(fmt.Sprintf("the public URL changed: %s is now %s%s", s.Previous, s.URL, todo))
	case tunnel.Up:
		how := ""
		if !s.SelfTested {
			how = " (not self-tested)"
		}
		if s.Temporary {
			how += ", a temporary URL"
		}
		e.config.Notice(fmt.Sprintf("%s is up through %s%s", s.URL, s.Via, how))
	case tunnel.Reconnecting:
		e.config.Problem(fmt.Sprintf("tunnel through %s: %s", s.Via, s.Reason))
	case tunnel.Ended:
		say := e.config.Problem
		if s.Reason == tunnel.Stopped {
			say = e.config.Notice
		}
		say(fmt.Sprintf("tunnel through %s ended: %s", s.Via, s.Reason))
	}
}

// lastCaller is the provider that called a public URL last; empty for none.
func (e *Engine) lastCaller(url string) string {
	for _, ex := range slices.Backward(e.Ring.Snapshot()) {
		if ex.PublicURL == url && ex.Sender.Provider != "" {
			return ex.Sender.Provider
		}
	}
	return ""
}

// policy says what is believed of the requests that come through a tunnel.
func (t *Tunnels) policy(now *tunnel.Tunnel, spec tunnel.Spec) server.Tunnel {
	p := server.Tunnel{
		Via:       spec.Via(),
		PublicURL: func() string { return now.Status().URL },
		Reply:     t.reply(now, spec),
	}
	switch {
	case spec.Kind == tunnel.Cloudflared:
		p.ClientField, p.SchemeField, p.Rewrites = "Cf-Connecting-Ip", "X-Forwarded-Proto", true
	case spec.Kind == tunnel.SSH && spec.PublicURL == "":
		p.ClientField, p.SchemeField, p.HostField, p.Rewrites = "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", true
	case spec.Kind == tunnel.Tailscale:
		p.Rewrites = true // it is an HTTP proxy, and names no client that could be believed
	case spec.Kind == tunnel.Relay:
		p.Rewrites, p.Reserialized = true, now.Reserialized
	}
	return p
}

// reply answers the self test, and what does not pass. All else is proof that the tunnel works.
func (t *Tunnels) reply(now *tunnel.Tunnel, spec tunnel.Spec) func(method, target string) (status int, body string, ok bool) {
	return func(method, target string) (int, string, bool) {
		if body, ok := now.SelfTest(method, target); ok {
			return http.StatusOK, body, true
		}
		now.CameThrough()
		if spec.Kind == tunnel.Relay || below(target, t.engine.config.Tunnel.Path) {
			return 0, "", false
		}
		t.refused.Add(1)
		return http.StatusNotFound, "", true
	}
}

// below reports whether the target is the path or below it. So it must be as sent and
// also after percent-encoding and dot segments are resolved, as an app may do: not
// /hooks/%2e%2e/admin.
func below(target, under string) bool {
	if strings.Trim(under, "/") == "" {
		return true
	}
	sent, _, _ := strings.Cut(target, "?")
	decoded, err := url.PathUnescape(sent)
	if err != nil {
		return false
	}
	resolved := path.Clean(strings.ReplaceAll(decoded, `\`, "/"))
	return capture.PathUnder(sent, under) && capture.PathUnder(resolved, under)
}
