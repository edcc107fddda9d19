package forward

import (
	"context"
	"slices"

	"creel/capture"
)

// flush delivers pending exchanges to one target.
type flush struct {
	queue     *Queue
	key       string // of the target
	delivered deliveries
}

// deliver delivers one exchange, unless its delivery came again and succeeded.
// Pending says that it still has to be, since the target takes nothing.
func (f *flush) deliver(ctx context.Context, id capture.ID) (sent, leftOut, pending bool) {
	ex, ok := f.queue.ring.Get(id)
	if !ok || !slices.Contains(ex.Pending, f.key) {
		return false, false, false // deleted, or delivered by other means
	}
	to, err := f.queue.target(f.key, ex.Request.Target)
	if err != nil {
		return false, false, true
	}
	if f.delivered.succeeded(ex, to) {
		f.queue.settle(ctx, id, f.key, nil)
		return false, true, false
	}
	defer f.queue.sender.flights.begin(&flight{id: id, to: &to, captured: ex.Request.Target})()
	a, err := f.queue.sender.send(ctx, &ex.Request, &to)
	f.queue.targets.learn(&to, a, err)
	if a.Unsent && owed(err) {
		f.queue.ring.Record(capture.Op{Attempt: &capture.AttemptAdd{ID: id, Attempt: *a}})
		return false, false, true
	}
	f.queue.settle(context.WithoutCancel(ctx), id, f.key, a)
	return true, false, false
}

// deliveries are the exchanges of each delivery of each provider: its tries.
type deliveries map[capture.DeliveryID][]*capture.Exchange

func (q *Queue) deliveries() deliveries {
	d := deliveries{}
	for _, ex := range q.ring.Snapshot() {
		if id, ok := ex.DeliveryID(); ok {
			d[id] = append(d[id], ex)
		}
	}
	return d
}

// succeeded reports whether the target was given this exchange, or another try
// of its delivery, and answered below 400.
func (d deliveries) succeeded(ex *capture.Exchange, to Target) bool {
	tries := []*capture.Exchange{ex}
	if id, ok := ex.DeliveryID(); ok {
		tries = append(tries, d[id]...)
	}
	for _, try := range tries {
		url := to.Resolve(try.Request.Target).String()
		for _, a := range try.Attempts {
			if a.To == url && !a.Failed() {
				return true
			}
		}
	}
	return false
}
