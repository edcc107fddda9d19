package provider

import (
	"strconv"
	"strings"
	"time"

	"creel/capture"
	"creel/capture/words"
)

// Delivery is the tries of a sender to deliver one event, in the order in which they
// came.
type Delivery struct{ Tries []Try }

// Try is one request of a delivery.
type Try struct {
	Exchange capture.ID
	At       time.Time
	After    time.Duration // since the try before came; 0 for the first
	State    capture.State
	Status   int // what the sender was answered; 0 for nothing
}

// DeliveryOf is the delivery of one exchange among all; empty where its sender names
// none.
func DeliveryOf(all []*capture.Exchange, of *capture.Exchange) Delivery {
	var d Delivery
	for _, ex := range all {
		if !capture.SameDelivery(ex, of) {
			continue
		}
		t := Try{Exchange: ex.ID, At: ex.At, State: ex.State, Status: ex.Reply.Status}
		if n := len(d.Tries); n > 0 {
			t.After = ex.At.Sub(d.Tries[n-1].At)
		}
		d.Tries = append(d.Tries, t)
	}
	return d
}

// result is what a try got, in a word.
func (t *Try) result() string {
	if t.Status > 0 && t.State == capture.StateAnswered {
		return strconv.Itoa(t.Status)
	}
	return t.State.String()
}

// Timeline is what the tries got and the time between them:
// 500 ─1.0s─ 500 ─2.1s─ 200.
func (d *Delivery) Timeline() string {
	var b strings.Builder
	for i := range d.Tries {
		t := &d.Tries[i]
		if i > 0 {
			b.WriteString(" ─" + words.Short(t.After) + "─ ")
		}
		b.WriteString(t.result())
	}
	return b.String()
}
