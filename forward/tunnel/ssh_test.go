package tunnel

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
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
)

// fakeService is an ssh server with a public side, as localhost.run and others
// are. Everything runs over pipes, so that tests need no time and no network.
type fakeService struct {
	t   *testing.T
	key ssh.Signer

	print    func(stdout, stderr io.Writer) // what a shell prints; nil prints nothing
	noShell  bool                           // a shell only with a terminal
	refuse   bool                           // forwards nothing
	deaf     bool                           // answers no keepalive
	origin   string                         // of the connections that it announces
	announce string                         // the address that it announces, whatever was asked for

	mu     sync.Mutex
	client *ssh.ServerConn
	shell  ssh.Channel
	asked  forwardRequest
	logins int
}

func newFakeService(t *testing.T) *fakeService {
	t.Helper()
	_, priv, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ssh.NewSignerFromKey(priv)
	if err != nil {
		t.Fatal(err)
	}
	return &fakeService{t: t, key: key, origin: "203.0.113.7", announce: "", print: printing("https://amber-fox.lhr.life")}
}

func printing(line string) func(io.Writer, io.Writer) {
	return func(stdout, _ io.Writer) { fmt.Fprintf(stdout, "%s\r\n", line) }
}

// dial is a SSHConfig.Dial.
func (f *fakeService) dial(context.Context, string, string) (net.Conn, error) {
	client, server := net.Pipe()
	go f.serve(newBuffered(server))
	return newBuffered(client), nil
}

// buffered is a pipe whose writes do not wait for a reader: both sides of ssh
// begin with a write.
type buffered struct {
	net.Conn
	writes chan []byte
	once   sync.Once
	done   chan struct{}
}

func newBuffered(c net.Conn) *buffered {
	b := &buffered{Conn: c, writes: make(chan []byte, 1<<12), done: make(chan struct{})}
	go func() {
		for {
			select {
			case p := <-b.writes:
				if _, err := c.Write(p); err != nil {
					return
				}
			case <-b.done:
				return
			}
		}
	}()
	return b
}

func (b *buffered) Write(p []byte) (int, error) {
	select {
	case b.writes <- append([]byte(nil), p...):
		return len(p), nil
	case <-b.done:
		return 0, net.ErrClosed
	}
}

func (b *buffered) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 22} }

func (b *buffered) Close() error {
	b.once.Do(func() { close(b.done) })
	return b.Conn.Close()
}

func (f *fakeService) serve(conn net.Conn) {
	config := &ssh.ServerConfig{NoClientAuth: true}
	config.AddHostKey(f.key)
	sc, chans, reqs, err := ssh.NewServerConn(conn, config)
	if err != nil {
		return
	}
	f.mu.Lock()
	f.client = sc
	f.logins++
	f.mu.Unlock()
	go f.requests(reqs)
	for nc := range chans {
		ch, reqs, err := nc.Accept()
		if err == nil {
			go f.session(ch, reqs)
		}
	}
}

func (f *fakeService) requests(reqs <-chan *ssh.Request) {
	for r := range reqs {
		switch {
		case r.Type == "tcpip-forward":
			f.mu.Lock()
			_ = ssh.Unmarshal(r.Payload, &f.asked)
			f.mu.Unlock()
			_ = r.Reply(!f.refuse, nil)
		case r.Type == "keepalive@openssh.com" && f.deaf:
		default:
			_ = r.Reply(false, nil)
		}
	}
}

func (f *fakeService) session(ch ssh.Channel, reqs <-chan *ssh.Request) {
	pty := false
	for r := range reqs {
		switch r.Type {
		case "pty-req":
			pty = true
			_ = r.Reply(true, nil)
		case "shell":
			if f.noShell && !pty {
				_ = r.Reply(false, nil)
				continue
			}
			_ = r.Reply(true, nil)
			f.mu.Lock()
			f.shell = ch
			f.mu.Unlock()
			if f.print != nil {
				f.print(ch, ch.Stderr())
			}
		default:
			_ = r.Reply(false, nil)
		}
	}
}

