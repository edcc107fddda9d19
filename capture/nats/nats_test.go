package nats

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats-server/v2/server"
	client "github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"creel/capture"
	"creel/capture/redact"
	"creel/capture/ring"
)

// engine is a server that can be stopped and started again with what it stored.
type engine struct {
	*server.Server
	t    *testing.T
	dir  string
	port int
}

func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func startEngine(t *testing.T) *engine {
	e := &engine{t: t, dir: t.TempDir(), port: -1}
	e.start()
	t.Cleanup(func() { e.stop() })
	return e
}

func (e *engine) start() {
	e.t.Helper()
	s, err := server.NewServer(&server.Options{
		Host: "127.0.0.1", Port: e.port, JetStream: true, StoreDir: e.dir, NoLog: true, NoSigs: true,
	})
	if err != nil {
		e.t.Fatal(err)
	}
	s.Start()
	if !s.ReadyForConnections(20 * time.Second) {
		e.t.Fatal("the server does not start")
	}
	e.Server = s
	var port string
	if _, err := fmt.Sscanf(s.Addr().String()[strings.LastIndex(s.Addr().String(), ":")+1:], "%s", &port); err == nil {
		fmt.Sscan(port, &e.port)
	}
}

func (e *engine) stop() { e.Shutdown(); e.WaitForShutdown() }

func (e *engine) team(t *testing.T) *Team {
	t.Helper()
	return connected(t, fmt.Sprintf("nats://127.0.0.1:%d", e.port))
}

// connected is a connection to servers for the space shop.
func connected(t *testing.T, servers string) *Team {
	t.Helper()
	a, err := ParseAddress(servers + "/shop")
	if err != nil {
		t.Fatal(err)
	}
	team, err := Connect(a, Access{}, "test")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(team.Close)
	return team
}

func (e *engine) init(t *testing.T, l Limits) *Team {
	t.Helper()
	team := e.team(t)
	if err := team.Init(deadline(t), l); err != nil {
		t.Fatal(err)
	}
	return team
}

