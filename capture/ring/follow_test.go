package ring_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"creel/capture"
	"creel/capture/ring"
	"creel/capture/ringtest"

	"github.com/google/go-cmp/cmp"
)

// TestOthersWriteWhileARingOpens: what they wrote after it was read and before it is open
// is seen, too.
func TestOthersWriteWhileARingOpens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := &during{Fake: ringtest.NewFake()}
		other := j.Other()
		write := func(ops ...capture.Op) {
			if _, err := other.Commit(t.Context(), ops...); err != nil {
				t.Fatal(err)
			}
		}
		write(capture.Op{Add: request(0)}, capture.Op{Add: request(1)})
		j.next = func() { write(capture.Op{Delete: []capture.ID{1}}, note(2, "early")) }
		r, err := ring.Open(t.Context(), capture.Bounds{}, j)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		submit(t, r, request(2))
		write(capture.Op{Add: request(3)})
		synctest.Wait()
		all := r.Snapshot()
		if diff := cmp.Diff([]string{"/1", "/2", "/3"}, targets(all)); diff != "" || all[0].Note != "early" {
			t.Errorf("(-want +got), note %q:\n%s", all[0].Note, diff)
		}
		// What is known is not told again.
		time.Sleep(time.Second)
		rev := r.Since(0).Rev
		write(note(2, "later"))
		synctest.Wait()
		if d := r.Since(rev); len(d.Changed) != 1 || d.Rev != rev+1 || d.Changed[0].Note != "later" {
			t.Errorf("one change is told as %d of %d", len(d.Changed), d.Rev-rev)
		}
	})
}

// TestRecordedStaysOverWhatOthersWrote: what is recorded and not written yet is not undone
// by what others wrote about the same exchange.
func TestRecordedStaysOverWhatOthersWrote(t *testing.T) {
	for name, tt := range map[string]struct {
		op    func(capture.ID) capture.Op
		there func(*capture.Exchange) bool
	}{
		"a reply": {
			func(id capture.ID) capture.Op {
				return capture.Op{Reply: &capture.ReplySet{ID: id, State: capture.StateAnswered, Reply: capture.Reply{Status: 207}}}
			}, func(ex *capture.Exchange) bool { return ex.Reply.Status == 207 },
		},
		"an attempt": {
			func(id capture.ID) capture.Op {
				return capture.Op{Attempt: &capture.AttemptAdd{ID: id, Attempt: capture.Attempt{To: "http://a"}}}
			}, func(ex *capture.Exchange) bool { return len(ex.Attempts) == 1 && ex.Attempts[0].To == "http://a" },
		},
		"a target that it waits for": {
			func(id capture.ID) capture.Op { return pend(id, "http://a") },
			func(ex *capture.Exchange) bool { return len(ex.Pending) == 1 },
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			j := &during{Fake: ringtest.NewFake()}
			r, err := ring.Open(t.Context(), capture.Bounds{}, j)
			if err != nil {
				t.Fatal(err)
			}
			id := submit(t, r, request(0)).ID
			j.next = func() { panic("not yet") } // so that it is not written before
			r.Record(tt.op(id))
			if _, err := j.Other().Commit(t.Context(), note(id, "theirs")); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			if ex, _ := r.Get(id); !tt.there(ex) || ex.Note != "theirs" {
				t.Errorf("%s: %+v", name, ex)
			}
			time.Sleep(5 * time.Second)
			if ex := ringtest.Load(t, j.Other())[0]; !tt.there(ex) || ex.Note != "theirs" {
				t.Errorf("%s: in the journal %+v", name, ex)
			}
			if err := r.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestGauge: each commit tells what the ring holds then, and a second after others wrote
// theirs counts, too.
func TestGauge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := &gauged{Fake: ringtest.NewFake()}
		r, err := ring.Open(t.Context(), capture.Bounds{Count: 3, Bytes: 20_000}, j)
		if err != nil {
			t.Fatal(err)
		}
		check := func(what string) {
			t.Helper()
			s, g := r.Stats(), j.last
			want := capture.Gauge{Bounds: s.Bounds, Kept: s.Kept, Used: s.Bytes, Pinned: s.Pinned, PinnedBytes: g.PinnedBytes, Pending: s.Pending}
			if diff := cmp.Diff(want, g); diff != "" {
				t.Errorf("%s (-want +got):\n%s", what, diff)
			}
		}
		for n := range 5 {
			submit(t, r, sized(1000*n))
			check("a request")
		}
		time.Sleep(time.Second)
		id := r.Stats().Newest
		for what, op := range map[string]capture.Op{
			"a pin": pin(id, true), "what is pending": pend(id, "http://a"), "a note": note(id, "note"), "what is deleted": {Delete: []capture.ID{id - 1}},
		} {
			apply(t, r, op)
			time.Sleep(time.Second)
			check(what)
		}
		r.Record(capture.Op{Attempt: &capture.AttemptAdd{ID: id, Attempt: capture.Attempt{To: "http://a"}}})
		time.Sleep(time.Second)
		check("what is recorded")
		if _, err := j.Other().Commit(t.Context(), capture.Op{Delete: []capture.ID{id}}, capture.Op{Add: sized(10)}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		check("what others wrote")
		commits := j.Commits()
		time.Sleep(time.Minute)
		if n := j.Commits() - commits; n != 0 {
			t.Errorf("%d commits although nothing changes", n)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
}

// gauged is a journal that keeps the last gauge.
type gauged struct {
	*ringtest.Fake
	last capture.Gauge
}

func (g *gauged) Commit(ctx context.Context, ops ...capture.Op) (capture.Receipt, error) {
	for _, op := range ops {
		if op.Gauge != nil {
			g.last = *op.Gauge
		}
	}
	return g.Fake.Commit(ctx, ops...)
}

// TestJournalThatDoesNotWatch: a ring goes on over a journal that no longer tells what
// others write.
func TestJournalThatDoesNotWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, err := ring.Open(t.Context(), capture.Bounds{}, unwatched{ringtest.NewFake()})
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		submit(t, r, request(0))
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
}

type unwatched struct{ *ringtest.Fake }

func (unwatched) Watch(context.Context) <-chan struct{} {
	ch := make(chan struct{})
	close(ch)
	return ch
}
