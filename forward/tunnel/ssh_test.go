package tunnel

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/crypto/ssh"

	"creel/forward/tunnel/tunneltest"
)

// trusting is a SSHConfig that trusts the service.
func trusting(f *tunneltest.Service) SSHConfig {
	return SSHConfig{Dial: f.Dial, Accept: func(context.Context, string, string) bool { return true }}
}

// opened is a tunnel to a fake service, served by an HTTP server that answers
// with the address of its client.
type opened struct {
	*Tunnel
	service *tunneltest.Service
	mu      sync.Mutex
	seen    []Status
}

// withTunnel runs a test on a tunnel in a bubble of its own time.
func withTunnel(t *testing.T, set func(*tunneltest.Service, *Config), test func(*testing.T, *opened)) {
	synctest.Test(t, func(t *testing.T) {
		f := tunneltest.New(t)
		o := &opened{service: f}
		c := Config{Spec: Spec{Kind: SSH, Host: "service.test", BindPort: 80}, SSH: trusting(f), Client: f.Public()}
		c.Changed = func(s Status) {
			o.mu.Lock()
			defer o.mu.Unlock()
			o.seen = append(o.seen, s)
		}
		if set != nil {
			set(f, &c)
		}
		tun, err := Start(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		o.Tunnel = tun
		server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if body, ok := tun.SelfTest(r.Method, r.RequestURI); ok {
				io.WriteString(w, body)
				return
			}
			io.WriteString(w, r.RemoteAddr)
		})}
		go server.Serve(tun)
		test(t, o)
		tun.Close()
		server.Close()
		f.Kill()
		synctest.Wait()
	})
}

// states are the states so far, with the URL where it is new.
func (o *opened) states() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	var out []string
	for _, s := range o.seen {
		text := string(s.State)
		if s.State == Up && s.SelfTested {
			text += " (self-tested)"
		}
		if len(out) == 0 || out[len(out)-1] != text {
			out = append(out, text)
		}
	}
	return out
}

func (o *opened) wantStates(t *testing.T, want ...string) {
	t.Helper()
	if d := cmp.Diff(want, o.states()); d != "" {
		t.Errorf("states (-want +got):\n%s", d)
	}
}

func get(t *testing.T, o *opened) string {
	t.Helper()
	resp, err := o.service.Public().Get("https://amber-fox.lhr.life/hook")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	return string(body)
}

// Services announce themselves and their connections in their own ways. All of
// them come up, and the address of the client is what the service says.
func TestSSHStyles(t *testing.T) {
	for _, tt := range []struct {
		name   string
		set    func(*tunneltest.Service)
		url    string
		remote string
	}{
		{"on stdout", func(*tunneltest.Service) {}, "https://amber-fox.lhr.life", "203.0.113.7:4711"},
		{"on stderr", func(f *tunneltest.Service) {
			f.Print = func(_, stderr io.Writer) { fmt.Fprintf(stderr, "HTTPS: https://a.tuns.sh\n") }
		}, "https://a.tuns.sh", "203.0.113.7:4711"},
		{"coloured", func(f *tunneltest.Service) {
			f.Print = tunneltest.Printing("\x1b[32mForwarding HTTP traffic from \x1b[1mhttps://a.serveo.net\x1b[0m")
		}, "https://a.serveo.net", "203.0.113.7:4711"},
		{"late, after its own pages", func(f *tunneltest.Service) {
			f.Print = func(w, _ io.Writer) {
				fmt.Fprintf(w, "Welcome to localhost.run! https://localhost.run/docs https://twitter.com/localhost_run\r\n")
				time.Sleep(urlTimeout - time.Second)
				fmt.Fprintf(w, "b.lhr.life tunneled with tls termination, https://b.lhr.life\r\n")
			}
		}, "https://b.lhr.life", "203.0.113.7:4711"},
		{"http, then https", func(f *tunneltest.Service) {
			f.Print = tunneltest.Printing("http://c.free.pinggy.link\r\nhttps://c.free.pinggy.link")
		}, "https://c.free.pinggy.link", "203.0.113.7:4711"},
		{"a name as the origin", func(f *tunneltest.Service) { f.Origin = "client.example" }, "https://amber-fox.lhr.life", "client.example:4711"},
		{"another address than asked for", func(f *tunneltest.Service) { f.Announce = "amber-fox.lhr.life" }, "https://amber-fox.lhr.life", "203.0.113.7:4711"},
		{"a shell only with a terminal", func(f *tunneltest.Service) { f.NoShell = true }, "https://amber-fox.lhr.life", "203.0.113.7:4711"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			withTunnel(t, func(f *tunneltest.Service, _ *Config) { tt.set(f) }, func(t *testing.T, o *opened) {
				time.Sleep(urlTimeout)
				if s := o.Status(); s.State != Up || !s.SelfTested || s.URL != tt.url {
					t.Errorf("status %+v", s)
				}
				if got := get(t, o); got != tt.remote {
					t.Errorf("remote address %q, want %q", got, tt.remote)
				}
				if got := o.service.Terminal(); got != o.service.NoShell {
					t.Errorf("it has a terminal: %v; it needs one: %v", got, o.service.NoShell)
				}
				if got := o.states(); len(got) < 2 || got[0] != "announced" || strings.Contains(fmt.Sprint(got), "changed") {
					t.Errorf("states %q", got)
				}
			})
		})
	}
}

