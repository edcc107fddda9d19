package ring_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"creel/capture"
	"creel/capture/ring"
	"creel/capture/ringtest"
)

// openGated opens a ring over a journal whose commits are let through one by one, once
// it is open.
func openGated(t *testing.T, b capture.Bounds) (*ring.Ring, *gated) {
	t.Helper()
	j := &gated{Fake: ringtest.NewFake(), pass: make(chan struct{}, 1000)}
	j.pass <- struct{}{}
	r, err := ring.Open(t.Context(), b, j)
	if err != nil {
		t.Fatal(err)
	}
	j.ops = nil
	return r, j
}

func note(id capture.ID, text string) capture.Op {
	return capture.Op{Meta: &capture.Meta{ID: id, Note: &text}}
}

// recordedIn counts the ops of a commit that were recorded.
func recordedIn(ops []capture.Op) (n int) {
	for _, op := range ops {
		if op.Meta != nil || op.Reply != nil || op.Attempt != nil {
			n++
		}
	}
	return n
}

// TestRecordedBesideARequest: a request that is to be kept does not wait for many changes
// that were recorded.
func TestRecordedBesideARequest(t *testing.T) {
	for _, tt := range []struct {
		recorded, along int
	}{{16, 0}, {17, 17}, {64, 64}, {200, 64}} {
		synctest.Test(t, func(t *testing.T) {
			r, j := openGated(t, capture.Bounds{})
			j.pass <- struct{}{}
			id := submit(t, r, request(0)).ID
			j.ops = nil
			for n := range tt.recorded {
				r.Record(note(id, fmt.Sprint(n)))
			}
			j.pass <- struct{}{}
			submit(t, r, request(1))
			if n := recordedIn(j.written()[0]); len(j.written()) != 1 || n != tt.along {
				t.Errorf("with %d recorded, %d went along with the request, want %d", tt.recorded, n, tt.along)
			}
			close(j.pass)
			if err := r.Close(); err != nil {
				t.Fatal(err)
			}
			all := 0
			for _, ops := range j.written() {
				all += recordedIn(ops)
			}
			if got := ringtest.Load(t, j.Other())[0].Note; all != tt.recorded || got != fmt.Sprint(tt.recorded-1) {
				t.Errorf("%d of %d were written, the last is %s", all, tt.recorded, got)
			}
		})
	}
}

