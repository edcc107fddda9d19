package ring

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"creel/capture"
)

// Before yields what is older, whole batches and part of one, without what is gone.
func TestBefore(t *testing.T) {
	for _, n := range []int{0, 1, beforeBatch - 1, beforeBatch, beforeBatch + 1, 3 * beforeBatch} {
		r := New(capture.Bounds{})
		for range n {
			if _, err := r.Submit(&capture.Exchange{}).Wait(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if n > 2 {
			if err := r.Apply(t.Context(), capture.Op{Delete: []capture.ID{2}}); err != nil {
				t.Fatal(err)
			}
		}
		var got, want []capture.ID
		for ex := range r.Before(capture.ID(n)) {
			got = append(got, ex.ID)
		}
		for id := capture.ID(n) - 1; n > 0 && id > 0; id-- {
			if id != 2 || n <= 2 {
				want = append(want, id)
			}
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%d kept: %s", n, d)
		}
		for ex := range r.Before(capture.ID(n)) {
			if ex.ID != want[0] {
				t.Errorf("%d kept: the first is %v", n, ex.ID)
			}
			break
		}
	}
}
