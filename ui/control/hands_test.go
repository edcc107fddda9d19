package control

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"creel/capture"
	"creel/capture/provider"
	"creel/capture/reply"
	"creel/forward"
	"creel/forward/tunnel"
)

// agentOf is a further client, which calls itself agent.
func agentOf(t *testing.T, p *pair) *Client {
	t.Helper()
	c, err := Connect(t.Context(), ClientConfig{
		By:   "agent",
		Dial: func(ctx context.Context) (net.Conn, error) { return Dial(ctx, p.path) }, Notice: func(string) {}, Problem: func(string) {},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func (p *pair) heardNotice(text string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Contains(p.notices, text)
}

// What one does, all others hear, and this creel's own screen; but not the one who
// did it.
func TestOthersHearWhoDidIt(t *testing.T) {
	p := open(t)
	own := make(chan string, 10)
	p.server.Notice = func(s string) { own <- s }
	agent := agentOf(t, p)
	app := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer app.Close()
	p.post(t, "/1", `{"a":1}`)
	ex := p.engine.Ring.Snapshot()[0]
	pinned, note := true, "n"
	to, err := forward.ParseTarget(app.URL)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		want string
		do   func() error
	}{
		{"the reply was set to 503 by agent", func() error { _, err := agent.SetReply(t.Context(), "503"); return err }},
		{"hold was set to path:/x by agent", func() error { return agent.SetHold(t.Context(), "path:/x", true) }},
		{"hold was set to off by agent", func() error { return agent.SetHold(t.Context(), "", false) }},
		{"the target " + app.URL + " was added by agent", func() error { return agent.ChangeTarget(t.Context(), TargetAdd, app.URL) }},
		{"#1 was pinned by agent", func() error {
			return agent.Ring.Apply(t.Context(), capture.Op{Meta: &capture.Meta{ID: 1, Pinned: &pinned}})
		}},
		{"#1 was given a note by agent", func() error {
			return agent.Ring.Apply(t.Context(), capture.Op{Meta: &capture.Meta{ID: 1, Note: &note}})
		}},
		{"#1 was resent (200) by agent", func() error {
			_, err := agent.Resender.Resend(t.Context(), forward.Resend{Exchange: ex, To: to})
			return err
		}},
		{"2 were sent in a repeat (0 failed) by agent", func() error {
			agent.Resender.Repeat(t.Context(), forward.Repeat{Runs: []forward.Resend{{Exchange: ex, To: to}}, Times: 2, Concurrency: 1})
			return nil
		}},
		{"what was pending was delivered (0 sent) by agent", func() error { agent.Queue.Flush(t.Context(), ""); return nil }},
		{"the reply to the next try of #1 was set to 503 by agent", func() error {
			return agent.Gate.ReplyNextTry(ex, reply.Spec{Statuses: []int{503}})
		}},
		{"a secret for stripe was set by agent", func() error {
			_, err := agent.Providers.AddSecret(t.Context(), provider.Secret{Provider: "stripe", Value: "whsec_abc"})
			return err
		}},
		{"the public URL was set to https://hooks.example by agent", func() error {
			_, err := agent.Providers.SetPublicURL(t.Context(), "https://hooks.example")
			return err
		}},
		{"the public URL was removed by agent", func() error {
			_, err := agent.Providers.SetPublicURL(t.Context(), "")
			return err
		}},
		{"the rules one, two were added by agent", func() error { return agent.Rules.Add(twoRules) }},
		{"the rule slow was added: 503 by agent", func() error { return agent.Rules.Add("[[rule]]\nname = \"slow\"\nreply = { status = 503 }\n") }},
		{"the rule slow was removed by agent", func() error { return agent.Rules.Remove(0) }},
		{"the rule slow was put back by agent", func() error { _, err := agent.Rules.Restore(); return err }},
		{"the rule slow was switched by agent", func() error { return agent.Rules.Enable(0, false) }},
		{"the rule slow was moved by agent", func() error { return agent.Rules.Move(0, 1) }},
		{"the rule one was changed by agent", func() error {
			return agent.Rules.Replace(0, p.engine.Replies.Rules.List()[0].Text, "[[rule]]\nname = \"first\"\nhold = true\n")
		}},
		{"the targets were changed by agent", func() error { agent.Targets.Set(nil); return nil }},
		{"a public URL through 127.0.0.1 was asked for by agent", func() error {
			spec, err := tunnel.ParseSpec("ssh://x@127.0.0.1:1?url=https://x.example")
			if err != nil {
				return err
			}
			return agent.Tunnel.Start(spec, false)
		}},
		{"the tunnel was stopped by agent", func() error { agent.Tunnel.Stop(); return nil }},
		{"#1 was deleted by agent", func() error { return agent.Ring.Apply(t.Context(), capture.Op{Delete: []capture.ID{1}}) }},
	} {
		if err := tt.do(); err != nil {
			t.Fatalf("%s: %v", tt.want, err)
		}
		if got := <-own; got != tt.want {
			t.Errorf("its own screen hears %q, want %q", got, tt.want)
		}
		p.until(t, tt.want, func() bool { return p.heardNotice(tt.want) })
	}
	if err := p.Standing.Set(reply.Spec{}); err != nil { // p does it itself
		t.Fatal(err)
	}
	<-own
	if _, err := agent.SetReply(t.Context(), "418"); err != nil {
		t.Fatal(err)
	}
	p.until(t, "the next", func() bool { return p.heardNotice("the reply was set to 418 by agent") })
	if p.heardNotice("the reply was set to 200 by " + p.by) {
		t.Error("it hears what it did itself")
	}
}

// What became of held requests is heard, too.
func TestOthersHearWhatBecameOfHolds(t *testing.T) {
	p := open(t)
	agent := agentOf(t, p)
	if err := agent.SetHold(t.Context(), "", true); err != nil {
		t.Fatal(err)
	}
	p.until(t, "the hold", func() bool { return p.heardNotice("hold was set to everything by agent") })
	var ended sync.WaitGroup
	defer ended.Wait()
	for n := range 4 {
		ended.Go(func() {
			if resp, err := http.Post(p.engine.URL, "text/plain", strings.NewReader("x")); err != nil {
				t.Error(err)
			} else {
				resp.Body.Close()
			}
		})
		p.until(t, "the held request", func() bool { return len(p.Gate.Held()) == n+1 })
	}
	for _, tt := range []struct {
		want string
		in   decideRequest
		n    int
	}{
		{"#2 was replied to with 418 by agent", decideRequest{ID: 2, Decision: reply.Decision{Way: reply.WayReply, Reply: reply.Spec{Statuses: []int{418}}}}, 1},
		{"#1 was released by agent", decideRequest{Oldest: true}, 1},
		{"2 held were released by agent", decideRequest{}, 2},
		{"", decideRequest{}, 0},
	} {
		out, err := post[countResponse](t.Context(), agent, "release", tt.in)
		if err != nil || out.Count != tt.n {
			t.Errorf("%s: %d, %v", tt.want, out.Count, err)
		}
		if tt.want != "" {
			p.until(t, tt.want, func() bool { return p.heardNotice(tt.want) })
		}
	}
	if p.heardNotice("0 held were released by agent") {
		t.Error("it hears of nothing")
	}
}

// The attempt keeps who made it, also when its caller made it and only had it
// recorded.
func TestAttemptsKeepWhoMadeThem(t *testing.T) {
	p := open(t)
	agent := agentOf(t, p)
	p.post(t, "/1", "x")
	ex := p.engine.Ring.Snapshot()[0]
	app := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer app.Close()
	to, _ := forward.ParseTarget(app.URL)
	x := forward.Resend{Exchange: ex, To: to, By: "somebody else"}
	if a, err := agent.History.Resend(t.Context(), x, RecordIt); err != nil || a.N != 1 || a.By != "agent" {
		t.Fatalf("%+v %v", a, err)
	}
	a, err := agent.History.Resend(t.Context(), x, RecordNo)
	if err != nil || a.N != 0 {
		t.Fatalf("%+v %v", a, err)
	}
	r, err := agent.History.Commit(t.Context(), capture.Op{Attempt: &capture.AttemptAdd{ID: 1, Attempt: a}})
	if err != nil || r.Kept[0].Attempt.Attempt.N != 2 {
		t.Fatalf("%+v %v", r, err)
	}
	kept, _ := p.engine.Ring.Get(1)
	if len(kept.Attempts) != 2 || kept.Attempts[0].By != "agent" || kept.Attempts[1].By != "agent" {
		t.Errorf("kept: %+v", kept.Attempts)
	}
	if _, err := agent.History.Commit(t.Context(), capture.Op{Attempt: &capture.AttemptAdd{ID: 9, Attempt: a}}); err == nil {
		t.Error("an attempt of what is not there was recorded")
	}
}

// Of the secrets there those are told that stand in the requests that are named, and
// without any, in all.
func TestSecretsThatStandThere(t *testing.T) {
	p := open(t)
	if _, err := p.Providers.AddSecret(t.Context(), provider.Secret{Provider: "stripe", Value: "blue-Horse_17"}); err != nil {
		t.Fatal(err)
	}
	p.post(t, "/1", "nothing")
	p.post(t, "/2", "blue-Horse_17")
	gone := &capture.Exchange{ID: 9}
	for ids, list := range map[string][]*capture.Exchange{"": nil, "1 9": {{ID: 1}, gone}, "2 9": {{ID: 2}, gone}} {
		want := 1
		if ids == "1 9" {
			want = 0
		}
		if got, err := p.Providers.SecretsIn(t.Context(), list); err != nil || len(got) != want {
			t.Errorf("in %q: %q, %v", ids, got, err)
		}
	}
}

// Nothing of the interface is on the capture port: what asks for it there is a
// request like any other.
func TestThePortDoesNotServeIt(t *testing.T) {
	p := open(t)
	for i, path := range []string{"/v1/status", "/v1/facts", "/v1/changes", "/v1/exchanges", "/v1/ids", "/v1/exchanges/1/body?attempt=0"} {
		resp, err := http.Get(p.engine.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.StatusCode != http.StatusOK || len(body) != 0 {
			t.Errorf("%s: %d %q", path, resp.StatusCode, body)
		}
		if all := p.engine.Ring.Snapshot(); len(all) != i+1 || all[i].Request.Target != path {
			t.Errorf("%s is not captured", path)
		}
	}
	if resp := p.post(t, "/v1/stop", "{}"); resp.StatusCode != http.StatusOK {
		t.Errorf("/v1/stop: %d", resp.StatusCode)
	}
	p.post(t, "/v1/reply-text", `{"text":"503"}`)
	if words := p.engine.Replies.Standing.Words(); words != "200" {
		t.Errorf("the reply was set through the port: %s", words)
	}
	for _, addr := range p.engine.Addresses {
		if !strings.Contains(addr, ":") || strings.Contains(p.path, addr) {
			t.Errorf("address %s", addr)
		}
	}
}

// FuzzServer asks a server for anything: it answers each with a status and JSON, and
// goes on.
func FuzzServer(f *testing.F) {
	e := openEngine(f, "")
	defer e.Close()
	s := &Server{Engine: e, streams: map[*stream]struct{}{}}
	routes := s.routes()
	for _, seed := range [][2]string{
		{"status", ""},
		{"facts", ""},
		{"apply", `{"meta":[{"ID":1}],"delete":[1],"restore":[2]}`},
		{"resend", `{"id":1,"request":{}}`},
		{"record", `{"id":1,"attempt":{"attempts":[{}]}}`},
		{"repeat", `{"times":-1,"runs":[{}]}`},
		{"release", `{"oldest":true}`},
		{"hold", `{"filter":"jq:'","on":true}`},
		{"reply", `{"Statuses":[99999]}`},
		{"reply-text", `{"text":"@x"}`},
		{"rules/add", `{"text":"[[rule]]"}`},
		{"rules/move", `{"at":-1,"to":9}`},
		{"rules/remove", `{"at":5}`},
		{"rules/enable", `{"at":-5}`},
		{"rules/replace", `{"at":1}`},
		{"providers/check", `{"id":0}`},
		{"providers/edited", `{"request":null}`},
		{"providers/secret", `{"text":"stripe="}`},
		{"providers/sample", `{"provider":"stripe"}`},
		{"public-url", `{"url":"::"}`},
		{"pause", `{"id":-1}`},
		{"next-try", `{}`},
		{"exchanges?id=x", ""},
		{"exchanges/1/body?attempt=-1", ""},
		{"stop", ""},
		{"stop", "{"},
		{"", "\xff"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, path, body string) {
		// What would connect to other machines, or never ends, is left out.
		if strings.Contains(path, "target") || strings.Contains(path, "fetch") || strings.HasPrefix(path, "changes") {
			return
		}
		method := http.MethodPost
		if body == "" {
			method = http.MethodGet
		}
		req, err := http.NewRequestWithContext(t.Context(), method, "http://creel/v1/"+path, strings.NewReader(body))
		if err != nil {
			return
		}
		w := httptest.NewRecorder()
		ended := make(chan struct{})
		go func() { defer close(ended); routes.ServeHTTP(w, req) }()
		select {
		case <-ended:
		case <-time.After(10 * time.Second):
			t.Fatal("no answer")
		}
		if out := w.Body.Bytes(); w.Header().Get("Content-Type") == "application/json" && !json.Valid(out) {
			t.Errorf("%d %q", w.Code, out)
		}
	})
}