// TestLargeRecordedAreWrittenAtOnce: what takes much memory does not wait, and a commit
// takes a bounded part of it.
func TestLargeRecordedAreWrittenAtOnce(t *testing.T) {
	const mb = 1 << 20
	body := capture.NewBody(make([]byte, mb))
	for name, op := range map[string]func(id capture.ID) capture.Op{
		"replies": func(id capture.ID) capture.Op {
			return capture.Op{Reply: &capture.ReplySet{ID: id, Reply: capture.Reply{Body: body}}}
		},
		"attempts": func(id capture.ID) capture.Op {
			return capture.Op{Attempt: &capture.AttemptAdd{ID: id, Attempt: capture.Attempt{Reply: capture.Reply{Body: body}}}}
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			r, j := openGated(t, capture.Bounds{})
			j.pass <- struct{}{}
			id := submit(t, r, request(0)).ID
			j.ops = nil
			for range 7 {
				r.Record(op(id))
			}
			synctest.Wait()
			if n := len(j.written()); n != 0 {
				t.Errorf("%s: %d commits for less than 8 MiB", name, n)
			}
			for range 9 {
				r.Record(op(id))
			}
			close(j.pass)
			synctest.Wait()
			written := 0
			for _, ops := range j.written() {
				n := recordedIn(ops)
				if written += n; n > 9 {
					t.Errorf("%s: a commit takes %d MiB", name, n)
				}
			}
			if written < 8 {
				t.Errorf("%s: %d of 16 MiB are written at once", name, written)
			}
			time.Sleep(time.Second)
			if err := r.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestUnwrittenBytesAreBounded: what cannot be written takes 32 MiB of memory at most,
// and a message says how many changes that costs.
func TestUnwrittenBytesAreBounded(t *testing.T) {
	body := capture.NewBody(make([]byte, 1<<20))
	for lost, op := range map[int]capture.Op{
		8: {Reply: &capture.ReplySet{ID: 1, Reply: capture.Reply{Body: body}}},
		9: {Attempt: &capture.AttemptAdd{ID: 1, Attempt: capture.Attempt{Reply: capture.Reply{Body: body}}}}, // weighs more
	} {
		synctest.Test(t, func(t *testing.T) {
			j := ringtest.NewFake()
			r, err := ring.Open(t.Context(), capture.Bounds{}, j)
			if err != nil {
				t.Fatal(err)
			}
			submit(t, r, request(0))
			j.Fail(errFull)
			_ = r.Apply(t.Context())
			for range 40 {
				r.Record(op)
			}
			time.Sleep(time.Minute)
			if err := r.Stats().Err; err == nil || !strings.Contains(err.Error(), fmt.Sprintf("; %d changes are lost", lost)) {
				t.Errorf("%v, want %d of 40 lost", err, lost)
			}
			if err := r.Close(); err == nil || !strings.Contains(err.Error(), "history: 40 changes could not be written: ") {
				t.Errorf("closing says %v", err)
			}
		})
	}
}

// TestManyRecordedWhileACommitHangs: of what was recorded before it was known that
// nothing can be written no more is kept.
func TestManyRecordedWhileACommitHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, j := openGated(t, capture.Bounds{})
		j.pass <- struct{}{}
		id := submit(t, r, request(0)).ID
		go func() { _ = r.Apply(t.Context()) }()
		synctest.Wait() // it is being committed
		for n := range 20_005 {
			r.Record(note(id, fmt.Sprint(n)))
		}
		j.Fail(errFull)
		j.pass <- struct{}{}
		synctest.Wait()
		if err := r.Stats().Err; err == nil || !strings.Contains(err.Error(), "; 5 changes are lost") {
			t.Errorf("%v, want 5 lost", err)
		}
		j.Fail(nil)
		close(j.pass)
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

// TestRecordedIsWrittenWithinASecond, also when something is recorded all the time, and
// when the journal has failed for a while.
func TestRecordedIsWrittenWithinASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := ringtest.NewFake()
		r, err := ring.Open(t.Context(), capture.Bounds{}, j)
		if err != nil {
			t.Fatal(err)
		}
		id := submit(t, r, request(0)).ID
		written := func() string { return ringtest.Load(t, j.Other())[0].Note }
		for n := range 50 {
			before := written()
			for range 10 {
				r.Record(note(id, fmt.Sprint(n)))
				time.Sleep(100 * time.Millisecond)
			}
			if written() == before {
				t.Fatalf("%d is not written after a second", n)
			}
		}
		time.Sleep(time.Second)
		r.Record(note(id, "once more"))
		time.Sleep(time.Second)
		if written() != "once more" {
			t.Errorf("%q is written after a second", written())
		}
		j.Fail(errFull)
		r.Record(note(id, "later"))
		time.Sleep(10 * time.Second)
		if err := r.Stats().Err; err == nil {
			t.Error("nobody hears of it")
		}
		j.Fail(nil)
		time.Sleep(2 * time.Second)
		if err := r.Stats().Err; err != nil || written() != "later" {
			t.Errorf("the journal takes it again: %v, %q is written", err, written())
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
}

// TestAChangeAfterManyRecorded: what a user changes comes after all that was recorded
// before.
func TestAChangeAfterManyRecorded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := ringtest.NewFake()
		r, err := ring.Open(t.Context(), capture.Bounds{}, j)
		if err != nil {
			t.Fatal(err)
		}
		id := submit(t, r, request(0)).ID
		for n := range 300 {
			r.Record(note(id, fmt.Sprint(n)))
		}
		apply(t, r, note(id, "the user's"))
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		if got := ringtest.Load(t, j.Other())[0].Note; got != "the user's" {
			t.Errorf("%q is written last", got)
		}
	})
}

