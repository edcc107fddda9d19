package forward

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"sync"
	"time"

	"creel/capture"
)

// maxRecorded is up to how many runs of a repeat each leave an attempt; beyond,
// only the failures do.
const maxRecorded = 100

// progressEvery is the time between two tellings of progress.
const progressEvery = 33 * time.Millisecond

// Run is one request of a [Repeat].
type Run struct {
	ID      capture.ID // of its exchange, for Record
	Request *capture.Request
	To      Target
	At      time.Time // when it was captured, for the original spacing
}

// Repeat sends requests again and again.
type Repeat struct {
	Runs        []Run         // sent in this order, each Times times
	Times       int           // at least once
	Concurrency int           // at a time; default 1
	Delay       time.Duration // between the starts of two
	// Speed keeps the spacing with which the runs were captured, divided by it:
	// 1 is as they came, 2 twice as fast. Zero ignores the spacing.
	Speed float64

	// Send sends one; usually [Sender.Send], with a signature renewed before.
	Send func(context.Context, *capture.Request, Target) capture.Attempt
	// Record takes the attempts that are to be kept; may be nil.
	Record func(capture.ID, capture.Attempt)
	// Progress is told how far it is, some 30 times a second; may be nil. It
	// must be quick, and may be called by several goroutines.
	Progress func(Histogram)
}

// Histogram is what a repeat has given so far.
type Histogram struct {
	Total   int // that there are to be
	Done    int
	Failed  int
	Buckets []Bucket // most frequent first
	P50     time.Duration
	P95     time.Duration
	Max     time.Duration
	Took    time.Duration // since the start
	Ended   bool          // no more will come; Done is less than Total when it was cancelled
}

// Bucket is how many attempts ended in one way.
type Bucket struct {
	Name  string // a status such as 200, or a cause such as refused
	Count int
}

// Total is how many requests will be sent.
func (r *Repeat) Total() int { return len(r.Runs) * max(1, r.Times) }

// Do sends them all and returns when the last has ended. The end of ctx ends
// those under way; they count as canceled and no more are begun.
func (r *Repeat) Do(ctx context.Context) Histogram {
	t := tally{total: r.Total(), start: time.Now(), names: map[string]int{}}
	slots := make(chan struct{}, max(1, r.Concurrency))
	var running sync.WaitGroup
	last := time.Time{}
	for i := range t.total {
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
		last = run.At
		running.Go(func() {
			r.one(ctx, run, &t)
			<-slots
		})
	}
	running.Wait()
	return t.histogram(true)
}

// pause waits before the i-th request; false when ctx ended.
func (r *Repeat) pause(ctx context.Context, i int, run *Run, last time.Time) bool {
	d := r.Delay
	if r.Speed > 0 && !last.IsZero() {
		d = max(d, time.Duration(float64(run.At.Sub(last))/r.Speed))
	}
	if i == 0 || d <= 0 {
		return ctx.Err() == nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func (r *Repeat) one(ctx context.Context, run *Run, t *tally) {
	a := r.Send(ctx, run.Request, run.To)
	a.Resend = true
	if r.Record != nil && (t.total <= maxRecorded || a.Failed()) && t.keep() {
		r.Record(run.ID, a)
	}
	if tell := t.add(&a); tell && r.Progress != nil {
		r.Progress(t.histogram(false))
	}
}

// tally counts attempts.
type tally struct {
	total int
	start time.Time

	mu     sync.Mutex
	names  map[string]int
	times  []time.Duration // of the attempts that were answered
	done   int
	failed int
	kept   int
	told   time.Time
}

// keep reports whether one more attempt may be recorded.
func (t *tally) keep() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept++
	return t.kept <= maxRecorded
}

// add counts an attempt, and reports whether it is time to tell of progress.
func (t *tally) add(a *capture.Attempt) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.done++
	name := string(a.Cause)
	if a.Cause == "" {
		name = strconv.Itoa(a.Reply.Status)
		t.times = append(t.times, a.Took)
	}
	t.names[name]++
	if a.Failed() {
		t.failed++
	}
	now := time.Now()
	if now.Sub(t.told) < progressEvery {
		return false
	}
	t.told = now
	return true
}

func (t *tally) histogram(ended bool) Histogram {
	t.mu.Lock()
	defer t.mu.Unlock()
	h := Histogram{Total: t.total, Done: t.done, Failed: t.failed, Took: time.Since(t.start), Ended: ended}
	for name, n := range t.names {
		h.Buckets = append(h.Buckets, Bucket{name, n})
	}
	slices.SortFunc(h.Buckets, func(a, b Bucket) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Name, b.Name))
	})
	slices.Sort(t.times)
	h.P50, h.P95, h.Max = rank(t.times, 0.50), rank(t.times, 0.95), rank(t.times, 1)
	return h
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
