package control

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"creel/capture"
	"creel/capture/export"
	"creel/capture/filter"
	"creel/capture/provider"
	"creel/capture/reply"
	"creel/capture/ring"
	"creel/forward"
	"creel/ui"
	"creel/ui/engine"
)

// The client's parts are what a screen works with.
var (
	_ ui.Ring      = remoteRing{}
	_ ui.Targets   = remoteTargets{}
	_ ui.Resender  = remoteResender{}
	_ ui.Queue     = remoteQueue{}
	_ ui.Standing  = remoteStanding{}
	_ ui.Gate      = remoteGate{}
	_ ui.Rules     = remoteRules{}
	_ ui.Providers = remoteProviders{}
	_ ui.Tunnel    = remoteTunnel{}
)

// pair is an engine with a server on a socket, and a client of it.
type pair struct {
	*Client
	engine *engine.Engine
	server *Server
	path   string

	mu       sync.Mutex
	problems []string
	notices  []string
}

// openEngine captures into a history; empty for memory only.
func openEngine(t testing.TB, history string) *engine.Engine {
	t.Helper()
	set, err := provider.New(provider.Config{})
	if err != nil {
		t.Fatal(err)
	}
	e, err := engine.Open(t.Context(), engine.Config{
		History: history, Listen: []string{"127.0.0.1:0"}, Bounds: capture.Bounds{Count: 5000, Bytes: 1 << 26},
		MaxBody: 1 << 20, InflightBytes: 1 << 24, Providers: set, Handshakes: engine.HandshakesAnswer, HoldTimeout: time.Minute,
		Sender:  &forward.Sender{Timeout: time.Minute, ConnectTimeout: time.Minute, MaxAnswer: 1 << 20},
		Problem: func(s string) { t.Log("problem:", s) }, Notice: func(string) {},
	})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func open(t *testing.T) *pair { t.Helper(); return openWith(t, "") }

func openWith(t testing.TB, history string) *pair {
	t.Helper()
	e := openEngine(t, history)
	p := &pair{engine: e, server: &Server{Engine: e, Version: "test", Settings: Settings{Keep: 5000}}}
	dir := filepath.Join(t.TempDir(), "creel")
	ln, err := Listen(dir)
	if err != nil {
		t.Fatal(err)
	}
	p.path = ln.Addr().String()
	served := make(chan error, 1)
	go func() { served <- p.server.Serve(ln) }()
	p.Client, err = Connect(t.Context(), ClientConfig{
		Dial: func(ctx context.Context) (net.Conn, error) { return Dial(ctx, p.path) },
		Notice: func(s string) {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.notices = append(p.notices, s)
			p.mirror.Notify()
		},
		Problem: func(s string) {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.problems = append(p.problems, s)
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	following := make(chan struct{})
	go func() { defer close(following); p.Follow(ctx) }()
	t.Cleanup(func() {
		cancel()
		<-following
		p.Client.Close()
		p.server.Close()
		if err := <-served; err != nil {
			t.Error(err)
		}
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	<-p.Ready()
	return p
}

// post sends a request to where the engine captures.
func (p *pair) post(t *testing.T, path, body string) *http.Response {
	t.Helper()
	resp, err := http.Post(p.engine.URL+path, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp
}

// until waits until the client has heard what is expected.
func (p *pair) until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	watch := p.mirror.Watch(ctx)
	for !ok() {
		if _, open := <-watch; !open {
			t.Fatalf("not heard: %s", what)
		}
	}
}

// What is captured there is the same here: fields, bodies of any size, attempts.
func TestTheMirrorIsTheRing(t *testing.T) {
	p := open(t)
	big := strings.Repeat("x", inlineBody+1)
	p.post(t, "/small?x=%2F", `{"a":1}`)
	p.post(t, "/big", big)
	p.until(t, "two requests", func() bool { return len(p.Ring.Snapshot()) == 2 })
	want, got := p.engine.Ring.Snapshot(), p.Ring.Snapshot()
	if d := cmp.Diff(want, got, cmp.Transformer("bytes", func(b capture.Body) string {
		data, err := b.Bytes(context.Background())
		if err != nil {
			return err.Error()
		}
		return string(data)
	})); d != "" {
		t.Error(d)
	}
	if b := got[0].Request.Body; !b.InMemory() {
		t.Error("a small body comes with the exchange")
	}
	if b := got[1].Request.Body; b.InMemory() || b.Size() != int64(len(big)) {
		t.Error("a large body is read when it is wanted")
	}
}

func TestChangesToTheHistory(t *testing.T) {
	p := open(t)
	p.post(t, "/a", "1")
	p.post(t, "/b", "2")
	p.until(t, "two requests", func() bool { return len(p.Ring.Snapshot()) == 2 })
	yes, note := true, "look here"
	if err := p.Ring.Apply(t.Context(), capture.Op{Meta: &capture.Meta{ID: 1, Pinned: &yes, Note: &note}}); err != nil {
		t.Fatal(err)
	}
	p.until(t, "the note", func() bool { ex, _ := p.Ring.Get(1); return ex.Pinned && ex.Note == note })
	gone, _ := p.Ring.Get(1)
	if err := p.Ring.Apply(t.Context(), capture.Op{Delete: []capture.ID{1, 2}}); err != nil {
		t.Fatal(err)
	}
	p.until(t, "the deletion", func() bool { return len(p.Ring.Snapshot()) == 0 })
	if err := p.Ring.Apply(t.Context(), capture.Op{Add: gone}); err != nil {
		t.Fatal(err)
	}
	p.until(t, "the one put back", func() bool { ex, ok := p.Ring.Get(1); return ok && ex.Note == note })
	if ex, _ := p.engine.Ring.Get(1); ex == nil || !ex.Pinned {
		t.Error("it is back there, too")
	}
	if err := p.Ring.Apply(t.Context(), capture.Op{Add: &capture.Exchange{ID: 99}}); err == nil {
		t.Error("what was not deleted cannot be put back")
	}
}

func TestHoldAndAnswer(t *testing.T) {
	p := open(t)
	match, err := filter.Parse("path:/held", filter.Arrival)
	if err != nil {
		t.Fatal(err)
	}
	p.Gate.Set(match, true)
	p.until(t, "the gate", func() bool { m, on := p.Gate.Filter(); return on && m.String() == "path:/held" })
	got := make(chan int, 1)
	go func() {
		resp, err := http.Post(p.engine.URL+"/held", "text/plain", strings.NewReader("x"))
		if err != nil {
			t.Error(err)
			got <- 0
			return
		}
		resp.Body.Close()
		got <- resp.StatusCode
	}()
	p.until(t, "the held request", func() bool { return len(p.Gate.Held()) == 1 })
	h := p.Gate.Held()[0]
	if h.Exchange.State != capture.StateHeld || h.Left < 50*time.Second {
		t.Errorf("held: %+v", h)
	}
	if p.Gate.Release(h.Exchange.ID+1, reply.Decision{}) {
		t.Error("another one is not held")
	}
	if !p.Gate.Release(h.Exchange.ID, reply.Decision{Way: reply.WayReply, Reply: reply.Spec{Statuses: []int{422}}}) {
		t.Error("not released")
	}
	if status := <-got; status != 422 {
		t.Errorf("the sender got %d", status)
	}
	p.until(t, "nothing held", func() bool { return len(p.Gate.Held()) == 0 })
	// Another screen that still shows it hears that it was too late.
	if _, err := now[countResponse](p.Client, "release", decideRequest{ID: h.Exchange.ID}); err == nil || !strings.Contains(err.Error(), "replied to by "+p.by) {
		t.Errorf("the second answer: %v", err)
	}
}

func TestStandingRulesAndTargets(t *testing.T) {
	p := open(t)
	if err := p.Standing.Set(reply.Spec{Statuses: []int{503}}); err != nil {
		t.Fatal(err)
	}
	if resp := p.post(t, "/x", ""); resp.StatusCode != 503 {
		t.Errorf("status %d", resp.StatusCode)
	}
	p.until(t, "the reply", func() bool { return p.Standing.Words() == "503" })
	if err := p.Standing.Set(reply.Spec{Statuses: []int{204}, Body: "no"}); err == nil {
		t.Error("a wrong reply is refused")
	}
	if err := p.Rules.Check("[[rule]]\n"); err == nil {
		t.Error("a rule that does nothing is refused")
	}
	if err := p.Rules.Add("[[rule]]\nname = 'one'\nmatch = 'path:/y'\nreply = { status = 418 }\n"); err != nil {
		t.Fatal(err)
	}
	p.until(t, "the rule", func() bool { l := p.Rules.List(); return len(l) == 1 && l[0].Name == "one" })
	if resp := p.post(t, "/y", ""); resp.StatusCode != 418 {
		t.Errorf("status %d", resp.StatusCode)
	}
	own, err := forward.ParseURL(p.engine.URL)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Resender.CheckURL(own); err == nil {
		t.Error("its own address is refused as a target")
	}
	u, err := forward.ParseURL("http://127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	p.Targets.Set([]forward.Target{{URL: u, Path: "/z"}})
	p.until(t, "the target", func() bool { l := p.engine.Targets.List(); return len(l) == 1 && l[0].Path == "/z" })
	if to := p.Targets.For("/z/1"); len(to) != 1 || len(p.Targets.For("/other")) != 0 {
		t.Errorf("for /z/1: %+v", to)
	}
}

func TestResendFromThere(t *testing.T) {
	p := open(t)
	var bodies []string
	app := newApp(t, func(body string) { bodies = append(bodies, body) })
	p.post(t, "/hook", `{"a":1}`)
	p.until(t, "the request", func() bool { return len(p.Ring.Snapshot()) == 1 })
	ex := p.Ring.Snapshot()[0]
	to := p.Targets.ForURL(app)
	a, err := p.Resender.Resend(t.Context(), forward.Resend{Exchange: ex, To: to})
	if err != nil || a.Reply.Status != 200 {
		t.Fatalf("attempt %+v %v", a, err)
	}
	edited := ex.Request
	edited.Body = capture.NewBody([]byte(`{"a":2}` + strings.Repeat(" ", inlineBody)))
	edited.Fields = slices.DeleteFunc(slices.Clone(edited.Fields), func(f capture.Field) bool { return f.Name == "Content-Length" })
	if a, err = p.Resender.Resend(t.Context(), forward.Resend{Exchange: ex, Request: &edited, Edited: true, To: to}); err != nil || !a.Edited {
		t.Fatalf("attempt %+v %v", a, err)
	}
	if len(bodies) != 2 || bodies[0] != `{"a":1}` || strings.TrimSpace(bodies[1]) != `{"a":2}` {
		t.Errorf("the app got %q", bodies)
	}
	p.until(t, "both attempts", func() bool { ex, _ := p.Ring.Get(1); return len(ex.Attempts) == 2 })
	if got, err := a.Body.Bytes(t.Context()); err != nil || len(got) != len(bodies[1]) {
		t.Errorf("the body of the attempt: %d bytes, not %d, %v", len(got), len(bodies[1]), err)
	}
	h := p.Resender.Repeat(t.Context(), forward.Repeat{Runs: []forward.Resend{{Exchange: ex, To: to}}, Times: 3})
	if h.Done != 3 || h.Failed != 0 {
		t.Errorf("histogram %+v", h)
	}
	if _, err := p.Resender.Fetch(t.Context(), "http://127.0.0.1:1/"); err == nil || !strings.Contains(err.Error(), "http://127.0.0.1:1/ is not fetched") {
		t.Errorf("any URL is fetched: %v", err)
	}
}

// What is sent is what the fields say, whatever the head that arrived looked like.
func TestEditedOddHead(t *testing.T) {
	p := open(t)
	app := newApp(t, func(string) {})
	p.post(t, "/hook", "1")
	p.until(t, "the request", func() bool { return len(p.Ring.Snapshot()) == 1 })
	ex := p.Ring.Snapshot()[0]
	edited := ex.Request
	edited.Head = []byte("POST /hook HTTP/1.1\r\nHost:h\r\nContent-Length: 1\r\n\r\n")
	edited.Body = capture.NewBody([]byte("123"))
	edited.Fields = []capture.Field{{Name: "Host", Value: "h"}, {Name: "X-U", Value: "\xe9"}, {Name: "Y", Value: "1"}, {Name: "Content-Length", Value: "3"}}
	a, err := p.Resender.Resend(t.Context(), forward.Resend{Exchange: ex, Request: &edited, Edited: true, To: p.Targets.ForURL(app)})
	got := fmt.Sprintf("%q", a.Fields[1:])
	if want := `[{"X-U" "\xe9"} {"Y" "1"} {"Content-Length" "3"}]`; err != nil || got != want {
		t.Errorf("sent %s, %v", got, err)
	}
}

// What would come back as a new request is refused there, too, whatever the client
// checked.
func TestItsOwnAddressIsNoTarget(t *testing.T) {
	p := open(t)
	p.post(t, "/hook", "x")
	own, err := forward.ParseURL(p.engine.URL)
	if err != nil {
		t.Fatal(err)
	}
	to := forward.Target{URL: own}
	for name, err := range map[string]error{
		"targets": func() error {
			_, err := post[nothing](t.Context(), p.Client, "targets", []forward.Target{to})
			return err
		}(),
		"resend": func() error {
			_, err := post[attemptResponse](t.Context(), p.Client, "resend", resendRequest{ID: 1, To: to})
			return err
		}(),
		"resend-check": func() error {
			_, err := post[nothing](t.Context(), p.Client, "resend-check", resendRequest{ID: 1, To: to})
			return err
		}(),
		"repeat": func() error {
			_, err := post[forward.Histogram](t.Context(), p.Client, "repeat", repeatRequest{Runs: []resendRequest{{ID: 1, To: to}}})
			return err
		}(),
	} {
		if err == nil || !strings.Contains(err.Error(), "creel's own address") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if list := p.engine.Ring.Snapshot(); len(list) != 1 || len(list[0].Attempts) != 0 || len(p.engine.Targets.List()) != 0 {
		t.Errorf("%d requests, %d targets", len(list), len(p.engine.Targets.List()))
	}
}

func newApp(t *testing.T, got func(string)) forward.URL {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		got(string(b))
	})}
	go srv.Serve(ln)
	t.Cleanup(func() { srv.Close() })
	u, err := forward.ParseURL("http://" + ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// Secrets go to the other side and never come back; verdicts do.
func TestSecretsStayThere(t *testing.T) {
	p := open(t)
	s, err := p.Providers.Sample(t.Context(), "stripe", provider.SampleOptions{Secret: "whsec_test"})
	if err != nil {
		t.Fatal(err)
	}
	req := s.Request
	body, err := req.Body.Bytes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	hr, err := http.NewRequestWithContext(t.Context(), "POST", p.engine.URL+"/stripe", strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range req.Fields {
		hr.Header.Add(f.Name, f.Value)
	}
	resp, err := http.DefaultClient.Do(hr)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	p.until(t, "the request", func() bool { return len(p.Ring.Snapshot()) == 1 })
	if v := p.Ring.Snapshot()[0].Signature.Verdict; v != capture.NoSecret {
		t.Errorf("verdict %q", v)
	}
	sec, err := provider.ParseSecret("stripe=whsec_test")
	if err != nil {
		t.Fatal(err)
	}
	if n, err := p.Providers.AddSecret(t.Context(), sec); err != nil || n != 1 {
		t.Errorf("%d changed, %v", n, err)
	}
	p.until(t, "the verdict", func() bool { return p.Ring.Snapshot()[0].Signature.Verdict == capture.Valid })
	p.until(t, "that there is a secret", func() bool { return p.Providers.HasSecret("stripe") })
	if p.known.HasSecret("stripe") {
		t.Error("the secret came here")
	}
	r, err := p.Providers.Check(t.Context(), p.Ring.Snapshot()[0], provider.Options{Provider: "stripe"})
	if err != nil || r.Signature.Verdict != capture.Valid || len(r.Received) == 0 {
		t.Errorf("check: %+v %v", r, err)
	}
}

// The first request that comes while the link is cut is heard: who heard of nothing goes
// on at the beginning.
func TestTheFirstWhileTheLinkIsCut(t *testing.T) {
	p := open(t)
	up, conns := make(chan struct{}, 1), make(chan net.Conn, 10)
	up <- struct{}{}
	c, err := Connect(t.Context(), ClientConfig{Dial: func(ctx context.Context) (net.Conn, error) {
		select {
		case <-up:
			up <- struct{}{}
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		conn, err := Dial(ctx, p.path)
		if err == nil {
			conns <- conn
		}
		return conn, err
	}, Notice: func(string) {}, Problem: func(string) {}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); c.Follow(ctx) }()
	defer func() { cancel(); <-ended }()
	<-c.Ready()
	<-up
	for n := len(conns); n > 0; n-- {
		(<-conns).Close()
	}
	ex := &capture.Exchange{State: capture.StateAnswered, Request: capture.Request{Method: "POST", Target: "/first"}}
	if err := p.engine.Ring.Apply(t.Context(), capture.Op{Add: ex}); err != nil {
		t.Fatal(err)
	}
	up <- struct{}{}
	within, stop := context.WithTimeout(t.Context(), 10*time.Second)
	defer stop()
	for watch := c.mirror.Watch(within); len(c.Ring.Snapshot()) == 0; {
		if _, open := <-watch; !open {
			t.Fatal("the first is not heard")
		}
	}
}

// A link that is cut is connected again, and goes on where it was.
func TestTheLinkComesBack(t *testing.T) {
	p := open(t)
	p.post(t, "/1", "")
	p.until(t, "the first", func() bool { return len(p.Ring.Snapshot()) == 1 })
	epoch := func() string {
		p.Client.mu.Lock()
		defer p.Client.mu.Unlock()
		return p.epoch
	}
	rev, before := p.Ring.Since(0).Rev, epoch()
	p.server.http.Close()
	p.until(t, "the loss", func() bool { _, err := p.Lost(); return err != nil })
	if err := p.Standing.Set(reply.Spec{}); err == nil || !strings.Contains(err.Error(), "has not been heard") {
		t.Errorf("a verb on a lost link: %v", err)
	}
	if ids, err := p.History.IDs(t.Context()); err == nil {
		t.Errorf("a list on a lost link: %v", ids)
	}
	p.mu.Lock()
	p.problems = nil
	p.mu.Unlock()
	p.Tunnel.Stop()
	if f := p.Queue.Flush(t.Context(), ""); f.Sent != 0 {
		t.Errorf("delivered on a lost link: %+v", f)
	}
	if h := p.Resender.Repeat(t.Context(), forward.Repeat{Runs: []forward.Resend{{Exchange: p.Ring.Snapshot()[0]}}, Times: 3}); h.Total != 3 || !h.Ended || h.Sent != 0 {
		t.Errorf("repeated on a lost link: %+v", h)
	}
	p.mu.Lock()
	for _, text := range []string{"", "deliver what is pending: ", "repeat: "} {
		if !slices.ContainsFunc(p.problems, func(s string) bool { return strings.HasPrefix(s, text+"pid ") }) {
			t.Errorf("no problem begins with %q: %q", text, p.problems)
		}
	}
	p.mu.Unlock()
	p.post(t, "/2", "") // captured meanwhile
	os.Remove(p.path)
	ln, err := net.Listen("unix", p.path)
	if err != nil {
		t.Fatal(err)
	}
	second := &Server{Engine: p.engine}
	go second.Serve(ln)
	defer second.Close()
	p.until(t, "the second", func() bool { return len(p.Ring.Snapshot()) == 2 })
	if d := p.Ring.Since(rev); len(d.Changed) == 0 {
		t.Error("what is new is a change")
	}
	if after := epoch(); before == "" || after == before {
		t.Errorf("the revisions of %q are taken for those of %q", before, after)
	}
}

func TestRunningRemovesSocketsThatAreLeft(t *testing.T) {
	dir := t.TempDir()
	os.Chmod(dir, 0o700)
	ln, err := net.ListenUnix("unix", &net.UnixAddr{Name: filepath.Join(dir, "999999.sock"), Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	ln.SetUnlinkOnClose(false)
	ln.Close()
	live, err := Listen(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer live.Close()
	go func() {
		for {
			c, err := live.Accept()
			if err != nil {
				return
			}
			c.Close()
		}
	}()
	os.WriteFile(filepath.Join(dir, "notes.sock"), nil, 0o600)
	got, err := Running(t.Context(), dir)
	if err != nil || len(got) != 1 || got[0] != live.Addr().String() {
		t.Errorf("running %q, %v", got, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "999999.sock")); err == nil {
		t.Error("the socket that is left is still there")
	}
	if _, err := os.Stat(filepath.Join(dir, "notes.sock")); err != nil {
		t.Error("another file is gone")
	}
	if info, _ := os.Stat(live.Addr().String()); info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
}

// Sockets are where the system has them, else with what creel keeps.
func TestWhereSocketsAre(t *testing.T) {
	for runtime, want := range map[string]string{"/run/user/7": "/run/user/7/creel", "": "/state/run"} {
		if got := Dir(filepath.FromSlash(runtime), filepath.FromSlash("/state")); filepath.ToSlash(got) != want {
			t.Errorf("%q: %s, want %s", runtime, got, want)
		}
	}
}

// A socket that cannot be made says why.
func TestSocketsThatCannotBeMade(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{file, filepath.Join(file, "creel"), filepath.Join(t.TempDir(), strings.Repeat("x", 200))} {
		if ln, err := Listen(dir); err == nil || !strings.HasPrefix(err.Error(), "control socket: ") {
			t.Errorf("%s: %v, %v", dir, ln, err)
		}
	}
}

func TestVersions(t *testing.T) {
	for major, want := range map[int]string{Version.Major: "", Version.Major + 1: "update this creel", Version.Major - 1: "restart that one"} {
		err := (&Status{Major: major}).check()
		if (err == nil) != (want == "") || err != nil && !errors.As(err, new(*VersionError)) || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%d: %v", major, err)
		}
	}
}

// Whatever a creel sends, a client neither panics nor takes in what it does not
// understand.
func FuzzTake(f *testing.F) {
	b, err := export.FeedLine(context.Background(), nil, &capture.Exchange{ID: 1}, 10)
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(`{"exchange":` + string(b) + "}\n"))
	f.Add([]byte(`{"gone":[1,2]}`))
	f.Add([]byte(`{"facts":{}}`))
	f.Add([]byte(`{"rev":5,"whole":true}`))
	f.Add([]byte("{"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c := &Client{mirror: ring.NewMirror(), ready: make(chan struct{}), notice: func(string) {}, problem: func(string) {}}
		c.parts = partsOf(c)
		var b batch
		if err := c.take(data, &b); err == nil {
			_ = c.take([]byte(`{"rev":1}`), &b)
			c.Gate.Held()
			c.Targets.For("/")
			c.Ring.Stats()
		}
	})
}

// What is done one after the other here is done in that order there.
func TestWhatIsNotAwaitedKeepsItsOrder(t *testing.T) {
	p := open(t)
	var want []string
	got := make(chan string, 100)
	p.server.Notice = func(s string) { got <- s }
	for i := range 50 {
		match, err := filter.Parse("path:/"+strconv.Itoa(i), filter.Arrival)
		if err != nil {
			t.Fatal(err)
		}
		p.Gate.Set(match, true)
		want = append(want, "hold was set to "+match.String()+" by "+p.by)
	}
	for i := range want {
		if s := <-got; s != want[i] {
			t.Fatalf("%d: %q, want %q", i, s, want[i])
		}
	}
}

// Notices do not pile up for a screen that reads nothing.
func TestNoticesOfAStalledScreenAreBounded(t *testing.T) {
	st := &stream{poke: make(chan struct{}, 1)}
	for range 10 * maxQueued {
		st.queue(line{Notice: "x"})
	}
	if len(st.queued) != maxQueued {
		t.Errorf("%d notices wait", len(st.queued))
	}
}

// Of another machine only the loopback addresses are known to be its own.
func TestAddressesOfAnotherMachine(t *testing.T) {
	host, _ := os.Hostname()
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, there := range []string{host, host + "-x"} {
		c := &Client{Status: Status{Host: there, Addresses: []string{"127.0.0.1:4665"}}}
		c.parts = partsOf(c)
		own := map[string]bool{"http://localhost:4665": true, "http://127.0.0.1:4665/x": true, "http://127.0.0.1:4666": false, "https://example.com": false}
		for _, a := range addrs {
			if ip, ok := a.(*net.IPNet); ok && ip.IP.To4() != nil && !ip.IP.IsLoopback() {
				own["http://"+ip.IP.String()+":4665"] = there == host
			}
		}
		for text, want := range own {
			u, err := forward.ParseURL(text)
			if err != nil {
				t.Fatal(err)
			}
			if err := c.Resender.CheckURL(u); (err != nil) != want {
				t.Errorf("%s on %s: %v", text, there, err)
			}
		}
	}
}
