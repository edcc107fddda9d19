package nats

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	client "github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"creel/capture"
	"creel/capture/export"
	"creel/capture/ring"
)

// published puts a message on the subjects of a space as it is.
func published(t *testing.T, team *Team, subject, data string, header ...string) {
	t.Helper()
	m := &client.Msg{Subject: team.subject(subject), Data: []byte(data), Header: client.Header{}}
	for i := 0; i < len(header); i += 2 {
		m.Header.Set(header[i], header[i+1])
	}
	if _, err := team.js.PublishMsg(deadline(t), m); err != nil {
		t.Fatal(err)
	}
}

// What cannot be read is passed over, and all after it is read.
func TestMessagesThatCannotBeRead(t *testing.T) {
	team := startEngine(t).init(t, Limits{})
	ex := request("/good", nil)
	ex.ID = 1
	data, err := encode(t.Context(), message{}, ex, 1<<20, nil)
	if err != nil {
		t.Fatal(err)
	}
	good, place := string(data), []string{headerSeq, "9"}
	for _, m := range []struct {
		subject, data string
		header        []string
	}{
		{"req.n.2", "{", nil},
		{"req.n.x", good, nil},
		{"req.n.3", `{"exchange":"none"}`, nil},
		{"req.n.4.more", good, nil},
		{"op.n.1", `{"set":["note"],"exchange":"none"}`, nil},
		{"pin.n.x", good, place},
		{"pin.n.5", good, nil},
		{"pin.n.6", good, []string{headerSeq, "0"}},
		{"pin.n.7", "{", place},
		{"pin.n.8", `{"exchange":"none"}`, place},
		{"req.n.1", good, nil},
	} {
		published(t, team, m.subject, m.data, m.header...)
	}
	r := reader(t, team)
	list := until(t, r.Mirror.Ring, "the good one", has(1))
	if len(list) != 1 || list[0].Request.Target != "/good" {
		t.Errorf("%d, the first is %s", len(list), list[0].Request.Target)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.bad != 9 {
		t.Errorf("%d are counted as unreadable, want 9", r.bad)
	}
}

// A member that is asked to serve what cannot be read does not call the app, and a node
// that gets what is no attempt says so.
func TestClaimsThatCannotBeRead(t *testing.T) {
	e := startEngine(t)
	node, member := e.init(t, Limits{}), e.team(t)
	called := false
	_, err := member.serve(t.Context(), []byte("{"), "ana", func(context.Context, *capture.Exchange) capture.Attempt {
		called = true
		return capture.Attempt{}
	})
	if err == nil || called {
		t.Errorf("served: %v, %v", called, err)
	}
	none, err := member.encodeDirect(t.Context(), message{}, &capture.Exchange{})
	if err != nil {
		t.Fatal(err)
	}
	for what, tt := range map[string]struct{ data, want string }{
		"no JSON":    {"{", "unexpected end"},
		"no attempt": {string(none), "has no attempt"},
	} {
		sub, err := member.conn.Subscribe(member.claimSubject("/x"), func(m *client.Msg) { _ = m.Respond([]byte(tt.data)) })
		if err == nil {
			err = member.conn.Flush()
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, err := node.Ask(deadline(t), "/x", request("/x", nil)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", what, err)
		}
		if err := errors.Join(sub.Unsubscribe(), member.conn.Flush()); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := node.Ask(ctx, "/x", request("/x", nil)); !errors.Is(err, context.Canceled) {
		t.Errorf("a node that does not wait: %v", err)
	}
}

// Who serves and who replies are asked until their context ends, and not afterwards.
func TestNobodyIsAskedAfterTheEnd(t *testing.T) {
	e := startEngine(t)
	node, member := e.init(t, Limits{}), e.team(t)
	ctx, end := context.WithCancel(t.Context())
	before := member.conn.NumSubscriptions()
	err := errors.Join(
		member.Reply(ctx, "n", func([]byte) []byte { return nil }),
		member.Serve(ctx, "/x", "ana", func(context.Context, *capture.Exchange) capture.Attempt { return capture.Attempt{} }),
		member.conn.Flush())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := node.AskNode(t.Context(), "n", nil); err != nil {
		t.Error(err)
	}
	if _, err := node.Ask(deadline(t), "/x", request("/x", nil)); err != nil {
		t.Error(err)
	}
	end()
	for wait := deadline(t); member.conn.NumSubscriptions() > before; {
		if wait.Err() != nil {
			t.Fatalf("%d subscriptions are left", member.conn.NumSubscriptions())
		}
		runtime.Gosched()
	}
	if err := member.conn.Flush(); err != nil { // the server knows of the last end, too
		t.Fatal(err)
	}
	if _, err := node.AskNode(t.Context(), "n", nil); !errors.Is(err, errNoNode) {
		t.Errorf("a node that ended: %v", err)
	}
	if _, err := node.Ask(deadline(t), "/x", request("/x", nil)); !errors.Is(err, errUnclaimed) {
		t.Errorf("a claim that ended: %v", err)
	}
}

// A member takes back what it deleted, and the exchange is where it was; the large bodies
// of what it sent by hand reach the node.
func TestMemberRestoresAndSendsLargeBodies(t *testing.T) {
	e := startEngine(t)
	team := e.init(t, Limits{Bytes: minBytes})
	r := ring.New(capture.Bounds{})
	run(t, team, r, Position{Node: "n"})
	capturing(t, r, "/1", nil)
	ana := reader(t, e.team(t))
	ex := until(t, ana.Mirror.Ring, "one", has(1))[0]
	large := capture.NewBody([]byte(strings.Repeat("large", 40<<10)))
	if err := ana.Apply(deadline(t), "ana", capture.Op{Attempt: &capture.AttemptAdd{
		ID: ex.ID, Attempt: capture.Attempt{N: 1, At: time.Unix(5, 0), Resend: true, Body: large, Reply: capture.Reply{Status: 200, Body: large}},
	}}); err != nil {
		t.Fatal(err)
	}
	own := until(t, r, "the attempt", func(l []*capture.Exchange) bool { return len(l[0].Attempts) == 1 })[0].Attempts[0]
	for what, b := range map[string]capture.Body{"body": own.Body, "response": own.Reply.Body} {
		if raw, err := b.Bytes(deadline(t)); err != nil || len(raw) != 200<<10 {
			t.Errorf("the %s is %d bytes, %v", what, len(raw), err)
		}
	}
	if err := ana.Apply(deadline(t), "ana", capture.Op{Delete: []capture.ID{ex.ID}}); err != nil {
		t.Fatal(err)
	}
	until(t, ana.Mirror.Ring, "none", func(l []*capture.Exchange) bool { return len(l) == 0 })
	until(t, r, "none on the node", func(l []*capture.Exchange) bool { return len(l) == 0 })
	r.Record(capture.Op{Reply: &capture.ReplySet{ID: 1, State: capture.StateAnswered, Reply: capture.Reply{Status: 201, Took: 1}}})
	if err := ana.Apply(deadline(t), "ana", capture.Op{Add: ex}); err != nil {
		t.Fatal(err)
	}
	until(t, r, "one again on the node", has(1))
	if back := until(t, ana.Mirror.Ring, "one again with its reply", func(l []*capture.Exchange) bool {
		return len(l) == 1 && l[0].Reply.Status == 201
	})[0]; back.ID != ex.ID || back.Request.Target != "/1" {
		t.Errorf("back is %v %s", back.ID, back.Request.Target)
	}
}

// Changes are made in their order until one fails; those of what is not there say so.
func TestChangesUntilOneFails(t *testing.T) {
	team := startEngine(t).init(t, Limits{})
	r := ring.New(capture.Bounds{})
	run(t, team, r, Position{Node: "n"})
	for _, path := range []string{"/1", "/2", "/3"} {
		capturing(t, r, path, nil)
	}
	ana := reader(t, team)
	list := until(t, ana.Mirror.Ring, "three", has(3))
	err := ana.Apply(deadline(t), "ana", capture.Op{Delete: []capture.ID{list[0].ID, 99, list[1].ID}})
	if !errors.Is(err, capture.ErrEvicted) || !strings.Contains(err.Error(), "#99") {
		t.Errorf("one of three is not there: %v", err)
	}
	left := until(t, ana.Mirror.Ring, "the first is gone", func(l []*capture.Exchange) bool { return len(l) < 3 })
	if len(left) != 2 {
		t.Errorf("%d are left", len(left))
	}
	if err := ana.Apply(deadline(t), "ana", capture.Op{}, capture.Op{Meta: &capture.Meta{ID: list[2].ID}}); err != nil {
		t.Errorf("changes of nothing: %v", err)
	}
	pin := true
	if err := ana.Apply(deadline(t), "ana", capture.Op{Meta: &capture.Meta{ID: 99, Pinned: &pin}}); !errors.Is(err, capture.ErrEvicted) {
		t.Errorf("a pin of none: %v", err)
	}
}

// Pins that do not fit any more are refused: to the member that pins with what to do, on the
// node as a problem, and both go on.
func TestFullPins(t *testing.T) {
	team := startEngine(t).init(t, Limits{})
	r := ring.New(capture.Bounds{})
	c := team.config(kindPins, Limits{Bytes: defaultBytes})
	c.MaxBytes, c.MaxMsgSize = minBytes, minMessage
	if _, err := team.js.UpdateStream(deadline(t), c); err != nil {
		t.Fatal(err)
	}
	reported := make(chan string, 10)
	n := run(t, team, r, Position{Node: "n"})
	n.stop()
	n.Problem = func(s string) { reported <- s }
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); n.Run(ctx) }()
	defer func() { cancel(); <-ended }()
	id := capturing(t, r, "/1", make([]byte, 50<<10))
	ana := reader(t, team)
	place := until(t, ana.Mirror.Ring, "one", has(1))[0].ID
	other := key{"other", 1}
	for _, size := range []int{50 << 10, 100} {
		var err error
		for ; err == nil && other.id < 1000; other.id++ {
			_, err = team.js.Publish(deadline(t), team.subject("pin", other.tokens()), make([]byte, size))
		}
		if !fullStream(err) {
			t.Fatalf("a full stream says %v", err)
		}
	}
	pin := true
	if err := r.Apply(t.Context(), capture.Op{Meta: &capture.Meta{ID: id, Pinned: &pin}}); err != nil {
		t.Fatal(err)
	}
	select {
	case got := <-reported:
		if !strings.Contains(got, "team: pin #1: ") {
			t.Errorf("reported %q", got)
		}
	case <-deadline(t).Done():
		t.Fatal("the node tells nothing")
	}
	capturing(t, r, "/2", nil)
	until(t, ana.Mirror.Ring, "the next", has(2))
	if err := ana.Apply(deadline(t), "ana", capture.Op{Meta: &capture.Meta{ID: place, Pinned: &pin}}); err == nil || !strings.Contains(err.Error(), "unpin another first") {
		t.Errorf("a pin that does not fit: %v", err)
	}
}

// Where several nodes have the same number, each change is of its own; what changed of
// an exchange that the node no longer has is nothing to it.
func TestChangesOfWhatTheNodeLacks(t *testing.T) {
	var reported []string
	o := &Outbox{Ring: ring.New(capture.Bounds{}), Problem: func(s string) { reported = append(reported, s) }}
	if err := o.change(t.Context(), 7, &message{Set: []part{partDelete, partNote}}); err != nil || len(reported) > 0 {
		t.Errorf("%v, reported %v", err, reported)
	}
	id := capturing(t, o.Ring, "/1", nil)
	if err := o.change(t.Context(), id, &message{Set: []part{partNote}, Exchange: []byte("{")}); err == nil {
		t.Error("a change that cannot be read is made")
	}
	ex := &capture.Exchange{ID: id}
	data, err := encode(t.Context(), message{}, ex, 1<<20, nil)
	if err != nil {
		t.Fatal(err)
	}
	in := message{Exchange: data, Set: []part{partReply, partMeta, partRestore}}
	before, _ := o.Ring.Get(id)
	if err := o.change(t.Context(), id, &in); err != nil {
		t.Error(err)
	}
	if now, _ := o.Ring.Get(id); now != before {
		t.Error("what only the node knows was changed")
	}
}

// The body of an attempt that is no longer in the streams is forgotten, and the attempt kept.
func TestAttemptOfOthersWithoutItsBody(t *testing.T) {
	o := &Outbox{Ring: ring.New(capture.Bounds{}), Team: startEngine(t).init(t, Limits{})}
	id := capturing(t, o.Ring, "/1", nil)
	ex := &capture.Exchange{ID: id, Attempts: []*capture.Attempt{{N: 1, Resend: true, Body: capture.NewBody(make([]byte, 600<<10))}}}
	in := message{Set: []part{partAttempts}, Who: "ana"}
	data, err := encode(t.Context(), in, ex, 1<<20, func(p export.BodyPart, raw []byte) (chunked, error) {
		return chunked{Attempt: 1, Name: bodyName("gone", p), Count: 1, Size: int64(len(raw))}, nil
	})
	if err == nil {
		err = json.Unmarshal(data, &in)
	}
	if err == nil {
		err = o.change(deadline(t), id, &in)
	}
	if err != nil {
		t.Fatal(err)
	}
	now, _ := o.Ring.Get(id)
	if len(now.Attempts) != 1 || !now.Attempts[0].Body.IsForgotten() || now.Attempts[0].Body.Size() != 600<<10 {
		t.Errorf("%+v", now.Attempts)
	}
}

// What left the ring before it was published is reported, once and with its number.
func TestLostBeforeItWasPublished(t *testing.T) {
	var reported []string
	r := ring.New(capture.Bounds{Count: 2})
	o := &Outbox{Ring: r, Problem: func(s string) { reported = append(reported, s) }}
	o.dirty, o.removed, o.restored, o.known = map[capture.ID]bool{}, map[capture.ID]bool{}, map[capture.ID]bool{}, map[capture.ID]*capture.Exchange{}
	o.look()
	for range 2 {
		capturing(t, r, "/", nil)
	}
	o.look()
	o.id = 1                       // the first is published
	o.known[2] = request("/", nil) // as is the second, out of order
	for range 3 {
		capturing(t, r, "/", nil)
	}
	o.look()
	o.look()
	want := []string{"team: 1 requests were removed from the history before they could be published"}
	if got := slices.Sorted(maps.Keys(o.dirty)); !slices.Equal(reported, want) || !slices.Equal(got, []capture.ID{4, 5}) {
		t.Errorf("reported %q, to be published: %v", reported, got)
	}
}

// A position that cannot be kept is a problem, unless the node ends.
func TestPositionThatCannotBeKept(t *testing.T) {
	var reported []string
	o := &Outbox{Problem: func(s string) { reported = append(reported, s) }, Save: func(context.Context, Position) error { return errTooLarge }}
	ctx, cancel := context.WithCancel(t.Context())
	o.advance(ctx, 3)
	o.advance(ctx, 3)
	o.advance(ctx, 2)
	if len(reported) != 1 || !strings.Contains(reported[0], "keep the position: "+errTooLarge.Error()) || o.at.ID != 3 {
		t.Errorf("reported %q, position %+v", reported, o.at)
	}
	cancel()
	if o.advance(ctx, 4); len(reported) != 1 || o.at.ID != 4 {
		t.Errorf("reported %q after the end, position %+v", reported, o.at)
	}
}

// What a stream does not have is gone; a stream that is not there is an error of its own.
func TestWhatStreamsDoNotHave(t *testing.T) {
	team := startEngine(t).init(t, Limits{})
	published(t, team, "body.n.1.0.0", "chunk")
	for what, last := range map[string]func() (*jetstream.RawStreamMsg, error){
		"replica": func() (*jetstream.RawStreamMsg, error) {
			return team.last(deadline(t), kindBodies, team.subject("body.n.1.0.0"))
		},
		"leader": func() (*jetstream.RawStreamMsg, error) {
			return team.askLeader(deadline(t), kindBodies, team.subject("body.n.1.0.0"))
		},
	} {
		m, err := last()
		if err != nil || string(m.Data) != "chunk" || m.Sequence != 1 || m.Subject != team.subject("body.n.1.0.0") || m.Time.IsZero() {
			t.Errorf("%s: %+v, %v", what, m, err)
		}
	}
	if _, err := team.last(deadline(t), kindBodies, team.subject("body.n.2.0.0")); !errors.Is(err, jetstream.ErrMsgNotFound) {
		t.Errorf("a message that is not there: %v", err)
	}
	team.Address.Space = "other"
	if _, err := team.last(deadline(t), kindBodies, "x"); !errors.Is(err, jetstream.ErrStreamNotFound) {
		t.Errorf("a stream that is not there: %v", err)
	}
	if _, err := team.askLeader(deadline(t), kindBodies, "x"); err == nil || errors.Is(err, jetstream.ErrMsgNotFound) {
		t.Errorf("the leader of a stream that is not there: %v", err)
	}
	if _, err := team.body(deadline(t), chunked{Name: "n.1.0", Count: 1, Size: 5}); err == nil || errors.Is(err, capture.ErrEvicted) {
		t.Errorf("a body of a stream that is not there: %v", err)
	}
}

var errUnreadable = errors.New("the disk does not answer")

// unreadable is a journal whose bodies cannot be read.
type unreadable struct{}

func (unreadable) Body(context.Context, capture.BodyRef) ([]byte, error) { return nil, errUnreadable }

// What cannot be read is not published without its body, whether that would be in the
// message or beside it.
func TestBodiesThatCannotBePublished(t *testing.T) {
	for _, size := range []int64{9, 1 << 20} {
		ex := &capture.Exchange{ID: 1, Request: capture.Request{Body: capture.StoredBody(unreadable{}, 1, size)}}
		data, err := encode(t.Context(), message{}, ex, 1<<19, func(export.BodyPart, []byte) (chunked, error) { return chunked{}, nil })
		if !errors.Is(err, errUnreadable) || data != nil {
			t.Errorf("%d bytes: %s, %v", size, data, err)
		}
	}
}

// Nothing of an attempt is published when a body of it cannot be read.
func TestAttemptsThatCannotBePublished(t *testing.T) {
	team := startEngine(t).init(t, Limits{})
	r := ring.New(capture.Bounds{})
	run(t, team, r, Position{Node: "n"})
	capturing(t, r, "/1", nil)
	ana := reader(t, team)
	id := until(t, ana.Mirror.Ring, "one", has(1))[0].ID
	a := capture.Attempt{N: 1, Body: capture.StoredBody(unreadable{}, 1, 9)}
	if err := ana.Apply(deadline(t), "ana", capture.Op{Attempt: &capture.AttemptAdd{ID: id, Attempt: a}}); !errors.Is(err, errUnreadable) {
		t.Errorf("it ends with %v", err)
	}
}

// A team that is closed has no connection any more.
func TestCloseOfATeam(t *testing.T) {
	team := startEngine(t).init(t, Limits{})
	team.Close()
	if !team.conn.IsClosed() {
		t.Error("it is connected")
	}
}
