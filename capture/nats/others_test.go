package nats

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"creel/capture"
	"creel/capture/redact"
	"creel/capture/ring"
)

func meta(id capture.ID, note string, pin bool) capture.Op {
	return capture.Op{Meta: &capture.Meta{ID: id, Note: &note, Pinned: &pin}}
}

// What a member changes of what a node captured reaches the node's own history, once.
func TestChangesOfOthersReachTheNode(t *testing.T) {
	e := startEngine(t)
	team := e.init(t, Limits{})
	r := ring.New(capture.Bounds{})
	node := run(t, team, r, Position{Node: "n"})
	for _, path := range []string{"/1", "/2"} {
		capturing(t, r, path, nil)
	}
	ana := reader(t, e.team(t))
	list := until(t, ana.Mirror.Ring, "two", has(2))
	err := ana.Apply(deadline(t), "ana", meta(list[0].ID, "from ana", true),
		capture.Op{Attempt: &capture.AttemptAdd{ID: list[0].ID, Attempt: capture.Attempt{N: 1, At: time.Unix(5, 0), To: "http://h/", Resend: true, SameBody: true}}},
		capture.Op{Delete: []capture.ID{list[1].ID}})
	if err != nil {
		t.Fatal(err)
	}
	own := until(t, r, "the changes", func(l []*capture.Exchange) bool {
		return len(l) == 1 && l[0].Note == "from ana" && l[0].Pinned && len(l[0].Attempts) == 1
	})
	if who := own[0].Attempts[0].Who; who != "ana" {
		t.Errorf("the attempt is by %q", who)
	}
	node.stop()
	// The user of the node changes the note; the next run does not change it back.
	if err := r.Apply(t.Context(), meta(own[0].ID, "mine", false)); err != nil {
		t.Fatal(err)
	}
	if at := node.position(); at.Seq == 0 {
		t.Fatalf("position %+v", at)
	}
	run(t, team, r, node.position())
	shown := until(t, ana.Mirror.Ring, "the note of the node", func(l []*capture.Exchange) bool {
		return len(l) == 1 && l[0].Note == "mine" && !l[0].Pinned
	})
	if n := len(shown[0].Attempts); n != 1 {
		t.Errorf("%d attempts, want ana's", n)
	}
	if ex, _ := r.Get(own[0].ID); ex.Note != "mine" || len(ex.Attempts) != 1 {
		t.Errorf("the node has %q with %d attempts", ex.Note, len(ex.Attempts))
	}
}

