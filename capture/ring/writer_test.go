package ring_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"creel/capture"
	"creel/capture/ring"
	"creel/capture/ringtest"

	"github.com/google/go-cmp/cmp"
)

var errFull = errors.New("disk full")

func TestJournalFailsAndRecovers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := ringtest.NewFake()
		r, err := ring.Open(t.Context(), capture.Bounds{}, j)
		if err != nil {
			t.Fatal(err)
		}
		ok := submit(t, r, request(0))
		j.Fail(errFull)
		if _, err := r.Submit(request(1)).Wait(t.Context()); !errors.Is(err, errFull) {
			t.Errorf("submit to a full disk: %v", err)
		}
		if err := r.Apply(t.Context(), pin(ok.ID, true)); !errors.Is(err, errFull) {
			t.Errorf("pin on a full disk: %v", err)
		}
		if s := r.Stats(); !errors.Is(s.Err, errFull) || s.Kept != 1 {
			t.Errorf("stats %+v", s)
		}
		r.Record(capture.Op{Reply: &capture.ReplySet{ID: ok.ID, State: capture.StateAnswered, Reply: capture.Reply{Status: 207}}})
		synctest.Wait()
		watch := r.Watch(t.Context())
		j.Fail(nil)
		for r.Stats().Err != nil {
			<-watch
		}
		if got := ringtest.Load(t, j.Other()); len(got) != 1 || got[0].Reply.Status != 207 {
			t.Errorf("the reply was not written later: %+v", got)
		}
		submit(t, r, request(2))
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestRecordedRidesAlong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := ringtest.NewFake()
		r, err := ring.Open(t.Context(), capture.Bounds{}, j)
		if err != nil {
			t.Fatal(err)
		}
		ex := submit(t, r, request(0))
		before := j.Commits()
		r.Record(capture.Op{Reply: &capture.ReplySet{ID: ex.ID, State: capture.StateAnswered}})
		submit(t, r, request(1))
		if n := j.Commits() - before; n != 1 {
			t.Errorf("%d commits for a reply and a request", n)
		}
		r.Record(capture.Op{Attempt: &capture.AttemptAdd{ID: ex.ID}})
		synctest.Wait()
		if n := j.Commits() - before; n != 1 {
			t.Errorf("what is recorded does not wait")
		}
		time.Sleep(time.Second)
		if n := j.Commits() - before; n != 2 {
			t.Errorf("%d commits a second later", n)
		}
		r.Record(capture.Op{Attempt: &capture.AttemptAdd{ID: ex.ID}})
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		if got := ringtest.Load(t, j.Other()); len(got[0].Attempts) != 2 {
			t.Errorf("closing lost %d attempts", 2-len(got[0].Attempts))
		}
		if _, err := r.Submit(request(3)).Wait(t.Context()); !errors.Is(err, ring.ErrClosed) {
			t.Errorf("submit after close: %v", err)
		}
	})
}

func TestOthersAreFollowed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := ringtest.NewFake()
		r, err := ring.Open(t.Context(), capture.Bounds{Count: 10}, j)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		a, b := submit(t, r, request(0)), submit(t, r, request(1))
		other := j.Other()
		note := "from elsewhere"
		r.Record(capture.Op{Reply: &capture.ReplySet{ID: b.ID, State: capture.StateAnswered}})
		if _, err := other.Commit(t.Context(),
			capture.Op{Delete: []capture.ID{a.ID}}, capture.Op{Add: request(2)},
			capture.Op{Meta: &capture.Meta{ID: b.ID, Note: &note}},
		); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		got := r.Snapshot()
		if diff := cmp.Diff([]string{"/1", "/2"}, targets(got)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if got[0].Note != note || got[0].State != capture.StateAnswered {
			t.Errorf("what both did: %+v", got[0])
		}
		var ops []capture.Op
		for n := range 20 {
			ops = append(ops, capture.Op{Add: request(10 + n)})
		}
		if _, err := other.Commit(t.Context(), ops...); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if got := len(r.Snapshot()); got != 10 {
			t.Errorf("an import left %d in a ring of ten", got)
		}
		if got := len(ringtest.Load(t, j.Other())); got != 10 {
			t.Errorf("an import left %d in the journal", got)
		}
	})
}

func TestSmallerRingAtStart(t *testing.T) {
	j := ringtest.NewFake()
	r, err := ring.Open(t.Context(), capture.Bounds{Count: 20}, j)
	if err != nil {
		t.Fatal(err)
	}
	for n := range 20 {
		id := submit(t, r, request(n)).ID
		if n < 10 {
			apply(t, r, pin(id, true))
		}
	}
	r.Close()
	r, err = ring.Open(t.Context(), capture.Bounds{Count: 4}, j)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if diff := cmp.Diff([]string{"/7", "/8", "/9", "/19"}, targets(r.Snapshot())); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if s := r.Stats(); s.EvictedOnOpen != 16 || s.PinnedEvictedOnOpen != 7 {
		t.Errorf("evicted %d, %d of them pinned", s.EvictedOnOpen, s.PinnedEvictedOnOpen)
	}
	if ex := r.Snapshot()[3]; ex.State != capture.StateInterrupted {
		t.Errorf("what waited is %v", ex.State)
	}
	if got := len(ringtest.Load(t, j.Other())); got != 4 {
		t.Errorf("%d in the journal", got)
	}
}

// panicking is a journal whose commits panic when told to.
type panicking struct {
	*ringtest.Fake
	now atomic.Bool
}

func (j *panicking) Commit(ctx context.Context, ops ...capture.Op) (capture.Receipt, error) {
	if j.now.Load() {
		panic("went wrong")
	}
	return j.Fake.Commit(ctx, ops...)
}

func TestJournalPanics(t *testing.T) {
	j := &panicking{Fake: ringtest.NewFake()}
	r, err := ring.Open(t.Context(), capture.Bounds{}, j)
	if err != nil {
		t.Fatal(err)
	}
	j.now.Store(true)
	_, err = r.Submit(request(0)).Wait(t.Context())
	if err == nil || !strings.Contains(err.Error(), "panic: went wrong") || !strings.Contains(err.Error(), "writer_test.go") {
		t.Errorf("submit: %v", err)
	}
	j.now.Store(false)
	submit(t, r, request(1))
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if got := ringtest.Load(t, j.Other()); len(got) != 1 {
		t.Errorf("%d are kept, want the one that was acknowledged", len(got))
	}
}
