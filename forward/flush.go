package forward

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"creel/capture"
	"creel/capture/words"
)

// Flushed is what came of delivering what was pending.
type Flushed struct {
	Sent    int      // attempts of which the target took the request
	Results []Bucket // how those ended, most frequent first
	LeftOut int      // their delivery had come again and succeeded
	Left    int      // still pending: the target takes nothing, or ctx ended
	Down    []string // the keys of the targets that take nothing
}

// add adds what came of delivering to another target.
func (f *Flushed) add(o Flushed) {
	f.Sent, f.LeftOut, f.Left = f.Sent+o.Sent, f.LeftOut+o.LeftOut, f.Left+o.Left
	f.Down = append(f.Down, o.Down...)
	slices.Sort(f.Down)
	for _, b := range o.Results {
		f.Results = count(f.Results, b.Name, b.Count)
	}
	sortBuckets(f.Results)
}

// String is what came of it in one line, such as "2 sent: 1 x 200, 1 x 500; 1 left
// out: it came again and succeeded".
func (f Flushed) String() string {
	var results, down []string
	for _, r := range f.Results {
		results = append(results, fmt.Sprintf("%d x %s", r.Count, r.Name))
	}
	for _, key := range f.Down {
		down = append(down, words.URL(key))
	}
	text := fmt.Sprintf("%d sent", f.Sent)
	if results != nil {
		text += ": " + strings.Join(results, ", ")
	}
	if f.LeftOut > 0 {
		text += fmt.Sprintf("; %d left out: came again and succeeded", f.LeftOut)
	}
	if f.Left > 0 {
		text += fmt.Sprintf("; %d still pending", f.Left)
	}
	if down != nil {
		text += ": no connection to " + strings.Join(down, ", ")
	}
	return text
}

// Failed reports whether something is still pending or got another response than
// success.
func (f Flushed) Failed() bool {
	// Statuses sort before causes, which are words.
	return f.Left > 0 || slices.ContainsFunc(f.Results, func(b Bucket) bool { return b.Name >= "4" })
}

// step is what came of one pending delivery.
type step uint8

const (
	stepGone    step = iota // it was deleted, or is not pending any more
	stepSent                // the target took it
	stepLeftOut             // its delivery had come again and succeeded
	stepPending             // the target takes nothing
)

// flush delivers pending exchanges to one target.
type flush struct {
	queue *Queue
	key   string // of the target
	tries map[capture.DeliveryID][]capture.ID
}

// deliver delivers one exchange, unless its delivery came again and succeeded. The
// attempt is set when one was made.
func (f *flush) deliver(ctx context.Context, id capture.ID) (step, *capture.Attempt) {
	ex, ok := f.queue.ring.Get(id)
	if !ok || !slices.Contains(ex.Pending, f.key) {
		return stepGone, nil
	}
	to, err := f.queue.target(f.key, ex.Request.Target)
	if err != nil {
		return stepPending, nil
	}
	if f.succeeded(ex, to) {
		f.queue.markDelivered(ctx, id, f.key, nil)
		return stepLeftOut, nil
	}
	end := f.queue.sender.flights.begin(&flight{id: id, to: &to, captured: ex.Request.Target})
	defer end()
	a, _, err := f.queue.sender.stream(ctx, &ex.Request, &to, nil)
	f.queue.targets.recordHealth(&to, a, err)
	if a.Unsent && retryLater(err) {
		f.queue.ring.Record(capture.Op{Attempt: &capture.AttemptAdd{ID: id, Attempt: *a}})
		return stepPending, a
	}
	f.queue.markDelivered(context.WithoutCancel(ctx), id, f.key, a)
	return stepSent, a
}

// tries are the exchanges of each delivery of each provider.
func (q *Queue) tries() map[capture.DeliveryID][]capture.ID {
	tries := map[capture.DeliveryID][]capture.ID{}
	for _, ex := range q.ring.Snapshot() {
		if id, ok := ex.DeliveryID(); ok {
			tries[id] = append(tries[id], ex.ID)
		}
	}
	return tries
}

// succeeded reports whether since this exchange arrived the target was given it, or
// another try of its delivery, unedited, and responded below 400.
func (f *flush) succeeded(ex *capture.Exchange, to Target) bool {
	ids := []capture.ID{ex.ID}
	if id, ok := ex.DeliveryID(); ok {
		ids = f.tries[id]
	}
	return slices.ContainsFunc(ids, func(id capture.ID) bool {
		try, ok := f.queue.ring.Get(id)
		if !ok {
			return false
		}
		url := to.Resolve(try.Request.Target).String()
		return slices.ContainsFunc(try.Attempts, func(a *capture.Attempt) bool {
			return a.To == url && !a.Failed() && !a.Edited && !a.At.Before(ex.At)
		})
	})
}
