package mcp

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"creel/capture"
	"creel/capture/provider"
	"creel/forward"
	"creel/ui/control"
	"creel/ui/engine"
)

// world is an engine with its socket, and an agent that works on it.
type world struct {
	*sdk.ClientSession
	Config
	engine *engine.Engine
	socket string       // its address
	read   atomic.Int64 // bytes that came from the socket
	open   atomic.Int64 // sessions
}

// counted counts what is read.
type counted struct {
	net.Conn
	n *atomic.Int64
}

func (c counted) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.n.Add(int64(n))
	return n, err
}

func newWorld(t *testing.T, act bool, targets ...string) *world {
	t.Helper()
	set, err := provider.New(provider.Config{})
	if err != nil {
		t.Fatal(err)
	}
	var to []forward.Target
	for _, text := range targets {
		one, err := forward.ParseTarget(text)
		if err != nil {
			t.Fatal(err)
		}
		to = append(to, one)
	}
	w := &world{}
	w.engine, err = engine.Open(t.Context(), engine.Config{
		Listen: []string{"127.0.0.1:0"}, Bounds: capture.Bounds{Count: 5000, Bytes: 1 << 26},
		MaxBody: 1 << 20, InflightBytes: 1 << 24, Providers: set, Handshakes: engine.HandshakesAnswer, HoldTimeout: time.Minute, Targets: to,
		Sender:  &forward.Sender{Timeout: time.Minute, ConnectTimeout: time.Minute, MaxAnswer: 1 << 20},
		Problem: func(s string) { t.Log("problem:", s) }, Notice: func(string) {},
	})
	if err != nil {
		t.Fatal(err)
	}
	ln, err := control.Listen(filepath.Join(t.TempDir(), "creel"))
	if err != nil {
		t.Fatal(err)
	}
	w.socket = ln.Addr().String()
	socket := &control.Server{Engine: w.engine, Version: "test"}
	served := make(chan error, 1)
	go func() { served <- socket.Serve(ln) }()
	w.Config = Config{Version: "test", Act: act, Open: func(ctx context.Context) (*Session, error) {
		c, err := control.Connect(ctx, control.ClientConfig{
			Dial: func(ctx context.Context) (net.Conn, error) {
				c, err := control.Dial(ctx, w.socket)
				return counted{c, &w.read}, err
			},
			By: Agent, Notice: func(string) {}, Problem: func(string) {},
		})
		if err != nil {
			return nil, err
		}
		w.open.Add(1)
		return &Session{History: c.History, Running: c, Check: c.Providers.Check, Close: func() { c.Close(); w.open.Add(-1) }}, nil
	}}
	session, leave := connected(t, w.Config)
	w.ClientSession = session
	t.Cleanup(func() {
		leave()
		if n := w.open.Load(); n != 0 {
			t.Errorf("%d sessions are left", n)
		}
		socket.Close()
		<-served
		if err := w.engine.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

// connected is an agent that a server serves, until leave.
func connected(t *testing.T, c Config) (session *sdk.ClientSession, leave func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	here, there := sdk.NewInMemoryTransports()
	ended := make(chan error, 1)
	go func() { ended <- Serve(ctx, c, there) }()
	session, err := sdk.NewClient(&sdk.Implementation{Name: "test", Version: "1"}, nil).Connect(ctx, here, nil)
	if err != nil {
		t.Fatal(err)
	}
	return session, func() {
		session.Close()
		cancel()
		<-ended
	}
}

// post sends a request to where the engine captures.
func (w *world) post(t *testing.T, target, field, body string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.engine.URL+target, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Any", field)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
}

// call calls a tool and returns its result as text.
func (w *world) call(ctx context.Context, name string, in map[string]any) (string, error) {
	r, err := w.CallTool(ctx, &sdk.CallToolParams{Name: name, Arguments: in})
	if err != nil {
		return "", err
	}
	text := ""
	for _, c := range r.Content {
		text += c.(*sdk.TextContent).Text
	}
	if r.IsError {
		return "", fmt.Errorf("%s", text)
	}
	return text, nil
}

func (w *world) must(t *testing.T, name string, in map[string]any) string {
	t.Helper()
	text, err := w.call(t.Context(), name, in)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return text
}

// A secret that was typed while creel runs looks like nothing: it is masked wherever
// it stands, in every answer.
func TestSecretsOfTheRunningCreelAreMasked(t *testing.T) {
	const typed = "blue-Horse_17"
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Back", r.Header.Get("X-Any"))
		_, _ = io.Copy(w, r.Body)
	}))
	defer app.Close()
	w := newWorld(t, true, app.URL)
	w.post(t, "/plain/"+typed+"?q="+typed, "a "+typed+" b", `{"word":"`+typed+`","n":1}`)
	w.post(t, "/plain/x", "c", `{"word":"`+typed+`","n":2}`)
	note := "it is " + typed
	if err := w.engine.Ring.Apply(t.Context(), capture.Op{Meta: &capture.Meta{ID: 1, Note: &note}}); err != nil {
		t.Fatal(err)
	}
	calls := map[string]map[string]any{
		"list_requests": {}, "get_request": {"id": 1}, "wait_for_request": {"after": 1}, "verify_signature": {"id": 1},
		"compare_requests": {"old": 1, "new": 2}, "search": {"text": "word"}, "export_request": {"id": 1, "format": "curl"},
		"resend_request": {"id": 1},
	}
	answers := func() (all map[string]string) {
		all = map[string]string{}
		for name, in := range calls {
			all[name] = w.must(t, name, in)
		}
		r, err := w.ReadResource(t.Context(), &sdk.ReadResourceParams{URI: "creel://exchange/1"})
		if err != nil {
			t.Fatal(err)
		}
		b, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		all["resource"] = string(b)
		return all
	}
	seen := 0
	for _, text := range answers() {
		seen += strings.Count(text, typed)
	}
	if seen < 10 {
		t.Errorf("it stands only %d times in what is not secret", seen)
	}
	sec, err := provider.ParseSecret("stripe=" + typed)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.engine.Providers.AddSecret(sec); err != nil {
		t.Fatal(err)
	}
	for name, text := range answers() {
		if strings.Contains(text, typed) || strings.Contains(text, "Horse") {
			t.Errorf("%s shows it: %s", name, text)
		}
	}
}

