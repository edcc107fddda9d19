package nats

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"creel/capture"
	"creel/capture/export"
	"creel/capture/ring"
)

// known is an exchange in which all that can change has a value.
func known() *capture.Exchange {
	return &capture.Exchange{
		State: capture.StateAnswered, Reply: capture.Reply{Status: 200, By: "x", Fault: "f", Took: 5},
		Signature: capture.Signature{Verdict: "valid"}, Handshake: "h", Pending: []string{"http://h/"}, Note: "n",
		Attempts: []*capture.Attempt{{N: 1}},
	}
}

// Each thing of an exchange that can change is published when it does, alone, and is
// another state for a node that starts again.
func TestWhatChanges(t *testing.T) {
	for _, tt := range []struct {
		what   string
		change func(*capture.Exchange)
		want   []part
	}{
		{"nothing", func(*capture.Exchange) {}, nil},
		{"state", func(e *capture.Exchange) { e.State++ }, []part{partReply}},
		{"status", func(e *capture.Exchange) { e.Reply.Status = 201 }, []part{partReply}},
		{"by", func(e *capture.Exchange) { e.Reply.By = "y" }, []part{partReply}},
		{"fault", func(e *capture.Exchange) { e.Reply.Fault = "" }, []part{partReply}},
		{"took", func(e *capture.Exchange) { e.Reply.Took = 6 }, []part{partReply}},
		{"verdict", func(e *capture.Exchange) { e.Signature.Verdict = "" }, []part{partMeta}},
		{"handshake", func(e *capture.Exchange) { e.Handshake = "" }, []part{partMeta}},
		{"pending", func(e *capture.Exchange) { e.Pending = nil }, []part{partMeta}},
		{"pin", func(e *capture.Exchange) { e.Pinned = true }, []part{partPin}},
		{"note", func(e *capture.Exchange) { e.Note = "" }, []part{partNote}},
		{"attempt", func(e *capture.Exchange) { e.Attempts = append(e.Attempts, &capture.Attempt{N: 2}) }, []part{partAttempts}},
		{"attempt by hand", func(e *capture.Exchange) { e.Attempts = append(e.Attempts, &capture.Attempt{N: 2, Resend: true}) }, []part{partAttempts}},
		{"attempt of the team", func(e *capture.Exchange) {
			e.Attempts = append(e.Attempts, &capture.Attempt{N: 2, Resend: true, Who: "ana"})
		}, nil},
		{"all", func(e *capture.Exchange) {
			*e = capture.Exchange{Pinned: true, Attempts: []*capture.Attempt{{N: 1}, {N: 2}}}
		}, []part{partReply, partMeta, partPin, partNote, partAttempts}},
		{"reply's body", func(e *capture.Exchange) { e.Reply.Body = capture.NewBody([]byte("x")) }, []part{partReply}},
	} {
		before, now := known(), known()
		tt.change(now)
		set, out := changes(before, now)
		if !slices.Equal(set, tt.want) || sameParts(before, now) != (tt.want == nil) {
			t.Errorf("%s: %v", tt.what, set)
		}
		if slices.Contains(set, partAttempts) != (len(out.Attempts) == 1 && out.Attempts[0].N == 2) || !slices.Contains(set, partReply) && out.Reply.Status != 0 {
			t.Errorf("%s: published are %d attempts and the reply %d", tt.what, len(out.Attempts), out.Reply.Status)
		}
		if same := digest(bare(before)) == digest(bare(now)); same != (tt.want == nil || tt.what == "reply's body") {
			t.Errorf("%s: the same digest is %v", tt.what, same)
		}
	}
}