// An attempt of a member that comes again, as after a crash, is recorded once; two that
// differ are two.
func TestAttemptsOfOthersAreRecordedOnce(t *testing.T) {
	r := ring.New(capture.Bounds{})
	id := capturing(t, r, "/1", nil)
	o := &Outbox{Ring: r}
	for _, tt := range []struct {
		who  string
		sec  int64
		want int
	}{{"ana", 5, 1}, {"ana", 5, 1}, {"ben", 5, 2}, {"ana", 6, 3}, {"ben", 5, 3}} {
		in := message{Set: []part{partAttempts}, Who: tt.who}
		attempt := capture.Attempt{N: 1, At: time.Unix(tt.sec, 0), To: "http://h/", Resend: true, SameBody: true}
		data, err := encode(t.Context(), in, &capture.Exchange{ID: id, Attempts: []*capture.Attempt{&attempt}}, 1<<20, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(data, &in); err != nil {
			t.Fatal(err)
		}
		if err := o.change(t.Context(), id, &in); err != nil {
			t.Fatal(err)
		}
		ex, _ := r.Get(id)
		if n := len(ex.Attempts); n != tt.want || ex.Attempts[n-1].Who == "" {
			t.Errorf("%s at %d: %d attempts, want %d", tt.who, tt.sec, n, tt.want)
		}
	}
}

// With Private what is sent by hand stays in the node's history; the forwards of the
// node itself are published all the same.
func TestPrivateAttemptsStayHere(t *testing.T) {
	team := startEngine(t).init(t, Limits{})
	r := ring.New(capture.Bounds{})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	o := &Outbox{Team: team, Ring: r, Position: Position{Node: "n"}, Private: true, Problem: func(s string) { t.Error(s) }}
	go func() { o.Run(ctx); close(done) }()
	t.Cleanup(func() { cancel(); <-done })
	id := capturing(t, r, "/1", nil)
	for n, resend := range []bool{true, false} {
		r.Record(capture.Op{Attempt: &capture.AttemptAdd{ID: id, Attempt: capture.Attempt{
			N: n + 1, At: time.Unix(5, 0), To: fmt.Sprintf("http://h/%v", resend), Resend: resend, SameBody: true,
		}}})
	}
	list := until(t, reader(t, team).Mirror.Ring, "the forward", func(l []*capture.Exchange) bool {
		return len(l) == 1 && len(l[0].Attempts) > 0 && l[0].Attempts[len(l[0].Attempts)-1].To == "http://h/false"
	})
	if n := len(list[0].Attempts); n != 1 {
		t.Errorf("%d attempts are shared, want that of the node", n)
	}
}

// Who deletes in the history of a node deletes for the team, and undo takes it back;
// what the bounds of the node evict stays.
func TestDeletionsAreForTheTeam(t *testing.T) {
	e := startEngine(t)
	team := e.init(t, Limits{})
	r := ring.New(capture.Bounds{Count: 3})
	run(t, team, r, Position{Node: "n"})
	seen := reader(t, e.team(t))
	for _, path := range []string{"/1", "/2", "/3"} {
		capturing(t, r, path, nil)
	}
	until(t, seen.Mirror.Ring, "three", has(3))
	kept, _ := r.Get(2)
	if err := r.Apply(t.Context(), capture.Op{Delete: []capture.ID{2}}); err != nil {
		t.Fatal(err)
	}
	until(t, seen.Mirror.Ring, "two left", func(l []*capture.Exchange) bool { return len(l) == 2 })
	if err := r.Apply(t.Context(), capture.Op{Add: kept}); err != nil {
		t.Fatal(err)
	}
	until(t, seen.Mirror.Ring, "it is back", has(3))
	capturing(t, r, "/4", nil) // evicts /1 from the node
	list := until(t, seen.Mirror.Ring, "four", has(4))
	late := until(t, reader(t, team).Mirror.Ring, "a late reader", has(4))
	for _, list := range [][]*capture.Exchange{list, late} {
		for i, ex := range list {
			if want := fmt.Sprintf("/%d", i+1); ex.Request.Target != want {
				t.Errorf("%s stands where %s should", ex.Request.Target, want)
			}
		}
	}
}

// A pin keeps the request as it is then, not as it came.
func TestPinKeepsWhatChanged(t *testing.T) {
	e := startEngine(t)
	team := e.init(t, Limits{})
	r := ring.New(capture.Bounds{})
	node := run(t, team, r, Position{Node: "n"})
	capturing(t, r, "/1", []byte("body"))
	seen := reader(t, e.team(t))
	id := until(t, seen.Mirror.Ring, "one", has(1))[0].ID
	note, pin := "noted", true
	if err := seen.Apply(deadline(t), "ana", capture.Op{Meta: &capture.Meta{ID: id, Note: &note}}); err != nil {
		t.Fatal(err)
	}
	until(t, seen.Mirror.Ring, "the note", func(l []*capture.Exchange) bool { return l[0].Note == note })
	node.stop() // it would store the copy again
	if err := seen.Apply(deadline(t), "ana", capture.Op{Meta: &capture.Meta{ID: id, Pinned: &pin}}); err != nil {
		t.Fatal(err)
	}
	s, err := team.js.Stream(t.Context(), team.stream(kindRing))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Purge(t.Context()); err != nil {
		t.Fatal(err)
	}
	ex := until(t, reader(t, team).Mirror.Ring, "the pin", has(1))[0]
	body, err := ex.Request.Body.Bytes(t.Context())
	if ex.Note != note || !ex.Pinned || err != nil || !bytes.Equal(body, []byte("body")) {
		t.Errorf("kept: note %q, pinned %v, body %q, %v", ex.Note, ex.Pinned, body, err)
	}
}

// A pin of what the team's ring no longer has is reported once, and stops nothing else.
func TestPinOfWhatIsGone(t *testing.T) {
	team := startEngine(t).init(t, Limits{})
	r := ring.New(capture.Bounds{})
	reported := make(chan string, 10)
	saved := make(chan Position, 100)
	node := &Outbox{Team: team, Ring: r, Position: Position{Node: "n"}, Problem: func(s string) { reported <- s }, Save: func(_ context.Context, p Position) error {
		saved <- p
		return nil
	}}
	seen := reader(t, team)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); node.Run(ctx) }()
	defer func() { cancel(); <-ended }()
	id := capturing(t, r, "/1", nil)
	for p := range saved {
		if p.ID == id {
			break
		}
	}
	s, err := team.js.Stream(t.Context(), team.stream(kindRing))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Purge(t.Context()); err != nil {
		t.Fatal(err)
	}
	pin := true
	r.Record(capture.Op{Meta: &capture.Meta{ID: id, Pinned: &pin}})
	if got := <-reported; !strings.Contains(got, "team: pin #1: ") {
		t.Errorf("reported %q", got)
	}
	capturing(t, r, "/2", nil)
	until(t, seen.Mirror.Ring, "the next one", func(l []*capture.Exchange) bool { return targets(l)["/2"] == 1 })
	if len(reported) > 0 {
		t.Errorf("reported once more: %q", <-reported)
	}
}

