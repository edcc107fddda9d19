package engine

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"creel/capture"
	"creel/capture/nats"
	"creel/capture/provider"
	"creel/capture/reply"
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

// What is gone leaves nothing behind: not the id under which it was shown, either.
func TestWhatIsGoneIsForgotten(t *testing.T) {
	own := ring.New(capture.Bounds{Count: 2})
	m := NewMergedRing(MergedConfig{Own: own, Node: "web"})
	for range 3 {
		if _, err := own.Submit(&capture.Exchange{At: time.Now()}).Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
		m.look()
	}
	want := map[placeName]capture.ID{{"web", 2}: 2, {"web", 3}: 3}
	if !reflect.DeepEqual(m.ids, want) || len(m.places) != 2 || m.ownID(1) != 0 || m.ownID(3) != 3 {
		t.Errorf("ids %v, places %v, want %v", m.ids, m.places, want)
	}
	note := "x"
	if err := m.Apply(t.Context(), capture.Op{Meta: &capture.Meta{ID: 1, Note: &note}}); !errors.Is(err, capture.ErrEvicted) {
		t.Errorf("a change of it: %v", err)
	}
}

// The status says how many wait, and why: that the team's ring cannot be reached, else why
// nothing is published.
func TestWhyTheTeamIsBehind(t *testing.T) {
	team, err := nats.Connect(nats.Address{Server: "nats://127.0.0.1:1", Space: "shop"}, nats.Access{}, "test")
	if err != nil {
		t.Fatal(err)
	}
	defer team.Close()
	here, err := team.Present(t.Context(), func() nats.Member { return nats.Member{} }, func() {})
	if err != nil {
		t.Fatal(err)
	}
	unreached, unpublished := errors.New("not reached"), errors.New("no leader")
	for _, tt := range []struct{ reach, publish, want error }{
		{nil, unpublished, unpublished}, {unreached, unpublished, unreached}, {unreached, nil, unreached},
	} {
		m := NewMergedRing(MergedConfig{Team: team, Here: here, Waiting: func() (int, error) { return 3, tt.publish }})
		m.err = tt.reach
		if s := m.Status(); s.Waiting != 3 || !errors.Is(s.Err, tt.want) {
			t.Errorf("%v, %v: %+v", tt.reach, tt.publish, s)
		}
	}
}

// Of the claims for a path the one of the longest path replies; of two for the same, the
// first.
func TestWhichClaimReplies(t *testing.T) {
	list := []nats.Claim{{Path: "/a", Who: "1"}, {Path: "/a/b/", Who: "2"}, {Path: "/a/b/", Who: "3"}, {Path: "/a/b", Who: "4"}, {Path: "/c/d", Who: "5"}, {Path: "/c", Who: "6"}}
	for target, want := range map[string]string{
		"/a": "1", "/a?x=/b": "1", "/ab": "", "/": "", "/a/x": "1", "/a/b": "2", "/a/b/c?d": "2", "/a/bc": "1", "/c/d/e": "5", "/c/e": "6", "/d": "", "/%61/b/c": "2",
	} {
		if got, ok := longest(list, target); got.Who != want || ok != (want != "") {
			t.Errorf("%s: %+v, want %q", target, got, want)
		}
	}
	if got, ok := longest([]nats.Claim{{Path: "/c"}, {Path: "/", Who: "all"}}, "/a"); got.Who != "all" || !ok {
		t.Errorf("a claim of everything: %+v", got)
	}
}

// A reply for another node has what is in files here, and is written by the template here.
func TestRepliesAreCompletedHere(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("{{.Method}} it"), 0o600); err != nil {
		t.Fatal(err)
	}
	ex := &capture.Exchange{Request: capture.Request{Method: "PUT"}}
	for _, tt := range []struct {
		s     reply.Spec
		want  string
		fails bool
	}{
		{reply.Spec{Body: "{{.Method}}"}, "{{.Method}}", false},
		{reply.Spec{BodyFile: file}, "{{.Method}} it", false},
		{reply.Spec{Template: "{{.Method}}"}, "PUT", false},
		{reply.Spec{TemplateFile: file}, "PUT it", false},
		{reply.Spec{BodyFile: file + "x"}, "", true},
		{reply.Spec{Template: "{{"}, "", true},
	} {
		tt.s.Statuses = []int{418}
		got, err := complete(ex, tt.s)
		if (err != nil) != tt.fails {
			t.Errorf("%+v: %v", tt.s, err)
		}
		if want := (reply.Spec{Statuses: []int{418}, Body: tt.want}); err == nil && !reflect.DeepEqual(got, want) {
			t.Errorf("%+v is completed as %+v", tt.s, got)
		}
	}
}

// What became of an attempt that cannot be recorded is told.
func TestAttemptsThatAreNotRecorded(t *testing.T) {
	var problems []string
	m := NewMergedRing(MergedConfig{Node: "web", Problem: func(s string) { problems = append(problems, s) }})
	m.record(9, capture.Attempt{})
	m.ids[placeName{"other", 1}], m.places[1] = 1, placeName{"other", 1}
	m.record(1, capture.Attempt{})
	if len(problems) != 2 || !strings.HasPrefix(problems[0], "an attempt could not be recorded for the team: ") || !strings.Contains(problems[1], "not reached yet") {
		t.Errorf("problems: %q", problems)
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
