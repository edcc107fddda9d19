package engine_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"creel/capture"
	"creel/capture/nats"
	"creel/capture/provider"
	"creel/capture/reply"
	"creel/forward"
	"creel/ui/engine"
)

// openNode opens an engine that replies 202.
func openNode(t *testing.T, c engine.Config) *engine.Engine {
	t.Helper()
	set, err := provider.New(provider.Config{})
	if err != nil {
		t.Fatal(err)
	}
	standing, err := reply.ParseSpec("202", nil)
	if err != nil {
		t.Fatal(err)
	}
	c.Listen, c.Providers, c.Standing = []string{"127.0.0.1:0"}, set, &standing
	if c.Sender == nil {
		c.Sender = &forward.Sender{}
	}
	c.Problem, c.Notice = func(s string) { t.Log(s) }, func(s string) { t.Log(s) }
	node, err := engine.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { node.Close() })
	return node
}

// A member's app replies to what a node of the team receives on a path; when none is
// there any more, the node does.
func TestClaims(t *testing.T) {
	a := teamServer(t)
	node := openNode(t, engine.Config{Team: engine.TeamConfig{Address: a, Node: "web", Who: "web"}})
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("X-App", "ana's")
		w.WriteHeader(http.StatusTeapot)
		_, _ = io.WriteString(w, r.URL.Path+" "+r.Header.Get("X-Signature")+" "+string(body))
	}))
	t.Cleanup(app.Close)
	target, err := forward.ParseTarget("/stripe=" + app.URL)
	if err != nil {
		t.Fatal(err)
	}
	ctx, leave := context.WithCancel(t.Context())
	ana := connect(t, a)
	claim := nats.Member{Who: "ana", Claims: engine.ClaimsOf([]forward.Target{target})}
	here, err := ana.Present(ctx, func() nats.Member { return claim }, func() {})
	if err == nil {
		err = engine.Claim(ctx, ana, "ana", &forward.Sender{}, []forward.Target{target})
	}
	if err != nil {
		t.Fatal(err)
	}
	post := func(path string) (int, string, string) {
		t.Helper()
		req, _ := http.NewRequestWithContext(t.Context(), "POST", node.URL+path, strings.NewReader("body"))
		req.Header.Set("X-Signature", "as it came")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, _ := io.ReadAll(resp.Body)
		return resp.StatusCode, resp.Header.Get("X-App"), string(body)
	}
	await := func(path string, want int) {
		t.Helper()
		end := time.Now().Add(20 * time.Second)
		for got, _, _ := post(path); got != want; got, _, _ = post(path) {
			if time.Now().After(end) {
				t.Fatalf("%s got %d, want %d", path, got, want)
			}
			here.Announce()
		}
	}
	await("/stripe/a", http.StatusTeapot)
	status, field, body := post("/stripe/b?c=1")
	if status != http.StatusTeapot || field != "ana's" || body != "/stripe/b as it came body" {
		t.Errorf("got %d %q %q", status, field, body)
	}
	if status, _, _ := post("/stripes"); status != http.StatusAccepted {
		t.Errorf("a path beside it got %d", status)
	}
	newest := func(path string) *capture.Exchange {
		for ex := range node.Ring.Before(^capture.ID(0)) {
			if ex.Request.Path() == path {
				return ex
			}
		}
		t.Fatalf("%s was not captured", path)
		return nil
	}
	if ex := newest("/stripe/b"); len(ex.Attempts) != 1 || ex.Attempts[0].Who != "ana" || ex.Attempts[0].Reply.Status != http.StatusTeapot {
		t.Errorf("attempts: %+v", ex.Attempts)
	}
	leave()
	await("/stripe/c", http.StatusAccepted)
	ben := join(t, a, "ben", nil) // the attempt is for the team
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	sees := func(ex *capture.Exchange) bool {
		return ex.Request.Path() == "/stripe/b" && len(ex.Attempts) == 1 && ex.Attempts[0].Who == "ana"
	}
	for watch := ben.Watch(ctx); !slices.ContainsFunc(ben.Snapshot(), sees); {
		if _, ok := <-watch; !ok {
			t.Fatal("ben does not see the attempt")
		}
	}
}

// An app of the team that does not respond in time leaves the reply to the node.
func TestClaimThatHangs(t *testing.T) {
	a := teamServer(t)
	node := openNode(t, engine.Config{
		Team: engine.TeamConfig{Address: a, Node: "web", Who: "web"}, Sender: &forward.Sender{Timeout: 500 * time.Millisecond},
	})
	ana := connect(t, a)
	here, err := ana.Present(t.Context(), func() nats.Member {
		return nats.Member{Who: "ana", Claims: []nats.Claim{{Path: "/", To: "http://127.0.0.1:3000"}}}
	}, func() {})
	if err == nil {
		err = ana.Serve(t.Context(), "/", "ana", func(ctx context.Context, _ *capture.Exchange) capture.Attempt {
			<-ctx.Done()
			return capture.Attempt{}
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(20 * time.Second); ; here.Announce() {
		resp, err := http.Post(node.URL+"/hook", "text/plain", nil)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusAccepted {
			t.Fatalf("status %d", resp.StatusCode)
		}
		list := node.Ring.Snapshot()
		if ex := list[len(list)-1]; len(ex.Attempts) == 1 {
			got := ex.Attempts[0]
			if got.Cause != capture.CauseTimeout || got.Who != "ana" || got.To != "http://127.0.0.1:3000" || got.Took < 500*time.Millisecond {
				t.Errorf("attempt %+v", got)
			}
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("the claim was not heard of")
		}
	}
}
