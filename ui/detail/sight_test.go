package detail

import (
	"strings"
	"testing"

	"creel/capture"
)

// A hit that is in sight stays where it is; to one that is not, the body scrolls
// sideways.
func TestHitsAreScrolledInSight(t *testing.T) {
	const before = 100 // cells before the hit
	p := newPane(t, Deps{}, 40, 10, false)
	drain(p, p.Show(&capture.Exchange{ID: 1, Request: capture.Request{Body: capture.NewBody([]byte(strings.Repeat(".", before) + "hit..."))}}))
	s := p.sheet()
	s.wrap, p.search.text = false, "hit"
	row := -1
	for i := range s.page.len() {
		if r := s.row(i); strings.Contains(r.text().String(), "hit") {
			row = i
		}
	}
	if row < 0 {
		t.Fatal("the body is not there")
	}
	room := s.room(&s.page) - 1
	for _, tt := range []struct{ left, want int }{
		{before, before},
		{before + 1, before - room/3},
		{before + 3 - room, before + 3 - room},
		{before + 2 - room, before - room/3},
		{0, before - room/3},
	} {
		s.left = tt.left
		r := s.row(row)
		if s.showCells(&s.page, row, hitsIn(r.text(), []string{"hit"})[0]); s.left != tt.want {
			t.Errorf("from %d it scrolls to %d, want %d", tt.left, s.left, tt.want)
		}
	}
}
