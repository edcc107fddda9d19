package ring_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"creel/capture"
	"creel/capture/ring"
	"creel/capture/ringtest"

	"github.com/google/go-cmp/cmp"
)

func request(n int) *capture.Exchange {
	return &capture.Exchange{Request: capture.Request{Target: fmt.Sprintf("/%d", n)}}
}

// sized returns a request with a body of n bytes.
func sized(n int) *capture.Exchange {
	return &capture.Exchange{Request: capture.Request{Body: capture.NewBody(make([]byte, n))}}
}

func submit(t testing.TB, r *ring.Ring, ex *capture.Exchange) *capture.Exchange {
	t.Helper()
	got, err := r.Submit(ex).Wait(t.Context())
	if err != nil {
		t.Fatalf("submit: %v", err)
	}
	return got
}

func targets(list []*capture.Exchange) []string {
	out := []string{}
	for _, ex := range list {
		out = append(out, ex.Request.Target)
	}
	return out
}

func apply(t testing.TB, r *ring.Ring, ops ...capture.Op) {
	t.Helper()
	if err := r.Apply(t.Context(), ops...); err != nil {
		t.Fatalf("apply: %v", err)
	}
}

func pin(id capture.ID, yes bool) capture.Op {
	return capture.Op{Meta: &capture.Meta{ID: id, Pinned: &yes}}
}

func pend(id capture.ID, urls ...string) capture.Op {
	return capture.Op{Meta: &capture.Meta{ID: id, Pending: &urls}}
}

// eachRing runs a test on a ring in memory and on one with a journal.
func eachRing(t *testing.T, b capture.Bounds, test func(t *testing.T, r *ring.Ring)) {
	t.Run("memory", func(t *testing.T) { test(t, ring.New(b)) })
	t.Run("journal", func(t *testing.T) {
		r, err := ring.Open(t.Context(), b, ringtest.NewFake())
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		test(t, r)
	})
}

func TestOldestGoesFirstPendingLastPinnedStays(t *testing.T) {
	eachRing(t, capture.Bounds{Count: 6}, func(t *testing.T, r *ring.Ring) {
		var ids []capture.ID
		for n := range 6 {
			ids = append(ids, submit(t, r, request(n)).ID)
		}
		apply(t, r, pin(ids[0], true), pend(ids[1], "http://a"))
		for n := 6; n < 10; n++ {
			submit(t, r, request(n))
		}
		if diff := cmp.Diff([]string{"/0", "/1", "/6", "/7", "/8", "/9"}, targets(r.Snapshot())); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		apply(t, r, pend(ids[1]), pin(ids[0], false))
		submit(t, r, request(10))
		submit(t, r, request(11))
		if diff := cmp.Diff([]string{"/6", "/7", "/8", "/9", "/10", "/11"}, targets(r.Snapshot())); diff != "" {
			t.Errorf("let go again (-want +got):\n%s", diff)
		}
		if s := r.Stats(); s.Kept != 6 || s.Evicted != 6 || s.Pinned != 0 || s.Pending != 0 || s.Newest != ids[0]+11 || s.First != ids[0] {
			t.Errorf("stats %+v", s)
		}
	})
}

func TestBytesAreBounded(t *testing.T) {
	const kb = 1 << 10
	eachRing(t, capture.Bounds{Bytes: 100 * kb}, func(t *testing.T, r *ring.Ring) {
		for range 30 {
			submit(t, r, sized(10*kb))
			if s := r.Stats(); s.Bytes > 100*kb {
				t.Fatalf("%d bytes are kept", s.Bytes)
			}
		}
		if s := r.Stats(); s.Kept != 9 {
			t.Errorf("%d are kept", s.Kept)
		}
		last := submit(t, r, sized(60*kb))
		if s := r.Stats(); s.Bytes > 100*kb || s.Newest != last.ID {
			t.Errorf("%+v", s)
		}
	})
}

func TestPinsFillHalfAtMost(t *testing.T) {
	eachRing(t, capture.Bounds{Count: 4}, func(t *testing.T, r *ring.Ring) {
		var ids []capture.ID
		for n := range 4 {
			ids = append(ids, submit(t, r, request(n)).ID)
		}
		apply(t, r, pin(ids[0], true), pin(ids[1], true))
		err := r.Apply(t.Context(), pin(ids[2], true))
		if err == nil || !strings.Contains(err.Error(), "half") {
			t.Errorf("the third pin of four: %v", err)
		}
		apply(t, r, pin(ids[0], true), pin(ids[0], false), pin(ids[2], true))
		if s := r.Stats(); s.Pinned != 2 {
			t.Errorf("%d pinned", s.Pinned)
		}
	})
}

