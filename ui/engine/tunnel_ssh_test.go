package engine

import (
	"path/filepath"
	"testing"
	"time"

	"creel/forward/tunnel"
	"creel/forward/tunnel/tunneltest"
)

// A server whose key is unknown is connected to when the user says so, and then again.
func TestServersOfUnknownKeys(t *testing.T) {
	service := tunneltest.New(t)
	defer service.Kill()
	states := make(chan tunnel.Status, 100)
	c := testConfig(t)
	c.Problem = func(s string) { t.Log(s) }
	c.Tunnel = TunnelConfig{
		SSH:     tunnel.SSHConfig{Dial: service.Dial, KnownHosts: filepath.Join(t.TempDir(), "known_hosts")},
		Client:  service.Public(),
		Changed: func(s tunnel.Status) { states <- s },
	}
	e, err := Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	late := time.After(30 * time.Second)
	for _, tt := range []struct {
		accept bool
		want   tunnel.State
	}{{false, tunnel.Ended}, {true, tunnel.Up}, {false, tunnel.Up}} {
		if err := e.Tunnels.Start(tunnel.Spec{Kind: tunnel.SSH, Host: "service.test", BindPort: 80}, tt.accept); err != nil {
			t.Fatal(err)
		}
		for s := (tunnel.Status{}); s.State != tt.want; {
			select {
			case s = <-states:
			case <-late:
				t.Fatalf("accepted %v: %+v", tt.accept, e.Tunnels.Status())
			}
		}
		e.Tunnels.Stop()
		for len(states) > 0 {
			<-states
		}
	}
}
