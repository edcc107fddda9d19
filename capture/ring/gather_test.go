package ring_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"creel/capture"
	"creel/capture/ring"
	"creel/capture/ringtest"
)

// slow is a journal on a disk that takes its time.
type slow struct{ *ringtest.Fake }

const syncTime = 200 * time.Microsecond

func (s slow) Commit(ctx context.Context, ops ...capture.Op) (capture.Receipt, error) {
	time.Sleep(syncTime)
	return s.Fake.Commit(ctx, ops...)
}

// flood submits n requests from each of 32 senders, evenly spread, each after the
// one before is kept.
func flood(t *testing.T, r *ring.Ring, n int, each func()) {
	var senders sync.WaitGroup
	for i := range 32 {
		senders.Go(func() {
			time.Sleep(time.Duration(i) * 30 * time.Microsecond)
			for j := range n {
				if _, err := r.Submit(request(i*n + j)).Wait(t.Context()); err != nil {
					t.Error(err)
				}
				each()
				time.Sleep(time.Millisecond)
			}
		})
	}
	senders.Wait()
}

func TestFastCapturesShareCommits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := slow{ringtest.NewFake()}
		r, err := ring.Open(t.Context(), capture.Bounds{}, j)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		before := j.Commits()
		flood(t, r, 50, func() {})
		if n := j.Commits() - before; n > 32*50/12 {
			t.Errorf("%d commits for %d requests", n, 32*50)
		}
		time.Sleep(time.Second)
		start := time.Now()
		submit(t, r, request(0))
		if took := time.Since(start); took != syncTime {
			t.Errorf("alone, a request was kept after %s, and the sync takes %s", took, syncTime)
		}
	})
}

func TestBoundsHoldAfterAFlood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const count = 400
		j := slow{ringtest.NewFake()}
		r, err := ring.Open(t.Context(), capture.Bounds{Count: count}, j)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		flood(t, r, 50, func() {
			if kept := r.Stats().Kept; kept > count+count/100 {
				t.Errorf("%d are kept of %d", kept, count)
			}
		})
		time.Sleep(time.Second)
		if kept := r.Stats().Kept; kept != count {
			t.Errorf("%d are kept of %d a second later", kept, count)
		}
		if kept := len(ringtest.Load(t, j.Other())); kept != count {
			t.Errorf("the journal has %d of %d", kept, count)
		}
	})
}

// A request that comes alone after many came at once is not kept waiting for more.
func TestAloneAfterMany(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, err := ring.Open(t.Context(), capture.Bounds{}, slow{ringtest.NewFake()})
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		var tickets []*ring.Ticket
		for n := range 20 {
			tickets = append(tickets, r.Submit(request(n)))
		}
		for _, ticket := range tickets {
			if _, err := ticket.Wait(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(time.Second)
		start := time.Now()
		submit(t, r, request(99))
		if took := time.Since(start); took != syncTime {
			t.Errorf("it was kept after %s, and the sync takes %s", took, syncTime)
		}
	})
}
