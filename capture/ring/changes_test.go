package ring

import (
	"testing"

	"creel/capture"
)

// TestChangesKept: a reader that is changesKept behind gets just what changed, one
// further behind may not, and what it gets is right either way.
func TestChangesKept(t *testing.T) {
	t.Parallel()
	c := changes{first: 1}
	check := func(rev, newest capture.Rev, want bool) {
		t.Helper()
		ids, ok := c.after(rev)
		if ok != want || ok && len(ids) != int(newest-rev) || len(ids) > 0 && ids[0] != capture.ID(rev+1) {
			t.Errorf("after %d of %d: known %v with %d changes, want %v", rev, newest, ok, len(ids), want)
		}
	}
	check(0, 0, true)
	check(1, 0, false)
	n := capture.Rev(0)
	for range 2 * changesKept {
		n++
		c.add(capture.ID(n))
	}
	check(0, n, true)
	check(n, n, true)
	check(n-1, n, true)
	check(n+1, n, false)
	n++
	c.add(capture.ID(n)) // makes room
	check(n-1-changesKept, n, true)
	check(n-2-changesKept, n, false)
	check(n, n, true)
}

// What is known of deletions is dropped with the revisions that they made.
func TestDeletionsKept(t *testing.T) {
	t.Parallel()
	c := changes{first: 1}
	for n := range capture.Rev(10 * changesKept) {
		c.deleted = append(c.deleted, n+1)
		c.add(1)
	}
	if n := len(c.deleted); n > 2*changesKept || c.deleted[0] != c.first {
		t.Errorf("%d deletions are kept of %d changes; they begin with %d, not %d", n, len(c.ids), c.deleted[0], c.first)
	}
}