// Attempts stand in the order of their time whatever the order in which they come, each
// once, and are numbered; what the mirror has is not written to.
func TestAttemptsComeInAnyOrder(t *testing.T) {
	at := func(second int64, who string) *capture.Attempt {
		return &capture.Attempt{N: 9, At: time.Unix(second, 0), Who: who, To: "http://h/"}
	}
	for _, order := range [][]int{{0, 1, 2, 3}, {3, 2, 1, 0}, {2, 0, 3, 1}, {1, 1, 0, 3, 3, 2, 0}} {
		all := []*capture.Attempt{at(1, "ana"), at(2, "ana"), at(2, "ben"), at(3, "ana")}
		var list []*capture.Attempt
		for _, i := range order {
			before := slices.Clone(list)
			values := make([]capture.Attempt, len(list))
			for i, a := range before {
				values[i] = *a
			}
			list = addAttempt(slices.Clone(list), all[i])
			for i, a := range before {
				if a.N != values[i].N {
					t.Errorf("%v: an attempt that is shown got number %d", order, a.N)
				}
			}
		}
		if len(list) != len(all) || !slices.IsSortedFunc(list, func(a, b *capture.Attempt) int {
			return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.N, b.N))
		}) {
			t.Errorf("%v: %d attempts, not in order", order, len(list))
		}
		for i, a := range list {
			if a.N != i+1 {
				t.Errorf("%v: attempt %d has number %d", order, i+1, a.N)
			}
		}
	}
}

// A body that a message names is believed when it can be; else the rest of the exchange
// is read without it.
func TestNamedBodiesThatCannotBe(t *testing.T) {
	good := chunked{Name: "n.1.0", Count: 2, Size: 600 << 10}
	for _, tt := range []struct {
		what   string
		change func(*chunked)
		bad    bool
	}{
		{"as it is published", func(*chunked) {}, false},
		{"the longest name", func(c *chunked) {
			c.Name = strings.Repeat("n", 64) + "." + strings.Repeat("1", 20) + "." + strings.Repeat("2", 9)
		}, false},
		{"a longer node", func(c *chunked) { c.Name = strings.Repeat("n", 65) + ".1.0" }, true},
		{"a wildcard", func(c *chunked) { c.Name = "*.1.0" }, true},
		{"two parts", func(c *chunked) { c.Name = "n.1" }, true},
		{"four parts", func(c *chunked) { c.Name = "n.1.0.1" }, true},
		{"a negative count", func(c *chunked) { c.Count = -1 }, true},
		{"a chunk for each byte", func(c *chunked) { c.Count = int(c.Size) }, false},
		{"more chunks than bytes", func(c *chunked) { c.Count = int(c.Size) + 1 }, true},
		{"the largest", func(c *chunked) { c.Size = maxBodyBytes }, false},
		{"larger", func(c *chunked) { c.Size = maxBodyBytes + 1 }, true},
		{"another body of the exchange", func(c *chunked) { c.Response = true }, true},
		{"a body of an attempt", func(c *chunked) { c.Attempt = 1 }, true},
	} {
		c := good
		tt.change(&c)
		ex := &capture.Exchange{ID: 1, Request: capture.Request{Method: "POST", Target: "/", Body: capture.StoredBody(nil, 1, c.Size), Size: c.Size}}
		line, err := export.FeedLine(t.Context(), nil, ex, 0)
		if err != nil {
			t.Fatal(err)
		}
		stored := 0
		got, err := decode(&message{Exchange: line, Bodies: []chunked{c}}, func(chunked) capture.Body {
			stored++
			return capture.NewBody(nil)
		})
		if err != nil || got.Request.Target != "/" || (stored == 0) != tt.bad {
			t.Errorf("%s: read %d times, %v", tt.what, stored, err)
		}
	}
	c := good
	if c.Size, c.Count = -1, -1; c.check() == nil {
		t.Error("a negative size is believed")
	}
}

