package ring

import (
	"cmp"
	"iter"
	"slices"

	"creel/capture"
)

// class is the order in which the bounds evict exchanges.
type class uint8

const (
	classPlain  class = iota // first
	classLast                // held, or with a pending delivery
	classPinned              // only when nothing else is left
	classMalformed
	classes
)

// classOf never returns classMalformed, which an exchange has in addition to its own.
func classOf(ex *capture.Exchange) class {
	switch {
	case ex.Pinned:
		return classPinned
	case len(ex.Pending) > 0 || ex.State == capture.StateHeld:
		return classLast
	}
	return classPlain
}

// sum is how many exchanges there are of some kind, and what they weigh.
type sum struct {
	count int
	bytes int64
}

func (s *sum) add(count int, bytes int64) { s.count += count; s.bytes += bytes }

// entry is one place in the index. What the bounds ask of an exchange stands
// here, since the oldest, which is next to go, has long left the caches.
type entry struct {
	id   capture.ID
	ex   *capture.Exchange // nil when it is gone
	rev  capture.Rev       // of its last change
	size int64

	class     class
	malformed bool // of classMalformed, too
	pending   bool
}

func (e *entry) set(ex *capture.Exchange, rev capture.Rev) {
	*e = entry{
		id: ex.ID, ex: ex, rev: rev, size: ex.Footprint(), class: classOf(ex),
		malformed: ex.Request.Unreadable() && !ex.Pinned, pending: len(ex.Pending) > 0,
	}
}

func (e *entry) in(c class) bool {
	if c == classMalformed {
		return e.ex != nil && e.malformed
	}
	return e.ex != nil && e.class == c
}

// index keeps exchanges in the order of their ids with what they weigh. What is
// gone leaves its place empty until a quarter of the places are. It is not safe
// for concurrent use.
type index struct {
	list       []entry
	tombstones int

	all     sum
	class   [classes]sum
	pending int // how many have a pending delivery
	// low is where the oldest of each class may be: there is none before.
	low [classes]int
}

// find returns the place of id, or where it would be. Ids mostly have no gaps, so
// the place is mostly as far from the first as the id is.
func (x *index) find(id capture.ID) (int, bool) {
	n := len(x.list)
	if n == 0 || x.list[n-1].id < id {
		return n, false
	}
	if i := id - x.list[0].id; i < capture.ID(n) && x.list[i].id == id {
		return int(i), true
	}
	return slices.BinarySearchFunc(x.list, id, func(e entry, id capture.ID) int {
		return cmp.Compare(e.id, id)
	})
}

// get returns the exchange with that id, or nil.
func (x *index) get(id capture.ID) *capture.Exchange {
	if i, ok := x.find(id); ok {
		return x.list[i].ex
	}
	return nil
}

// before returns up to n exchanges with smaller ids, the newest first.
func (x *index) before(id capture.ID, n int) []*capture.Exchange {
	i, _ := x.find(id)
	out := make([]*capture.Exchange, 0, n)
	for i--; i >= 0 && len(out) < n; i-- {
		if ex := x.list[i].ex; ex != nil {
			out = append(out, ex)
		}
	}
	return out
}

// reserve makes place for n more exchanges, and for some that are still to come, when there
// is not enough.
func (x *index) reserve(n int) {
	if cap(x.list)-len(x.list) < n {
		x.list = slices.Grow(x.list, n+n/8)
	}
}

// put sets the exchange with ex's id.
func (x *index) put(ex *capture.Exchange, rev capture.Rev) {
	i, ok := x.find(ex.ID)
	if !ok {
		x.list = slices.Insert(x.list, i, entry{id: ex.ID})
		x.tombstones++
	}
	e := &x.list[i]
	if e.ex == nil {
		x.tombstones--
	} else {
		x.account(e, -1)
	}
	e.set(ex, rev)
	x.account(e, 1)
	for c := range x.low {
		x.low[c] = min(x.low[c], i)
	}
}

// remove empties the place of id and reports whether it was taken.
func (x *index) remove(id capture.ID) bool {
	i, ok := x.find(id)
	if !ok || x.list[i].ex == nil {
		return false
	}
	x.account(&x.list[i], -1)
	x.list[i].ex = nil
	x.tombstones++
	if x.tombstones > 64 && x.tombstones > len(x.list)/4 {
		x.compact()
	}
	return true
}

// weigh returns what exchanges that are there weigh together.
func (x *index) weigh(ids []capture.ID) (bytes int64) {
	for _, id := range ids {
		i, _ := x.find(id)
		bytes += x.list[i].size
	}
	return bytes
}

func (x *index) account(e *entry, sign int) {
	bytes := int64(sign) * e.size
	x.all.add(sign, bytes)
	x.class[e.class].add(sign, bytes)
	if e.malformed {
		x.class[classMalformed].add(sign, bytes)
	}
	if e.pending {
		x.pending += sign
	}
}

func (x *index) compact() {
	x.list = slices.DeleteFunc(x.list, func(e entry) bool { return e.ex == nil })
	x.tombstones = 0
	clear(x.low[:])
}

// live yields the places that are taken, by id.
func (x *index) live() iter.Seq[*entry] {
	return func(yield func(*entry) bool) {
		for i := range x.list {
			if x.list[i].ex != nil && !yield(&x.list[i]) {
				return
			}
		}
	}
}

// oldest yields the places of a class, by id. The index must not change
// meanwhile.
func (x *index) oldest(c class) iter.Seq[*entry] {
	return func(yield func(*entry) bool) {
		first := true
		for i := x.low[c]; i < len(x.list); i++ {
			if !x.list[i].in(c) {
				continue
			}
			if first {
				x.low[c], first = i, false
			}
			if !yield(&x.list[i]) {
				return
			}
		}
		if first {
			x.low[c] = len(x.list)
		}
	}
}
