package ring

import (
	"testing"

	"creel/capture"
)

// Places of what is gone are given up once they are a quarter of all, and more than a few;
// what is left is found as before.
func TestEmptyPlacesAreGivenUp(t *testing.T) {
	for _, tt := range []struct{ all, gone, places int }{{400, 100, 400}, {400, 101, 299}, {100, 64, 100}, {100, 65, 35}} {
		var x index
		for i := range tt.all {
			x.put(&capture.Exchange{ID: capture.ID(i + 1)}, 1)
		}
		for i := range tt.gone {
			if !x.remove(capture.ID(i+1)) || x.remove(capture.ID(i+1)) {
				t.Fatalf("%d of %d is there: it is removed once", i+1, tt.all)
			}
		}
		if len(x.list) != tt.places || x.all.count != tt.all-tt.gone {
			t.Errorf("%d places for %d, want %d", len(x.list), x.all.count, tt.places)
		}
		for i := range tt.all + 1 {
			if got := x.get(capture.ID(i + 1)); (got != nil) != (i >= tt.gone && i < tt.all) {
				t.Errorf("%d of %d, %d gone: %v", i+1, tt.all, tt.gone, got)
			}
		}
		// One that comes back takes its place, and does not count as an empty one.
		x.put(&capture.Exchange{ID: 1}, 2)
		if first := x.before(2, 1); x.get(1) == nil || x.list[0].id != 1 || len(first) != 1 || first[0].ID != 1 {
			t.Error("what came back is not the first")
		}
		empty := 0
		for i := range x.list {
			if x.list[i].ex == nil {
				empty++
			}
		}
		if x.tombstones != empty {
			t.Errorf("%d empty places are counted of %d", x.tombstones, empty)
		}
	}
}

// What there is place for is put in without moving the rest.
func TestReservedPlaces(t *testing.T) {
	var x index
	x.put(&capture.Exchange{ID: 1}, 1)
	x.reserve(1000)
	first := &x.list[0]
	for i := range 1000 {
		x.reserve(999 - i)
		x.put(&capture.Exchange{ID: capture.ID(i + 2)}, 1)
	}
	if &x.list[0] != first || x.all.count != 1001 {
		t.Errorf("the list was moved, or has %d of 1001", x.all.count)
	}
}