// A URL in mid-session is a new one: the old one is named.
func TestSSHNewURLInMidSession(t *testing.T) {
	withTunnel(t, nil, func(t *testing.T, o *opened) {
		time.Sleep(time.Second)
		o.wantStates(t, "announced", "up (self-tested)")
		o.service.Say("https://new-name.lhr.life")
		time.Sleep(time.Second)
		o.wantStates(t, "announced", "up (self-tested)", "changed", "announced", "up (self-tested)")
		for _, s := range o.seen {
			if s.State == Changed && (s.Previous != "https://amber-fox.lhr.life" || s.URL != "https://new-name.lhr.life") {
				t.Errorf("changed: %+v", s)
			}
		}
	})
}

// A lost connection is made again by itself, and the listener goes on.
func TestSSHReconnects(t *testing.T) {
	withTunnel(t, nil, func(t *testing.T, o *opened) {
		time.Sleep(time.Second)
		o.service.Kill()
		synctest.Wait()
		if s := o.Status(); s.State != Reconnecting || s.Reason != "service.test: the server closed the connection" {
			t.Errorf("after the kill: %+v", s)
		}
		time.Sleep(2 * time.Second)
		if got := get(t, o); got != "203.0.113.7:4711" {
			t.Errorf("after it is back: %q", got)
		}
		o.wantStates(t, "announced", "up (self-tested)", "reconnecting", "announced", "up (self-tested)")
	})
}

// A server that answers no keepalive is given up after two; one that refuses
// them is alive.
func TestSSHKeepAlive(t *testing.T) {
	for _, deaf := range []bool{false, true} {
		withTunnel(t, func(f *tunneltest.Service, _ *Config) { f.Deaf = deaf }, func(t *testing.T, o *opened) {
			time.Sleep(2*keepAliveEvery + time.Second)
			logins := o.service.Logins()
			if lost := o.Status().State == Reconnecting || logins > 1; lost != deaf {
				t.Errorf("deaf %v: %d logins, %+v", deaf, logins, o.Status())
			}
		})
	}
}

func TestSSHWithoutAURL(t *testing.T) {
	withTunnel(t, func(f *tunneltest.Service, _ *Config) { f.Print = tunneltest.Printing("Welcome") }, func(t *testing.T, o *opened) {
		time.Sleep(urlTimeout + time.Millisecond)
		if s := o.Status(); s.State != Reconnecting || !strings.Contains(s.Reason, "printed no URL within 20s") || o.service.Clients() != 0 {
			t.Errorf("status %+v, %d connections are left", s, o.service.Clients())
		}
	})
}

// A server of one's own prints nothing: its URL is given.
func TestSSHOwnServer(t *testing.T) {
	withTunnel(t, func(f *tunneltest.Service, c *Config) {
		f.Print = nil
		c.Spec.PublicURL, c.Spec.BindHost, c.Spec.BindPort = "https://hooks.example.com", "localhost", 8080
	}, func(t *testing.T, o *opened) {
		time.Sleep(time.Second)
		if s := o.Status(); s.State != Up || s.URL != "https://hooks.example.com" {
			t.Errorf("status %+v", s)
		}
		if got := o.service.Asked(); got.Addr != "localhost" || got.Port != 8080 {
			t.Errorf("asked for %+v", got)
		}
	})
}

