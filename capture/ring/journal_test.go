package ring_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"creel/capture"
	"creel/capture/ring"
	"creel/capture/ringtest"
)

// storing is a journal that gives handles in the place of bodies, as one on a disk does.
type storing struct{ *ringtest.Fake }

func (s storing) Body(_ context.Context, ref capture.BodyRef) ([]byte, error) {
	return bytes.Repeat([]byte("x"), int(ref)), nil
}

func (s storing) handle(b capture.Body) capture.Body {
	return capture.StoredBody(s, capture.BodyRef(b.Size()), b.Size())
}

func (s storing) Commit(ctx context.Context, ops ...capture.Op) (capture.Receipt, error) {
	r, err := s.Fake.Commit(ctx, ops...)
	for i, op := range r.Kept {
		switch {
		case op.Reply != nil:
			reply := *op.Reply
			reply.Reply.Body = s.handle(reply.Reply.Body)
			r.Kept[i].Reply = &reply
		case op.Attempt != nil:
			add := *op.Attempt
			add.Attempt.Body, add.Attempt.Reply.Body = s.handle(add.Attempt.Body), s.handle(add.Attempt.Reply.Body)
			r.Kept[i].Attempt = &add
		}
	}
	return r, err
}

// What was recorded leaves memory once the journal has it; what came after it meanwhile, and
// what was trimmed, stays as it is. Readers see no change.
func TestRecordedBodiesLeaveMemory(t *testing.T) {
	large := func(n int) capture.Body { return capture.NewBody(bytes.Repeat([]byte("x"), n)) }
	reply := func(id capture.ID, body capture.Body) capture.Op {
		return capture.Op{Reply: &capture.ReplySet{ID: id, State: capture.StateAnswered, Reply: capture.Reply{Body: body}}}
	}
	attempt := func(id capture.ID, same bool, body capture.Body) capture.Op {
		return capture.Op{Attempt: &capture.AttemptAdd{ID: id, Attempt: capture.Attempt{SameBody: same, Body: body, Reply: capture.Reply{Body: body}}}}
	}
	synctest.Test(t, func(t *testing.T) {
		j := &gated{Fake: ringtest.NewFake(), pass: make(chan struct{}, 10)}
		j.pass <- struct{}{}
		r, err := ring.Open(t.Context(), capture.Bounds{}, gatedStoring{j, storing{j.Fake}})
		if err != nil {
			t.Fatal(err)
		}
		j.pass <- struct{}{}
		id := submit(t, r, sized(10)).ID
		r.Record(reply(id, large(100)))
		r.Record(attempt(id, false, large(200)))
		r.Record(attempt(id, true, large(300)))
		r.Record(capture.Op{Meta: &capture.Meta{ID: id, Pending: &[]string{"http://h"}}})
		rev := r.Stats().Rev
		time.Sleep(time.Second) // it is being committed
		newer := large(101)
		r.Record(reply(id, newer))
		rev2 := r.Stats().Rev
		j.pass <- struct{}{}
		synctest.Wait()
		ex, _ := r.Get(id)
		stored := func(b capture.Body) bool { _, _, ok := b.Stored(); return ok }
		if stored(ex.Reply.Body) || !ex.Reply.Body.Same(newer) {
			t.Error("the newer reply has the body of the older one")
		}
		first, second := ex.Attempts[0], ex.Attempts[1]
		if !stored(first.Body) || !stored(first.Reply.Body) || stored(second.Body) || !stored(second.Reply.Body) {
			t.Error("bodies of attempts stay in memory, or one is replaced that the request has")
		}
		if first.Body.Size() != 200 || second.Reply.Body.Size() != 300 || !second.Body.Same(ex.Request.Body) {
			t.Errorf("the bodies are %d and %d", first.Body.Size(), second.Reply.Body.Size())
		}
		close(j.pass)
		time.Sleep(time.Second)
		if ex, _ = r.Get(id); !stored(ex.Reply.Body) || ex.Reply.Body.Size() != 101 {
			t.Error("the body of the newer reply stays in memory")
		}
		if now := r.Stats().Rev; rev2 != rev+1 || now != rev2 {
			t.Errorf("readers see %d changes that are none", now-rev2)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
}

// gatedStoring commits as gated does, and gives handles as storing does.
type gatedStoring struct {
	*gated
	storing storing
}

func (g gatedStoring) Commit(ctx context.Context, ops ...capture.Op) (capture.Receipt, error) {
	<-g.pass
	return g.storing.Commit(ctx, ops...)
}

// Many that are deleted at once, or put back, are written in parts that are no more than a
// commit takes, all of them.
func TestManyInParts(t *testing.T) {
	const large, most = 3 << 20, 8 << 20
	synctest.Test(t, func(t *testing.T) {
		j := &gated{Fake: ringtest.NewFake(), pass: make(chan struct{})}
		close(j.pass)
		r, err := ring.Open(t.Context(), capture.Bounds{}, j)
		if err != nil {
			t.Fatal(err)
		}
		var ids []capture.ID
		var all []*capture.Exchange
		for n := range 303 {
			size := 1
			if n < 6 {
				size = large
			}
			ex := submit(t, r, sized(size))
			ids, all = append(ids, ex.ID), append(all, ex)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		j.ops = nil
		apply(t, r, capture.Op{Delete: ids})
		var sizes []int
		for _, ops := range j.ops {
			sizes = append(sizes, len(ops[0].Delete))
		}
		if !slices.Equal(sizes, []int{3, 3, 256, 41}) || r.Stats().Kept != 0 {
			t.Errorf("parts of %v, %d are left", sizes, r.Stats().Kept)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		j.ops = nil
		j.pass = make(chan struct{})
		for range 2 {
			r.Submit(sized(large))
		}
		go func() { apply(t, r, capture.Op{Add: all[0]}, capture.Op{Add: all[1]}) }()
		synctest.Wait()
		r.Submit(sized(large))
		close(j.pass)
		time.Sleep(time.Second)
		synctest.Wait()
		for _, ops := range j.ops {
			size := int64(0)
			for _, op := range ops {
				if op.Add != nil {
					size += op.Add.Footprint()
				}
			}
			if size > most {
				t.Errorf("a commit brings %d bytes", size)
			}
		}
		if kept := r.Stats().Kept; kept != 5 {
			t.Errorf("%d are there", kept)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
}

// behind is a journal that no longer knows what changed since.
type behind struct {
	*ringtest.Fake
	err error
}

func (b *behind) Changes(ctx context.Context, after capture.Rev) iter.Seq2[capture.Change, error] {
	if after > 0 || !errors.Is(b.err, capture.ErrBehind) {
		if b.err != nil {
			return func(yield func(capture.Change, error) bool) { yield(capture.Change{}, b.err) }
		}
	}
	return b.Fake.Changes(ctx, 0)
}

// A ring that is too far behind others reads everything anew: what is gone goes, and what
// was recorded meanwhile stays. An error of the journal is shown until it is over.
func TestRingThatIsBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := &behind{Fake: ringtest.NewFake()}
		r, err := ring.Open(t.Context(), capture.Bounds{}, j)
		if err != nil {
			t.Fatal(err)
		}
		a, b := submit(t, r, request(0)).ID, submit(t, r, request(1)).ID
		time.Sleep(time.Second)
		for _, tt := range []struct {
			err  error
			want string
		}{{errFull, "[/0 /1]"}, {capture.ErrBehind, "[/1 /2]"}} {
			j.err = tt.err
			if _, err := j.Other().Commit(t.Context(), capture.Op{Delete: []capture.ID{a}}); err != nil {
				t.Fatal(err)
			}
			if errors.Is(tt.err, capture.ErrBehind) {
				if _, err := j.Other().Commit(t.Context(), capture.Op{Add: request(2)}); err != nil {
					t.Fatal(err)
				}
			}
			synctest.Wait()
			if got := fmt.Sprint(targets(r.Snapshot())); got != tt.want {
				t.Errorf("%v: the ring has %s, want %s", tt.err, got, tt.want)
			}
			if got := r.Stats().Err; errors.Is(tt.err, errFull) != errors.Is(got, errFull) {
				t.Errorf("%v: the ring says %v", tt.err, got)
			}
		}
		if newest := r.Stats().Newest; newest != b+1 {
			t.Errorf("the newest is %v", newest)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	j := &behind{Fake: ringtest.NewFake(), err: errFull}
	if _, err := ring.Open(t.Context(), capture.Bounds{}, j); !errors.Is(err, errFull) || !strings.Contains(err.Error(), "history: load") {
		t.Errorf("a journal that cannot be read: %v", err)
	}
}

// The ring keeps copies: who submitted may go on writing to what it gave.
func TestRingKeepsCopies(t *testing.T) {
	eachRing(t, capture.Bounds{}, func(t *testing.T, r *ring.Ring) {
		fields := func(value string) []capture.Field { return []capture.Field{{Name: "X-A", Value: value}} }
		given := &capture.Exchange{
			ID: 99, Note: "note", Sender: capture.Sender{Event: "event", Delivery: "delivery"},
			Request: capture.Request{Method: "POST", Target: "/a", Host: "host", Proto: "HTTP/1.1", Remote: "remote", Fields: fields("1"), Trailers: fields("2"), Body: capture.NewBody([]byte("body"))},
			Reply:   capture.Reply{Status: 200, Fields: fields("3"), Trailers: fields("4"), Body: capture.NewBody([]byte("reply"))},
			State:   capture.StateAnswered,
		}
		id := submit(t, r, given).ID
		reply := capture.Reply{Status: 201, Trailers: fields("5"), Body: capture.NewBody([]byte("later"))}
		check := func(reply string) {
			t.Helper()
			ex, _ := r.Get(id)
			q := &ex.Request
			got := fmt.Sprintf("%s %s %s %s %s %s %s %s %v %v %v %v", ex.Note, ex.Sender.Event, ex.Sender.Delivery, q.Method, q.Target, q.Host, q.Proto, q.Remote,
				q.Fields, q.Trailers, ex.Reply.Fields, ex.Reply.Trailers)
			if want := "note event delivery POST /a host HTTP/1.1 remote [{X-A 1}] [{X-A 2}] " + reply; got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		}
		for _, f := range [][]capture.Field{given.Request.Fields, given.Request.Trailers, given.Reply.Fields, given.Reply.Trailers} {
			f[0].Value = "overwritten"
		}
		check("[{X-A 3}] [{X-A 4}]")
		r.Record(capture.Op{Reply: &capture.ReplySet{ID: id, State: capture.StateAnswered, Reply: reply}})
		reply.Trailers[0].Value = "overwritten"
		check("[] [{X-A 5}]")
		if id != 1 {
			t.Errorf("the id is %v", id)
		}
	})
}

// Whoever asks a second time hears the same, whether it was kept or not.
func TestWaitAgain(t *testing.T) {
	j := ringtest.NewFake()
	r, err := ring.Open(t.Context(), capture.Bounds{Count: 10}, j)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	kept := r.Submit(request(0))
	ex, err := kept.Wait(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	full := errors.New("the disk is full")
	j.Fail(full)
	lost := r.Submit(request(1))
	if _, err := lost.Wait(t.Context()); !errors.Is(err, full) {
		t.Errorf("a commit that failed: %v", err)
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if again, err := kept.Wait(over); again != ex || err != nil {
		t.Errorf("the one that is kept: %v, %v", again, err)
	}
	if _, err := lost.Wait(over); !errors.Is(err, full) {
		t.Errorf("the one that is not: %v", err)
	}
	j.Fail(nil)
}

// A ring that is closed takes nothing, and says so to those who wait for it.
func TestClosedRing(t *testing.T) {
	eachRing(t, capture.Bounds{}, func(t *testing.T, r *ring.Ring) {
		ticket := r.Submit(request(0))
		ex, err := ticket.Wait(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		rev := r.Stats().Rev
		for range 2 {
			if err := r.Close(); err != nil {
				t.Error(err)
			}
		}
		if _, err := r.Submit(request(1)).Wait(t.Context()); !errors.Is(err, ring.ErrClosed) {
			t.Errorf("a request: %v", err)
		}
		for what, ops := range map[string][]capture.Op{"a pin": {pin(ex.ID, true)}, "one": {{Delete: []capture.ID{ex.ID}}}, "two": {{Delete: []capture.ID{ex.ID, 7}}}} {
			if err := r.Apply(t.Context(), ops...); !errors.Is(err, ring.ErrClosed) {
				t.Errorf("%s: %v", what, err)
			}
		}
		r.RecordAttempt(ticket, &capture.Attempt{})
		r.Record(pin(ex.ID, true))
		if now := r.Stats().Rev; now != rev || r.Stats().Kept != 1 {
			t.Errorf("it changed: %d, %d kept", now-rev, r.Stats().Kept)
		}
	})
}

// Who waits for a request to be kept may stop; an attempt of what is kept already is added
// at once.
func TestTicketsAfterAndBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := &gated{Fake: ringtest.NewFake(), pass: make(chan struct{}, 1)}
		j.pass <- struct{}{}
		r, err := ring.Open(t.Context(), capture.Bounds{}, j)
		if err != nil {
			t.Fatal(err)
		}
		ticket := r.Submit(request(0))
		ctx, stop := context.WithCancelCause(t.Context())
		gone := errors.New("gone")
		stop(gone)
		if _, err := ticket.Wait(ctx); !errors.Is(err, gone) {
			t.Errorf("who stopped waiting: %v", err)
		}
		close(j.pass)
		if _, err := ticket.Wait(t.Context()); err != nil {
			t.Error(err)
		}
		ex, err := ticket.Wait(ctx)
		if err != nil {
			t.Errorf("it is kept: %v", err)
		}
		r.RecordAttempt(ticket, &capture.Attempt{To: "http://h"})
		if ex, _ = r.Get(ex.ID); len(ex.Attempts) != 1 {
			t.Errorf("%d attempts", len(ex.Attempts))
		}
		j.Fail(errFull)
		failed := r.Submit(request(1))
		if _, err := failed.Wait(t.Context()); !errors.Is(err, errFull) {
			t.Error(err)
		}
		r.RecordAttempt(failed, &capture.Attempt{}) // of what is not there
		j.Fail(nil)
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		if list := ringtest.Load(t, j.Other()); len(list) != 1 || len(list[0].Attempts) != 1 {
			t.Errorf("the journal has %d", len(list))
		}
	})
}

// Whatever changes wakes who watches; what changes nothing does not.
func TestWatchersAreWoken(t *testing.T) {
	eachRing(t, capture.Bounds{}, func(t *testing.T, r *ring.Ring) {
		ticket := r.Submit(request(0))
		ex, err := ticket.Wait(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		watch := r.Watch(t.Context())
		for _, tt := range []struct {
			what  string
			do    func()
			woken int
		}{
			{"a request", func() { submit(t, r, request(1)) }, 1},
			{"a change", func() { apply(t, r, pin(ex.ID, true)) }, 1},
			{"what is recorded", func() { r.Record(pin(ex.ID, false)) }, 1},
			{"an attempt", func() { r.RecordAttempt(ticket, &capture.Attempt{}) }, 1},
			{"what is beside", r.Notify, 1},
			{"of what is gone", func() { r.Record(pin(99, false)) }, 0},
		} {
			for len(watch) > 0 {
				<-watch
			}
			if tt.do(); len(watch) != tt.woken {
				t.Errorf("%s: woken %d times", tt.what, len(watch))
			}
		}
	})
}
