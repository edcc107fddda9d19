package engine_test

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"creel/capture"
	"creel/capture/reply"
	"creel/capture/ring"
	"creel/forward"
	"creel/ui/engine"
)

// nodeWithScreen is a node of a team with a screen, on which its own requests have other
// ids than in its history: ben was first.
func nodeWithScreen(t *testing.T) (*engine.Engine, *engine.MergedRing, func(path string) <-chan string) {
	t.Helper()
	a := teamServer(t)
	ben := join(t, a, "ben", ring.New(capture.Bounds{}))
	ben.captures(t, "/bens")
	node, send := holding(t, engine.TeamConfig{Address: a, Node: "web", Who: "web"})
	screen := node.MergedRing()
	<-screen.Ready()
	waitFor(t, "ben's request", func() bool { return len(screen.Snapshot()) == 1 })
	return node, screen, send
}

// What the own node holds is decided on its screen, under the ids that are shown there.
func TestHeldByTheOwnNode(t *testing.T) {
	node, screen, send := nodeWithScreen(t)
	gate := screen.Gate(node.Replies.Gate)
	got := send("/1")
	waitFor(t, "held and shown", func() bool { list := gate.Held(); return len(list) == 1 && list[0].Exchange.ID == 2 })
	if !gate.Pause(2) || !gate.Held()[0].Paused || !gate.Resume(2) || gate.Held()[0].Paused {
		t.Error("the time of the hold does not stand still, or not go on")
	}
	if gate.Pause(1) || gate.Resume(9) || gate.Release(9, reply.Decision{Way: reply.WayRelease}) {
		t.Error("something was done to what this node does not hold")
	}
	own, _ := screen.Get(2)
	bens, _ := screen.Get(1)
	if err := gate.ReplyNextTry(own, reply.Spec{Statuses: []int{201}}); err != nil {
		t.Error(err)
	}
	if err := gate.ReplyNextTry(bens, reply.Spec{Statuses: []int{201}}); err == nil || !strings.Contains(err.Error(), "node-ben captured it") {
		t.Errorf("of ben's request: %v", err)
	}
	if !gate.Release(2, reply.Decision{Way: reply.WayReply, Reply: reply.Spec{Statuses: []int{418}}}) {
		t.Error("it is not held")
	}
	if s := <-got; !strings.HasPrefix(s, "418 ") {
		t.Errorf("the sender got %q", s)
	}
	if ended := gate.Ended(); len(ended) != 1 || ended[0].ID != 2 {
		t.Errorf("ended: %+v", ended)
	}
}

// What is sent again from the screen of a node is recorded where it is kept, and shown
// while it is under way.
func TestResendsOfANode(t *testing.T) {
	node, screen, send := nodeWithScreen(t)
	reached, goOn := make(chan struct{}, 2), make(chan struct{})
	app := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached <- struct{}{}; <-goOn }))
	t.Cleanup(app.Close)
	target, err := forward.ParseTarget(app.URL)
	if err != nil {
		t.Fatal(err)
	}
	send("/1")
	waitFor(t, "shown", func() bool { return len(screen.Snapshot()) == 2 })
	node.Replies.Gate.ReleaseAll(reply.Decision{Way: reply.WayRelease})
	resender := screen.Resender(&forward.Sender{}, node.Sender, node.Providers, "")
	for id := capture.ID(1); id <= 2; id++ {
		ex, _ := screen.Get(id)
		done := make(chan error, 1)
		go func() {
			_, err := resender.Resend(t.Context(), forward.Resend{Exchange: ex, To: target})
			done <- err
		}()
		<-reached
		if all, of := resender.InFlight(), resender.InFlightOf(id); len(all) != 1 || all[0].ID != id || len(of) != 1 || len(resender.InFlightOf(3-id)) != 0 {
			t.Errorf("%v: under way are %+v, %+v", id, all, of)
		}
		goOn <- struct{}{}
		if err := <-done; err != nil {
			t.Error(err)
		}
		waitFor(t, "recorded", func() bool { ex, _ := screen.Get(id); return len(ex.Attempts) == 1 && ex.Attempts[0].Resend })
	}
	if ex, _ := node.Ring.Get(1); len(ex.Attempts) != 1 {
		t.Errorf("%d attempts in the node's history", len(ex.Attempts))
	}
	go func() { // by the node itself, such as a delivery that was pending
		ex, _ := node.Ring.Get(1)
		_, _ = node.Resender.Resend(t.Context(), forward.Resend{Exchange: ex, To: target})
	}()
	<-reached
	if all, of := resender.InFlight(), resender.InFlightOf(2); len(all) != 1 || all[0].ID != 2 || len(of) != 1 {
		t.Errorf("under way from the node are %+v, %+v", all, of)
	}
	if of := resender.InFlightOf(1); len(of) != 0 { // ben's, which has the same id there
		t.Errorf("under way of ben's request are %+v", of)
	}
	goOn <- struct{}{}
}

// A node goes on under its name, and what it captured before it was in a team stays its
// own.
func TestNodeGoesOn(t *testing.T) {
	a := teamServer(t)
	history := filepath.Join(t.TempDir(), "h.db")
	run := func(name string, c engine.TeamConfig, published bool) {
		t.Run(name, func(t *testing.T) {
			node := openNode(t, engine.Config{History: history, Team: c})
			resp, err := http.Post(node.URL+name, "text/plain", strings.NewReader("x"))
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if !published {
				if node.MergedRing() != nil {
					t.Error("a screen of no team")
				}
				return
			}
			waitFor(t, "published", func() bool { n, err := node.Outbox.Waiting(); return n == 0 && err == nil })
		})
	}
	team := engine.TeamConfig{Address: a, Node: "web", Who: "web"}
	run("/private", engine.TeamConfig{}, false)
	run("/1", team, true)
	run("/2", team, true)
	ben := join(t, a, "ben", nil)
	list := ben.rows(t, "a2 /1", "a3 /2")
	if one, two := list[0].Origin, list[1].Origin; one.Node != two.Node || one.Name() != "web" || one.Node == "web" {
		t.Errorf("captured by %+v and %+v", one, two)
	}
}

// The figures of a screen count what it shows, and have the bounds of its own node.
func TestFiguresOfAScreen(t *testing.T) {
	a := teamServer(t)
	own := ring.New(capture.Bounds{Count: 7})
	ana := join(t, a, "ana", own)
	ana.captures(t, "/1")
	ana.rows(t, "a1 /1")
	cem := join(t, a, "cem", nil)
	cem.rows(t, "a1 /1")
	if s := ana.Stats(); s.Kept != 1 || s.Bounds.Count != 7 || s.First != 1 {
		t.Errorf("ana's: %+v", s)
	}
	if s := cem.Stats(); s.Kept != 1 || s.Bounds.Count == 7 {
		t.Errorf("cem's: %+v", s)
	}
	ana.captures(t, "/2")
	cem.rows(t, "a1 /1", "a2 /2")
	if s := cem.Stats(); s.Kept != 2 {
		t.Errorf("cem's: %+v", s)
	}
}
