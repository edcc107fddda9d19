//go:build unix

package tunnel

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// script puts a program on PATH that does what the shell text says.
func script(t *testing.T, program, text string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, program), []byte("#!/bin/sh\ncd "+dir+"\n"+text), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	return dir
}

// steps records what a session reports.
type steps struct {
	mu  sync.Mutex
	all []string
}

func (s *steps) add(step string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, step)
}

// runOnce runs a session until it ends or vouches for itself.
func runOnce(t *testing.T, s session) ([]string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	var got steps
	err := s.run(ctx, func(url string) { got.add(url) }, func() { got.add("works"); cancel() })
	return got.all, err
}

const registered = `echo '{"level":"info","message":"Registered tunnel connection connIndex=0"}' >&2
exec sleep 60
`

const announced = `echo '{"level":"info","message":"Requesting new quick Tunnel on trycloudflare.com..."}' >&2
echo '{"level":"info","message":"|  https://amber-fox-1.trycloudflare.com  |"}' >&2
`

func TestCloudflared(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       []string
		err        string
		after      time.Duration
	}{
		{
			"good", announced + registered,
			[]string{"https://amber-fox-1.trycloudflare.com", "works"},
			"context canceled", 0,
		},
		{
			"too many", `echo '{"level":"error","error":"429 Too Many Requests","message":"https://api.trycloudflare.com/tunnel"}' >&2; exit 1`,
			nil, "Cloudflare limits new tunnels: next try in 4 min", 4 * time.Minute,
		},
		{
			"error 1015", `echo 'failed to unmarshal quick Tunnel: error code: 1015' >&2; exit 1`,
			nil, "Cloudflare limits new tunnels: next try in 4 min", 4 * time.Minute,
		},
		{
			"only the host of the service", `echo '{"level":"info","message":"POST https://api.trycloudflare.com"}' >&2; exit 1`,
			nil, "cloudflared ended: exit status 1", 0,
		},
		{"ends by itself", "exit 0", nil, "cloudflared ended: exit status 0", 0},
		{
			"a URL on an error line", `echo '{"level":"error","message":"https://x-y.trycloudflare.com unreachable"}' >&2; exit 1`,
			nil, "cloudflared ended: exit status 1", 0,
		},
		{
			"a passing fault", `echo 'failed to parse quick Tunnel ID: invalid UUID length: 0' >&2; exit 1`,
			nil, "invalid UUID length: 0", 2 * time.Second,
		},
		{
			"QUIC is blocked", announced + `echo '{"level":"error","message":"Failed to dial a quic connection error"}' >&2; exec sleep 60`,
			[]string{"https://amber-fox-1.trycloudflare.com"},
			"QUIC does not get through here", time.Millisecond,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			script(t, "cloudflared", tt.text)
			c, err := newCloudflared(1234)
			if err != nil {
				t.Fatal(err)
			}
			got, err := runOnce(t, c)
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("steps: %s", d)
			}
			if err == nil || !strings.Contains(err.Error(), tt.err) || strings.Contains(err.Error(), "%!") {
				t.Errorf("error %v, want %s", err, tt.err)
			}
			var f *Failure
			if errors.As(err, &f); f == nil && tt.after != 0 || f != nil && f.After != tt.after {
				t.Errorf("failure %+v, want after %v", f, tt.after)
			}
		})
	}
}

// What was wrong before a tunnel is registered is over then, by whichever word it is; the
// program connects again by itself, with the same URL.
func TestCloudflaredIsRegistered(t *testing.T) {
	const (
		quic    = "Failed to dial a quic connection"
		limited = "429 Too Many Requests"
	)
	for _, works := range []func(*cloudflaredRun){
		(*cloudflaredRun).works,
		func(r *cloudflaredRun) { r.line("Registered tunnel connection connIndex=0") },
	} {
		for _, c := range []struct {
			before, after string
			ended, failed bool
		}{
			{quic, "", true, false},
			{"", quic, false, false},
			{limited, "", false, false},
			{"", limited, false, true},
		} {
			var ended error
			vouched := 0
			r := &cloudflaredRun{announce: func(string) {}, vouch: func() { vouched++ }, end: func(err error) { ended = err }, ready: make(chan string, 1)}
			r.line(c.before)
			works(r)
			r.line(c.after)
			if (ended != nil) != c.ended || (r.failure.Load() != nil) != c.failed || vouched != 1 {
				t.Errorf("%q, registered, %q: ended by %v, failure %v, vouched %d times", c.before, c.after, ended, r.failure.Load(), vouched)
			}
		}
	}
}

