package tunnel

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"creel/forward/tunnel/tunneltest"
)

// scripted is a session that does what a function says.
type scripted func(ctx context.Context, announce func(string), vouch func()) error

func (f scripted) run(ctx context.Context, announce func(string), vouch func()) error {
	return f(ctx, announce, vouch)
}

// withSession runs a test on a tunnel of any kind whose sessions are scripted, in a
// bubble of its own time. jump moves the wall clock, as sleep does.
func withSession(t *testing.T, spec Spec, client *http.Client, s scripted, test func(t *testing.T, tun *Tunnel, jump func(time.Duration))) {
	synctest.Test(t, func(t *testing.T) {
		var jumped atomic.Int64
		ctx, cancel := context.WithCancel(t.Context())
		tun := &Tunnel{
			Listener: newQueue(name("test")), session: s, token: "T", finished: make(chan struct{}), cancel: cancel,
			config: Config{Spec: spec, Client: client, wall: func() time.Time { return wallClock().Add(time.Duration(jumped.Load())) }},
		}
		go tun.run(ctx)
		test(t, tun, func(d time.Duration) { jumped.Add(int64(d)) })
		tun.Close()
	})
}

// After the machine slept a session is made again at once, whatever its kind.
func TestConnectsAgainAfterSleep(t *testing.T) {
	for _, kind := range []Kind{SSH, Cloudflared, Tailscale} {
		var runs atomic.Int32
		withSession(t, Spec{Kind: kind}, failingClient, func(ctx context.Context, announce func(string), vouch func()) error {
			runs.Add(1)
			announce("https://a.example")
			vouch()
			<-ctx.Done()
			return net.ErrClosed
		}, func(t *testing.T, tun *Tunnel, jump func(time.Duration)) {
			time.Sleep(time.Hour)
			if n := runs.Load(); n != 1 {
				t.Fatalf("%s: %d sessions without sleep", kind, n)
			}
			jump(10 * time.Minute)
			time.Sleep(sleepCheck + time.Second)
			if n, s := runs.Load(), tun.Status(); n != 2 || s.State != Up {
				t.Errorf("%s: %d sessions, %+v", kind, n, s)
			}
		})
	}
}

// Sleep ends the wait for the next try, too.
func TestSleepEndsTheBackoff(t *testing.T) {
	var runs atomic.Int32
	withSession(t, Spec{Kind: Cloudflared}, failingClient, func(context.Context, func(string), func()) error {
		runs.Add(1)
		return &Failure{Err: errors.New("limited"), After: 4 * time.Minute}
	}, func(t *testing.T, tun *Tunnel, jump func(time.Duration)) {
		time.Sleep(time.Second)
		jump(time.Hour)
		time.Sleep(sleepCheck)
		if n := runs.Load(); n != 2 {
			t.Errorf("%d sessions", n)
		}
	})
}

// A session that lasted makes the next one come soon; those that fail at once come less
// and less often.
func TestSteadySessionsBeginTheBackoffAfresh(t *testing.T) {
	for lasts, most := range map[time.Duration]time.Duration{steadyAfter: firstDelay, steadyAfter - time.Second: maxDelay} {
		var ended time.Time
		var longest atomic.Int64
		withSession(t, Spec{Kind: SSH}, failingClient, func(_ context.Context, announce func(string), _ func()) error {
			if !ended.IsZero() {
				longest.Store(max(longest.Load(), int64(time.Since(ended))))
			}
			announce("https://a.example")
			time.Sleep(lasts)
			ended = time.Now()
			return net.ErrClosed
		}, func(t *testing.T, _ *Tunnel, _ func(time.Duration)) {
			time.Sleep(20 * time.Minute)
		})
		if got := time.Duration(longest.Load()); got > most || got < most*3/4-1 {
			t.Errorf("sessions of %v: up to %v between them, want up to %v", lasts, got, most)
		}
	}
}

// The time for a URL begins before the first dial, and it is the same for all kinds:
// a program that prints nothing, and a server that answers nothing, are given up.
func TestNoURLInTime(t *testing.T) {
	for _, tt := range []struct {
		spec Spec
		want string
	}{
		{Spec{Kind: SSH, Host: "service.test"}, "service.test printed no URL within 20s: if it serves one, give it as ssh://service.test?url=https://NAME"},
		{Spec{Kind: Cloudflared}, "cloudflared printed no URL within 20s: run it by hand to see what it says"},
		{Spec{Kind: Tailscale}, "tailscale printed no URL within 20s: run it by hand to see what it says"},
		{Spec{Kind: Relay, Host: "smee.io"}, "smee.io did not answer within 20s"},
	} {
		withSession(t, tt.spec, failingClient, func(ctx context.Context, _ func(string), _ func()) error {
			<-ctx.Done()
			return net.ErrClosed
		}, func(t *testing.T, tun *Tunnel, _ func(time.Duration)) {
			time.Sleep(urlTimeout - time.Millisecond)
			if s := tun.Status(); s.State == Reconnecting {
				t.Errorf("early: %+v", s)
			}
			time.Sleep(2 * time.Millisecond)
			if s := tun.Status(); s.State != Reconnecting || s.Reason != tt.want {
				t.Errorf("status %+v, want %s", s, tt.want)
			}
		})
	}
}

// A server that takes the connection and is silent is given up in the same time.
func TestSSHSilentServer(t *testing.T) {
	withTunnel(t, func(_ *tunneltest.Service, c *Config) {
		c.SSH.Dial = func(ctx context.Context, _, _ string) (net.Conn, error) {
			client, server := tunneltest.Pipe()
			context.AfterFunc(ctx, func() { _ = server.Close() })
			return client, nil
		}
	}, func(t *testing.T, o *opened) {
		time.Sleep(urlTimeout)
		if s := o.Status(); s.State != Reconnecting || !strings.Contains(s.Reason, "did not complete the ssh handshake within 15s") {
			t.Errorf("status %+v", s)
		}
	})
}