// A body is given only as it was published.
func TestDamagedBodies(t *testing.T) {
	team := startEngine(t).init(t, Limits{})
	raw := []byte(strings.Repeat("0123456789", 3))
	c, err := team.putBody(t.Context(), "n.1.0", export.BodyPart{ID: 1}, raw, 10)
	if err != nil || c.Count != 3 || c.Size != 30 {
		t.Fatalf("%+v, %v", c, err)
	}
	for _, tt := range []struct {
		what   string
		change func(*chunked)
		want   string
	}{
		{"as it was", func(*chunked) {}, ""},
		{"without the last chunk", func(c *chunked) { c.Count-- }, "SHA-256"},
		{"another sum", func(c *chunked) { c.SHA256 = strings.Repeat("0", 64) }, "SHA-256"},
		{"a chunk that is gone", func(c *chunked) { c.Count++ }, capture.ErrEvicted.Error()},
	} {
		c := c
		tt.change(&c)
		got, err := team.body(deadline(t), c)
		if tt.want == "" {
			if err != nil || string(got) != string(raw) {
				t.Errorf("%s: %q, %v", tt.what, got, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %q, %v", tt.what, got, err)
		}
	}
	// No more is read than the size that the message names.
	c.Size = 9
	asked := team.conn.Stats().OutMsgs
	if _, err := team.body(deadline(t), c); err == nil {
		t.Error("a body that is larger than it says is given")
	}
	small := team.conn.Stats().OutMsgs - asked
	c.Size = 30
	if _, err := team.body(deadline(t), c); err != nil {
		t.Error(err)
	}
	if whole := team.conn.Stats().OutMsgs - asked - small; whole != 3*small {
		t.Errorf("%d requests for the first chunk, %d for all three", small, whole)
	}
}

// Bodies that fit are in the message, exactly up to its bound; others are put away, and a
// message that is too large without them is not made.
func TestMessagesAtTheBound(t *testing.T) {
	ex := request("/a", []byte(strings.Repeat("x", 1000)))
	ex.ID = 1
	whole, err := encode(t.Context(), message{}, ex, 1<<20, nil)
	if err != nil {
		t.Fatal(err)
	}
	var put []export.BodyPart
	keep := func(p export.BodyPart, raw []byte) (chunked, error) {
		put = append(put, p)
		return chunked{Name: "n.1.0", Count: 1, Size: int64(len(raw))}, nil
	}
	data, err := encode(t.Context(), message{}, ex, int64(len(whole)), keep)
	if err != nil || string(data) != string(whole) || len(put) != 0 {
		t.Errorf("exactly at the bound: %d bytes, %v, put away %v", len(data), err, put)
	}
	data, err = encode(t.Context(), message{}, ex, int64(len(whole))-1, keep)
	if err != nil || len(data) >= len(whole) || len(put) != 1 {
		t.Fatalf("a byte too many: %d bytes, %v, put away %v", len(data), err, put)
	}
	if _, err := encode(t.Context(), message{}, ex, int64(len(data)), keep); err != nil {
		t.Errorf("without its body it fits exactly: %v", err)
	}
	if _, err := encode(t.Context(), message{}, ex, int64(len(data))-1, keep); !errors.Is(err, errTooLarge) {
		t.Errorf("it does not fit without its body: %v", err)
	}
}

// The bodies that are put away are those of the request, the reply and each attempt; one
// that an attempt shares with the request is put away once, and what is no longer there
// not at all.
func TestWhichBodiesArePutAway(t *testing.T) {
	large := func() capture.Body { return capture.NewBody(make([]byte, 11)) }
	ex := &capture.Exchange{
		ID: 7, Request: capture.Request{Body: large()}, Reply: capture.Reply{Body: large()},
		Attempts: []*capture.Attempt{
			{N: 1, SameBody: true, Reply: capture.Reply{Body: large()}},
			{N: 2, Body: large(), Reply: capture.Reply{Body: capture.NewBody(make([]byte, 10))}},
			{N: 3, Body: capture.ForgottenBody(99), Reply: capture.Reply{Body: large()}},
		},
	}
	var names []string
	list, err := store(t.Context(), ex, 10, func(p export.BodyPart, raw []byte) (chunked, error) {
		names = append(names, bodyName("n", p))
		return chunked{Size: int64(len(raw))}, nil
	})
	if got := strings.Join(names, " "); err != nil || got != "n.7.0 n.7.1 n.7.3 n.7.4 n.7.7" || len(list) != 5 {
		t.Errorf("%s, %v", got, err)
	}
}

// The least bytes of a ring, the largest message of a stream, and what else a stream
// needs to keep what is published.
func TestBoundsOfStreams(t *testing.T) {
	team := startEngine(t).init(t, Limits{Bytes: minBytes})
	for what, tt := range map[string]struct {
		change func(*jetstream.StreamConfig)
		want   string
	}{
		"as it is made":      {func(*jetstream.StreamConfig) {}, ""},
		"a byte more":        {func(c *jetstream.StreamConfig) { c.MaxMsgSize++ }, "tenth"},
		"no bound":           {func(c *jetstream.StreamConfig) { c.MaxMsgSize = -1 }, "tenth"},
		"bound of zero":      {func(c *jetstream.StreamConfig) { c.MaxMsgSize = 0 }, "tenth"},
		"no bound of either": {func(c *jetstream.StreamConfig) { c.MaxMsgSize, c.MaxBytes = -1, -1 }, ""},
		"smaller messages":   {func(c *jetstream.StreamConfig) { c.MaxMsgSize-- }, "team init"},
		"in memory":          {func(c *jetstream.StreamConfig) { c.Storage = jetstream.MemoryStorage }, "memory"},
		"no direct reads":    {func(c *jetstream.StreamConfig) { c.AllowDirect = false }, "direct"},
	} {
		c := team.config(kindRing, Limits{Bytes: minBytes})
		tt.change(&c)
		if err := check(&c); (err == nil) != (tt.want == "") || err != nil && (!strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), "stream "+c.Name)) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := team.Init(deadline(t), Limits{Messages: 7, Bytes: 3 * minBytes}); err != nil {
		t.Fatal(err)
	}
	if err := team.Repair(deadline(t)); err != nil {
		t.Fatal(err)
	}
	list, err := team.Status(deadline(t))
	if err != nil || len(list) != 3 || list[0].Limits != (Limits{7, 3 * minBytes, 1}) || list[1].Limits != (Limits{-1, 3 * minBytes, 1}) {
		t.Errorf("after a repair: %+v, %v", list, err)
	}
	if err := team.Init(deadline(t), Limits{}); err != nil {
		t.Fatal(err)
	}
	if list, err := team.Status(deadline(t)); err != nil || list[0].Limits != (Limits{defaultMessages, defaultBytes, 1}) {
		t.Errorf("by default: %+v, %v", list, err)
	}
}

// A path that is not served says so. Who serves is named to the node, within bounds, and
// what the app replied is given without a number of its own; what does not fit in a message
// says so.
func TestClaimsAtTheBounds(t *testing.T) {
	e := startEngine(t)
	node, member := e.init(t, Limits{}), e.team(t)
	ex := request("/x", []byte("body"))
	if _, err := node.Ask(deadline(t), "/x", ex); !errors.Is(err, errUnclaimed) {
		t.Errorf("a path that is not served: %v", err)
	}
	size := 10
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	err := member.Serve(ctx, "/x", strings.Repeat("w", maxWho+1), func(_ context.Context, got *capture.Exchange) capture.Attempt {
		return capture.Attempt{SameBody: true, Reply: capture.Reply{Status: 201, Body: capture.NewBody(make([]byte, size))}, Target: got.Request.Target}
	})
	if err == nil {
		err = member.conn.Flush()
	}
	if err != nil {
		t.Fatal(err)
	}
	a, err := node.Ask(deadline(t), "/x", ex)
	if err != nil || a.Who != strings.Repeat("w", maxWho) || a.N != 0 || a.Reply.Status != 201 || a.Reply.Body.Size() != 10 || a.Target != "/x" {
		t.Fatalf("%+v, %v", a, err)
	}
	if body, err := a.Body.Bytes(t.Context()); err != nil || string(body) != "body" {
		t.Errorf("the body that was sent: %q, %v", body, err)
	}
	for range maxServing { // one after the other, so that each makes place for the next
		if _, err := node.Ask(deadline(t), "/x", ex); err != nil {
			t.Fatal(err)
		}
	}
	size = int(node.conn.MaxPayload())
	if a, err := node.Ask(deadline(t), "/x", ex); err != nil || a.Cause != capture.CauseTooLarge || a.Reply.Status != 201 || a.Reply.Body.Size() != 0 {
		t.Errorf("a large response: %+v, %v", a, err)
	}
	if _, err := node.Ask(deadline(t), "/x", request("/x", make([]byte, size))); !errors.Is(err, errTooLarge) {
		t.Errorf("a large request: %v", err)
	}
}

// An exchange is found by the letters of its node and the node's number only.
func TestFindByName(t *testing.T) {
	r := &Reader{names: map[string]string{}, entries: map[key]*entry{}}
	for i := range 28 {
		node := "n" + strconv.Itoa(i)
		r.names[node] = letters(i)
		r.entries[key{node, 1}] = &entry{ex: &capture.Exchange{}, seq: uint64(100 + i)}
	}
	r.entries[key{"n0", 2}] = &entry{seq: 200} // its exchange is to come
	for name, want := range map[string]capture.ID{
		"a1": 100, "b1": 101, "z1": 125, "aa1": 126, "ab1": 127, "a2": 0, "a3": 0, "ac1": 0, "1": 0, "a": 0, "": 0, "a1x": 0, "a99999999999999999999": 0,
	} {
		if got, ok := r.Find(name); got != want || ok != (want != 0) {
			t.Errorf("%q is %d, %v; want %d", name, got, ok, want)
		}
	}
	for node, want := range map[string]capture.ID{"n0": 100, "n27": 127, "n28": 0} {
		if got, ok := r.Place(node, 1); got != want || ok != (want != 0) {
			t.Errorf("%s is at %d, %v; want %d", node, got, ok, want)
		}
	}
	if _, ok := r.Place("n0", 2); ok {
		t.Error("an exchange that is to come has a place")
	}
}

// What the ring evicted leaves the mirror: the first that it still has stays, and so does
// what a pin keeps.
func TestTrimAtTheFirst(t *testing.T) {
	ex := func() *capture.Exchange { return &capture.Exchange{} }
	r := &Reader{
		Mirror: ring.NewMirror(), places: map[capture.ID]key{4: {"n", 1}}, changed: map[key]bool{}, bodies: map[capture.BodyRef]chunked{1: {}, 2: {}},
		entries: map[key]*entry{
			{"n", 1}: {ex: ex(), seq: 4, last: 9, refs: []capture.BodyRef{1}}, {"n", 2}: {ex: ex(), seq: 5, refs: []capture.BodyRef{2}},
			{"n", 3}: {ex: ex(), seq: 3, pinned: true}, {"n", 4}: {last: 4}, {"n", 5}: {last: 5},
		},
	}
	r.trimBefore(5)
	var left []string
	for k := range r.entries {
		left = append(left, k.tokens())
	}
	slices.Sort(left)
	if got := strings.Join(left, " "); got != "n.2 n.3 n.5" || len(r.places) != 0 || len(r.bodies) != 1 {
		t.Errorf("left: %s, %d places, %d bodies", got, len(r.places), len(r.bodies))
	}
}

// What waits are the exchanges after the last one that is published.
func TestHowManyWait(t *testing.T) {
	r := ring.New(capture.Bounds{})
	o := &Outbox{Ring: r}
	for n := range 4 {
		if got, err := o.Waiting(); got != n || err != nil {
			t.Errorf("%d wait of %d, %v", got, n, err)
		}
		capturing(t, r, "/", nil)
	}
	o.last = errTooLarge
	for id, want := range map[capture.ID]int{0: 4, 1: 3, 3: 1, 4: 0, 9: 0} {
		o.at.ID = id
		if got, err := o.Waiting(); got != want || !errors.Is(err, errTooLarge) {
			t.Errorf("all up to %v are published: %d wait, %v", id, got, err)
		}
	}
}

// The team sees who sent by hand: the node's own user, or who did it from elsewhere; what
// the node forwards names no member. The node's history is not written to.
func TestWhoSentByHand(t *testing.T) {
	b := batch{Outbox: &Outbox{Who: "ana"}}
	ex := &capture.Exchange{Attempts: []*capture.Attempt{{N: 1}, {N: 2, Resend: true}, {N: 3, Resend: true, Who: "ben"}}}
	for i, want := range []string{"", "ana", "ben"} {
		if got := b.named(ex).Attempts[i].Who; got != want {
			t.Errorf("attempt %d is by %q, want %q", i+1, got, want)
		}
	}
	if who := ex.Attempts[1].Who; who != "" {
		t.Errorf("the node's own is by %q", who)
	}
}

// A node publishes to streams that are there and keep what they get, and says what to do
// where they are not.
func TestNothingIsPublishedToStreamsThatLoseIt(t *testing.T) {
	team := startEngine(t).team(t)
	if err := team.Wait(deadline(t)); err != nil {
		t.Fatal(err)
	}
	o := &Outbox{Team: team, Position: Position{Node: "n"}}
	if err := o.begin(deadline(t)); err == nil || !strings.Contains(err.Error(), "creel team init") {
		t.Errorf("without streams: %v", err)
	}
	if err := team.Init(deadline(t), Limits{}); err != nil {
		t.Fatal(err)
	}
	for _, k := range kinds {
		c := team.config(k, Limits{Bytes: defaultBytes, Messages: defaultMessages})
		c.MaxMsgSize = -1
		if _, err := team.js.UpdateStream(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		if err := o.begin(deadline(t)); err == nil || !strings.Contains(err.Error(), "creel team repair") {
			t.Errorf("stream %s takes messages of any size: %v", c.Name, err)
		}
		if err := team.Repair(deadline(t)); err != nil {
			t.Fatal(err)
		}
	}
	if err := o.begin(deadline(t)); err != nil {
		t.Error(err)
	}
}

// A member changes what streams keep, and hears what to do where they would lose it.
func TestNoChangeIsPublishedToStreamsThatLoseIt(t *testing.T) {
	team := startEngine(t).init(t, Limits{})
	r := ring.New(capture.Bounds{})
	run(t, team, r, Position{Node: "n"})
	capturing(t, r, "/1", nil)
	ana := reader(t, team)
	id := until(t, ana.Mirror.Ring, "one", has(1))[0].ID
	note, pin := "note", true
	for k, m := range map[kind]capture.Meta{kindRing: {ID: id, Note: &note}, kindPins: {ID: id, Pinned: &pin}} {
		c := team.config(k, Limits{Bytes: defaultBytes, Messages: defaultMessages})
		c.MaxMsgSize = -1
		if _, err := team.js.UpdateStream(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		if err := ana.Apply(deadline(t), "ana", capture.Op{Meta: &m}); err == nil || !strings.Contains(err.Error(), "creel team repair") {
			t.Errorf("stream %s takes messages of any size: %v", c.Name, err)
		}
		if err := team.Repair(deadline(t)); err != nil {
			t.Fatal(err)
		}
		if err := ana.Apply(deadline(t), "ana", capture.Op{Meta: &m}); err != nil {
			t.Errorf("after the repair: %v", err)
		}
	}
}