// After QUIC did not get through, by its own word or because nothing registers,
// the next run asks for HTTP/2.
func TestCloudflaredFallsBackToHTTP2(t *testing.T) {
	for _, word := range []string{`echo "Failed to dial a quic connection" >&2`, ":"} {
		dir := script(t, "cloudflared", `echo "$@" >>args
case "$*" in
*http2*) `+announced+registered+`;;
*) `+announced+word+`; exec sleep 60 ;;
esac
`)
		c, err := newCloudflared(1234)
		if err != nil {
			t.Fatal(err)
		}
		c.quicTimeout = 50 * time.Millisecond
		if _, err := runOnce(t, c); !errors.Is(err, errNoQUIC) {
			t.Fatalf("first run: %v", err)
		}
		if got, _ := runOnce(t, c); !slices.Contains(got, "works") { // before or after the URL is read
			t.Errorf("second run: %q", got)
		}
		args, _ := os.ReadFile(filepath.Join(dir, "args"))
		want := "tunnel --no-autoupdate --metrics 127.0.0.1:0 --output json --url http://127.0.0.1:1234\n" +
			"tunnel --no-autoupdate --metrics 127.0.0.1:0 --output json --url http://127.0.0.1:1234 --protocol http2\n"
		if d := cmp.Diff(want, string(args)); d != "" {
			t.Errorf("arguments: %s", d)
		}
	}
}

// A fault that passes is tried three times, then given minutes.
func TestCloudflaredGivesTheServiceTime(t *testing.T) {
	script(t, "cloudflared", `echo "invalid UUID length: 0" >&2; exit 1`)
	c, err := newCloudflared(1)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []time.Duration{2 * time.Second, 4 * time.Second, 6 * time.Second, limitedDelay} {
		var f *Failure
		if _, err := runOnce(t, c); !errors.As(err, &f) || f.After != want {
			t.Errorf("got %v, want a try after %v", err, want)
		}
	}
}

// Faults are counted anew once a tunnel has worked.
func TestCloudflaredForgetsOldFaults(t *testing.T) {
	script(t, "cloudflared", `echo >>runs
if [ $(wc -l <runs) -eq 4 ]; then
`+announced+registered+`fi
echo "invalid UUID length: 0" >&2; exit 1`)
	c, err := newCloudflared(1)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []time.Duration{2 * time.Second, 4 * time.Second, 6 * time.Second, 0, 2 * time.Second} {
		got, err := runOnce(t, c)
		var f *Failure
		if errors.As(err, &f) != (want != 0) || f != nil && f.After != want || slices.Contains(got, "works") != (want == 0) {
			t.Errorf("%q, %v, want a try after %v", got, err, want)
		}
	}
}

// The program's own word that it is ready is as good as its log.
func TestCloudflaredReady(t *testing.T) {
	metrics := http.Server{Addr: "127.0.0.1:0", Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/ready" {
			w.WriteHeader(http.StatusNotFound)
		}
	})}
	q := mustListen(t)
	go metrics.Serve(q)
	defer metrics.Close()
	script(t, "cloudflared", `echo '{"level":"info","message":"Starting metrics server on `+q.Addr().String()+`/metrics"}' >&2
`+announced+`exec sleep 60
`)
	c, err := newCloudflared(1)
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := runOnce(t, c); !slices.Contains(got, "works") { // before or after the URL is read
		t.Errorf("steps %q", got)
	}
}

