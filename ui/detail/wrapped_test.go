package detail

import (
	"fmt"
	"strings"
	"testing"

	"creel/capture"
)

// However far the cursor moves over rows that are wrapped, its row is in sight, and
// whole where it fits.
func TestTheCursorStaysInSight(t *testing.T) {
	var b strings.Builder
	b.WriteString("[0")
	for i := range 60 {
		fmt.Fprintf(&b, `,"%s"`, strings.Repeat("x", i*37%400))
	}
	b.WriteString("]")
	ex := stripe()
	ex.Request.Body = capture.NewBody([]byte(b.String()))
	p := newPane(t, Deps{}, 60, 16, false)
	drain(p, p.Show(ex))
	s := p.sheet()
	for _, by := range []int{1, 1, 1, 3, 7, -2, 11, 1, 1, 1, -9, 30, 1, 1, -1, -25, 50, -3, -100, 17} {
		for range 2 * s.h { // a row that is higher than the pane is scrolled through first
			was := s.cursor
			p.Move(by)
			if s.cursor != was {
				break
			}
		}
		lines := 0
		for _, row := range p.drawn.rows {
			if row == s.cursor {
				lines++
			}
		}
		want := min(s.height(&s.page, s.cursor), s.h)
		if p.Line() < 0 || lines < want {
			t.Fatalf("after %d: row %d has %d lines in sight, want %d", by, s.cursor, lines, want)
		}
	}
}

// n says that nothing is searched for only when that is so.
func TestNextWithoutHits(t *testing.T) {
	p := newPane(t, Deps{}, 60, 16, false)
	drain(p, p.Show(stripe()))
	if p.Next(1) {
		t.Error("something is searched for from the start")
	}
	p.Search()
	typeIn(p, "xyzzy")
	if !p.Next(1) {
		t.Error("a search without hits is taken for none")
	}
}