// An account that may only forward has no shell. That does not matter where the URL is
// given, and is said where it would have to be printed.
func TestSSHWithoutAShell(t *testing.T) {
	for url, want := range map[string]State{"https://hooks.example.com": Up, "": Reconnecting} {
		withTunnel(t, func(f *tunneltest.Service, c *Config) {
			f.Locked = true
			c.Spec.PublicURL = url
		}, func(t *testing.T, o *opened) {
			time.Sleep(100 * time.Millisecond)
			if s := o.Status(); s.State != want || want != Up && !strings.Contains(s.Reason, "shell") {
				t.Errorf("with the URL %q: %+v", url, s)
			}
		})
	}
}

func TestSSHRefusals(t *testing.T) {
	for _, tt := range []struct {
		name string
		set  func(*tunneltest.Service, *Config)
		want string
	}{
		{"no forwarding", func(f *tunneltest.Service, _ *Config) { f.Refuse = true }, "does not forward"},
		{"unknown host key", func(_ *tunneltest.Service, c *Config) { c.SSH.Accept = nil }, "is unknown: SHA256:"},
		{"host key not accepted", func(_ *tunneltest.Service, c *Config) {
			c.SSH.Accept = func(context.Context, string, string) bool { return false }
		}, "is unknown: SHA256:"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			withTunnel(t, tt.set, func(t *testing.T, o *opened) {
				time.Sleep(time.Hour)
				if s := o.Status(); s.State != Ended || !strings.Contains(s.Reason, tt.want) || o.service.Clients() != 0 {
					t.Errorf("status %+v, %d connections are left", s, o.service.Clients())
				}
			})
		})
	}
}

// An accepted key is remembered; another key under its name is refused, even
// where unknown keys are accepted.
func TestSSHHostKeys(t *testing.T) {
	file := filepath.Join(t.TempDir(), "creel", "known_hosts")
	asked := 0
	set := func(f *tunneltest.Service, c *Config) {
		c.SSH.KnownHosts = file
		c.SSH.Accept = func(_ context.Context, host, fingerprint string) bool {
			asked++
			if host != "service.test" || !strings.HasPrefix(fingerprint, "SHA256:") {
				t.Errorf("asked for %q %q", host, fingerprint)
			}
			return true
		}
	}
	var key ssh.Signer
	withTunnel(t, func(f *tunneltest.Service, c *Config) { set(f, c); key = f.Key }, func(t *testing.T, o *opened) {
		time.Sleep(time.Second)
		o.service.Kill()
		time.Sleep(5 * time.Second)
		if s := o.Status(); s.State != Up || asked != 1 {
			t.Errorf("asked %d times, %+v", asked, s)
		}
	})
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("known hosts: %v %v", info, err)
	}
	withTunnel(t, func(f *tunneltest.Service, c *Config) { set(f, c); f.Key = key }, func(t *testing.T, o *opened) {
		time.Sleep(time.Second)
		if s := o.Status(); s.State != Up || asked != 1 {
			t.Errorf("a known key: asked %d times, %+v", asked, s)
		}
	})
	withTunnel(t, set, func(t *testing.T, o *opened) {
		time.Sleep(time.Second)
		if s := o.Status(); s.State != Ended || !strings.Contains(s.Reason, "has changed") || asked != 1 {
			t.Errorf("a changed key: asked %d times, %+v", asked, s)
		}
	})
}

// Many connections at once all arrive.
func TestSSHManyChannels(t *testing.T) {
	withTunnel(t, nil, func(t *testing.T, o *opened) {
		time.Sleep(time.Second)
		var all sync.WaitGroup
		for range 200 {
			all.Go(func() {
				if got := get(t, o); got != "203.0.113.7:4711" {
					t.Errorf("got %q", got)
				}
			})
		}
		all.Wait()
	})
}

