package ui

import (
	"cmp"
	"slices"

	"creel/capture"
	"creel/capture/ring"
)

// index is the screen's own view of the ring: everything in order, and what the filter lets through.
type index struct {
	all, shown []*capture.Exchange
	// match is the filter; nil lets everything through.
	match func(*capture.Exchange) bool
	// first holds the first exchange of each delivery.
	first map[capture.DeliveryID]capture.ID
}

func (x *index) apply(d ring.Delta) {
	if d.Reset {
		x.all, x.first = nil, nil
	}
	if x.first == nil {
		x.first = map[capture.DeliveryID]capture.ID{}
	}
	for _, ex := range d.Changed {
		if key, ok := ex.DeliveryID(); ok {
			if id, ok := x.first[key]; !ok || ex.ID < id {
				x.first[key] = ex.ID
			}
		}
	}
	x.forget(d.Gone)
	x.all = merge(x.all, d.Changed)
	x.all = without(x.all, d.Gone)
	switch {
	case x.match == nil:
		x.shown = x.all
	case d.Reset:
		x.refilter()
	default:
		x.take(d)
	}
}

func (x *index) take(d ring.Delta) {
	yes, no := []*capture.Exchange(nil), slices.Clone(d.Gone)
	for _, ex := range d.Changed {
		if x.match(ex) {
			yes = append(yes, ex)
		} else {
			no = append(no, ex.ID)
		}
	}
	x.shown = without(merge(x.shown, yes), no)
}

func (x *index) refilter() {
	x.shown = x.all
	if x.match != nil {
		x.shown = slices.DeleteFunc(slices.Clone(x.all), func(ex *capture.Exchange) bool { return !x.match(ex) })
	}
}

// forget drops what is known of deliveries whose first exchange is gone.
func (x *index) forget(gone []capture.ID) {
	for _, id := range gone {
		if i, ok := x.find(id); ok {
			if key, _ := x.all[i].DeliveryID(); x.first[key] == id {
				delete(x.first, key)
			}
		}
	}
}

// duplicate reports whether the same delivery came before.
func (x *index) duplicate(ex *capture.Exchange) bool {
	key, _ := ex.DeliveryID()
	id, ok := x.first[key]
	return ok && id < ex.ID
}

func (x *index) find(id capture.ID) (int, bool) {
	return slices.BinarySearchFunc(x.all, id, byID)
}

// get is the exchange with that id; nil when it is gone.
func (x *index) get(id capture.ID) *capture.Exchange {
	if i, ok := x.find(id); ok {
		return x.all[i]
	}
	return nil
}

func byID(ex *capture.Exchange, id capture.ID) int { return cmp.Compare(ex.ID, id) }

// merge puts changed exchanges, in order, in place of their older selves. It may reuse rows.
func merge(rows, changed []*capture.Exchange) []*capture.Exchange {
	for _, ex := range changed {
		if n := len(rows); n == 0 || rows[n-1].ID < ex.ID {
			rows = append(rows, ex)
			continue
		}
		i, ok := slices.BinarySearchFunc(rows, ex.ID, byID)
		if ok {
			rows[i] = ex
		} else {
			rows = slices.Insert(rows, i, ex)
		}
	}
	return rows
}

// without returns rows, unchanged, without those ids, which may be in any order.
func without(rows []*capture.Exchange, ids []capture.ID) []*capture.Exchange {
	gone := slices.Clone(ids)
	slices.Sort(gone)
	if len(gone) == 0 || len(rows) == 0 || gone[len(gone)-1] < rows[0].ID {
		return rows
	}
	out := make([]*capture.Exchange, 0, len(rows))
	for _, id := range gone { // few beside the rows, mostly
		i, ok := slices.BinarySearchFunc(rows, id, byID)
		out = append(out, rows[:i]...)
		if ok {
			i++
		}
		rows = rows[i:]
	}
	return append(out, rows...)
}
