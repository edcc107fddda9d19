package ring_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"creel/capture"
	"creel/capture/ring"
	"creel/capture/ringtest"
)

// model is what a ring holds, worked out anew each time.
type model struct {
	bounds  capture.Bounds
	all     []*capture.Exchange
	next    capture.ID
	evicted uint64
}

func (m *model) find(id capture.ID) *capture.Exchange {
	for _, ex := range m.all {
		if ex.ID == id {
			return ex
		}
	}
	return nil
}

// weigh counts those that are meant.
func (m *model) weigh(coming *capture.Exchange, meant func(*capture.Exchange) bool) (n int, bytes int64) {
	for _, ex := range append(slices.Clone(m.all), coming) {
		if ex != nil && meant(ex) {
			n, bytes = n+1, bytes+ex.Footprint()
		}
	}
	return n, bytes
}

// room evicts what has to go for what comes, if anything does.
func (m *model) room(coming *capture.Exchange) {
	any := func(*capture.Exchange) bool { return true }
	malformed := func(ex *capture.Exchange) bool { return ex.Request.Malformed != "" && !ex.Pinned }
	last := func(ex *capture.Exchange) bool {
		return !ex.Pinned && (len(ex.Pending) > 0 || ex.State == capture.StateHeld)
	}
	pinned := func(ex *capture.Exchange) bool { return ex.Pinned }
	plain := func(ex *capture.Exchange) bool { return !last(ex) && !pinned(ex) }
	evict := func(meant func(*capture.Exchange) bool) bool {
		i := slices.IndexFunc(m.all, meant)
		if i < 0 {
			return false
		}
		m.all = slices.Delete(m.all, i, i+1)
		m.evicted++
		return true
	}
	for {
		n, bytes := m.weigh(coming, malformed)
		if n <= 1 || n <= max(1, m.bounds.Count/20) && bytes <= m.bounds.Bytes/20 || !evict(malformed) {
			break
		}
	}
	for {
		n, bytes := m.weigh(coming, any)
		if n <= m.bounds.Count && bytes <= m.bounds.Bytes || !evict(plain) && !evict(last) && !evict(pinned) {
			break
		}
	}
}

func (m *model) add(ex capture.Exchange) {
	if ex.ID == 0 {
		ex.ID = m.next
		m.next++
	}
	m.room(&ex)
	i, _ := slices.BinarySearchFunc(m.all, ex.ID, func(ex *capture.Exchange, id capture.ID) int { return int(ex.ID) - int(id) })
	m.all = slices.Insert(m.all, i, &ex)
	m.room(nil)
}

// attempt adds one, and forgets the bodies of the oldest while the exchange has more
// than a quarter of the ring.
func (m *model) attempt(ex *capture.Exchange, a capture.Attempt) {
	a.N = len(ex.Attempts) + 1
	list := append(slices.Clone(ex.Attempts), &a)
	ex.Attempts = list
	for i := range list[:len(list)-1] {
		if ex.Footprint() <= m.bounds.Bytes/4 && i >= len(list)-capture.KeepBodies {
			break
		}
		list[i] = list[i].Forget()
	}
	m.room(nil)
}

// pins makes the changes, all or none.
func (m *model) pins(ops []capture.Op) bool {
	was := map[*capture.Exchange]bool{}
	for _, op := range ops {
		ex := m.find(op.Meta.ID)
		if ex == nil || ex.Pinned == *op.Meta.Pinned {
			continue
		}
		if _, ok := was[ex]; !ok {
			was[ex] = ex.Pinned
		}
		ex.Pinned = *op.Meta.Pinned
		n, bytes := m.weigh(nil, func(ex *capture.Exchange) bool { return ex.Pinned })
		if ex.Pinned && (n > max(1, m.bounds.Count/2) || bytes > m.bounds.Bytes/2) {
			for ex, pinned := range was {
				ex.Pinned = pinned
			}
			return false
		}
	}
	m.room(nil)
	return true
}

