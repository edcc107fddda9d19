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
