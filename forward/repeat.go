package forward

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"creel/capture"
	"creel/capture/words"
)

// maxRecorded is up to how many runs of a repeat each leave an attempt. Beyond,
// only the failures do, as many at most, and the last one, with the histogram.
const maxRecorded = 100

// progressEvery is the time between two tellings of progress.
const progressEvery = 33 * time.Millisecond

// Repeat sends requests again and again; see [Resender.Repeat].
type Repeat struct {
	Runs        []Resend      // sent in this order, each Times times
	Times       int           // at least once
	Concurrency int           // at a time; default 1
	Delay       time.Duration // between the starts of two
	// Speed keeps the spacing with which the runs were captured, divided by it:
	// 1 is as they came, 2 twice as fast. Zero ignores the spacing.
	Speed float64

	// Send sends one. A [Resender] sets it and Record.
	Send func(context.Context, Resend) capture.Attempt
	// Record takes the attempts that are to be kept; may be nil. Of more than 100
	// these are the first 100 failures and the one that ended last, which lists
	// the histogram among its changes.
	Record func(capture.ID, capture.Attempt)
	// Progress is called with how far it is, some 30 times a second; may be nil. It
	// must be quick, and may be called by several goroutines.
	Progress func(Histogram)
}

// Histogram is what a repeat has given so far.
type Histogram struct {
	Total   int // that there are to be
	Done    int // attempts that ended
	Sent    int // of them, those of which a target got at least a byte
	Failed  int
	Buckets []Bucket // most frequent first
	P50     time.Duration
	P95     time.Duration
	Max     time.Duration
	Took    time.Duration // since the start
	Ended   bool          // no more will come; Done is less than Total when it was canceled
}

// Bucket is how many attempts ended in one way.
type Bucket struct {
	Name  string // see [capture.Attempt.Outcome]
	Count int
}

// count adds n to the bucket with that name.
func count(buckets []Bucket, name string, n int) []Bucket {
	for i := range buckets {
		if buckets[i].Name == name {
			buckets[i].Count += n
			return buckets
		}
	}
	return append(buckets, Bucket{name, n})
}

// sortBuckets puts the most frequent first.
func sortBuckets(buckets []Bucket) {
	slices.SortFunc(buckets, func(a, b Bucket) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Name, b.Name))
	})
}

// Total is how many requests will be sent.
func (r *Repeat) Total() int { return len(r.Runs) * max(1, r.Times) }

// KeepsAll reports whether every attempt is given to Record.
func (r *Repeat) KeepsAll() bool { return r.Total() <= maxRecorded }

// Do sends them all and returns when the last has ended. The end of ctx ends
// those under way; they count as canceled and no more are begun.
func (r *Repeat) Do(ctx context.Context) Histogram {
	t := tally{start: time.Now(), counted: Histogram{Total: r.Total()}}
	slots := make(chan struct{}, max(1, r.Concurrency))
	var running sync.WaitGroup
	last := time.Time{}
	for i := range t.counted.Total {
		run := &r.Runs[i%len(r.Runs)]
		if !r.pause(ctx, i, run, last) {
			break
		}
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
		}
		if ctx.Err() != nil {
			break
		}
		last = run.Exchange.At
		running.Go(func() {
			r.one(ctx, run, &t)
			<-slots
		})
	}
	running.Wait()
	h := t.histogram(true)
	if last := t.last; last.ID != 0 && r.Record != nil {
		last.Attempt.Changes = append([]string{h.Words()}, last.Attempt.Changes...)
		r.Record(last.ID, last.Attempt)
	}
	return h
}

// pause waits before the i-th request; false when ctx ended.
func (r *Repeat) pause(ctx context.Context, i int, run *Resend, last time.Time) bool {
	d := r.Delay
	if r.Speed > 0 && !last.IsZero() {
		d = max(d, time.Duration(float64(run.Exchange.At.Sub(last))/r.Speed))
	}
	if i == 0 {
		d = 0
	}
	return capture.Sleep(ctx, d)
}

