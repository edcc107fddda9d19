package ring_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"creel/capture"
	"creel/capture/ring"
	"creel/capture/ringtest"
)

// openBusy opens a ring that has just kept many at once; the commit that is under way
// waits to be let through.
func openBusy(t *testing.T) (*ring.Ring, *gated) {
	t.Helper()
	r, j := openGated(t, capture.Bounds{})
	await := func(n int) {
		for i := range n {
			ticket := r.Submit(request(1000 + i))
			go func() { _, _ = ticket.Wait(t.Context()) }()
		}
		synctest.Wait()
	}
	await(1)
	await(10)
	j.pass <- struct{}{} // of the first
	j.pass <- struct{}{} // of ten
	synctest.Wait()
	await(10)
	time.Sleep(10 * time.Millisecond) // gathering is over
	synctest.Wait()
	j.ops = nil
	return r, j
}

// TestAttemptsComeWithWhatIsNotAwaited: among many, a request whose answer is still to be
// found is left out of a commit for a moment, and kept with its attempt.
func TestAttemptsComeWithWhatIsNotAwaited(t *testing.T) {
	for _, tt := range []struct {
		name     string
		after    time.Duration // of the attempt
		attempts int           // that the request is committed with
	}{{"soon", 2 * time.Millisecond, 1}, {"late", 20 * time.Millisecond, 0}} {
		synctest.Test(t, func(t *testing.T) {
			r, j := openBusy(t)
			for n := range 6 {
				ticket := r.Submit(request(n))
				go func() { _, _ = ticket.Wait(t.Context()) }()
			}
			forwarded := r.Submit(request(99))
			close(j.pass)
			time.Sleep(tt.after)
			r.RecordAttempt(forwarded, &capture.Attempt{To: "http://a"})
			if _, err := forwarded.Wait(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := r.Close(); err != nil {
				t.Fatal(err)
			}
			for _, ops := range j.written() {
				for _, op := range ops {
					if op.Add != nil && op.Add.Request.Target == "/99" && len(op.Add.Attempts) != tt.attempts {
						t.Errorf("%s: it is committed with %d attempts, want %d", tt.name, len(op.Add.Attempts), tt.attempts)
					}
				}
			}
			if n := len(ringtest.Load(t, j.Other())); n != 28 {
				t.Errorf("%s: %d are kept", tt.name, n)
			}
		})
	}
}

// TestEnoughAreCommittedAtOnce: where captures come fast, a commit does not wait for more
// once it has enough.
func TestEnoughAreCommittedAtOnce(t *testing.T) {
	for _, tt := range []struct {
		n    int
		wait time.Duration
	}{{23, 1500 * time.Microsecond}, {24, 0}} {
		synctest.Test(t, func(t *testing.T) {
			r, j := openBusy(t)
			j.pass <- struct{}{}
			synctest.Wait()
			start, last := time.Now(), (*ring.Ticket)(nil)
			for n := range tt.n {
				last = r.Submit(request(n))
				if n < tt.n-1 {
					ticket := last
					go func() { _, _ = ticket.Wait(t.Context()) }()
				}
			}
			synctest.Wait()
			close(j.pass)
			if _, err := last.Wait(t.Context()); err != nil {
				t.Fatal(err)
			}
			if waited := time.Since(start); waited != tt.wait {
				t.Errorf("%d were kept after %s, want %s", tt.n, waited, tt.wait)
			}
			if err := r.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestRecordedBesideManyRequests: where captures come fast, more of what is recorded goes
// along, and less often.
func TestRecordedBesideManyRequests(t *testing.T) {
	for _, tt := range []struct{ recorded, along int }{{256, 0}, {257, 257}, {512, 512}, {600, 512}} {
		synctest.Test(t, func(t *testing.T) {
			r, j := openBusy(t)
			id := r.Snapshot()[0].ID
			for n := range tt.recorded {
				r.Record(note(id, fmt.Sprint(n)))
			}
			for n := range 5 {
				ticket := r.Submit(request(n))
				go func() { _, _ = ticket.Wait(t.Context()) }()
			}
			close(j.pass)
			time.Sleep(10 * time.Millisecond)
			if n := recordedIn(j.written()[1]); n != tt.along {
				t.Errorf("of %d recorded, %d went along, want %d", tt.recorded, n, tt.along)
			}
			if err := r.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestPinsSurviveManyAtOnce: however many come at once, only what is not pinned makes
// room for them.
func TestPinsSurviveManyAtOnce(t *testing.T) {
	size := sized(1000).Footprint()
	for name, bounds := range map[string]func(n int) capture.Bounds{
		"count": func(n int) capture.Bounds { return capture.Bounds{Count: n} },
		"bytes": func(n int) capture.Bounds { return capture.Bounds{Bytes: int64(n) * size} },
	} {
		for _, pins := range []int{1, 4, 6} { // six of eight, as the bounds were wider before
			synctest.Test(t, func(t *testing.T) {
				j := &gated{Fake: ringtest.NewFake(), pass: make(chan struct{}, 100)}
				for range cap(j.pass) {
					j.pass <- struct{}{}
				}
				r, err := ring.Open(t.Context(), bounds(12), j)
				if err != nil {
					t.Fatal(err)
				}
				for range pins {
					apply(t, r, pin(submit(t, r, sized(1000)).ID, true))
				}
				if err := r.Close(); err != nil {
					t.Fatal(err)
				}
				if r, err = ring.Open(t.Context(), bounds(8), j); err != nil {
					t.Fatal(err)
				}
				for len(j.pass) > 0 {
					<-j.pass
				}
				go func() { _ = r.Apply(t.Context()) }()
				synctest.Wait() // it is being committed
				for range 20 {
					r.Submit(sized(1000))
				}
				close(j.pass)
				if err := r.Close(); err != nil {
					t.Fatal(err)
				}
				if s := r.Stats(); s.Pinned != pins || s.Kept != 8 {
					t.Errorf("%s: %d of %d are pinned, %d are kept", name, s.Pinned, pins, s.Kept)
				}
			})
		}
	}
}
