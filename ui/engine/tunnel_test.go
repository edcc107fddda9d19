//go:build unix

package engine

import (
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"creel/capture"
	"creel/capture/server"
	"creel/forward/tunnel"
)

// fakeCloudflared puts a program on PATH that prints a URL and the word that it
// works, and writes where it sends requests to a file.
func fakeCloudflared(t *testing.T) (upstream func() string) {
	t.Helper()
	dir := t.TempDir()
	script := `#!/bin/sh
while [ "$1" != "--url" ]; do shift; done
echo "$2" >` + dir + `/upstream.new && mv ` + dir + `/upstream.new ` + dir + `/upstream
echo '{"level":"info","message":"https://amber-fox.trycloudflare.com"}' >&2
echo '{"level":"info","message":"Registered tunnel connection"}' >&2
exec sleep 60
`
	if err := os.WriteFile(filepath.Join(dir, "cloudflared"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	return func() string {
		b, err := os.ReadFile(filepath.Join(dir, "upstream"))
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(string(b))
	}
}

// unreachable is a client for which no name resolves.
var unreachable = &http.Client{Transport: failing{}}

type failing struct{}

func (failing) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, errors.New("no such host")
}

func TestTunnel(t *testing.T) {
	upstream := fakeCloudflared(t)
	up := make(chan tunnel.Status, 10)
	c := testConfig(t)
	c.Problem = func(s string) { t.Log(s) }
	c.Tunnel = TunnelConfig{Path: "/hooks", Client: unreachable, Changed: func(s tunnel.Status) {
		if s.State == tunnel.Up {
			up <- s
		}
	}}
	e, err := Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if s := e.Tunnels.Status(); s.State != "" {
		t.Errorf("without a tunnel: %+v", s)
	}
	if err := e.Tunnels.Start(tunnel.Spec{Kind: tunnel.Cloudflared}, false); err != nil {
		t.Fatal(err)
	}
	if err := e.Tunnels.Start(tunnel.Spec{Kind: tunnel.Cloudflared}, false); err != errTunnelRuns {
		t.Errorf("a second one: %v", err)
	}
	select {
	case s := <-up:
		if s.URL != "https://amber-fox.trycloudflare.com" || s.SelfTested {
			t.Errorf("up: %+v", s)
		}
	case <-time.After(20 * time.Second):
		t.Fatalf("not up: %+v", e.Tunnels.Status())
	}
	send := func(path string) int {
		req, err := http.NewRequestWithContext(t.Context(), "POST", upstream()+path, strings.NewReader("x"))
		if err != nil {
			t.Fatal(err)
		}
		req.Host = "amber-fox.trycloudflare.com"
		req.Header.Set("Cf-Connecting-Ip", "203.0.113.9")
		req.Header.Set("X-Forwarded-Proto", "https")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		io.Copy(io.Discard, resp.Body)
		return resp.StatusCode
	}
	for path, want := range map[string]int{"/hooks/a?x=1": 200, "/hooks": 200, "/hooksX": 404, "/": 404} {
		if got := send(path); got != want {
			t.Errorf("%s: %d, want %d", path, got, want)
		}
	}
	if n := e.Tunnels.Status().Refused; n != 2 {
		t.Errorf("%d were refused", n)
	}
	kept := e.Ring.Snapshot()
	if len(kept) != 2 {
		t.Fatalf("%d were captured", len(kept))
	}
	for _, ex := range kept {
		if ex.Via != "cloudflared" || ex.PublicURL != "https://amber-fox.trycloudflare.com" || ex.Request.Remote != "203.0.113.9" || ex.Request.Exact {
			t.Errorf("%+v", ex)
		}
	}
	e.Tunnels.Stop()
	if s := e.Tunnels.Status(); s.State != tunnel.Ended || s.URL != "" {
		t.Errorf("stopped: %+v", s)
	}
	if err := e.Tunnels.Start(tunnel.Spec{Kind: tunnel.Cloudflared}, false); err != nil {
		t.Errorf("after it was stopped: %v", err)
	}
	if n := e.Tunnels.Status().Refused; n != 0 {
		t.Errorf("a new one has refused %d", n)
	}
}

// Of what comes through a tunnel only the path that is let pass does; a relay sends what
// it has, wherever that arrived.
func TestWhatPassesATunnel(t *testing.T) {
	tunnels := &Tunnels{engine: &Engine{config: Config{Tunnel: TunnelConfig{Path: "/hooks"}}}}
	for _, tt := range []struct {
		kind   tunnel.Kind
		target string
		status int // 0 passes
	}{{tunnel.Cloudflared, "/hooks", 0}, {tunnel.Cloudflared, "/", 404}, {tunnel.Relay, "/hooks", 0}, {tunnel.Relay, "/", 0}} {
		status, _, decided := tunnels.reply(&tunnel.Tunnel{}, tunnel.Spec{Kind: tt.kind})("POST", tt.target)
		if status != tt.status || decided != (tt.status != 0) {
			t.Errorf("%v %s: %d %v", tt.kind, tt.target, status, decided)
		}
	}
}

// On the ordinary listener the same fields decide nothing.
func TestForwardingFieldsAreDataWithoutATunnel(t *testing.T) {
	e, err := Open(t.Context(), testConfig(t))
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	req, err := http.NewRequestWithContext(t.Context(), "POST", e.URL+"/x", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Cf-Connecting-Ip", "203.0.113.9")
	req.Header.Set("X-Forwarded-Host", "evil.example")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	ex := e.Ring.Snapshot()[0]
	if ex.Via != "" || ex.PublicURL != "" || !strings.HasPrefix(ex.Request.Remote, "127.0.0.1:") {
		t.Errorf("%+v", ex)
	}
}

func TestBelow(t *testing.T) {
	for _, tt := range []struct {
		target, under string
		want          bool
	}{
		{"/anything", "", true},
		{"/hooks", "/hooks", true},
		{"/hooks/", "/hooks/", true},
		{"/hooks/a%20b?x=../y", "/hooks", true},
		{"/hooks?x=1", "/hooks", true},
		{"/hooksy", "/hooks", false},
		{"/", "/hooks", false},
		{"/admin", "/hooks", false},
		{"/hooks/../admin", "/hooks", false},
		{"/hooks/%2e%2e/admin", "/hooks", false},
		{"/hooks/..%2fadmin", "/hooks", false},
		{`/hooks/..\admin`, "/hooks", false},
		{"/hooks/%zz", "/hooks", false},
		{"/%C3%A9/a", "/é", true},
		{"/%c3%a9", "/%C3%A9", true},
		{"/%C3%A9/%2e%2e/admin", "/é", false},
		{"http://h/hooks", "/hooks", false},
	} {
		if got := below(tt.target, tt.under); got != tt.want {
			t.Errorf("%s below %s: %v", tt.target, tt.under, got)
		}
	}
}

// Only who called the very URL that went is named, not one whose URL begins alike.
func TestLastCaller(t *testing.T) {
	e, err := Open(t.Context(), testConfig(t))
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	for url, provider := range map[string]string{"https://a.example.com": "stripe", "https://a.example": "github"} {
		ex := &capture.Exchange{PublicURL: url, Sender: capture.Sender{Provider: provider}}
		if _, err := e.Ring.Submit(ex).Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for url, want := range map[string]string{"https://a.example": "github", "https://a.example.com": "stripe"} {
		if got := e.lastCaller(url); got != want {
			t.Errorf("%s: %q", url, got)
		}
	}
	if got := e.lastCaller("https://a"); got != "" {
		t.Errorf("%q", got)
	}
}

// What is believed of a request is what the service itself says. An HTTP proxy in between
// rewrites heads: what came through it is not exact.
func TestPolicy(t *testing.T) {
	tunnels := &Tunnels{}
	const proto = "X-Forwarded-Proto"
	for _, tt := range []struct {
		spec tunnel.Spec
		want server.Tunnel
	}{
		{tunnel.Spec{Kind: tunnel.Cloudflared}, server.Tunnel{Via: "cloudflared", ClientField: "Cf-Connecting-Ip", SchemeField: proto, Rewrites: true}},
		{tunnel.Spec{Kind: tunnel.Tailscale}, server.Tunnel{Via: "tailscale", Rewrites: true}},
		{tunnel.Spec{Kind: tunnel.SSH, Host: "a.example"}, server.Tunnel{Via: "a.example", ClientField: "X-Forwarded-For", SchemeField: proto, HostField: "X-Forwarded-Host", Rewrites: true}},
		{tunnel.Spec{Kind: tunnel.SSH, Host: "a.example", PublicURL: "https://hooks.example.com"}, server.Tunnel{Via: "a.example"}},
		{tunnel.Spec{Kind: tunnel.Relay, Host: "smee.io"}, server.Tunnel{Via: "smee.io", Rewrites: true}},
	} {
		got := tunnels.policy(&tunnel.Tunnel{}, tt.spec)
		if parsed := got.Reserialized != nil; parsed != (tt.spec.Kind == tunnel.Relay) {
			t.Errorf("%+v: it parses bodies: %v", tt.spec, parsed)
		}
		got.PublicURL, got.Reply, got.Reserialized = nil, nil, nil
		if d := cmp.Diff(tt.want, got); d != "" {
			t.Errorf("%+v: %s", tt.spec, d)
		}
	}
}

// What becomes of a tunnel is told in words, and to the screen.
func TestWordsAboutATunnel(t *testing.T) {
	var told []string
	c := testConfig(t)
	c.Problem, c.Notice = func(s string) { told = append(told, "problem: "+s) }, func(s string) { told = append(told, "notice: "+s) }
	var seen tunnel.Status
	c.Tunnel.Changed = func(s tunnel.Status) { seen = s }
	e, err := Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	ex := &capture.Exchange{PublicURL: "https://old.example", Sender: capture.Sender{Provider: "stripe"}}
	if _, err := e.Ring.Submit(ex).Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	const url = "https://a.example"
	changed := e.Tunnels.teller()
	for _, tt := range []struct {
		status tunnel.Status
		want   string
	}{
		{tunnel.Status{State: tunnel.Announced, URL: url}, ""},
		{tunnel.Status{State: tunnel.Up, URL: url, SelfTested: true}, "notice: https://a.example is up through x"},
		{tunnel.Status{State: tunnel.Up, URL: url}, "notice: https://a.example is up through x (not self-tested)"},
		{tunnel.Status{State: tunnel.Up, URL: url, Temporary: true}, "notice: https://a.example is up through x (not self-tested), a temporary URL"},
		{tunnel.Status{State: tunnel.Changed, URL: url, Previous: "https://other.example"}, "problem: the public URL changed: https://other.example is now https://a.example"},
		{tunnel.Status{State: tunnel.Changed, URL: url, Previous: "https://old.example"}, "problem: the public URL changed: https://old.example is now https://a.example: stripe called the old one last, change it there"},
		{tunnel.Status{State: tunnel.Reconnecting, Reason: "why"}, "problem: tunnel through x: why"},
		{tunnel.Status{State: tunnel.Reconnecting, Reason: "why"}, ""},
		{tunnel.Status{State: tunnel.Reconnecting, Reason: "another"}, "problem: tunnel through x: another"},
		{tunnel.Status{State: tunnel.Announced, URL: url}, ""},
		{tunnel.Status{State: tunnel.Reconnecting, Reason: "another"}, "problem: tunnel through x: another"},
		{tunnel.Status{State: tunnel.Ended, Reason: "why"}, "problem: tunnel through x ended: why"},
		{tunnel.Status{State: tunnel.Ended, Reason: tunnel.Stopped}, "notice: tunnel through x ended: it was stopped"},
	} {
		told = nil
		tt.status.Via = "x"
		changed(tt.status)
		if got := strings.Join(told, "\n"); got != tt.want {
			t.Errorf("%+v: %s", tt.status, got)
		}
		if strings.Contains(tt.want, "stripe") {
			tt.status.LastCaller = "stripe"
		}
		if seen != tt.status {
			t.Errorf("%+v was told as %+v", tt.status, seen)
		}
	}
}
