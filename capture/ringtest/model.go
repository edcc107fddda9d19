package ringtest

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"creel/capture"
	"creel/capture/ring"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// ModelBounds are the bounds of the rings of Model: small, so that a short run
// is over them all the time.
var ModelBounds = capture.Bounds{Count: 12, Bytes: 64 << 10}

// Model does at random what senders and users do, and compares the ring with a
// plain slice after each step. open gives a ring with ModelBounds; with restart,
// it is called again after Close and gives what the next process would see.
func Model(t *rapid.T, open func() *ring.Ring, restart bool) {
	m := &model{ring: open(), first: 1, view: map[capture.ID]*capture.Exchange{}}
	defer func() { m.ring.Close() }()
	steps := map[string]func(*rapid.T){
		"":        m.check,
		"capture": m.capture,
		"delete":  m.delete,
		"put back": func(t *rapid.T) {
			if m.deleted == nil {
				t.Skip("nothing was deleted")
			}
			m.apply(t, capture.Op{Add: m.deleted})
			m.evict(m.deleted)
			m.place(m.deleted)
			m.deleted = nil
		},
		"pin":     m.pin,
		"note":    m.note,
		"pending": m.pending,
		"reply":   m.reply,
		"attempt": m.attempt,
	}
	if restart {
		steps["restart"] = func(t *rapid.T) {
			if err := m.ring.Close(); err != nil {
				t.Fatal(err)
			}
			m.ring, m.deleted, m.rev = open(), nil, 0
			for _, ex := range m.all {
				if ex.State == capture.StateWaiting || ex.State == capture.StateHeld {
					ex.State = capture.StateInterrupted
				}
			}
			m.evictPins()
			m.enforceBounds()
		}
	}
	t.Repeat(steps)
}

// model is the ring as a plain slice.
type model struct {
	ring    *ring.Ring
	all     []*capture.Exchange
	deleted *capture.Exchange
	first   capture.ID // the smallest id that the next capture may get
	n       int

	// What a reader knows that only asks what changed.
	view map[capture.ID]*capture.Exchange
	rev  capture.Rev
}

