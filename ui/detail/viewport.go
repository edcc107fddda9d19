package detail

import (
	"math"

	"creel/capture/body"
)

// viewport is where one is on a page. What is in sight are h lines of the screen from a
// spot on; whatever moves it counts lines there, and lays out only the rows it passes.
type viewport struct {
	cursor int  // the row that keys act on
	top    spot // the first line in sight
	left   int  // cells scrolled to the right; 0 when wrapping
	w, h   int
	wrap   bool
	pad    int // blanks left of everything, where another pane is beside
}

// move moves the cursor by rows of the page. In a row that is higher than what is in
// sight it scrolls by lines instead, until the end of the row is in sight.
func (v *viewport) move(p *page, by int) {
	hidden := v.hidden(p, by < 0)
	switch {
	case hidden == 0:
		v.to(p, v.cursor+by)
	case by < 0:
		v.top = v.before(p, v.top, min(-by, hidden))
	default:
		v.top = v.after(p, v.top, min(by, hidden))
	}
}

// hidden is how many lines of the row at the cursor are above, or below, what is in sight.
func (v *viewport) hidden(p *page, above bool) int {
	if p.len() == 0 || v.fits(p, v.cursor) {
		return 0
	}
	if above {
		return max(0, v.lines(p, spot{v.cursor, 0}, v.top))
	}
	last := spot{v.cursor, v.height(p, v.cursor) - 1}
	return max(0, v.lines(p, v.top, last)-v.h+1)
}

// turn moves the cursor and what is in sight by screenfuls: by whole rows, and by lines
// where one of the rows is higher than what is in sight.
func (v *viewport) turn(p *page, by float64) {
	if p.len() == 0 {
		return
	}
	down, top, row := by > 0, v.top, v.cursor
	switch n := max(1, int(math.Abs(by)*float64(v.h))); {
	case top.line == 0 && !v.passesHigh(p, down):
		rows := max(1, int(math.Abs(by)*float64(v.inSight(p))))
		if !down {
			rows = -rows
		}
		v.top, v.cursor = spot{max(0, min(top.row+rows, p.len()-1)), 0}, row+rows
	case down:
		v.top, v.cursor = v.pageDown(p, n), v.after(p, v.at(), n).row
	default:
		v.top, v.cursor = v.pageUp(p, n), v.before(p, v.at(), n).row
	}
	v.settle(p)
	if v.top == top && v.cursor == row {
		v.to(p, row+int(math.Copysign(1, by)))
	}
}

// passesHigh reports whether a row in sight, or within a screenful above, is higher than that.
func (v *viewport) passesHigh(p *page, down bool) bool {
	first, last := v.top.row, v.after(p, v.top, v.h).row
	if !down {
		first, last = v.before(p, v.top, v.h).row, max(first, v.cursor)
	}
	for i := first; i <= last; i++ {
		if !v.fits(p, i) {
			return true
		}
	}
	return false
}

// at is the first line in sight of the row at the cursor.
func (v *viewport) at() spot {
	if at := (spot{v.cursor, 0}); v.top.above(at) {
		return at
	}
	return v.top
}

// inSight is how many rows are whole in sight, one at least.
func (v *viewport) inSight(p *page) int {
	n := 0
	for room := v.h + v.top.line; v.top.row+n < p.len(); n++ {
		if room -= v.height(p, v.top.row+n); room < 0 {
			break
		}
	}
	return max(1, n)
}

// pageDown is n lines below the top, or where the row begins that is there.
func (v *viewport) pageDown(p *page, n int) spot {
	at := v.after(p, v.top, n)
	if !v.fits(p, at.row) {
		return at
	}
	if at.line = 0; !v.top.above(at) {
		at.row = min(at.row+1, p.len()-1)
	}
	return at
}

// pageUp is n lines above the top, or where the next row begins.
func (v *viewport) pageUp(p *page, n int) spot {
	at := v.before(p, v.top, n)
	if at.line == 0 || !v.fits(p, at.row) {
		return at
	}
	if next := (spot{at.row + 1, 0}); next.above(v.top) {
		return next
	}
	return spot{at.row, 0}
}

// to moves the cursor to a row, and what is in sight along.
func (v *viewport) to(p *page, row int) {
	v.cursor = max(0, min(row, p.len()-1))
	v.follow(p)
}

// show moves the cursor to the row of a line, and scrolls as little as puts it in sight.
func (v *viewport) show(p *page, at spot) {
	v.to(p, at.row)
	if p.len() > 0 {
		v.between(v.before(p, at, v.h-1), at)
	}
}