func deadline(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 40*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// node is a ring whose outbox runs until stop.
type node struct {
	*Outbox
	stop func()
	mu   sync.Mutex
	at   Position
}

func run(t *testing.T, team *Team, r *ring.Ring, at Position) *node {
	n := &node{at: at}
	n.Outbox = &Outbox{Team: team, Ring: r, Position: at, Problem: func(s string) { t.Log(s) }, Save: func(_ context.Context, p Position) error {
		n.mu.Lock()
		defer n.mu.Unlock()
		n.at = p
		return nil
	}}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { n.Run(ctx); close(done) }()
	n.stop = func() { cancel(); <-done }
	t.Cleanup(n.stop)
	return n
}

func (n *node) position() Position {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.at
}

func request(path string, body []byte) *capture.Exchange {
	return &capture.Exchange{At: time.Unix(1700000000, 0), Request: capture.Request{
		Method: "POST", Target: path, Proto: "HTTP/1.1", Host: "x", Body: capture.NewBody(body), Size: int64(len(body)),
	}}
}

func capturing(t *testing.T, r *ring.Ring, path string, body []byte) capture.ID {
	t.Helper()
	ex, err := r.Submit(request(path, body)).Wait(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return ex.ID
}

func reader(t *testing.T, team *Team) *Reader {
	t.Helper()
	r, err := Open(deadline(t), team, func(s string) { t.Log(s) })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	if err := r.Loaded(deadline(t)); err != nil {
		t.Fatal(err)
	}
	return r
}

// until waits for the mirror to be as wanted.
func until(t *testing.T, r *ring.Ring, what string, ok func([]*capture.Exchange) bool) []*capture.Exchange {
	t.Helper()
	ctx := deadline(t)
	watch := r.Watch(ctx)
	for {
		list := r.Snapshot()
		if ok(list) {
			return list
		}
		if _, open := <-watch; !open {
			t.Fatalf("%s: the mirror has %d", what, len(list))
		}
	}
}

func has(n int) func([]*capture.Exchange) bool {
	return func(list []*capture.Exchange) bool { return len(list) >= n }
}

func targets(list []*capture.Exchange) map[string]int {
	out := map[string]int{}
	for _, ex := range list {
		out[ex.Request.Target]++
	}
	return out
}

func TestPublishedOnceThoughTheServerRestarts(t *testing.T) {
	e := startEngine(t)
	team := e.init(t, Limits{})
	rings := []*ring.Ring{ring.New(capture.Bounds{}), ring.New(capture.Bounds{})}
	want := map[string]int{}
	for i, r := range rings {
		run(t, e.team(t), r, Position{Node: fmt.Sprintf("n%d", i)})
	}
	readers := []*Reader{reader(t, e.team(t)), reader(t, e.team(t)), reader(t, e.team(t)), reader(t, e.team(t))}
	for i := range 600 {
		if i == 200 {
			e.stop()
		}
		if i == 400 {
			e.start()
		}
		path := fmt.Sprintf("/%d", i)
		r := rings[i%2]
		began := time.Now()
		id := capturing(t, r, path, []byte("body "+path))
		r.Record(capture.Op{Reply: &capture.ReplySet{ID: id, State: capture.StateAnswered, Reply: capture.Reply{Status: 202, By: "default"}}})
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("%s: the sender waited %v", path, took)
		}
		want[path] = 1
	}
	readers = append(readers, reader(t, team))
	var first []*capture.Exchange
	for i, r := range readers {
		list := until(t, r.Mirror.Ring, "all", func(list []*capture.Exchange) bool {
			for _, ex := range list {
				if ex.Reply.Status != 202 {
					return false
				}
			}
			return len(list) >= 600
		})
		if d := cmp.Diff(want, targets(list)); d != "" {
			t.Error(d)
		}
		if i == 0 {
			first = list
			continue
		}
		for j, ex := range list {
			if ex.ID != first[j].ID || ex.Name() != first[j].Name() || ex.Request.Target != first[j].Request.Target {
				t.Fatalf("reader %d: %v %s, and reader 0: %v %s", i, ex.ID, ex.Name(), first[j].ID, first[j].Name())
			}
		}
	}
}

func TestNodeRestartsWithAHalfPublishedOutbox(t *testing.T) {
	e := startEngine(t)
	team := e.init(t, Limits{})
	r := ring.New(capture.Bounds{})
	n := run(t, e.team(t), r, Position{Node: "n"})
	seen := reader(t, team)
	capturing(t, r, "/1", nil)
	second := capturing(t, r, "/2", nil)
	until(t, seen.Mirror.Ring, "two", has(2))
	n.stop()
	at := n.position()
	// What changed, and what came, while nothing was published.
	note := "later"
	if err := r.Apply(t.Context(), capture.Op{Meta: &capture.Meta{ID: second, Note: &note}}); err != nil {
		t.Fatal(err)
	}
	capturing(t, r, "/3", nil)
	for _, at := range []Position{{Node: "n", ID: 1}, at} { // the position that was kept may be an old one
		n = run(t, e.team(t), r, at)
		list := until(t, seen.Mirror.Ring, "three and the note", func(list []*capture.Exchange) bool {
			return len(list) >= 3 && list[1].Note == note
		})
		if d := cmp.Diff(map[string]int{"/1": 1, "/2": 1, "/3": 1}, targets(list)); d != "" {
			t.Error(d)
		}
		n.stop()
	}
}

func TestLateRetryIsNoSecondMessage(t *testing.T) {
	e := startEngine(t)
	team := e.init(t, Limits{})
	for range 2 {
		_, err := team.js.PublishMsg(t.Context(), &client.Msg{Subject: team.subject("req.n.1")}, jetstream.WithExpectLastSequencePerSubject(0))
		if err != nil && !alreadyThere(err) {
			t.Error(err)
		}
	}
	all, err := team.Status(t.Context())
	if err != nil || all[0].Messages != 1 {
		t.Errorf("%v messages, %v: want 1", all[0].Messages, err)
	}
}

func TestTheRingTurns(t *testing.T) {
	e := startEngine(t)
	team := e.init(t, Limits{Messages: 20})
	r := ring.New(capture.Bounds{})
	run(t, e.team(t), r, Position{Node: "n"})
	pin := true
	id := capturing(t, r, "/pinned", nil)
	seen := reader(t, e.team(t))
	until(t, seen.Mirror.Ring, "the first", has(1))
	if err := r.Apply(t.Context(), capture.Op{Meta: &capture.Meta{ID: id, Pinned: &pin}}); err != nil {
		t.Fatal(err)
	}
	until(t, seen.Mirror.Ring, "the pin", func(l []*capture.Exchange) bool { return l[0].Pinned })
	for i := range 50 {
		capturing(t, r, fmt.Sprintf("/%d", i), nil)
	}
	until(t, seen.Mirror.Ring, "the last", func(l []*capture.Exchange) bool {
		return l[len(l)-1].Request.Target == "/49" && len(l) == 21
	})
	late := reader(t, team)
	list := until(t, late.Mirror.Ring, "late", func(l []*capture.Exchange) bool { return len(l) == 21 })
	if ex := list[0]; ex.Request.Target != "/pinned" || !ex.Pinned || ex.Name() != "a1" {
		t.Errorf("the oldest is %s %s, pinned %v", ex.Name(), ex.Request.Target, ex.Pinned)
	}
}

// A reader that was away tells how much passed that the ring no longer has, once.
func TestReaderTellsWhatPassed(t *testing.T) {
	var r Reader
	r.last = 10
	for seq, want := range map[uint64]uint64{9: 0, 10: 0, 11: 0, 12: 1, 5009: 4998} {
		if got := r.missed(seq); got != want {
			t.Errorf("from 10 to %d: missed %d, want %d", seq, got, want)
		}
	}
	if r.last = 0; r.missed(7) != 0 {
		t.Error("what was before the first message was missed")
	}
	team := startEngine(t).init(t, Limits{})
	said := make(chan string, 10)
	away, err := Open(deadline(t), team, func(s string) { said <- s })
	if err != nil {
		t.Fatal(err)
	}
	defer away.Close()
	history := ring.New(capture.Bounds{})
	run(t, team, history, Position{Node: "n"})
	for n := range 3 {
		capturing(t, history, fmt.Sprint("/", n), nil)
	}
	until(t, away.Mirror.Ring, "three", has(3))
	away.mu.Lock()
	missed := away.last - 1
	away.last = 1 // as if it had heard nothing since
	away.mu.Unlock()
	capturing(t, history, "/3", nil)
	capturing(t, history, "/4", nil)
	until(t, away.Mirror.Ring, "five", has(5))
	want := fmt.Sprintf("%d passed while you were away: the team's ring no longer has them", missed)
	if got := <-said; got != want || len(said) > 0 {
		t.Errorf("%q, and %d more, want %q", got, len(said), want)
	}
}

func TestOpBeforeItsExchange(t *testing.T) {
	e := startEngine(t)
	team := e.init(t, Limits{})
	ex := request("/late", nil)
	ex.ID, ex.Note = 7, "from the op"
	op, err := encode(t.Context(), message{Set: []part{partNote}}, ex, 1<<20, nil)
	if err != nil {
		t.Fatal(err)
	}
	ex.Note = ""
	req, err := encode(t.Context(), message{}, ex, 1<<20, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range []*client.Msg{{Subject: "op.n.7", Data: op}, {Subject: "req.n.7", Data: req}, {Subject: "op.n.8", Data: []byte("{")}} {
		m.Subject = team.subject(m.Subject)
		if _, err := team.js.PublishMsg(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	list := until(t, reader(t, team).Mirror.Ring, "one", has(1))
	if len(list) != 1 || list[0].Note != "from the op" || list[0].ID != 2 {
		t.Errorf("%d, %+v", len(list), list[0])
	}
}

func TestLargeBodies(t *testing.T) {
	e := startEngine(t)
	team := e.init(t, Limits{Bytes: minBytes})
	r := ring.New(capture.Bounds{})
	run(t, e.team(t), r, Position{Node: "n"})
	seen := reader(t, team)
	body := bytes.Repeat([]byte("0123456789abcdef"), 12<<10) // 192 KiB, more than a message
	capturing(t, r, "/large", body)
	ex := until(t, seen.Mirror.Ring, "one", has(1))[0]
	got, err := ex.Request.Body.Bytes(deadline(t))
	if err != nil || !bytes.Equal(got, body) {
		t.Fatalf("%d bytes, %v", len(got), err)
	}
	for i := range 5 {
		capturing(t, r, fmt.Sprintf("/%d", i), body)
	}
	until(t, seen.Mirror.Ring, "six", has(6))
	if _, err := ex.Request.Body.Bytes(deadline(t)); err != capture.ErrEvicted {
		t.Errorf("a body without its chunks: %v", err)
	}
}

func TestStreamsThatLoseAllAreRefused(t *testing.T) {
	e := startEngine(t)
	team := e.init(t, Limits{})
	c := team.config(kindRing, Limits{Bytes: defaultBytes, Messages: 10})
	c.MaxMsgSize = defaultBytes/share + 1
	if _, err := team.js.UpdateStream(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if _, err := team.open(t.Context(), kindRing); err == nil || !strings.Contains(err.Error(), "tenth") {
		t.Errorf("open: %v", err)
	}
	if err := team.Repair(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := team.open(t.Context(), kindRing); err != nil {
		t.Errorf("after the repair: %v", err)
	}
	if err := team.Init(t.Context(), Limits{Bytes: minBytes - 1}); err == nil {
		t.Error("a ring too small for a message was made")
	}
}

func TestParseAddress(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"nats://h:4222/shop", "nats://h:4222/shop"},
		{"tls://u:p@h/shop", "tls://h/shop"},
		{"wss://h/a-b_1/", "wss://h/a-b_1"},
		{"nats://h", ""},
		{"nats://h/a.b", ""},
		{"nats://h/*", ""},
		{"http://h/a", ""},
		{"shop", ""},
	} {
		a, err := ParseAddress(c.in)
		if (err == nil) != (c.want != "") || err == nil && a.String() != c.want {
			t.Errorf("%s: %v, %v", c.in, a, err)
		}
	}
}

func TestRedactedBeforeItIsPublished(t *testing.T) {
	e := startEngine(t)
	team := e.init(t, Limits{})
	mask, err := redact.New(redact.Config{})
	if err != nil {
		t.Fatal(err)
	}
	const secret = "sk_live_4eC39HqLyjWDarjtT1zdp7dc"
	r := ring.New(capture.Bounds{})
	ex := request("/a?token="+secret, []byte(`{"password":"`+secret+`","amount":7}`))
	ex.Request.Fields = []capture.Field{{Name: "Authorization", Value: "Bearer " + secret}, {Name: "Content-Type", Value: "application/json"}}
	ex.Note, ex.PublicURL = "key is "+secret, "https://example.com/?key="+secret
	stored, err := r.Submit(ex).Wait(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r.Record(capture.Op{Attempt: &capture.AttemptAdd{ID: stored.ID, Attempt: capture.Attempt{
		To: "http://127.0.0.1:3000/?token=" + secret, Target: "/?token=" + secret, Fields: ex.Request.Fields, SameBody: true, Resend: true,
		Reply: capture.Reply{Status: 200, Body: capture.NewBody([]byte("token=" + secret))},
		Err:   `the response has the line "x ` + secret + `" among its fields`,
	}}})
	o := &Outbox{Team: team, Ring: r, Position: Position{Node: "n"}, Redact: mask.Exchange, Problem: func(s string) { t.Log(s) }}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { o.Run(ctx); close(done) }()
	defer func() { cancel(); <-done }()
	until(t, reader(t, team).Mirror.Ring, "one", func(l []*capture.Exchange) bool { return len(l) == 1 && len(l[0].Attempts) == 1 })
	s, err := team.js.Stream(t.Context(), team.stream(kindRing))
	if err != nil {
		t.Fatal(err)
	}
	for seq := uint64(1); seq <= s.CachedInfo().State.LastSeq; seq++ {
		m, err := s.GetMsg(t.Context(), seq)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(m.Data, []byte(secret)) {
			t.Errorf("published: %s", m.Data)
		}
	}
}

func TestReadersChangeWhatANodeCaptured(t *testing.T) {
	e := startEngine(t)
	team := e.init(t, Limits{})
	r := ring.New(capture.Bounds{})
	run(t, e.team(t), r, Position{Node: "n"})
	for _, path := range []string{"/1", "/2"} {
		capturing(t, r, path, nil)
	}
	one, other := reader(t, team), reader(t, e.team(t))
	// The node's short name comes by another stream than its requests.
	until(t, one.Mirror.Ring, "two with short names", func(l []*capture.Exchange) bool {
		return len(l) == 2 && l[0].Origin.Short != "" && l[1].Origin.Short != ""
	})
	note, pin := "mine", true
	id, ok := one.Find("a1")
	second, ok2 := one.Find("a2")
	if !ok || !ok2 {
		t.Fatalf("a1 is %s, a2 is %s", id, second)
	}
	err := one.Apply(deadline(t), "ana",
		capture.Op{Meta: &capture.Meta{ID: id, Note: &note, Pinned: &pin}},
		capture.Op{Attempt: &capture.AttemptAdd{ID: id, Attempt: capture.Attempt{N: 1, At: time.Unix(1, 0), To: "http://h/", Resend: true}}},
		capture.Op{Delete: []capture.ID{second}})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []*Reader{one, other} {
		list := until(t, r.Mirror.Ring, "the changes", func(l []*capture.Exchange) bool {
			return len(l) == 1 && l[0].Note == note && l[0].Pinned && len(l[0].Attempts) == 1
		})
		if a := list[0].Attempts[0]; a.Who != "ana" || a.N != 1 {
			t.Errorf("attempt %d by %q", a.N, a.Who)
		}
	}
	if err := one.Apply(deadline(t), "ana", capture.Op{Meta: &capture.Meta{ID: 99, Note: &note}}); !errors.Is(err, capture.ErrEvicted) {
		t.Errorf("a change of none: %v", err)
	}
	for _, name := range []string{"a9", "b1", "1", "", "a"} {
		if id, ok := one.Find(name); ok {
			t.Errorf("%q is %v", name, id)
		}
	}
}