func TestTailscale(t *testing.T) {
	const allowed = `{"BackendState":"Running","Self":{"DNSName":"box.tail1.ts.net.","CapMap":{"https://tailscale.com/cap/funnel":null}}}`
	for _, tt := range []struct {
		name, status, funnel string
		want                 []string
		err                  string
		permanent            bool
	}{
		{
			"good", allowed, `echo "Available on the internet:"; echo "https://box.tail1.ts.net/"; exec sleep 60`,
			[]string{"https://box.tail1.ts.net", "works"},
			"context canceled", false,
		},
		{"not allowed", `{"BackendState":"Running","Self":{"DNSName":"box.","CapMap":{"https":null}}}`, "", nil, "allows no Funnel", true},
		{"not logged in", `{"BackendState":"NeedsLogin","Self":{}}`, "", nil, "run `tailscale up`", true},
		{"stopped", `{"BackendState":"Stopped","Self":{}}`, "", nil, "tailscale is stopped", true},
		{"no name", `{"BackendState":"Running","Self":{"CapMap":{"funnel":null}}}`, "", nil, "has no name for this machine yet", false},
		{"no daemon", `failed to connect to local tailscaled`, "", nil, "is tailscaled running?", false},
		{"refused", allowed, `echo "port is in use" >&2; exit 1`, nil, "tailscale ended: exit status 1: port is in use", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			script(t, "tailscale", `case "$1" in
status) echo '`+tt.status+`' ;;
funnel) [ "$*" = "funnel --yes 1234" ] || exit 9; `+tt.funnel+` ;;
esac
`)
			s, err := newTailscale(1234)
			if err != nil {
				t.Fatal(err)
			}
			got, err := runOnce(t, s)
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("steps: %s", d)
			}
			if err == nil || !strings.Contains(err.Error(), tt.err) || strings.Contains(err.Error(), "%!") {
				t.Errorf("error %v, want %s", err, tt.err)
			}
			var f *Failure
			if errors.As(err, &f) != tt.permanent {
				t.Errorf("permanent: %v", err)
			}
		})
	}
}

// What the program said last is part of why it ended by itself, and of nothing else.
func TestLastWordsOfTailscale(t *testing.T) {
	for funnel, want := range map[string]string{
		"exit 1":                                 "exit status 1",
		"exit 0":                                 "exit status 0",
		"echo one; echo; echo two; echo; exit 1": "exit status 1: two",
		`echo look out; echo "Available on the internet:"; exec sleep 60`: "context canceled",
	} {
		dir := script(t, "tailscale", `case "$1" in
status) echo '{"BackendState":"Running","Self":{"DNSName":"box.","CapMap":{"funnel":null}}}' ;;
funnel) `+funnel+` ;;
esac
`)
		s, err := newTailscale(1)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := runOnce(t, s); err == nil || strings.TrimPrefix(err.Error(), filepath.Join(dir, "tailscale")+" ended: ") != want {
			t.Errorf("%s: %v, want %s", funnel, err, want)
		}
	}
}

// What is not installed is said at once, with a way out.
func TestNotInstalled(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	for _, kind := range []Kind{Cloudflared, Tailscale} {
		_, err := Start(t.Context(), Config{Spec: Spec{Kind: kind}})
		if err == nil || !strings.Contains(err.Error(), "is not installed: ") || !strings.Contains(err.Error(), "ssh://localhost.run") {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

// What the program started ends with it.
func TestTheWholeGroupEnds(t *testing.T) {
	dir := script(t, "cloudflared", `sleep 60 & echo $! >child
`+announced+registered)
	c, err := newCloudflared(1)
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := runOnce(t, c); len(got) != 2 {
		t.Fatalf("steps %q", got)
	}
	data, err := os.ReadFile(filepath.Join(dir, "child"))
	if err != nil {
		t.Fatal(err)
	}
	child := strings.TrimSpace(string(data))
	runs := func() bool {
		p, _ := os.ReadFile("/proc/" + child + "/stat")
		return len(p) > 0 && !strings.Contains(string(p), ") Z ")
	}
	for end := time.Now().Add(5 * time.Second); runs(); time.Sleep(time.Millisecond) { // it was killed, and takes its time
		if time.Now().After(end) {
			t.Fatalf("%s runs on", child)
		}
	}
}

// A long line of output is cut, and the next one is read.
func TestLinesAreBounded(t *testing.T) {
	var got []string
	eachLine(strings.NewReader(strings.Repeat("x", 3*maxLine)+"\nnext\nlast"), func(l string) { got = append(got, l) })
	if len(got) != 3 || len(got[0]) != maxLine || got[1] != "next" || got[2] != "last" {
		t.Errorf("%d lines, the first of %d bytes", len(got), len(got[0]))
	}
	eachLine(io.MultiReader(), func(string) { t.Error("a line of nothing") })
}
