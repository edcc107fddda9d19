package forward

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"creel/capture"
	"creel/capture/words"
)

func TestRepeatHistogram(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n, under, most atomic.Int64
		var mu sync.Mutex
		kept := 0
		var last capture.Attempt
		r := Repeat{
			Runs: []Resend{{Exchange: &capture.Exchange{ID: 1}}}, Times: 200, Concurrency: 10,
			Send: func(context.Context, Resend) capture.Attempt {
				i := n.Add(1)
				most.Store(max(most.Load(), under.Add(1)))
				defer under.Add(-1)
				time.Sleep(time.Duration(i) * time.Millisecond)
				switch {
				case i%50 == 0:
					return capture.Attempt{Cause: capture.CauseRefused, Unsent: true}
				case i%20 == 0:
					return capture.Attempt{Reply: capture.Reply{Status: 503}, Took: time.Second}
				}
				return capture.Attempt{Reply: capture.Reply{Status: 200}, Took: time.Duration(i) * time.Millisecond}
			},
			Record: func(_ capture.ID, a capture.Attempt) {
				mu.Lock()
				defer mu.Unlock()
				kept++
				if last = a; !a.Resend || !a.Failed() && a.Changes == nil {
					t.Errorf("%+v", a)
				}
			},
		}
		h := r.Do(t.Context())
		want := Histogram{
			Total: 200, Done: 200, Sent: 196, Failed: 12, Ended: true, P50: 104 * time.Millisecond, P95: 198 * time.Millisecond, Max: time.Second,
			Buckets: []Bucket{{"200", 188}, {"503", 8}, {"refused", 4}},
		}
		if diff := cmp.Diff(want, h, cmpopts.IgnoreFields(Histogram{}, "Took")); diff != "" {
			t.Error(diff)
		}
		// The last to end is number 200, a failure: the twelve failures are all.
		if kept != 12 || most.Load() > 10 {
			t.Errorf("%d kept, %d at once", kept, most.Load())
		}
		text := fmt.Sprintf("repeat, 196 of 200 sent in %s: 200 x188, 503 x8, refused x4; p50 104 ms, p95 198 ms, max 1.0 s", words.Latency(h.Took))
		if diff := cmp.Diff([]string{text}, last.Changes); diff != "" {
			t.Error(diff)
		}
	})
}

func TestOutcomesWithoutAResponseHaveNoTimes(t *testing.T) {
	h := Histogram{Buckets: []Bucket{{"refused", 2}, {"timeout", 1}}}
	if got := h.Outcomes(); got != "refused x2, timeout x1" {
		t.Error(got)
	}
}

// What a cancellation left out is accounted for.
func TestOutcomesOfACanceledRepeat(t *testing.T) {
	h := Histogram{Total: 10, Done: 3, Ended: true, Buckets: []Bucket{{"200", 2}, {"canceled", 1}}}
	if got := h.Outcomes(); got != "200 x2, canceled x1, not begun x7" || h.NotBegun() != 7 {
		t.Errorf("%q, %d", got, h.NotBegun())
	}
	h.Ended = false // the others will come
	if got := h.Outcomes(); got != "200 x2, canceled x1" || h.NotBegun() != 0 {
		t.Errorf("%q, %d", got, h.NotBegun())
	}
	h = Histogram{Total: 10, Ended: true}
	if got := h.Outcomes(); got != "not begun x10" {
		t.Errorf("%q", got)
	}
	h.Done = 9
	if got := h.Outcomes(); got != "not begun x1" || h.NotBegun() != 1 {
		t.Errorf("%q, %d", got, h.NotBegun())
	}
}

func TestRepeatKeepsTheSpacing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		t0 := time.Now()
		var at []time.Duration
		start := time.Now()
		r := Repeat{
			Runs:  []Resend{{Exchange: &capture.Exchange{At: t0}}, {Exchange: &capture.Exchange{At: t0.Add(10 * time.Second)}}, {Exchange: &capture.Exchange{At: t0.Add(12 * time.Second)}}},
			Speed: 2,
			Send: func(context.Context, Resend) capture.Attempt {
				at = append(at, time.Since(start))
				return capture.Attempt{}
			},
		}
		r.Do(t.Context())
		if diff := cmp.Diff([]time.Duration{0, 5 * time.Second, 6 * time.Second}, at); diff != "" {
			t.Error(diff)
		}
	})
}

func TestRepeatIsCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 2500*time.Millisecond)
		defer cancel()
		r := Repeat{Runs: []Resend{{Exchange: &capture.Exchange{}}}, Times: 1000, Delay: time.Second, Send: func(context.Context, Resend) capture.Attempt {
			return capture.Attempt{Reply: capture.Reply{Status: 200}}
		}}
		start := time.Now()
		h := r.Do(ctx)
		if h.Done != 3 || h.Total != 1000 || time.Since(start) != 2500*time.Millisecond {
			t.Errorf("%+v after %s", h, time.Since(start))
		}
	})
}

