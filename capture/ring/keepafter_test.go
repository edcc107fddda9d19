package ring

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"creel/capture"
)

func TestKeepAfter(t *testing.T) {
	pin := true
	r := New(capture.Bounds{Count: 4})
	for range 4 {
		r.Submit(&capture.Exchange{State: capture.StateAnswered})
	}
	if err := r.Apply(t.Context(), capture.Op{Meta: &capture.Meta{ID: 1, Pinned: &pin}}); err != nil {
		t.Fatal(err)
	}
	ids := func() []capture.ID {
		var out []capture.ID
		for _, ex := range r.Snapshot() {
			out = append(out, ex.ID)
		}
		return out
	}
	r.KeepAfter(2)
	for _, step := range [][]capture.ID{
		{1, 3, 4, 5}, // 2 is published, and goes
		{1, 4, 5, 6}, // none is: the oldest goes, as without
	} {
		r.Submit(&capture.Exchange{State: capture.StateAnswered})
		if d := cmp.Diff(step, ids()); d != "" {
			t.Error(d)
		}
	}
	// A pending one is evicted after published ones, but those not published are the
	// more precious only among the plain.
	r.KeepAfter(4)
	r.Record(capture.Op{Meta: &capture.Meta{ID: 5, Pending: &[]string{"http://127.0.0.1:1"}}})
	r.Submit(&capture.Exchange{State: capture.StateAnswered})
	if d := cmp.Diff([]capture.ID{1, 5, 6, 7}, ids()); d != "" {
		t.Error(d)
	}
}
