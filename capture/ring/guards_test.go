package ring_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"creel/capture"
	"creel/capture/ring"
	"creel/capture/ringtest"
)

func badRequest(n int) *capture.Exchange {
	return &capture.Exchange{Request: capture.Request{Malformed: "x", Head: []byte(strings.Repeat("x", n))}}
}

// TestMalformedCountOnce: a malformed request that has to go because there are too many
// of its kind does not count again when room is made for what comes.
func TestMalformedCountOnce(t *testing.T) {
	small, large := badRequest(1000).Footprint(), sized(5000).Footprint()
	big := 1000 + int(small) // its footprint is that of two small ones
	if got := badRequest(big).Footprint(); got != 2*small {
		t.Fatalf("a footprint of %d, want %d", got, 2*small)
	}
	bounds := capture.Bounds{Bytes: small + 3*large}
	eachRing(t, bounds, func(t *testing.T, r *ring.Ring) {
		submit(t, r, badRequest(1000))
		for range 3 {
			submit(t, r, sized(5000))
		}
		if s := r.Stats(); s.Kept != 4 || s.Bytes != bounds.Bytes {
			t.Fatalf("%d kept, %d bytes: it is to be exactly full", s.Kept, s.Bytes)
		}
		submit(t, r, badRequest(big))
		if s := r.Stats(); s.Kept != 3 || s.Bytes > bounds.Bytes {
			t.Errorf("%d kept, %d bytes of %d: want the small malformed one and a regular one gone", s.Kept, s.Bytes, bounds.Bytes)
		}
	})
}

// TestFirstOfThisProcess: what is imported is not the first that was captured.
func TestFirstOfThisProcess(t *testing.T) {
	eachRing(t, capture.Bounds{}, func(t *testing.T, r *ring.Ring) {
		imported := request(0)
		imported.ImportedFrom = 7
		submit(t, r, imported)
		if s := r.Stats(); s.First != 0 {
			t.Errorf("the first is %v, which is imported", s.First)
		}
		ex := submit(t, r, request(1))
		submit(t, r, request(2))
		if s := r.Stats(); s.First != ex.ID {
			t.Errorf("the first is %v, want %v", s.First, ex.ID)
		}
	})
}

// TestUnwrittenAreBounded: of more than 20,000 changes that cannot be written the first
// are given up, of exactly so many none.
func TestUnwrittenAreBounded(t *testing.T) {
	const most = 20_000
	for _, extra := range []int{0, 1} {
		synctest.Test(t, func(t *testing.T) {
			j := ringtest.NewFake()
			r, err := ring.Open(t.Context(), capture.Bounds{}, j)
			if err != nil {
				t.Fatal(err)
			}
			a, b := submit(t, r, request(0)).ID, submit(t, r, request(1)).ID
			note := func(id capture.ID, text string) {
				r.Record(capture.Op{Meta: &capture.Meta{ID: id, Note: &text}})
			}
			j.Fail(errFull)
			note(a, "first")
			_ = r.Apply(t.Context())
			for i := 1; i < most; i++ {
				note(b, fmt.Sprint(i))
			}
			synctest.Wait() // what is being committed is not given up
			for i := most; i < most+extra; i++ {
				note(b, fmt.Sprint(i))
			}
			j.Fail(nil)
			if err := r.Close(); err != nil {
				t.Fatal(err)
			}
			got := map[capture.ID]string{}
			for _, ex := range ringtest.Load(t, j.Other()) {
				got[ex.ID] = ex.Note
			}
			want := map[int]string{0: "first", 1: ""}[extra]
			if got[a] != want || got[b] != fmt.Sprint(most+extra-1) {
				t.Errorf("%d changes: the first is %q, want %q; the last %q", most+extra, got[a], want, got[b])
			}
		})
	}
}

// TestWhatIsLostIsSaidOnce: an error of the journal says how many changes were given up
// since it last took something.
func TestWhatIsLostIsSaidOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := ringtest.NewFake()
		r, err := ring.Open(t.Context(), capture.Bounds{}, j)
		if err != nil {
			t.Fatal(err)
		}
		id := submit(t, r, request(0)).ID
		for _, c := range []struct {
			notes int
			lost  bool
		}{{20_001, true}, {1, false}} {
			j.Fail(errFull)
			for i := range c.notes {
				text := fmt.Sprint(i)
				r.Record(capture.Op{Meta: &capture.Meta{ID: id, Note: &text}})
			}
			if err := r.Apply(t.Context()); err == nil {
				t.Fatal("it does not fail")
			}
			if text := r.Stats().Err.Error(); strings.Contains(text, "are lost") != c.lost {
				t.Errorf("after %d changes: %s", c.notes, text)
			}
			j.Fail(nil)
			apply(t, r)
			time.Sleep(time.Minute) // until all the others are written, too
			if err := r.Stats().Err; err != nil {
				t.Error(err)
			}
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

// during is a journal that calls a function in its next commit.
type during struct {
	*ringtest.Fake
	next func()
}

func (d *during) Commit(ctx context.Context, ops ...capture.Op) (capture.Receipt, error) {
	if do := d.next; do != nil {
		d.next = nil
		do()
	}
	return d.Fake.Commit(ctx, ops...)
}

// TestOrderDuringAFailingCommit: what is recorded while a commit fails is written after
// what that commit had.
func TestOrderDuringAFailingCommit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := &during{Fake: ringtest.NewFake()}
		r, err := ring.Open(t.Context(), capture.Bounds{}, j)
		if err != nil {
			t.Fatal(err)
		}
		id := submit(t, r, request(0)).ID
		note := func(text string) {
			r.Record(capture.Op{Meta: &capture.Meta{ID: id, Note: &text}})
		}
		j.Fail(errFull)
		j.next = func() { note("second") }
		note("first")
		_ = r.Apply(t.Context())
		j.Fail(nil)
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		if got := ringtest.Load(t, j.Other())[0].Note; got != "second" {
			t.Errorf("the note is %q, want the one that was recorded last", got)
		}
	})
}