// Where the URL is served by something else, the tunnel is not up, and says so.
func TestNotUpWhenTheURLAnswersOtherwise(t *testing.T) {
	withTunnel(t, func(_ *tunneltest.Service, c *Config) {
		c.Client = &http.Client{Transport: roundTrip(func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 502, Body: io.NopCloser(strings.NewReader("bad gateway"))}, nil
		})}
	}, func(t *testing.T, o *opened) {
		time.Sleep(time.Minute)
		if s := o.Status(); s.State != Announced || !strings.Contains(s.Reason, "502") {
			t.Errorf("status %+v", s)
		}
		o.CameThrough()
		if s := o.Status(); s.State != Up || s.SelfTested {
			t.Errorf("after a request came through: %+v", s)
		}
	})
}

// Where the name cannot be reached from here, the word of the service counts.
func TestUpWithoutSelfTest(t *testing.T) {
	withTunnel(t, func(_ *tunneltest.Service, c *Config) {
		c.Client = failingClient
	}, func(t *testing.T, o *opened) {
		time.Sleep(time.Minute)
		o.wantStates(t, "announced", "up")
	})
}

// The self test asks often at first and then now and then, and begins with a URL: that
// a service vouches for a tunnel without one proves nothing.
func TestSelfTestSlowsDown(t *testing.T) {
	var mu sync.Mutex
	asked := map[string]int{}
	client := &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		mu.Lock()
		defer mu.Unlock()
		asked[r.URL.Host]++
		return &http.Response{StatusCode: http.StatusNotFound, Body: http.NoBody}, nil
	})}
	want := func(t *testing.T, want map[string]int) {
		t.Helper()
		synctest.Wait()
		mu.Lock()
		defer mu.Unlock()
		if d := cmp.Diff(want, asked); d != "" {
			t.Errorf("asked (-want +got):\n%s", d)
		}
	}
	withSession(t, Spec{Kind: Cloudflared}, client, func(ctx context.Context, announce func(string), vouch func()) error {
		vouch()
		time.Sleep(10 * time.Second)
		announce("https://a.example")
		time.Sleep(10 * time.Minute)
		announce("https://b.example")
		<-ctx.Done()
		return ctx.Err()
	}, func(t *testing.T, _ *Tunnel, _ func(time.Duration)) {
		time.Sleep(9 * time.Second)
		want(t, map[string]int{})
		time.Sleep(time.Second + (probeQuick-1)*probeEvery)
		want(t, map[string]int{"a.example": probeQuick})
		time.Sleep(probeSlowly - time.Second)
		want(t, map[string]int{"a.example": probeQuick})
		time.Sleep(time.Second)
		want(t, map[string]int{"a.example": probeQuick + 1})
		time.Sleep(10 * time.Minute)
		mu.Lock()
		defer mu.Unlock()
		if asked["b.example"] < probeQuick {
			t.Errorf("a new URL is asked for at once: %v", asked)
		}
	})
}

// failingClient reaches nothing.
var failingClient = &http.Client{Transport: roundTrip(func(*http.Request) (*http.Response, error) {
	return nil, errors.New("no such host")
})}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestEndsByItself(t *testing.T) {
	withTunnel(t, func(_ *tunneltest.Service, c *Config) { c.For = time.Hour }, func(t *testing.T, o *opened) {
		time.Sleep(time.Hour - time.Second)
		if s := o.Status(); s.State != Up {
			t.Errorf("before its time: %+v", s)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if s := o.Status(); s.State != Ended || s.Reason != errTime.Error() {
			t.Errorf("after its time: %+v", s)
		}
	})
}

// The self test answers its own token only, and not with what was asked.
func TestSelfTest(t *testing.T) {
	tun := &Tunnel{token: "ABC"}
	for target, want := range map[string]bool{probePath + "ABC": true, probePath + "ABD": false, probePath: false, "/": false} {
		if _, ok := tun.SelfTest("GET", target); ok != want {
			t.Errorf("%s: %v", target, ok)
		}
	}
	if _, ok := tun.SelfTest("POST", probePath+"ABC"); ok {
		t.Error("a POST is no self test")
	}
	if body, _ := tun.SelfTest("GET", probePath+"ABC"); strings.Contains(body, "ABC") {
		t.Errorf("%q echoes the token", body)
	}
}
