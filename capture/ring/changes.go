package ring

import (
	"cmp"
	"slices"

	"creel/capture"
)

// changesKept is how many changes a reader may be behind; one that is further behind
// gets everything. It is seconds of a full ring at its fastest.
const changesKept = 1 << 16

// changes is the change feed: the exchange that each revision changed, so that what
// changed since a revision costs what changed, and not what is kept. It is not safe
// for concurrent use.
type changes struct {
	first   capture.Rev   // the revision of ids[0]
	ids     []capture.ID  // changed or removed, one for each revision
	deleted []capture.Rev // those of them that a user's deletion made, in order
}

// add notes that the next revision changes id.
func (c *changes) add(id capture.ID) {
	if len(c.ids) >= 2*changesKept {
		old := len(c.ids) - changesKept
		c.first += capture.Rev(old)
		c.ids = append(make([]capture.ID, 0, 2*changesKept), c.ids[old:]...)
		n, _ := slices.BinarySearch(c.deleted, c.first)
		c.deleted = slices.Clone(c.deleted[n:])
	}
	c.ids = append(c.ids, id)
}

// after returns what the revisions after rev changed; ok is false when that is no
// longer known.
func (c *changes) after(rev capture.Rev) (ids []capture.ID, ok bool) {
	end := c.first + capture.Rev(len(c.ids)) // one more than the newest revision
	if rev+1 < c.first || rev+1 > end {
		return nil, false
	}
	return c.ids[rev+1-c.first:], true
}

// since returns what changed after rev.
func (l *ledger) since(rev capture.Rev) Delta {
	d := Delta{Rev: l.rev}
	ids, ok := l.changes.after(rev)
	if d.Reset = rev == 0 || !ok; d.Reset {
		d.Changed = l.snapshot()
		return d
	}
	for i, id := range ids {
		at, found := l.find(id)
		switch {
		case !found || l.list[at].ex == nil:
			d.Gone = append(d.Gone, id)
			if _, ok := slices.BinarySearch(l.changes.deleted, rev+1+capture.Rev(i)); ok {
				d.Deleted = append(d.Deleted, id)
			}
		case l.list[at].rev == rev+1+capture.Rev(i): // else it changed again later
			d.Changed = append(d.Changed, l.list[at].ex)
		}
	}
	slices.SortFunc(d.Changed, func(a, b *capture.Exchange) int { return cmp.Compare(a.ID, b.ID) })
	return d
}