// open opens a connection from the public side.
func (f *fakeService) open() (net.Conn, error) {
	f.mu.Lock()
	client, addr := f.client, f.asked.Addr
	f.mu.Unlock()
	if client == nil {
		return nil, errors.New("nobody is connected")
	}
	if f.announce != "" {
		addr = f.announce
	}
	ch, reqs, err := client.OpenChannel("forwarded-tcpip", ssh.Marshal(forwardedChannel{addr, 80, f.origin, 4711}))
	if err != nil {
		return nil, err
	}
	go ssh.DiscardRequests(reqs)
	return newChannelConn(ch, name("service"), name("creel")), nil
}

// kill ends the connection to the client.
func (f *fakeService) kill() {
	f.mu.Lock()
	defer f.mu.Unlock()
	_ = f.client.Close()
}

// public is an HTTP client that goes through the public side.
func (f *fakeService) public() *http.Client {
	return &http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext:       func(context.Context, string, string) (net.Conn, error) { return f.open() },
		DialTLSContext:    func(context.Context, string, string) (net.Conn, error) { return f.open() },
	}}
}

// trusting is a SSHConfig that trusts the service.
func (f *fakeService) trusting() SSHConfig {
	return SSHConfig{Dial: f.dial, Accept: func(context.Context, string, string) bool { return true }}
}

// opened is a tunnel to a fake service, served by an HTTP server that answers
// with the address of its client.
type opened struct {
	*Tunnel
	service *fakeService
	mu      sync.Mutex
	seen    []Status
}