// Of many sendings that go well one is kept, and it says how all went; of a few,
// each is.
func TestRepeatKeepsTheHistogram(t *testing.T) {
	for _, tt := range []struct{ times, kept, histograms int }{{100, 100, 0}, {101, 1, 1}} {
		kept, histograms := 0, 0
		r := Repeat{
			Runs: []Resend{{Exchange: &capture.Exchange{ID: 7}}}, Times: tt.times,
			Send: func(context.Context, Resend) capture.Attempt {
				return capture.Attempt{Reply: capture.Reply{Status: 200}, Changes: []string{"Host: a instead of b"}}
			},
			Record: func(id capture.ID, a capture.Attempt) {
				kept++
				if len(a.Changes) == 2 && id == 7 {
					histograms++
				}
			},
		}
		if r.Do(t.Context()); kept != tt.kept || histograms != tt.histograms {
			t.Errorf("of %d: %d kept, %d with a histogram", tt.times, kept, histograms)
		}
	}
}

// A repeat of a thousand that is cancelled ends with the sends that wait for an
// answer then, begins no other, and leaves no connection and no goroutine.
func TestCancelledRepeatLeavesNothing(t *testing.T) {
	const times, concurrency, answered = 1000, 100, 150
	var came, open atomic.Int64
	waiting := make(chan struct{}, times)
	u := rawServer(t, func(c net.Conn) {
		open.Add(1)
		defer open.Add(-1)
		r := bufio.NewReader(c)
		for readRequest(r) != "" {
			if came.Add(1) > answered {
				waiting <- struct{}{}
				untilClosed(c)
				return
			}
			io.WriteString(c, ok+"Content-Length: 0\r\n\r\n")
		}
	})
	before := runtime.NumGoroutine()
	ctx, cancel := context.WithCancelCause(t.Context())
	s := &Sender{}
	var begun, late atomic.Int64
	r := Repeat{
		Runs: []Resend{{Exchange: &capture.Exchange{ID: 1, Request: *post("/x", "x")}, To: Target{URL: u}}}, Times: times, Concurrency: concurrency,
		Send: func(ctx context.Context, x Resend) capture.Attempt {
			begun.Add(1)
			if ctx.Err() != nil {
				late.Add(1)
			}
			return s.Send(ctx, x.request(), x.To)
		},
	}
	ended := make(chan Histogram)
	go func() { ended <- r.Do(ctx) }()
	for range concurrency {
		<-waiting // every slot is taken by one that would wait for ever
	}
	cancel(errors.New("esc"))
	h := <-ended
	want := []Bucket{{"200", answered}, {"canceled", concurrency}}
	if diff := cmp.Diff(want, h.Buckets); diff != "" || begun.Load() != answered+concurrency || late.Load() > 0 {
		t.Errorf("%d begun, %d of them after the cancel; %s", begun.Load(), late.Load(), diff)
	}
	s.Close()
	for i := 0; open.Load() > 0 || runtime.NumGoroutine() > before+1; i++ {
		if i > 10_000 {
			t.Fatalf("%d connections, %d goroutines, %d before", open.Load(), runtime.NumGoroutine(), before)
		}
		time.Sleep(time.Millisecond) // the server's goroutines end when they notice
	}
}

// Cancelling waits for nothing but the sends themselves, which end with their
// context.
func TestCancelIsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		r := Repeat{
			Runs: []Resend{{Exchange: &capture.Exchange{}}}, Times: 1000, Concurrency: 100, Delay: time.Millisecond,
			Send: func(ctx context.Context, _ Resend) capture.Attempt {
				<-ctx.Done()
				return capture.Attempt{Cause: capture.CauseCanceled}
			},
		}
		time.AfterFunc(time.Second, cancel)
		start := time.Now()
		if h := r.Do(ctx); h.Done != 100 || time.Since(start) != time.Second {
			t.Errorf("%d done, the last %s after the cancel", h.Done, time.Since(start)-time.Second)
		}
	})
}

// What came of most stands first, and of what is as many the first by its name.
func TestBucketsAreSorted(t *testing.T) {
	results := map[int]capture.Attempt{0: {Cause: capture.CauseTimeout}, 1: {Cause: capture.CauseRefused}, 2: {Reply: capture.Reply{Status: 200}}, 3: {Reply: capture.Reply{Status: 200}}, 4: {Reply: capture.Reply{Status: 500}}}
	n := 0
	r := Repeat{
		Runs: []Resend{{Exchange: &capture.Exchange{ID: 1}}}, Times: len(results), Concurrency: 1,
		Send: func(context.Context, Resend) capture.Attempt { n++; return results[n-1] },
	}
	want := []Bucket{{"200", 2}, {"500", 1}, {"refused", 1}, {"timeout", 1}}
	if d := cmp.Diff(want, r.Do(t.Context()).Buckets); d != "" {
		t.Error(d)
	}
}