// An agent that waits is sent what is new, and not all that is kept; what came since
// the request that it knows is found, too.
func TestWaitReadsWhatIsNew(t *testing.T) {
	w := newWorld(t, false)
	body := `{"x":"` + strings.Repeat("x", 8<<10) + `"}`
	for range 300 {
		w.post(t, "/old", "a", body)
	}
	if got := w.must(t, "wait_for_request", map[string]any{"after": 299}); !strings.Contains(got, `"id":300`) {
		t.Errorf("after 299: %s", got)
	}
	got := make(chan string, 1)
	w.read.Store(0)
	go func() {
		text, err := w.call(t.Context(), "wait_for_request", map[string]any{"filter": "path:/new", "timeout_seconds": 20})
		got <- fmt.Sprint(text, err)
	}()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for text := ""; text == ""; { // until it waits
		w.post(t, "/new", "b", "{}")
		select {
		case text = <-got:
			if !strings.Contains(text, `"target":"/new"`) {
				t.Error(text)
			}
		case <-ctx.Done():
			t.Fatal("it still waits")
		case <-time.After(20 * time.Millisecond): // what is posted is read, too
		}
	}
	if n := w.read.Load(); n > 1<<20 { // all that is kept has 2.4 MB
		t.Errorf("%d bytes were read to wait for one request", n)
	}
}

// What is wrong with a signature is said, not only that it is wrong.
func TestABadSignatureIsExplained(t *testing.T) {
	w := newWorld(t, false)
	sec, err := provider.ParseSecret("stripe=whsec_right_one")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.engine.Providers.AddSecret(sec); err != nil {
		t.Fatal(err)
	}
	const body = `{"id":"evt_1","object":"event","type":"invoice.paid"}`
	req := capture.Request{Method: "POST", Target: "/stripe", Host: "x", Body: capture.NewBody([]byte(body)), Size: int64(len(body))}
	signed, err := w.engine.Providers.Sign(t.Context(), &req, provider.SignOptions{Provider: "stripe", At: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	field, _ := signed.Apply(&req).Get("Stripe-Signature")
	for i, tt := range []struct{ body, want string }{
		{body, `"verdict":"valid"`},
		{strings.ReplaceAll(body, ",", ", "), "JSON"},
		{body + "\n", "line"},
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.engine.URL+"/stripe", strings.NewReader(tt.body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Stripe-Signature", field)
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		got := w.must(t, "verify_signature", map[string]any{"id": i + 1})
		if !strings.Contains(got, tt.want) || i > 0 && !strings.Contains(got, `"verdict":"invalid"`) || strings.Contains(got, "right_one") {
			t.Errorf("%q: %s", tt.body, got)
		}
	}
}
