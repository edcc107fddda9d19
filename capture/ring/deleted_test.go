package ring

import (
	"slices"
	"testing"

	"creel/capture"
)

// TestDeletedAreNamed: what a user deleted is told apart from what was evicted.
func TestDeletedAreNamed(t *testing.T) {
	t.Parallel()
	r := New(capture.Bounds{Count: 3})
	for range 3 {
		r.Submit(&capture.Exchange{})
	}
	rev := r.Since(0).Rev
	if err := r.Apply(t.Context(), capture.Op{Delete: []capture.ID{2, 9}}); err != nil {
		t.Fatal(err)
	}
	r.Submit(&capture.Exchange{})
	r.Submit(&capture.Exchange{}) // evicts 1
	d := r.Since(rev)
	slices.Sort(d.Gone)
	if !slices.Equal(d.Gone, []capture.ID{1, 2}) || !slices.Equal(d.Deleted, []capture.ID{2}) {
		t.Errorf("gone %v, deleted %v", d.Gone, d.Deleted)
	}
	if err := r.Apply(t.Context(), capture.Op{Add: &capture.Exchange{ID: 2}}); err != nil {
		t.Fatal(err)
	}
	if d := r.Since(rev); len(d.Deleted) != 0 {
		t.Errorf("deleted %v though it is back", d.Deleted)
	}
}

// TestDeletedAreBounded: deleted exchanges are kept up to a size, the oldest go first.
func TestDeletedAreBounded(t *testing.T) {
	t.Parallel()
	third := make([]byte, maxDeleted/3)
	var d deletions
	for _, id := range []capture.ID{1, 1, 2, 1, 3} { // 2 is the oldest in the end
		d.add(&capture.Exchange{ID: id, Request: capture.Request{Body: capture.NewBody(third)}})
	}
	if d.get(1) == nil || d.get(2) != nil || d.get(3) == nil || d.size > maxDeleted || d.order.Len() != 2 {
		t.Errorf("%d bytes, %d kept", d.size, d.order.Len())
	}
	d.drop(1)
	d.drop(3)
	if d.size != 0 || d.order.Len() != 0 {
		t.Errorf("%d bytes, %d kept", d.size, d.order.Len())
	}
}