// A reader keeps nothing of what the ring evicted.
func TestReaderForgetsWhatIsEvicted(t *testing.T) {
	e := startEngine(t)
	team := e.init(t, Limits{Messages: 20, Bytes: minBytes})
	r := ring.New(capture.Bounds{})
	run(t, team, r, Position{Node: "n"})
	seen := reader(t, e.team(t))
	large := bytes.Repeat([]byte("x"), 200<<10)
	for i := range 60 {
		id := capturing(t, r, fmt.Sprintf("/%d", i), large[:1+i%2*(len(large)-1)])
		note := "x"
		if err := r.Apply(t.Context(), capture.Op{Meta: &capture.Meta{ID: id, Note: &note}}); err != nil {
			t.Fatal(err)
		}
	}
	until(t, seen.Mirror.Ring, "the last", func(l []*capture.Exchange) bool {
		return len(l) > 0 && l[len(l)-1].Request.Target == "/59" && l[len(l)-1].Note == "x"
	})
	seen.trim(deadline(t))
	seen.mu.Lock()
	defer seen.mu.Unlock()
	if len(seen.entries) > 20 || len(seen.places) > 20 || len(seen.bodies) > 20 {
		t.Errorf("%d entries, %d places, %d bodies of a ring of 20", len(seen.entries), len(seen.places), len(seen.bodies))
	}
}

// A change whose exchange was evicted is kept only as long as the ring has it.
func TestOrphansAreTrimmed(t *testing.T) {
	r := &Reader{
		Mirror:  ring.NewMirror(),
		entries: map[key]*entry{{"n", 1}: {last: 4}, {"n", 2}: {last: 9}},
		places:  map[capture.ID]key{}, changed: map[key]bool{}, bodies: map[capture.BodyRef]chunked{},
	}
	r.trimBefore(5)
	if len(r.entries) != 1 || r.entries[key{"n", 2}] == nil {
		t.Errorf("left: %v", r.entries)
	}
}

// A node that starts again reads no bodies to see that the team has all.
func TestStartReadsNoBodies(t *testing.T) {
	team := startEngine(t).init(t, Limits{})
	mask, err := redact.New(redact.Config{})
	if err != nil {
		t.Fatal(err)
	}
	r := ring.New(capture.Bounds{})
	first := run(t, team, r, Position{Node: "n"})
	seen := reader(t, team)
	for i := range 20 {
		capturing(t, r, fmt.Sprintf("/%d", i), []byte("token=sk_live_4eC39HqLyjWDarjtT1zdp7dc"))
	}
	until(t, seen.Mirror.Ring, "all", has(20))
	first.stop()
	at := first.position()
	bodies := 0
	again := &Outbox{Team: team, Ring: r, Position: at, Problem: func(s string) { t.Log(s) }}
	again.Redact = func(ctx context.Context, ex *capture.Exchange) (*capture.Exchange, error) {
		if ex.Request.Method != "" {
			bodies++
		}
		return mask.Exchange(ctx, ex)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { again.Run(ctx); close(done) }()
	capturing(t, r, "/last", nil)
	until(t, seen.Mirror.Ring, "the last", has(21))
	stop()
	<-done
	if bodies != 1 {
		t.Errorf("%d requests were redacted, want the new one", bodies)
	}
}
