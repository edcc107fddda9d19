package ring_test

import (
	"testing"
	"testing/synctest"

	"creel/capture"
	"creel/capture/ring"
	"creel/capture/ringtest"
)

// TestExactlyAtTheBounds: a ring that is exactly full is not over its bounds, one byte
// or one request less is.
func TestExactlyAtTheBounds(t *testing.T) {
	size := sized(1000).Footprint()
	for _, tt := range []struct {
		name   string
		bounds capture.Bounds
		kept   int
	}{
		{"the number", capture.Bounds{Count: 3}, 3},
		{"one less", capture.Bounds{Count: 2}, 2},
		{"the bytes", capture.Bounds{Bytes: 3 * size}, 3},
		{"one byte less", capture.Bounds{Bytes: 3*size - 1}, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			eachRing(t, tt.bounds, func(t *testing.T, r *ring.Ring) {
				for range 3 {
					submit(t, r, sized(1000))
				}
				if s := r.Stats(); s.Kept != tt.kept || s.Evicted != uint64(3-tt.kept) {
					t.Errorf("%d kept, %d evicted, want %d kept", s.Kept, s.Evicted, tt.kept)
				}
			})
		})
	}
}

// TestPinsExactlyHalfTheBytes: pins may fill exactly half of the ring's bytes.
func TestPinsExactlyHalfTheBytes(t *testing.T) {
	size := sized(1000).Footprint()
	for _, tt := range []struct {
		bytes int64
		ok    bool
	}{{4 * size, true}, {4*size - 2, false}} {
		eachRing(t, capture.Bounds{Bytes: tt.bytes}, func(t *testing.T, r *ring.Ring) {
			first, second := submit(t, r, sized(1000)), submit(t, r, sized(1000))
			apply(t, r, pin(first.ID, true))
			if err := r.Apply(t.Context(), pin(second.ID, true)); (err == nil) != tt.ok {
				t.Errorf("two pins of %d bytes in a ring of %d: %v", size, tt.bytes, err)
			}
		})
	}
}

// TestPinsOfOneChange: pins that are asked for together count together, in order, and
// are refused together.
func TestPinsOfOneChange(t *testing.T) {
	eachRing(t, capture.Bounds{Count: 6}, func(t *testing.T, r *ring.Ring) {
		var ids []capture.ID
		for range 5 {
			ids = append(ids, submit(t, r, sized(10)).ID)
		}
		pins := func(want ...capture.Op) error { return r.Apply(t.Context(), want...) }
		if err := pins(pin(ids[0], true), pin(ids[1], true), pin(ids[2], true), pin(ids[3], true)); err == nil || r.Stats().Pinned != 0 {
			t.Errorf("four pins at once in a ring of six: %v, %d are pinned", err, r.Stats().Pinned)
		}
		if err := pins(pin(ids[0], true), pin(ids[1], true), pin(ids[2], true)); err != nil || r.Stats().Pinned != 3 {
			t.Errorf("three: %v, %d are pinned", err, r.Stats().Pinned)
		}
		if err := pins(pin(ids[3], true), pin(ids[0], false)); err == nil {
			t.Error("a fourth before one is unpinned is not refused")
		}
		if err := pins(pin(ids[0], false), pin(ids[3], true)); err != nil || r.Stats().Pinned != 3 {
			t.Errorf("a fourth after one is unpinned: %v, %d are pinned", err, r.Stats().Pinned)
		}
	})
}

// TestTheNewestAttemptsAreKept: of more than KeepAttempts the oldest go, of more than
// KeepBodies the oldest lose their bodies.
func TestTheNewestAttemptsAreKept(t *testing.T) {
	eachRing(t, capture.Bounds{}, func(t *testing.T, r *ring.Ring) {
		id := submit(t, r, request(0)).ID
		for range capture.KeepAttempts + 3 {
			r.Record(capture.Op{Attempt: &capture.AttemptAdd{ID: id, Attempt: capture.Attempt{Reply: capture.Reply{Body: capture.NewBody([]byte("x"))}}}})
		}
		ex, _ := r.Get(id)
		if n := len(ex.Attempts); n != capture.KeepAttempts {
			t.Fatalf("%d attempts", n)
		}
		for i, a := range ex.Attempts {
			if want := i + 4; a.N != want {
				t.Fatalf("attempt %d is number %d, want %d", i, a.N, want)
			}
			if want := i < capture.KeepAttempts-capture.KeepBodies; a.Reply.Body.IsForgotten() != want {
				t.Fatalf("attempt %d: body trimmed %v, want %v", i, !want, want)
			}
		}
	})
}

// TestOrderOverAFailingJournal: what is recorded while the journal fails is written in
// the order in which it was recorded, before what is recorded later.
func TestOrderOverAFailingJournal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := ringtest.NewFake()
		r, err := ring.Open(t.Context(), capture.Bounds{}, j)
		if err != nil {
			t.Fatal(err)
		}
		id := submit(t, r, request(0)).ID
		reply := func(status int) {
			r.Record(capture.Op{Reply: &capture.ReplySet{ID: id, State: capture.StateAnswered, Reply: capture.Reply{Status: status}}})
		}
		attempt := func(to string) {
			r.Record(capture.Op{Attempt: &capture.AttemptAdd{ID: id, Attempt: capture.Attempt{To: to}}})
		}
		reply(201)
		j.Fail(errFull)
		attempt("http://1")
		if err := r.Apply(t.Context()); err == nil {
			t.Fatal("the journal took it")
		}
		reply(202)
		attempt("http://2")
		_ = r.Apply(t.Context())
		j.Fail(nil)
		attempt("http://3")
		reply(203)
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		got := ringtest.Load(t, j.Other())[0]
		if len(got.Attempts) != 3 || got.Reply.Status != 203 {
			t.Fatalf("%d attempts, reply %d", len(got.Attempts), got.Reply.Status)
		}
		for i, a := range got.Attempts {
			if want := "http://" + string(rune('1'+i)); a.To != want || a.N != i+1 {
				t.Errorf("attempt %d went to %s, number %d", i, a.To, a.N)
			}
		}
	})
}
