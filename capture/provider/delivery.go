package provider

import (
	"strconv"
	"strings"
	"time"

	"creel/capture"
	"creel/capture/words"
)

// Delivery is one event and the tries of its sender to deliver it.
type Delivery struct {
	Provider, Event, ID string
	Tries               []Try // in the order in which they came
}

// Try is one request of a delivery.
type Try struct {
	Exchange capture.ID
	N        int // as the sender counts, else as they came
	At       time.Time
	After    time.Duration // since the try before came; 0 for the first
	State    capture.State
	Status   int  // what the sender was answered; 0 for nothing
	Again    bool // a try before had succeeded: this one is a duplicate, not a retry
	Late     bool // the event is older than one that came before it
}

// DeliveryOf is the delivery of one exchange, with its tries among all.
func DeliveryOf(all []*capture.Exchange, of *capture.Exchange) Delivery {
	d := Delivery{Provider: of.Sender.Provider, Event: of.Sender.Event, ID: of.Sender.Delivery}
	if d.ID == "" {
		d.add(of)
		return d
	}
	for _, ex := range all {
		if capture.SameDelivery(ex, of) {
			d.add(ex)
		}
	}
	return d
}

func (d *Delivery) add(ex *capture.Exchange) {
	t := Try{
		Exchange: ex.ID, N: len(d.Tries) + 1, At: ex.At,
		State: ex.State, Status: ex.Reply.Status, Late: ex.Sender.Late,
	}
	if ex.Sender.Try > 0 {
		t.N = ex.Sender.Try
	}
	for _, before := range d.Tries {
		t.After = ex.At.Sub(before.At)
		t.Again = t.Again || before.succeeded()
	}
	d.Tries = append(d.Tries, t)
}

// succeeded reports whether the sender had no reason to try again.
func (t *Try) succeeded() bool { return t.State == capture.StateAnswered && t.Status/100 == 2 }

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