// TestManyAttemptsBeforeTheirExchange: those that come before their exchange is kept are
// as many with bodies as later ones.
func TestManyAttemptsBeforeTheirExchange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const n = capture.KeepBodies + 5
		r, j := openGated(t, capture.Bounds{})
		go func() { _ = r.Apply(t.Context()) }()
		synctest.Wait() // it is being committed
		ticket := r.Submit(request(0))
		for i := range n {
			r.RecordAttempt(ticket, &capture.Attempt{To: fmt.Sprint(i + 1), Reply: capture.Reply{Body: capture.NewBody([]byte("x"))}})
		}
		close(j.pass)
		ex, err := ticket.Wait(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		ex, _ = r.Get(ex.ID)
		for _, ex := range []*capture.Exchange{ex, ringtest.Load(t, j.Other())[0]} {
			if len(ex.Attempts) != n {
				t.Fatalf("%d attempts of %d", len(ex.Attempts), n)
			}
			for i, a := range ex.Attempts {
				if a.N != i+1 || a.To != fmt.Sprint(i+1) || a.Reply.Body.IsForgotten() != (i < n-capture.KeepBodies) {
					t.Errorf("attempt %d has the number %d, went to %s, its body is trimmed: %v", i+1, a.N, a.To, a.Reply.Body.IsForgotten())
				}
			}
		}
	})
}

// TestWhatIsRecordedOfADeletedOneComesBack: a request that is brought back has what
// became of it meanwhile, in the ring and in the journal.
func TestWhatIsRecordedOfADeletedOneComesBack(t *testing.T) {
	t.Parallel()
	for _, durable := range []bool{false, true} {
		r, j := ring.New(capture.Bounds{}), ringtest.NewFake()
		if durable {
			var err error
			if r, err = ring.Open(t.Context(), capture.Bounds{}, j); err != nil {
				t.Fatal(err)
			}
		}
		id := capture.ID(0)
		if ex, err := r.Submit(&capture.Exchange{}).Wait(t.Context()); err != nil {
			t.Fatal(err)
		} else {
			id = ex.ID
		}
		r.Record(capture.Op{Attempt: &capture.AttemptAdd{ID: id, Attempt: capture.Attempt{To: "http://a"}}})
		read, _ := r.Get(id)
		held := capture.Op{Reply: &capture.ReplySet{ID: id, State: capture.StateHeld}}
		r.Record(held) // after it was read, before it is deleted
		if err := r.Apply(t.Context(), capture.Op{Delete: []capture.ID{id}}); err != nil {
			t.Fatal(err)
		}
		if ex, ok := r.Deleted(id); !ok || ex.State != capture.StateHeld {
			t.Errorf("deleted: %+v", ex)
		}
		pending := []string{"http://c"}
		r.Record(capture.Op{Attempt: &capture.AttemptAdd{ID: id, Attempt: capture.Attempt{To: "http://b"}}})
		r.Record(capture.Op{Reply: &capture.ReplySet{ID: id, State: capture.StateAnswered, Reply: capture.Reply{Status: 201, Took: 7}}})
		r.Record(capture.Op{Meta: &capture.Meta{ID: id, Pending: &pending}})
		if err := r.Apply(t.Context(), capture.Op{Add: read}); err != nil {
			t.Fatal(err)
		}
		ex, _ := r.Get(id)
		if _, ok := r.Deleted(id); ok {
			t.Error("it is kept as deleted though it is back")
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		all := []*capture.Exchange{ex}
		if durable {
			all = append(all, ringtest.Load(t, j)...)
		}
		for _, ex := range all {
			if ex.State != capture.StateAnswered || ex.Reply.Status != 201 || !slices.Equal(ex.Pending, pending) ||
				len(ex.Attempts) != 2 || ex.Attempts[0].To != "http://a" || ex.Attempts[1].To != "http://b" || ex.Attempts[1].N != 2 {
				t.Errorf("durable %v: %+v", durable, ex)
			}
		}
	}
}

// TestRecordedOfWhatIsEvicted: what is recorded of a request may be written with the
// commit that evicts it.
func TestRecordedOfWhatIsEvicted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, err := ring.Open(t.Context(), capture.Bounds{Count: 2}, storing{ringtest.NewFake()})
		if err != nil {
			t.Fatal(err)
		}
		oldest := submit(t, r, request(0)).ID
		submit(t, r, request(1))
		body := capture.NewBody(make([]byte, 100))
		for range 20 {
			r.Record(capture.Op{Reply: &capture.ReplySet{ID: oldest, Reply: capture.Reply{Body: body}}})
		}
		submit(t, r, request(2))
		if got := fmt.Sprint(targets(r.Snapshot())); got != "[/1 /2]" {
			t.Errorf("%s are there", got)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
}
