package nats

import (
	"context"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"creel/capture"
	"creel/capture/ring"
)

// A node that starts again reads what the team has of it in one go, however much
// that is.
func TestDigestsOfManyMessages(t *testing.T) {
	team := startEngine(t).init(t, Limits{})
	const n = 20_000
	for i := range n {
		if _, err := team.js.PublishAsync(team.subject("req", "n1", strconv.Itoa(i+1)), []byte("{}"), jetstream.WithStallWait(20*time.Second)); err != nil {
			t.Fatal(err)
		}
	}
	<-team.js.PublishAsyncComplete()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	seen := 0
	err := team.each(ctx, kindRing, team.subject("req", "n1", ">"), func(jetstream.Msg) { seen++ })
	if err != nil || seen != n {
		t.Errorf("%d of %d were read: %v", seen, n, err)
	}
}

// A node that starts again publishes nothing that the team has.
func TestNothingTwiceAfterAStart(t *testing.T) {
	team := startEngine(t).init(t, Limits{})
	r := ring.New(capture.Bounds{})
	node := run(t, team, r, Position{Node: "n1"})
	id := capturing(t, r, "/a", nil)
	messages := func() int {
		s, err := team.js.Stream(t.Context(), team.stream(kindRing))
		if err != nil {
			t.Fatal(err)
		}
		return int(s.CachedInfo().State.Msgs)
	}
	await := func(n int) {
		for end := time.Now().Add(10 * time.Second); messages() < n; time.Sleep(5 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("%d of %d messages", messages(), n)
			}
		}
	}
	await(1)
	r.Record(capture.Op{Reply: &capture.ReplySet{ID: id, State: capture.StateAnswered, Reply: capture.Reply{Status: 200}}})
	await(2)
	note := "mine"
	r.Record(capture.Op{Meta: &capture.Meta{ID: id, Note: &note}})
	await(3)
	node.stop()
	node = run(t, team, r, node.position())
	capturing(t, r, "/b", nil) // published after what was there before
	await(4)
	node.stop()
	if n := messages(); n != 4 {
		t.Errorf("%d messages, want 4", n)
	}
}

// What only a pin keeps is there when a reader is loaded, and gone for good when it is
// deleted.
func TestPinsAreLoadedAndDeleted(t *testing.T) {
	team := startEngine(t).init(t, Limits{})
	r := ring.New(capture.Bounds{})
	run(t, team, r, Position{Node: "n1"})
	one := reader(t, team)
	for _, path := range []string{"/1", "/2", "/3"} {
		capturing(t, r, path, nil)
	}
	all := until(t, one.Mirror.Ring, "three", has(3))
	pin := true
	for _, ex := range all {
		if err := one.Apply(deadline(t), "ana", capture.Op{Meta: &capture.Meta{ID: ex.ID, Pinned: &pin}}); err != nil {
			t.Fatal(err)
		}
	}
	s, err := team.js.Stream(t.Context(), team.stream(kindRing))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Purge(t.Context()); err != nil {
		t.Fatal(err)
	}
	targets := func() (list []string) {
		later, err := Open(deadline(t), team, func(string) {})
		if err != nil {
			t.Fatal(err)
		}
		defer later.Close()
		if err := later.Loaded(deadline(t)); err != nil {
			t.Fatal(err)
		}
		for _, ex := range later.Mirror.Snapshot() {
			list = append(list, ex.Request.Target)
		}
		return list
	}
	for range 20 {
		if got := targets(); !slices.Equal(got, []string{"/1", "/2", "/3"}) {
			t.Fatalf("loaded: %v", got)
		}
	}
	if err := one.Apply(deadline(t), "ana", capture.Op{Delete: []capture.ID{all[1].ID}}); err != nil {
		t.Fatal(err)
	}
	if err := s.Purge(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := targets(); !slices.Equal(got, []string{"/1", "/3"}) {
		t.Errorf("after one was deleted: %v", got)
	}
}