// withTunnel runs a test on a tunnel in a bubble of its own time.
func withTunnel(t *testing.T, set func(*fakeService, *Config), test func(*testing.T, *opened)) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeService(t)
		o := &opened{service: f}
		c := Config{Spec: Spec{Kind: SSH, Host: "service.test", BindPort: 80}, SSH: f.trusting(), Client: f.public()}
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
		f.mu.Lock()
		if f.client != nil {
			f.client.Close()
		}
		f.mu.Unlock()
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
	resp, err := o.service.public().Get("https://amber-fox.lhr.life/hook")
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
		set    func(*fakeService)
		url    string
		remote string
	}{
		{"on stdout", func(*fakeService) {}, "https://amber-fox.lhr.life", "203.0.113.7:4711"},
		{"on stderr", func(f *fakeService) {
			f.print = func(_, stderr io.Writer) { fmt.Fprintf(stderr, "HTTPS: https://a.tuns.sh\n") }
		}, "https://a.tuns.sh", "203.0.113.7:4711"},
		{"coloured", func(f *fakeService) {
			f.print = printing("\x1b[32mForwarding HTTP traffic from \x1b[1mhttps://a.serveo.net\x1b[0m")
		}, "https://a.serveo.net", "203.0.113.7:4711"},
		{"late, after its own pages", func(f *fakeService) {
			f.print = func(w, _ io.Writer) {
				fmt.Fprintf(w, "Welcome to localhost.run! https://localhost.run/docs https://twitter.com/localhost_run\r\n")
				time.Sleep(urlTimeout - time.Second)
				fmt.Fprintf(w, "b.lhr.life tunneled with tls termination, https://b.lhr.life\r\n")
			}
		}, "https://b.lhr.life", "203.0.113.7:4711"},
		{"http, then https", func(f *fakeService) {
			f.print = printing("http://c.free.pinggy.link\r\nhttps://c.free.pinggy.link")
		}, "https://c.free.pinggy.link", "203.0.113.7:4711"},
		{"a name as the origin", func(f *fakeService) { f.origin = "client.example" }, "https://amber-fox.lhr.life", "client.example:4711"},
		{"another address than asked for", func(f *fakeService) { f.announce = "amber-fox.lhr.life" }, "https://amber-fox.lhr.life", "203.0.113.7:4711"},
		{"a shell only with a terminal", func(f *fakeService) { f.noShell = true }, "https://amber-fox.lhr.life", "203.0.113.7:4711"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			withTunnel(t, func(f *fakeService, _ *Config) { tt.set(f) }, func(t *testing.T, o *opened) {
				time.Sleep(urlTimeout)
				if s := o.Status(); s.State != Up || !s.SelfTested || s.URL != tt.url {
					t.Errorf("status %+v", s)
				}
				if got := get(t, o); got != tt.remote {
					t.Errorf("remote address %q, want %q", got, tt.remote)
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
		fmt.Fprintf(o.service.shell, "https://new-name.lhr.life\r\n")
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
		o.service.kill()
		synctest.Wait()
		if s := o.Status(); s.State != Reconnecting || s.Reason == "" || s.NextTry.IsZero() {
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
		withTunnel(t, func(f *fakeService, _ *Config) { f.deaf = deaf }, func(t *testing.T, o *opened) {
			time.Sleep(2*keepAliveEvery + time.Second)
			o.service.mu.Lock()
			logins := o.service.logins
			o.service.mu.Unlock()
			if lost := o.Status().State == Reconnecting || logins > 1; lost != deaf {
				t.Errorf("deaf %v: %d logins, %+v", deaf, logins, o.Status())
			}
		})
	}
}

func TestSSHWithoutAURL(t *testing.T) {
	withTunnel(t, func(f *fakeService, _ *Config) { f.print = printing("Welcome") }, func(t *testing.T, o *opened) {
		time.Sleep(urlTimeout + time.Millisecond)
		if s := o.Status(); s.State != Reconnecting || !strings.Contains(s.Reason, "printed no URL within 20s") {
			t.Errorf("status %+v", s)
		}
	})
}

// A server of one's own prints nothing: its URL is given.
func TestSSHOwnServer(t *testing.T) {
	withTunnel(t, func(f *fakeService, c *Config) {
		f.print = nil
		c.Spec.PublicURL, c.Spec.BindHost, c.Spec.BindPort = "https://hooks.example.com", "localhost", 8080
	}, func(t *testing.T, o *opened) {
		time.Sleep(time.Second)
		if s := o.Status(); s.State != Up || s.URL != "https://hooks.example.com" {
			t.Errorf("status %+v", s)
		}
		if got := o.service.asked; got.Addr != "localhost" || got.Port != 8080 {
			t.Errorf("asked for %+v", got)
		}
	})
}

func TestSSHRefusals(t *testing.T) {
	for _, tt := range []struct {
		name string
		set  func(*fakeService, *Config)
		want string
	}{
		{"no forwarding", func(f *fakeService, _ *Config) { f.refuse = true }, "does not forward"},
		{"unknown host key", func(_ *fakeService, c *Config) { c.SSH.Accept = nil }, "is unknown: SHA256:"},
		{"host key not accepted", func(_ *fakeService, c *Config) {
			c.SSH.Accept = func(context.Context, string, string) bool { return false }
		}, "is unknown: SHA256:"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			withTunnel(t, tt.set, func(t *testing.T, o *opened) {
				time.Sleep(time.Hour)
				if s := o.Status(); s.State != Ended || !strings.Contains(s.Reason, tt.want) {
					t.Errorf("status %+v", s)
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
	set := func(f *fakeService, c *Config) {
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
	withTunnel(t, func(f *fakeService, c *Config) { set(f, c); key = f.key }, func(t *testing.T, o *opened) {
		time.Sleep(time.Second)
		o.service.kill()
		time.Sleep(5 * time.Second)
		if s := o.Status(); s.State != Up || asked != 1 {
			t.Errorf("asked %d times, %+v", asked, s)
		}
	})
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("known hosts: %v %v", info, err)
	}
	withTunnel(t, func(f *fakeService, c *Config) { set(f, c); f.key = key }, func(t *testing.T, o *opened) {
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
	withTunnel(t, func(_ *fakeService, c *Config) {
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
	withTunnel(t, func(_ *fakeService, c *Config) {
		c.Client = failingClient
	}, func(t *testing.T, o *opened) {
		time.Sleep(time.Minute)
		o.wantStates(t, "announced", "up")
	})
}

// failingClient reaches nothing.
var failingClient = &http.Client{Transport: roundTrip(func(*http.Request) (*http.Response, error) {
	return nil, errors.New("no such host")
})}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestEndsByItself(t *testing.T) {
	withTunnel(t, func(_ *fakeService, c *Config) { c.For = time.Hour }, func(t *testing.T, o *opened) {
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