// last is the last line of a page that has rows.
func (v *viewport) last(p *page) spot {
	return spot{p.len() - 1, v.height(p, p.len()-1) - 1}
}

// scroll moves what is in sight, and the cursor only when it would leave it: by rows,
// and by lines within a row that is higher than what is in sight.
func (v *viewport) scroll(p *page, by int) {
	if p.len() == 0 {
		return
	}
	for ; by > 0; by-- {
		if v.fits(p, v.top.row) {
			v.top = spot{min(v.top.row+1, p.len()-1), 0}
		} else {
			v.top = v.after(p, v.top, 1)
		}
	}
	for ; by < 0; by++ {
		if v.top = v.before(p, v.top, 1); v.fits(p, v.top.row) {
			v.top.line = 0
		}
	}
	v.settle(p)
}

// settle ends the page at the bottom, and moves the cursor into what is in sight.
func (v *viewport) settle(p *page) {
	v.end(p)
	first := v.top.row
	if v.top.line > 0 && v.fits(p, first) {
		first = min(first+1, p.len()-1)
	}
	v.cursor = max(first, min(v.cursor, v.top.row+v.h, p.len()-1))
	for v.cursor > first && v.below(p) {
		v.cursor--
	}
}

// below reports whether the end of the cursor's row is below what is in sight; of a row
// higher than the pane, whether all of it is.
func (v *viewport) below(p *page) bool {
	at := spot{v.cursor, 0}
	if v.fits(p, v.cursor) {
		at.line = v.height(p, v.cursor) - 1
	}
	return v.lines(p, v.top, at) >= v.h
}

// end moves the top up where there would be room under the last line.
func (v *viewport) end(p *page) {
	if v.top.row < p.len()-v.h { // each row takes a line at least
		return
	}
	v.between(spot{}, v.before(p, v.last(p), v.h-1))
}

// follow scrolls as little as puts the row at the cursor in sight, or some of a high one.
func (v *viewport) follow(p *page) {
	if p.len() == 0 {
		return
	}
	first, last := spot{v.cursor, 0}, spot{v.cursor, v.height(p, v.cursor) - 1}
	if !v.fits(p, v.cursor) {
		first, last = last, first
	}
	lowest := v.before(p, last, v.h-1)
	if lowest.line > 0 && lowest.row < v.cursor && v.top.above(lowest) && v.fits(p, lowest.row) {
		lowest = spot{lowest.row + 1, 0} // what is in sight begins with a whole row
	}
	v.between(lowest, first)
}

// between moves the top as little as puts it between two lines, or at one of them.
func (v *viewport) between(first, last spot) {
	switch {
	case last.above(v.top):
		v.top = last
	case v.top.above(first):
		v.top = first
	}
}

// sideways scrolls by cells; it stops at the widest row in sight.
func (v *viewport) sideways(p *page, by int) {
	widest := 0
	for i := v.top.row; i < min(p.len(), v.top.row+v.h); i++ {
		r := p.row(i)
		widest = max(widest, r.text().Width())
	}
	v.left = max(0, min(v.left+by, widest-v.room(p)))
}

// showCells scrolls so that cells of a row, which has the cursor, are in sight.
func (v *viewport) showCells(p *page, row int, hit cells) {
	if v.wrap {
		v.show(p, v.spotOf(p, row, hit.to-1))
		v.show(p, v.spotOf(p, row, hit.from))
		return
	}
	room := v.room(p) - 1 // the last cell may have the sign of a cut
	if hit.from < v.left || hit.to > v.left+room {
		v.left = max(0, hit.from-room/3)
	}
	if hit.to <= room {
		v.left = 0
	}
}

// clamp keeps the place on a page that became shorter.
func (v *viewport) clamp(p *page) {
	if p.len() == 0 {
		v.cursor, v.top = 0, spot{}
		return
	}
	v.cursor = max(0, min(v.cursor, p.len()-1))
	v.top.row = min(v.top.row, p.len()-1)
	v.top.line = min(v.top.line, v.height(p, v.top.row)-1)
	v.follow(p)
	v.end(p)
}

// line is the line of the page's body that the cursor is in.
func (v *viewport) line(p *page) (int, bool) {
	i := v.cursor - len(p.head)
	return i, p.view != nil && i >= 0 && i < p.view.Doc.Len()
}

func (p *page) folds() *body.Folded {
	if p.view == nil {
		return nil
	}
	return p.view.Folds
}