func (m *model) capture(t *rapid.T) {
	size := rapid.SampledFrom([]int{0, 1, 100, 3000, 9000, 25000}).Draw(t, "size")
	m.n++
	ex := &capture.Exchange{Request: capture.Request{
		Target: fmt.Sprintf("/%d", m.n), Body: capture.NewBody(slices.Repeat([]byte{byte(m.n)}, size)),
	}}
	if rapid.IntRange(0, 4).Draw(t, "malformed") == 0 {
		ex.Request.Malformed = "bad"
	}
	kept, err := m.ring.Submit(ex).Wait(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if kept.ID < m.first {
		t.Fatalf("id %v is used again", kept.ID)
	}
	m.first = kept.ID + 1
	c := *ex
	c.ID = kept.ID
	m.evict(&c)
	m.place(&c)
}

// one returns an exchange that is there.
func (m *model) one(t *rapid.T) *capture.Exchange {
	if len(m.all) == 0 {
		t.Skip("empty")
	}
	return m.all[rapid.IntRange(0, len(m.all)-1).Draw(t, "index")]
}

func (m *model) apply(t *rapid.T, op capture.Op) {
	if err := m.ring.Apply(context.Background(), op); err != nil {
		t.Fatal(err)
	}
}

func (m *model) delete(t *rapid.T) {
	ex := m.one(t)
	m.deleted, _ = m.ring.Get(ex.ID)
	if m.deleted.Pinned {
		m.deleted = nil // whether it can come back depends on the other pins
	}
	m.apply(t, capture.Op{Delete: []capture.ID{ex.ID}})
	m.all = slices.DeleteFunc(m.all, func(e *capture.Exchange) bool { return e == ex })
}

func (m *model) pin(t *rapid.T) {
	ex, yes := m.one(t), rapid.Bool().Draw(t, "yes")
	var count int
	var bytes int64
	for _, e := range m.all {
		if e.Pinned && e != ex {
			count++
			bytes += e.Footprint()
		}
	}
	refuse := yes && !ex.Pinned && (count+1 > ModelBounds.Count/2 || bytes+ex.Footprint() > ModelBounds.Bytes/2)
	err := m.ring.Apply(context.Background(), capture.Op{Meta: &capture.Meta{ID: ex.ID, Pinned: &yes}})
	if (err != nil) != refuse {
		t.Fatalf("pin %v beside %d with %d bytes: %v", yes, count, bytes, err)
	}
	if !refuse {
		ex.Pinned = yes
	}
	m.enforceBounds()
}

func (m *model) note(t *rapid.T) {
	ex, note := m.one(t), rapid.StringN(0, 20, 40).Draw(t, "note")
	m.apply(t, capture.Op{Meta: &capture.Meta{ID: ex.ID, Note: &note}})
	ex.Note = note
	m.enforceBounds()
}

func (m *model) pending(t *rapid.T) {
	ex := m.one(t)
	urls := rapid.SampledFrom([][]string{nil, {"http://a"}, {"http://a", "http://b"}}).Draw(t, "urls")
	m.record(t, capture.Op{Meta: &capture.Meta{ID: ex.ID, Pending: &urls}})
	ex.Pending = urls
	m.enforceBounds()
}

func (m *model) reply(t *rapid.T) {
	ex := m.one(t)
	set := capture.ReplySet{ID: ex.ID, State: capture.StateHeld}
	if rapid.Bool().Draw(t, "answered") {
		set.State = capture.StateAnswered
		set.Reply = capture.Reply{Status: 200, By: "rule:x", Body: capture.NewBody(make([]byte, rapid.IntRange(0, 4000).Draw(t, "size")))}
	}
	m.record(t, capture.Op{Reply: &set})
	ex.State, ex.Reply = set.State, set.Reply
	m.enforceBounds()
}

func (m *model) attempt(t *rapid.T) {
	ex := m.one(t)
	a := capture.Attempt{To: "http://a/b", Reply: capture.Reply{Status: 500, Body: capture.NewBody(make([]byte, rapid.IntRange(0, 2000).Draw(t, "size")))}}
	m.record(t, capture.Op{Attempt: &capture.AttemptAdd{ID: ex.ID, Attempt: a}})
	a.N = 1
	if n := len(ex.Attempts); n > 0 {
		a.N = ex.Attempts[n-1].N + 1
	}
	ex.Attempts = append(ex.Attempts, &a)
	for i := 0; ex.Footprint() > ModelBounds.Bytes/4 && i < len(ex.Attempts)-1; i++ {
		ex.Attempts[i] = ex.Attempts[i].Forget()
	}
	m.enforceBounds()
}

// record records, and has it committed.
func (m *model) record(t *rapid.T, op capture.Op) {
	m.ring.Record(op)
	if err := m.ring.Apply(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func (m *model) place(ex *capture.Exchange) {
	c := *ex
	m.all = append(m.all, &c)
	slices.SortFunc(m.all, func(a, b *capture.Exchange) int { return cmp.Compare(a.ID, b.ID) })
}

// enforceBounds drops what is too much after a change; the ring does so with the
// next commit.
func (m *model) enforceBounds() {
	_ = m.ring.Apply(context.Background())
	m.evict(nil)
}

// evict lets go of what has to make room for coming.
func (m *model) evict(coming *capture.Exchange) {
	any := func(*capture.Exchange) bool { return true }
	malformed := func(e *capture.Exchange) bool { return e.Request.Malformed != "" && !e.Pinned }
	unpinned := func(e *capture.Exchange) bool { return !e.Pinned }
	plain := func(e *capture.Exchange) bool {
		return !e.Pinned && len(e.Pending) == 0 && e.State != capture.StateHeld
	}
	b := ModelBounds
	m.drop(coming, malformed, malformed, 1, b.Count/20, b.Bytes/20)
	for _, of := range []func(*capture.Exchange) bool{plain, unpinned, any} {
		m.drop(coming, of, any, 0, b.Count, b.Bytes)
	}
}

// drop lets the oldest of some kind go while those that are limited, coming
// among them, are more than keep and more than count or bytes.
func (m *model) drop(coming *capture.Exchange, of, limited func(*capture.Exchange) bool, keep, count int, bytes int64) {
	over := func() bool {
		n, size := 0, int64(0)
		for _, e := range append(slices.Clone(m.all), coming) {
			if e != nil && limited(e) {
				n++
				size += e.Footprint()
			}
		}
		return n > keep && (n > count || size > bytes)
	}
	for i := 0; i < len(m.all) && over(); {
		if of(m.all[i]) {
			m.all = slices.Delete(m.all, i, i+1)
		} else {
			i++
		}
	}
}

// evictPins lets go of pinned exchanges that are too much at a start.
func (m *model) evictPins() {
	pinned := func(e *capture.Exchange) bool { return e.Pinned }
	m.drop(nil, pinned, pinned, 0, ModelBounds.Count/4*3, ModelBounds.Bytes/4*3)
}

// check compares the ring with the slice.
func (m *model) check(t *rapid.T) {
	if diff := gocmp.Diff(lines(m.all), lines(m.ring.Snapshot())); diff != "" {
		t.Fatalf("(-model +ring):\n%s", diff)
	}
	m.look(t)
	s := m.ring.Stats()
	var bytes int64
	pinned, pending := 0, 0
	for _, e := range m.all {
		bytes += e.Footprint()
		if e.Pinned {
			pinned++
		}
		if len(e.Pending) > 0 {
			pending++
		}
	}
	want := ring.Stats{Kept: len(m.all), Bytes: bytes, Pinned: pinned, Pending: pending}
	got := ring.Stats{Kept: s.Kept, Bytes: s.Bytes, Pinned: s.Pinned, Pending: s.Pending}
	if diff := gocmp.Diff(want, got); diff != "" || s.Err != nil {
		t.Fatalf("stats (-model +ring): %v\n%s", s.Err, diff)
	}
}

// look brings the reader's view up to date and compares it with everything.
func (m *model) look(t *rapid.T) {
	d := m.ring.Since(m.rev)
	if m.rev = d.Rev; d.Reset {
		clear(m.view)
	}
	for _, id := range d.Gone {
		delete(m.view, id)
	}
	for _, ex := range d.Changed {
		m.view[ex.ID] = ex
	}
	all := m.ring.Snapshot()
	view := make([]*capture.Exchange, 0, len(all))
	for _, id := range slices.Sorted(maps.Keys(m.view)) {
		view = append(view, m.view[id])
	}
	if diff := gocmp.Diff(lines(all), lines(view)); diff != "" {
		t.Fatalf("what Since tells (-ring +view):\n%s", diff)
	}
}

// lines says of each exchange what the model knows.
func lines(all []*capture.Exchange) []string {
	out := []string{}
	for _, ex := range all {
		body, err := ex.Request.Body.Bytes(context.Background())
		line := fmt.Sprintf("%v %s %s %d by %q pinned=%v pending=%q note=%q body %d %v %v", ex.ID, ex.Request.Target, ex.State,
			ex.Reply.Status, ex.Reply.By, ex.Pinned, ex.Pending, ex.Note, len(body), slices.Max(append(body, 0)), err)
		for _, a := range ex.Attempts {
			b, err := a.Reply.Body.Bytes(context.Background())
			line += fmt.Sprintf(" try %d %s %d %v", a.N, a.To, len(b), err)
		}
		out = append(out, line)
	}
	return out
}
