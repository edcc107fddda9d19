package engine

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"creel/capture"
	"creel/capture/nats"
	"creel/capture/provider"
	"creel/capture/ring"
	"creel/forward"
)

// When the team does not hear that an app replies for it, the user does, and
// everything else goes on.
func TestClaimThatFails(t *testing.T) {
	c := testConfig(t)
	target, err := forward.ParseTarget("/stripe=http://127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	c.Team = TeamConfig{Address: nats.Address{Server: "nats://127.0.0.1:1", Space: "shop"}, Node: "web", Who: "ana", Answers: []forward.Target{target}}
	var mu sync.Mutex
	var problems []string
	c.Problem = func(s string) {
		mu.Lock()
		defer mu.Unlock()
		problems = append(problems, s)
	}
	e := &Engine{config: c, Providers: c.Providers, Sender: c.Sender, failed: make(chan error, 1), announce: make(chan struct{}, 1)}
	e.background, e.stop = context.WithCancel(t.Context())
	if err := e.open(t.Context()); err != nil {
		t.Fatal(err)
	}
	e.team.Close()
	e.serve()
	if err := e.Close(); err != nil {
		t.Error(err)
	}
	mu.Lock()
	defer mu.Unlock()
	if !slices.ContainsFunc(problems, func(s string) bool { return strings.HasPrefix(s, "claim /stripe: ") }) {
		t.Errorf("problems: %q", problems)
	}
}

// What is deleted while the requests get the names that the team has for them is gone.
func TestDeletedWhileNamesChange(t *testing.T) {
	own := ring.New(capture.Bounds{})
	m := NewMergedRing(MergedConfig{Own: own, Node: "web"})
	for range 2 {
		if _, err := own.Submit(&capture.Exchange{At: time.Now()}).Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	m.look()
	if err := own.Apply(t.Context(), capture.Op{Delete: []capture.ID{1}}); err != nil {
		t.Fatal(err)
	}
	m.ownRev = 0 // all have another name
	m.look()
	if list := m.Snapshot(); len(list) != 1 || list[0].Origin.ID != 2 {
		t.Errorf("%v are shown", list)
	}
}

// A claim may take as long as an attempt, but must leave the node time for its own reply.
func TestTimeOfAClaim(t *testing.T) {
	for limit, want := range map[time.Duration]time.Duration{
		0: 10 * time.Second, time.Minute: 10 * time.Second, 3 * time.Second: 2500 * time.Millisecond,
		time.Second: 500 * time.Millisecond, 600 * time.Millisecond: 300 * time.Millisecond,
	} {
		c := claims{limit: func(string) time.Duration { return limit }, time: 10 * time.Second}
		if got := c.most("x"); got != want {
			t.Errorf("of %v: %v, want %v", limit, got, want)
		}
	}
}

// What the team sees lacks the secrets that are known by then.
func TestTeamMaskKnowsNewSecrets(t *testing.T) {
	set, err := provider.New(provider.Config{Secrets: []provider.Secret{{Provider: "github", Value: "first-secret"}}})
	if err != nil {
		t.Fatal(err)
	}
	m := teamMask{values: set.SecretValues}
	shown := func() string {
		t.Helper()
		ex, err := m.exchange(t.Context(), &capture.Exchange{Request: capture.Request{Target: "/?a=first-secret&b=second-secret"}})
		if err != nil {
			t.Fatal(err)
		}
		return ex.Request.Target
	}
	if got := shown(); strings.Contains(got, "first-secret") || !strings.Contains(got, "second-secret") {
		t.Errorf("before: %s", got)
	}
	if err := set.AddSecret(provider.Secret{Provider: "stripe", Value: "second-secret"}); err != nil {
		t.Fatal(err)
	}
	if got := shown(); strings.Contains(got, "secret") {
		t.Errorf("after: %s", got)
	}
}