func (r *Repeat) one(ctx context.Context, run *Resend, t *tally) {
	a := r.Send(ctx, *run)
	a.Resend = true
	if due := t.due(capture.AttemptAdd{ID: run.Exchange.ID, Attempt: a}); due.ID != 0 && r.Record != nil {
		r.Record(due.ID, due.Attempt)
	}
	if tell := t.add(&a); tell && r.Progress != nil {
		r.Progress(t.histogram(false))
	}
}

// tally counts attempts.
type tally struct {
	start time.Time

	mu      sync.Mutex
	counted Histogram       // as far as it is counted: without times and order
	times   []time.Duration // of the attempts that were answered
	kept    int
	last    capture.AttemptAdd // of many
	shown   time.Time
}

// due returns the attempt that is to be recorded now that a has ended; none
// when its ID is zero. In a repeat of many that is the one before a, because the
// last one waits for the histogram.
func (t *tally) due(a capture.AttemptAdd) capture.AttemptAdd {
	if t.counted.Total <= maxRecorded {
		return a
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	before := t.last
	t.last = a
	if before.ID == 0 || !before.Attempt.Failed() || t.kept >= maxRecorded {
		return capture.AttemptAdd{}
	}
	t.kept++
	return before
}

// add counts an attempt, and reports whether it is time to tell of progress.
func (t *tally) add(a *capture.Attempt) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.counted.Done++
	if !a.Unsent {
		t.counted.Sent++
	}
	if a.Cause == "" {
		t.times = append(t.times, a.Took)
	}
	t.counted.Buckets = count(t.counted.Buckets, a.Outcome(), 1)
	if a.Failed() && a.Cause != capture.CauseCanceled { // that is the user's doing
		t.counted.Failed++
	}
	now := time.Now()
	if now.Sub(t.shown) < progressEvery {
		return false
	}
	t.shown = now
	return true
}

func (t *tally) histogram(ended bool) Histogram {
	t.mu.Lock()
	defer t.mu.Unlock()
	h := t.counted
	h.Took, h.Ended = time.Since(t.start), ended
	h.Buckets = slices.Clone(h.Buckets)
	sortBuckets(h.Buckets)
	slices.Sort(t.times)
	h.P50, h.P95, h.Max = rank(t.times, 0.50), rank(t.times, 0.95), rank(t.times, 1)
	return h
}

// Words is the histogram in one line, such as "repeat, 200 of 200 sent in 1.2s:
// 200 x188, 503 x12; p50 10ms, p95 20ms, max 31ms".
func (h *Histogram) Words() string {
	return fmt.Sprintf("repeat, %d of %d sent in %s: %s", h.Sent, h.Total, words.Latency(h.Took), h.Outcomes())
}

// Outcomes are the results, those that a cancellation left out among them, and where
// there was a response, the times: "200 x188, refused x12; p50 10ms, p95 20ms, max 31ms".
func (h *Histogram) Outcomes() string {
	var results []string
	for _, b := range h.Buckets {
		results = append(results, fmt.Sprintf("%s x%d", b.Name, b.Count))
	}
	if n := h.NotBegun(); n > 0 {
		results = append(results, fmt.Sprintf("not begun x%d", n))
	}
	text := strings.Join(results, ", ")
	if h.Max > 0 {
		text += fmt.Sprintf("; p50 %s, p95 %s, max %s", words.Latency(h.P50), words.Latency(h.P95), words.Latency(h.Max))
	}
	return text
}

// NotBegun is how many were left out because the repeat was canceled.
func (h *Histogram) NotBegun() int {
	if !h.Ended {
		return 0
	}
	return h.Total - h.Done
}

// rank returns the smallest of the sorted times that is not below the share p
// of them (the nearest rank); zero without any.
func rank(times []time.Duration, p float64) time.Duration {
	if len(times) == 0 {
		return 0
	}
	i := int(p*float64(len(times))+0.999999) - 1
	return times[min(max(i, 0), len(times)-1)]
}
