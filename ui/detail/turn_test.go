package detail

import (
	"strings"
	"testing"

	"creel/capture/safe"
)

// TestTurnLeavesNothingOut: page after page shows every row, wrapped or not, one higher
// than the page among them, and the same way back.
func TestTurnLeavesNothingOut(t *testing.T) {
	var p page
	for _, n := range []int{1, 30, 1, 1, 75, 10, 200, 1, 1, 45, 1, 1, 1, 1, 60, 1, 1} {
		p.head = append(p.head, row{spans: []span{{plain, safe.Line(strings.Repeat("x", n))}}})
	}
	for _, wrap := range []bool{false, true} {
		v := viewport{w: 20, h: 5, wrap: wrap}
		next := spot{}
		for turns := 0; v.cursor < p.len()-1; turns++ {
			if turns > 100 {
				t.Fatalf("wrap %v: the end is not reached, at row %d", wrap, v.cursor)
			}
			if next.above(v.top) {
				t.Errorf("wrap %v: what is from %v to %v was not in sight", wrap, next, v.top)
			}
			next = v.after(&p, v.top, v.h)
			v.turn(&p, 1)
		}
		for turns := 0; v.cursor > 0; turns++ {
			if turns > 100 {
				t.Fatalf("wrap %v: the beginning is not reached, at row %d", wrap, v.cursor)
			}
			v.turn(&p, -1)
		}
		v.turn(&p, 0.1)
		if v.cursor != 1 {
			t.Errorf("wrap %v: a tenth of a page moved to row %d", wrap, v.cursor)
		}
	}
}
