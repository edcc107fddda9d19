package engine_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats-server/v2/server"

	"creel/capture"
	"creel/capture/nats"
	"creel/capture/ring"
	"creel/ui/engine"
)

// teamServer runs a server with the streams of a space.
func teamServer(t *testing.T) nats.Address {
	t.Helper()
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: -1, JetStream: true, StoreDir: t.TempDir(), NoLog: true, NoSigs: true})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	if !s.ReadyForConnections(20 * time.Second) {
		t.Fatal("the server does not start")
	}
	a := nats.Address{Server: s.ClientURL(), Space: "shop"}
	if err := connect(t, a).Init(t.Context(), nats.Limits{}); err != nil {
		t.Fatal(err)
	}
	return a
}

func connect(t *testing.T, a nats.Address) *nats.Team {
	t.Helper()
	team, err := nats.Connect(a, nats.Access{}, "test")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(team.Close)
	return team
}

// member is a member of the team: with a node when own is set.
type member struct {
	*engine.MergedRing
	own      *ring.Ring
	who      string
	team     *nats.Team
	problems chan string   // the first ones
	changed  chan struct{} // when a member came, went, or looks at something else
}

func join(t *testing.T, a nats.Address, who string, own *ring.Ring) *member {
	t.Helper()
	problems := make(chan string, 10)
	c := engine.MergedConfig{
		Team: connect(t, a), Own: own, Node: "node-" + who, Who: who,
		Notice: func(s string) { t.Log(s) }, Problem: func(s string) {
			t.Log(who, s)
			select {
			case problems <- s:
			default:
			}
		},
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	self := nats.Member{Who: who, Screen: true}
	changed := make(chan struct{}, 1)
	here, err := c.Team.Present(ctx, func() nats.Member { return self }, func() {
		select {
		case changed <- struct{}{}:
		default:
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	c.Here = here
	done := make(chan struct{}, 2)
	if own != nil {
		o := &nats.Outbox{Team: connect(t, a), Ring: own, Position: nats.Position{Node: c.Node}, Who: who, Problem: c.Problem}
		c.Waiting = o.Waiting
		go func() { o.Run(ctx); done <- struct{}{} }()
	} else {
		done <- struct{}{}
	}
	m := &member{engine.NewMergedRing(c), own, who, c.Team, problems, changed}
	go func() { m.Follow(ctx); done <- struct{}{} }()
	t.Cleanup(func() { cancel(); <-done; <-done })
	<-m.Ready()
	return m
}

// rows are what a screen shows, once it is as wanted.
func (m *member) rows(t *testing.T, want ...string) []*capture.Exchange {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	watch := m.Watch(ctx)
	for {
		var got []string
		list := m.Snapshot()
		for _, ex := range list {
			row := ex.Name() + " " + ex.Request.Target
			if ex.Note != "" {
				row += " " + ex.Note
			}
			for _, a := range ex.Attempts {
				row += " sent by " + a.Who
			}
			got = append(got, row)
		}
		if cmp.Equal(want, got) {
			return list
		}
		if _, ok := <-watch; !ok {
			t.Fatalf("%s sees %s", m.who, cmp.Diff(want, got))
		}
	}
}

// sees waits until the team is as wanted.
func (m *member) sees(t *testing.T, ok func(engine.TeamStatus) bool) {
	t.Helper()
	for wait := time.After(20 * time.Second); !ok(m.Status()); {
		select {
		case <-m.changed:
		case <-wait:
			t.Fatalf("%s sees %+v", m.who, m.Status())
		}
	}
}

func (m *member) captures(t *testing.T, path string) {
	t.Helper()
	ex := &capture.Exchange{At: time.Now(), State: capture.StateAnswered, Request: capture.Request{Method: "POST", Target: path, Host: "x"}}
	if _, err := m.own.Submit(ex).Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// All screens show what all nodes captured, under the same names; what is done on one is
// done for all, and undone.
func TestScreensOfATeamAgree(t *testing.T) {
	a := teamServer(t)
	ana := join(t, a, "ana", ring.New(capture.Bounds{}))
	ana.captures(t, "/1")
	ana.rows(t, "a1 /1")
	ben := join(t, a, "ben", ring.New(capture.Bounds{}))
	ben.rows(t, "a1 /1")
	ben.captures(t, "/2")
	cem := join(t, a, "cem", nil)
	all := []*member{ana, ben, cem}
	var list []*capture.Exchange
	for _, m := range all {
		list = m.rows(t, "a1 /1", "b1 /2")
	}
	note := "look"
	for i, ex := range list { // cem has no node: one op for each of the others' nodes
		if err := cem.Apply(t.Context(), capture.Op{Meta: &capture.Meta{ID: ex.ID, Note: &note}}); err != nil {
			t.Fatal(i, err)
		}
	}
	for _, m := range all {
		m.rows(t, "a1 /1 look", "b1 /2 look")
	}
	anas := ana.rows(t, "a1 /1 look", "b1 /2 look")
	revs := map[*member]capture.Rev{}
	for _, m := range all {
		revs[m] = m.Since(0).Rev
	}
	if err := ana.Apply(t.Context(), capture.Op{Delete: []capture.ID{anas[0].ID, anas[1].ID}}); err != nil {
		t.Fatal(err)
	}
	for _, m := range all {
		m.rows(t)
		if d := m.Since(revs[m]); len(d.Deleted) != 2 {
			t.Errorf("%d are said to be deleted, want 2", len(d.Deleted))
		}
	}
	if err := ana.Apply(t.Context(), capture.Op{Add: anas[0]}, capture.Op{Add: anas[1]}); err != nil {
		t.Fatal(err)
	}
	for _, m := range all {
		m.rows(t, "a1 /1 look", "b1 /2 look")
	}
	cem.sees(t, func(s engine.TeamStatus) bool { return cmp.Equal(s.Here, []string{"ana", "ben"}) })
}

// What one member has selected is told to the others, until it is something else.
func TestOthersSeeWhatIsSelected(t *testing.T) {
	a := teamServer(t)
	ana := join(t, a, "ana", ring.New(capture.Bounds{}))
	ana.captures(t, "/1")
	ana.captures(t, "/2")
	cem := join(t, a, "cem", nil)
	list, anas := cem.rows(t, "a1 /1", "a2 /2"), ana.rows(t, "a1 /1", "a2 /2")
	for _, at := range []int{0, 1, -1} {
		var id capture.ID
		want := map[capture.ID]string(nil)
		if at >= 0 {
			id, want = list[at].ID, map[capture.ID]string{anas[at].ID: "cem"}
		}
		cem.Look(id)
		ana.sees(t, func(s engine.TeamStatus) bool { return cmp.Equal(want, s.Looks) })
	}
}

// Two who look at the same are told together. An app that replies has no screen; who has
// lost the connection says so.
func TestWhoIsHere(t *testing.T) {
	a := teamServer(t)
	ana := join(t, a, "ana", ring.New(capture.Bounds{}))
	ana.captures(t, "/1")
	for _, who := range []string{"ben", "cem"} {
		m := join(t, a, who, nil)
		m.Look(m.rows(t, "a1 /1")[0].ID)
	}
	app := nats.Member{Who: "dee", Claims: []nats.Claim{{Path: "/d"}}}
	if _, err := connect(t, a).Present(t.Context(), func() nats.Member { return app }, func() {}); err != nil {
		t.Fatal(err)
	}
	id := ana.rows(t, "a1 /1")[0].ID
	ana.sees(t, func(s engine.TeamStatus) bool {
		return len(s.Claims) == 1 && cmp.Equal(s.Here, []string{"ben", "cem"}) && cmp.Equal(s.Looks, map[capture.ID]string{id: "ben, cem"})
	})
	if s := ana.Status(); s.Err != nil || s.Waiting != 0 {
		t.Errorf("status %+v", s)
	}
	ana.team.Close()
	if s := ana.Status(); s.Err == nil || s.Err.Error() != "the connection is lost" {
		t.Errorf("without a connection: %v", s.Err)
	}
}

// A resend is recorded where the request is kept, with the name of who made it, whose
// screen that was.
func TestResendsOfATeam(t *testing.T) {
	a := teamServer(t)
	ana := join(t, a, "ana", ring.New(capture.Bounds{}))
	ana.captures(t, "/1")
	cem := join(t, a, "cem", nil)
	id := cem.rows(t, "a1 /1")[0].ID
	if err := cem.Apply(t.Context(), capture.Op{Attempt: &capture.AttemptAdd{ID: id, Attempt: capture.Attempt{At: time.Now(), To: "http://127.0.0.1:1/", Resend: true}}}); err != nil {
		t.Fatal(err)
	}
	cem.rows(t, "a1 /1 sent by cem")
	ana.rows(t, "a1 /1 sent by cem")
	if ex, _ := ana.own.Get(1); len(ex.Attempts) != 1 {
		t.Errorf("ana's history has %d attempts", len(ex.Attempts))
	}
}

// A change that is made nowhere is an error, whoever keeps the request.
func TestChangesThatAreNotMade(t *testing.T) {
	a := teamServer(t)
	ana := join(t, a, "ana", ring.New(capture.Bounds{}))
	ana.captures(t, "/1")
	cem := join(t, a, "cem", nil)
	own, others := ana.rows(t, "a1 /1")[0].ID, cem.rows(t, "a1 /1")[0].ID
	note := "look"
	change := func(m *member, id capture.ID) error {
		return m.Apply(t.Context(), capture.Op{Meta: &capture.Meta{ID: id, Note: &note}})
	}
	if err := change(ana, 99); !errors.Is(err, capture.ErrEvicted) {
		t.Errorf("of a request that is not there: %v", err)
	}
	if err := ana.own.Close(); err != nil {
		t.Fatal(err)
	}
	if err := change(ana, own); err == nil {
		t.Error("a history that is closed took a change")
	}
	cem.team.Close()
	if err := change(cem, others); err == nil {
		t.Error("a change went through a closed connection")
	}
}

// A team's ring that does not exist yet is reported once, and read as soon as it does.
func TestRingThatIsMadeLater(t *testing.T) {
	a := teamServer(t)
	a.Space = "later"
	cem := join(t, a, "cem", nil)
	if s := <-cem.problems; !strings.HasSuffix(s, "has no streams yet: run creel team init "+a.String()) {
		t.Errorf("reported %q", s)
	}
	if s := cem.Status(); s.Err == nil || !strings.Contains(s.Err.Error(), "has no streams yet") {
		t.Errorf("status %+v", s)
	}
	if err := connect(t, a).Init(t.Context(), nats.Limits{}); err != nil {
		t.Fatal(err)
	}
	ana := join(t, a, "ana", ring.New(capture.Bounds{}))
	ana.captures(t, "/1")
	cem.rows(t, "a1 /1")
	if s := cem.Status(); s.Err != nil {
		t.Errorf("status %+v", s)
	}
	if len(cem.problems) > 0 {
		t.Errorf("reported as well: %q", <-cem.problems)
	}
}

// Without the engine of the team a screen shows its own node.
func TestScreenWithoutTheEngine(t *testing.T) {
	r := ring.New(capture.Bounds{})
	ana := join(t, nats.Address{Server: "nats://127.0.0.1:1", Space: "shop"}, "ana", r)
	for i := range 3 {
		ana.captures(t, fmt.Sprintf("/%d", i))
	}
	ana.rows(t, "#1 /0", "#2 /1", "#3 /2")
	if s := ana.Status(); s.Waiting != 3 || s.Err == nil {
		t.Errorf("status %+v", s)
	}
	note, rows := "look", ana.rows(t, "#1 /0", "#2 /1", "#3 /2")
	if err := ana.Apply(t.Context(), capture.Op{Meta: &capture.Meta{ID: rows[0].ID, Note: &note}}); err != nil || r.Snapshot()[0].Note != note {
		t.Errorf("a change of what it captured itself: %v", err)
	}
	theirs := *rows[0]
	theirs.Origin = &capture.Origin{Node: "somebody", ID: 1}
	if err := ana.Apply(t.Context(), capture.Op{Add: &theirs}); err == nil || !strings.HasPrefix(err.Error(), "the team's ring: ") {
		t.Errorf("a change of what another captured: %v", err)
	}
}