// step does something at random to both, and returns what.
func (m *model) step(t *testing.T, r *ring.Ring, random *rand.Rand, deleted *[]capture.Exchange) string {
	some := func() capture.ID { return 1 + capture.ID(random.IntN(int(m.next)+1)) }
	anywhere := func(id capture.ID) *capture.Exchange {
		if i := slices.IndexFunc(*deleted, func(ex capture.Exchange) bool { return ex.ID == id }); i >= 0 {
			return &(*deleted)[i]
		}
		return m.find(id)
	}
	switch kind := random.IntN(16); kind {
	default:
		ex := sized(random.IntN(600))
		if kind < 3 {
			ex = badRequest(random.IntN(300))
		}
		if random.IntN(5) == 0 {
			ex.State = capture.StateHeld
		}
		submit(t, r, ex)
		m.add(*ex)
		return fmt.Sprint("submit ", ex.Request.Malformed, ex.Footprint())
	case 10, 11:
		var ops []capture.Op
		for range 1 + random.IntN(4) {
			ops = append(ops, pin(some(), random.IntN(3) > 0))
		}
		err, ok := r.Apply(t.Context(), ops...), m.pins(ops)
		if (err == nil) != ok {
			t.Errorf("pins: %v, want refused %v", err, !ok)
		}
		return fmt.Sprint("pins ", err)
	case 12:
		id, urls := some(), make([]string, random.IntN(2))
		apply(t, r, pend(id, urls...))
		if ex := anywhere(id); ex != nil {
			ex.Pending = urls
		}
		m.room(nil)
		return fmt.Sprint("pending ", id)
	case 13:
		ids := []capture.ID{some(), some()}
		apply(t, r, capture.Op{Delete: ids})
		m.all = slices.DeleteFunc(m.all, func(ex *capture.Exchange) bool {
			gone := slices.Contains(ids, ex.ID)
			if gone {
				*deleted = append(*deleted, *ex)
			}
			return gone
		})
		return fmt.Sprint("delete ", ids)
	case 14:
		if len(*deleted) == 0 {
			return "nothing"
		}
		ex := (*deleted)[len(*deleted)-1]
		*deleted = (*deleted)[:len(*deleted)-1]
		ex.Pinned = false
		back := ex
		apply(t, r, capture.Op{Add: &back})
		m.add(ex)
		return fmt.Sprint("put back ", ex.ID)
	case 15:
		id := some()
		a := capture.Attempt{Body: capture.NewBody(make([]byte, random.IntN(400))), Reply: capture.Reply{Body: capture.NewBody(make([]byte, random.IntN(400)))}}
		r.Record(capture.Op{Attempt: &capture.AttemptAdd{ID: id, Attempt: a}})
		if ex := anywhere(id); ex != nil {
			m.attempt(ex, a)
		}
		return fmt.Sprint("attempt ", id)
	}
}

// compare says how a ring differs from what it should hold.
func (m *model) compare(r *ring.Ring) string {
	text := func(list []*capture.Exchange) string {
		var b strings.Builder
		for _, ex := range list {
			fmt.Fprintf(&b, " %v:%d", ex.ID, ex.Footprint())
		}
		return b.String()
	}
	_, bytes := m.weigh(nil, func(*capture.Exchange) bool { return true })
	pins, _ := m.weigh(nil, func(ex *capture.Exchange) bool { return ex.Pinned })
	pending, _ := m.weigh(nil, func(ex *capture.Exchange) bool { return len(ex.Pending) > 0 })
	want := fmt.Sprintln(len(m.all), bytes, pins, pending, m.evicted, m.next-1, text(m.all))
	s := r.Stats()
	got := fmt.Sprintln(s.Kept, s.Bytes, s.Pinned, s.Pending, s.Evicted, s.Newest, text(r.Snapshot()))
	if got == want {
		return ""
	}
	return "got  " + got + "want " + want
}

// Whatever is done to a ring, it holds what its bounds say, and its sums are those of what
// it holds; a journal has the same.
func TestRingIsAsItsModel(t *testing.T) {
	for seed := range uint64(60) {
		random := rand.New(rand.NewPCG(seed, 1))
		bounds := capture.Bounds{Count: 4 + random.IntN(60), Bytes: 8_000 + random.Int64N(60_000)}
		run := func(t *testing.T, r *ring.Ring, settle func()) {
			m := &model{bounds: bounds, next: 1}
			var deleted []capture.Exchange
			for n := range 150 {
				what := m.step(t, r, random, &deleted)
				settle()
				if diff := m.compare(r); diff != "" {
					t.Fatalf("seed %d, step %d, %s in %+v:\n%s", seed, n, what, bounds, diff)
				}
			}
		}
		if seed%3 > 0 {
			run(t, ring.New(bounds), func() {})
			continue
		}
		synctest.Test(t, func(t *testing.T) {
			j := ringtest.NewFake()
			r, err := ring.Open(t.Context(), bounds, j)
			if err != nil {
				t.Fatal(err)
			}
			run(t, r, func() { time.Sleep(2 * time.Second) })
			if err := r.Close(); err != nil {
				t.Error(err)
			}
			kept, there := ringtest.Load(t, j.Other()), r.Snapshot()
			if !slices.EqualFunc(kept, there, func(a, b *capture.Exchange) bool {
				return a.ID == b.ID && a.Pinned == b.Pinned && len(a.Attempts) == len(b.Attempts)
			}) {
				t.Errorf("seed %d: the journal has %d, the ring %d", seed, len(kept), len(there))
			}
		})
	}
}
