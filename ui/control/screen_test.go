package control

import (
	"bytes"
	"context"
	"crypto/rand"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"sync"
	"testing"
	"time"

	"creel/capture"
	"creel/capture/provider"
	"creel/ui"
	"creel/ui/uitest"
)

// outside lets no request through that is made while the screen waits for it: in
// Update, in View, or in what they call.
type outside struct {
	http.RoundTripper
	mu     sync.Mutex
	inside map[string]string // where the screen was, by path
	done   map[string]bool
}

func (o *outside) RoundTrip(r *http.Request) (*http.Response, error) {
	o.mu.Lock()
	o.done[r.URL.Path] = true
	stack := debug.Stack()
	for _, f := range []string{"ui.(*Model).Update", "ui.(*Model).View", "ui.(*Model).Refresh"} {
		if bytes.Contains(stack, []byte(f)) {
			o.inside[r.URL.Path] = string(stack)
		}
	}
	o.mu.Unlock()
	return o.RoundTripper.RoundTrip(r)
}

// attachedScreen is a screen on a client of p, all of whose requests are watched.
func attachedScreen(t *testing.T, p *pair) (*uitest.Screen, *Client, *outside) {
	t.Helper()
	c, err := Connect(t.Context(), ClientConfig{
		Dial:   func(ctx context.Context) (net.Conn, error) { return Dial(ctx, p.path) },
		Notice: func(string) {}, Problem: func(s string) { t.Log("problem:", s) },
	})
	if err != nil {
		t.Fatal(err)
	}
	watched := &outside{RoundTripper: c.http.Transport, inside: map[string]string{}, done: map[string]bool{}}
	c.http.Transport = watched
	ctx, cancel := context.WithCancel(t.Context())
	following := make(chan struct{})
	go func() { defer close(following); c.Follow(ctx) }()
	t.Cleanup(func() { cancel(); <-following; c.Close() })
	<-c.Ready()
	screen := uitest.New(t, ui.Deps{
		Ring: c.Ring, Targets: c.Targets, Queue: c.Queue, Resender: c.Resender, Standing: c.Standing, Gate: c.Gate,
		Rules: c.Rules, Providers: c.Providers, Tunnel: c.Tunnel, Log: &ui.Log{}, Now: time.Now, Environ: []string{},
		Config: ui.Config{URL: c.Status.URL, Attached: &ui.Attached{PID: c.Status.PID, Lost: c.Lost}},
	}, 120, 40)
	return screen, c, watched
}

// postSample sends a signed sample to where the engine captures.
func (p *pair) postSample(t *testing.T, path, secret string) {
	t.Helper()
	s, err := p.engine.Providers.Sample(t.Context(), "stripe", provider.SampleOptions{Secret: secret, Rand: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	body, err := s.Request.Body.Bytes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.engine.URL+path, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range s.Request.Fields {
		r.Header.Add(f.Name, f.Value)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
}

// The screen of another creel asks that one nothing while a key is handled or a
// frame is drawn: on a slow link, all keys would stand still meanwhile.
func TestTheScreenDoesNotWaitForTheOtherSide(t *testing.T) {
	p := open(t)
	p.post(t, "/big", `{"a":"`+strings.Repeat("x", 2*inlineBody)+`"}`)
	p.post(t, "/big", `{"b":"`+strings.Repeat("y", 2*inlineBody)+`"}`)
	p.postSample(t, "/stripe", "whsec_1")
	w, c, watched := attachedScreen(t, p)
	heard := func(what string, ok func() bool) {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		watch := c.mirror.Watch(ctx)
		for w.Look(); !ok(); w.Look() {
			select {
			case <-watch:
			case <-time.After(50 * time.Millisecond): // what was done may be told after the last change
			}
			if ctx.Err() != nil {
				t.Fatalf("not heard: %s\n%s", what, w.Text())
			}
		}
		w.Look() // it may have come after the last look
	}
	shows := func(text string) { t.Helper(); heard(text, func() bool { return strings.Contains(w.Text(), text) }) }
	does := func(keys string, typed string, more ...string) {
		w.Press(strings.Fields(keys)...)
		w.Type(typed)
		w.Press(more...)
	}
	heard("three requests", func() bool { return len(c.Ring.Snapshot()) == 3 })

	does("f", p.engine.URL, "enter") // its own address
	shows("creel's own address")
	does("ctrl+u", "127.0.0.1:1", "enter")
	does("F", "127.0.0.1:1", "enter")
	heard("the target", func() bool { return len(c.Targets.List()) == 1 })
	does("F space d esc", "")
	heard("no target", func() bool { return len(c.Targets.List()) == 0 })
	does("s", "503", "enter")
	shows("senders get 503")
	for range 2 { // two rules
		does("S n", "", "tab", "tab", "tab", "enter")
		shows("is in force")
		does("esc", "")
	}
	does("S", "", "J", "K", "space", "d", "u")
	shows("is back")
	does("w esc", "")
	does("enter 6 enter", "whsec_1")
	shows("it fits")
	if watched.done["/v1/providers/secret"] {
		t.Error("a secret was sent while it was typed")
	}
	does("enter esc", "")
	heard("the verdict", func() bool { return c.Ring.Snapshot()[2].Signature.Verdict == capture.Valid })
	does("e", "xyz")
	shows("renewed on send")
	does("ctrl+s esc", "")
	does("/", "xyzzy", "enter", "esc")
	does("k", "", "1", "2", "3", "4", "5", "6", "7", "1", "v", "esc", "=", "c", "esc", "y", "esc", "x", "esc", "B", "esc", "R", "esc")
	does("E esc ; n enter p d u D esc", "")
	does("i", "", "ctrl+u", "enter")
	heard("the gate", func() bool { _, on := p.engine.Replies.Gate.Filter(); return on })
	held := make(chan struct{})
	go func() { defer close(held); p.post(t, "/held", "") }()
	heard("the held request", func() bool { return len(c.Gate.Held()) == 1 })
	does("a", "422", "enter")
	<-held
	does("I T esc t esc ! esc ? esc", "")

	watched.mu.Lock()
	defer watched.mu.Unlock()
	for path, stack := range watched.inside {
		t.Errorf("%s is asked while the screen waits:\n%s", path, stack)
	}
	for _, verb := range []string{
		"reply", "rules/add", "rules/move", "rules/enable", "rules/remove", "rules/restore", "providers/secret", "providers/edited",
		"resend", "targets", "hold", "release", "apply",
	} {
		if !watched.done["/v1/"+verb] {
			t.Errorf("%s was not done", verb)
		}
	}
}