func TestMalformedFillATwentieth(t *testing.T) {
	eachRing(t, capture.Bounds{Count: 100}, func(t *testing.T, r *ring.Ring) {
		for n := range 100 {
			submit(t, r, request(n))
		}
		for n := range 50 {
			ex := request(1000 + n)
			ex.Request.Malformed = "bad"
			submit(t, r, ex)
		}
		all := r.Snapshot()
		var bad []string
		for _, ex := range all {
			if ex.Request.Malformed != "" {
				bad = append(bad, ex.Request.Target)
			}
		}
		if diff := cmp.Diff([]string{"/1045", "/1046", "/1047", "/1048", "/1049"}, bad); diff != "" {
			t.Errorf("malformed (-want +got):\n%s", diff)
		}
		if len(all) != 100 {
			t.Errorf("%d are kept: malformed ones pushed out others", len(all))
		}
	})
}

func TestSince(t *testing.T) {
	eachRing(t, capture.Bounds{Count: 4}, func(t *testing.T, r *ring.Ring) {
		var ids []capture.ID
		for n := range 4 {
			ids = append(ids, submit(t, r, request(n)).ID)
		}
		d := r.Since(0)
		if !d.Reset || len(d.Changed) != 4 {
			t.Fatalf("everything: %+v", d)
		}
		if again := r.Since(d.Rev); again.Reset || len(again.Changed) != 0 || len(again.Gone) != 0 || again.Rev != d.Rev {
			t.Errorf("nothing changed: %+v", again)
		}
		r.Record(capture.Op{Reply: &capture.ReplySet{ID: ids[2], State: capture.StateAnswered}})
		submit(t, r, request(4))
		apply(t, r, capture.Op{Delete: []capture.ID{ids[3]}})
		d = r.Since(d.Rev)
		if diff := cmp.Diff([]string{"/2", "/4"}, targets(d.Changed)); diff != "" || d.Reset {
			t.Errorf("changed (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(map[capture.ID]bool{ids[0]: true, ids[3]: true}, set(d.Gone)); diff != "" {
			t.Errorf("gone (-want +got):\n%s", diff)
		}
		if far := r.Since(d.Rev + 99); !far.Reset {
			t.Error("a revision to come is not a reset")
		}
	})
}

func set(ids []capture.ID) map[capture.ID]bool {
	m := map[capture.ID]bool{}
	for _, id := range ids {
		m[id] = true
	}
	return m
}

func TestDeletedCanBePutBack(t *testing.T) {
	eachRing(t, capture.Bounds{}, func(t *testing.T, r *ring.Ring) {
		submit(t, r, request(0))
		ex := submit(t, r, request(1))
		submit(t, r, request(2))
		rev := r.Since(0).Rev
		apply(t, r, capture.Op{Delete: []capture.ID{ex.ID}})
		apply(t, r, capture.Op{Add: ex})
		if diff := cmp.Diff([]string{"/0", "/1", "/2"}, targets(r.Snapshot())); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if d := r.Since(rev); len(d.Changed) != 1 || len(d.Gone) != 0 {
			t.Errorf("gone and back: %+v", d)
		}
	})
}

func TestAttemptsAreTrimmed(t *testing.T) {
	const kb = 1 << 10
	eachRing(t, capture.Bounds{Bytes: 4 << 20}, func(t *testing.T, r *ring.Ring) {
		id := submit(t, r, request(0)).ID
		send := func(n, size int) {
			for range n {
				body := capture.NewBody(make([]byte, size))
				r.Record(capture.Op{Attempt: &capture.AttemptAdd{ID: id, Attempt: capture.Attempt{Reply: capture.Reply{Body: body}}}})
			}
		}
		kept := func() (bodies, attempts int) {
			ex, _ := r.Get(id)
			for _, a := range ex.Attempts {
				if !a.Reply.Body.IsForgotten() {
					bodies++
				}
			}
			return bodies, len(ex.Attempts)
		}
		send(150, 1)
		if bodies, attempts := kept(); bodies != capture.KeepBodies || attempts != 150 {
			t.Errorf("%d bodies of %d attempts", bodies, attempts)
		}
		send(10, 200*kb) // a quarter of the ring is 1024 KiB
		if bodies, _ := kept(); bodies > 5 || bodies < 3 {
			t.Errorf("%d large bodies", bodies)
		}
		send(capture.KeepAttempts, 1)
		if _, attempts := kept(); attempts != capture.KeepAttempts {
			t.Errorf("%d attempts", attempts)
		}
	})
}

func TestWatchIsLevelTriggered(t *testing.T) {
	eachRing(t, capture.Bounds{}, func(t *testing.T, r *ring.Ring) {
		ctx, cancel := context.WithCancel(t.Context())
		watch := r.Watch(ctx)
		for n := range 10 {
			submit(t, r, request(n))
		}
		<-watch
		select {
		case <-watch:
			t.Error("woken again although nothing changed")
		default:
		}
		r.Notify()
		<-watch
		cancel()
		if _, ok := <-watch; ok {
			t.Error("not closed")
		}
	})
}

func TestPauseInARush(t *testing.T) {
	for changes, want := range map[int]time.Duration{
		0: time.Second / 30, 20: time.Second / 30, 21: 100 * time.Millisecond, 100_000: 100 * time.Millisecond,
	} {
		if got := ring.Pause(changes); got != want {
			t.Errorf("after %d changes: %v, want %v", changes, got, want)
		}
	}
}
