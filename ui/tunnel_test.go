package ui_test

import (
	"errors"
	"testing"
	"time"

	"creel/forward/tunnel"
	"creel/ui"
	"creel/ui/uitest"
)

// fakeTunnel is a public URL that a test moves.
type fakeTunnel struct {
	status  tunnel.Status
	started []string
	accept  bool
	err     error
	stopped int
}

func (f *fakeTunnel) Status() tunnel.Status { return f.status }

func (f *fakeTunnel) Start(spec tunnel.Spec, acceptNew bool) error {
	f.started, f.accept = append(f.started, spec.String()), acceptNew
	return f.err
}

func (f *fakeTunnel) Stop() { f.stopped++ }

func newTunnelWorld(t *testing.T, set func(*ui.Deps)) (*world, *fakeTunnel) {
	w, f := newWorld(t, 120, 40), &fakeTunnel{}
	d := w.deps()
	d.Tunnel = f
	if set != nil {
		set(&d)
	}
	w.Screen = uitest.New(t, d, 120, 40)
	return w, f
}

// Requests outside of the path that passes are no rows: T says how many were refused.
func TestTunnelSaysWhatWasRefused(t *testing.T) {
	w, f := newTunnelWorld(t, nil)
	f.status = tunnel.Status{State: tunnel.Up, URL: "https://h.example", Via: "vps", SelfTested: true, Refused: 3}
	w.Press("T")
	w.has(t, "through vps, 3 requests refused")
}

// T offers the ways to a public URL, and starts the one that is chosen.
func TestTunnelStarts(t *testing.T) {
	w, f := newTunnelWorld(t, nil)
	w.has(t, "T gets one")
	w.Press("T")
	w.has(t, "localhost.run")
	w.Press("l")
	if len(f.started) != 1 || f.started[0] != "ssh://nokey@localhost.run" || f.accept {
		t.Errorf("started %q, accept %v", f.started, f.accept)
	}
	w.has(t, "connecting to localhost.run")
	f.err = errors.New("no route")
	w.Press("T", "s")
	w.has(t, "no route")
	w.Press("T", "o")
	w.Type("me@vps?url=https://h.example")
	w.Press("enter")
	if len(f.started) != 3 || f.started[2] != "ssh://me@vps" {
		t.Errorf("started %q", f.started)
	}
	w.Press("T", "r")
	w.Type("smee.io/abc")
	w.has(t, "what arrives there is captured here")
	w.Press("enter")
	if len(f.started) != 4 || f.started[3] != "https://smee.io/abc" {
		t.Errorf("started %q", f.started)
	}
}

// Each state is said for what it is: only a proven URL is up.
func TestTunnelStates(t *testing.T) {
	const url = "https://amber-fox.trycloudflare.com"
	for _, tt := range []struct {
		status tunnel.Status
		header string
		dialog string
	}{
		{tunnel.Status{State: tunnel.Starting, Via: "cloudflared"}, ":4665  connecting…", "public URL through cloudflared: connecting"},
		{tunnel.Status{State: tunnel.Announced, URL: url, Via: "cloudflared"}, "announced, not proven", "announced, not proven yet"},
		{tunnel.Status{State: tunnel.Announced, URL: url, Via: "x", Reason: "the URL answers 502"}, "announced, not proven", "announced: the URL answers 502"},
		{tunnel.Status{State: tunnel.Up, URL: url, Via: "cloudflared", SelfTested: true}, url + " ● up 5m  ", "up 5 min, through"},
		{tunnel.Status{State: tunnel.Up, URL: url, Via: "cloudflared", SelfTested: true, Temporary: true}, url + " ● up 5m, temporary", "up 5 min, temporary URL"},
		{tunnel.Status{State: tunnel.Up, URL: url, Via: "cloudflared", Temporary: true}, url + " ● up 5m (not self-tested), temporary", "up 5 min (not self-tested), temporary URL"},
		{tunnel.Status{State: tunnel.Reconnecting, URL: url, Via: "x", Reason: "it was lost"}, "reconnecting", "reconnecting: it was lost"},
		{tunnel.Status{State: tunnel.Reconnecting, Via: "x", Reason: "no such host"}, ":4665  connecting ", "public URL through x: connecting: no such host"},
	} {
		w, f := newTunnelWorld(t, nil)
		tt.status.Since = w.now.Add(-5 * time.Minute)
		f.status = tt.status
		w.Look()
		if tt.status.URL == "" { // the first screen
			w.has(t, "Public URL    through "+tt.status.Via)
		}
		w.arrive(t, samples(1)...)
		w.has(t, tt.header)
		w.Press("T")
		w.has(t, tt.dialog)
		w.Press("x")
		if f.stopped != 1 {
			t.Errorf("%s: stopped %d times", tt.status.State, f.stopped)
		}
	}
}

// An unknown host key can be accepted; its fingerprint is shown.
func TestTunnelHostKey(t *testing.T) {
	w, f := newTunnelWorld(t, nil)
	f.status = tunnel.Status{State: tunnel.Ended, Via: "localhost.run", Reason: "the host key of localhost.run is unknown: SHA256:abc; accept it with --tunnel-accept-new"}
	w.Look()
	w.Press("T")
	w.has(t, "SHA256:abc")
	w.Press("a")
	if len(f.started) != 1 || !f.accept {
		t.Errorf("started %q, accept %v", f.started, f.accept)
	}
}

// With the URL up, it says for each provider where the URL goes.
func TestTunnelSetups(t *testing.T) {
	w, _ := newProviderWorld(t, func(d *ui.Deps) {
		d.Tunnel = &fakeTunnel{status: tunnel.Status{State: tunnel.Up, URL: "https://a.example", Via: "x", Since: noon}}
	})
	w.Press("T", "e")
	w.has(t, "for which provider")
	w.Press("enter")
	w.has(t, "where the URL goes")
}
