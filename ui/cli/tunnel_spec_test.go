package cli

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"creel/forward/tunnel"
)

// Which way to a public URL is taken: what is named, else what the configuration says,
// else cloudflared where it is installed; ssh is asked about.
func TestWhichTunnel(t *testing.T) {
	bin := t.TempDir()
	for _, tt := range []struct {
		name, tunnel, relay, via string
		cloudflared              bool
		kind                     tunnel.Kind
		err                      string
	}{
		{name: "none"},
		{name: "a relay", relay: "https://smee.io/abc", kind: tunnel.Relay},
		{name: "no relay", relay: "smee", err: `--from: channel "smee": want the URL of one, such as https://smee.io/NAME`},
		{name: "named", tunnel: "tailscale", via: "cloudflared", kind: tunnel.Tailscale},
		{name: "wrong", tunnel: "nosuch", err: "--tunnel: "},
		{name: "configured", tunnel: tunnelAuto, via: "ssh://localhost.run", cloudflared: true, kind: tunnel.SSH},
		{name: "configured wrong", tunnel: tunnelAuto, via: "nosuch", err: "c.toml: [tunnel] via: "},
		{name: "no terminal to ask on", tunnel: tunnelAuto, err: "--tunnel: cloudflared is not installed"},
		{name: "installed", tunnel: tunnelAuto, cloudflared: true, kind: tunnel.Cloudflared},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv("PATH", bin)
			if tt.cloudflared {
				t.Setenv("PATH", t.TempDir())
				if err := os.WriteFile(filepath.Join(os.Getenv("PATH"), "cloudflared"), []byte("#!/bin/sh\n"), 0o700); err != nil {
					t.Fatal(err)
				}
			}
			p := inProcess(t, t.TempDir(), nil)
			p.opts.tunnel, p.opts.relay, p.opts.file.Tunnel.Via, p.opts.file.path = tt.tunnel, tt.relay, tt.via, "c.toml"
			spec, err := p.tunnelSpec()
			switch {
			case tt.err != "":
				if exit := (*exitError)(nil); !errors.As(err, &exit) || exit.code != exitUsage || len(exit.Error()) < len(tt.err) || exit.Error()[:len(tt.err)] != tt.err {
					t.Errorf("%v, want %q", err, tt.err)
				}
			case err != nil:
				t.Error(err)
			case tt.kind == "":
				if spec != nil {
					t.Errorf("%+v", spec)
				}
			case spec == nil || spec.Kind != tt.kind:
				t.Errorf("%+v, want %s", spec, tt.kind)
			}
		})
	}
}

func TestWordsAboutATunnel(t *testing.T) {
	for _, tt := range []struct {
		s    tunnel.Status
		want string
	}{
		{tunnel.Status{State: tunnel.Up, URL: "https://x", Via: "ssh"}, "https://x up (not self-tested), through ssh"},
		{tunnel.Status{State: tunnel.Up, URL: "https://x", Via: "ssh", SelfTested: true, Temporary: true, Refused: 2}, "https://x up, through ssh, temporary URL, 2 refused"},
		{tunnel.Status{State: tunnel.Ended, Via: "ssh", Temporary: true, Reason: "the key is not taken", Refused: 1}, "ended, through ssh, 1 refused: the key is not taken"},
	} {
		if got := newTunnelFacts(tt.s).String(); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}

// What follows --tunnel is its value when it names a way, up to "--".
func TestJoinTunnel(t *testing.T) {
	for _, tt := range []struct{ args, want string }{
		{"", ""},
		{"--tunnel", "--tunnel"},
		{"3000 --tunnel", "3000 --tunnel"},
		{"--tunnel cloudflared", "--tunnel=cloudflared"},
		{"listen --tunnel tailscale 3000", "listen --tunnel=tailscale 3000"},
		{"--tunnel ssh://localhost.run --json", "--tunnel=ssh://localhost.run --json"},
		{"--tunnel ssh:host", "--tunnel=ssh:host"}, // which is then said to be wrong
		{"--tunnel 3000", "--tunnel 3000"},
		{"--tunnel --json cloudflared", "--tunnel --json cloudflared"},
		{"--tunnel --tunnel cloudflared", "--tunnel --tunnel=cloudflared"},
		{"--tunnel=tailscale cloudflared", "--tunnel=tailscale cloudflared"},
		{"wait --tunnel cloudflared -- x --tunnel cloudflared", "wait --tunnel=cloudflared -- x --tunnel cloudflared"},
		{"wait --tunnel -- cloudflared", "wait --tunnel -- cloudflared"},
	} {
		if got := strings.Join(joinTunnel(strings.Fields(tt.args)), " "); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.args, got, tt.want)
		}
	}
}
