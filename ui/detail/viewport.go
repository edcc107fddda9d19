package detail

import (
	"strings"

	"creel/capture/body"
	"creel/capture/safe"
)

// viewport is where one is on a page.
type viewport struct {
	cursor int // the row that keys act on
	top    int // the first row in sight
	skip   int // lines of it that are above, when it is wrapped
	left   int // cells scrolled to the right; 0 when wrapping
	w, h   int
	wrap   bool
	pad    int // blanks left of everything, where another pane is beside
}

// move moves the cursor by rows of the page. A row that is higher than what is
// in sight is first scrolled through.
func (v *viewport) move(p *page, by int) {
	if v.wrap && v.cursor == v.top && p.len() > 0 {
		hidden := v.height(p, v.top) - v.h
		if by > 0 && v.skip < hidden {
			v.skip = min(v.skip+by, hidden)
			return
		}
		if by < 0 && v.skip > 0 {
			v.skip = max(0, v.skip+by)
			return
		}
	}
	v.to(p, v.cursor+by)
}

// to moves the cursor to a row, and the rows in sight along.
func (v *viewport) to(p *page, row int) {
	v.cursor = max(0, min(row, p.len()-1))
	v.follow(p)
}

// scroll moves what is in sight, and the cursor only when it would leave it.
func (v *viewport) scroll(p *page, by int) {
	v.begin(v.highest(p, v.top+by))
	v.cursor = max(v.cursor, v.top)
	for v.cursor > v.top && v.below(p) {
		v.cursor--
	}
}

// begin puts a row at the top.
func (v *viewport) begin(row int) {
	if row != v.top {
		v.top, v.skip = row, 0
	}
}

// highest is a row that may be at the top: row, or an earlier one so that the
// page ends at the bottom.
func (v *viewport) highest(p *page, row int) int {
	if row <= p.len()-v.h { // each row takes a line at least
		return max(0, row)
	}
	room := v.h
	for i := p.len() - 1; i >= 0; i-- {
		if room -= v.height(p, i); room < 0 {
			return max(0, min(row, i+1, p.len()-1))
		}
	}
	return 0
}

// follow scrolls as little as puts the cursor in sight.
func (v *viewport) follow(p *page) {
	if v.cursor < v.top {
		v.begin(v.cursor)
		return
	}
	if !v.below(p) {
		return
	}
	first := max(v.top, v.cursor-v.h+1, 0)
	var heights []int
	total := 0
	for i := first; i <= v.cursor; i++ {
		heights = append(heights, v.height(p, i))
		total += heights[len(heights)-1]
	}
	for ; total > v.h && first < v.cursor; first++ {
		total -= heights[0]
		heights = heights[1:]
	}
	v.begin(first)
}

// below reports whether the cursor is below what is in sight.
func (v *viewport) below(p *page) bool {
	if v.cursor-v.top >= v.h+v.skip {
		return true
	}
	room := v.h + v.skip
	for i := v.top; i <= v.cursor && i < p.len(); i++ {
		if room -= v.height(p, i); room < 0 {
			return true
		}
	}
	return false
}

// height is how many lines of the screen a row takes.
func (v *viewport) height(p *page, i int) int {
	if !v.wrap || v.w <= 0 {
		return 1
	}
	r := p.row(i)
	return len(v.pieces(p, &r))
}

// pieces are the widths in which a row is wrapped; lines after the first are
// indented by hang.
func (v *viewport) pieces(p *page, r *row) []int {
	room, width := v.room(p), 0
	for _, s := range r.spans {
		width += s.text.Width()
	}
	if width <= room {
		return []int{room}
	}
	text := r.text()
	if r.prose {
		return proseWidths(text, room, v.hang(p, r))
	}
	first, _ := text.Head(room)
	widths := []int{first.Width()}
	for _, piece := range text.Slice(first.Width(), width).Wrap(room - v.hang(p, r)) {
		widths = append(widths, piece.Width())
	}
	return widths
}

// proseWidths are the widths of the lines of a sentence, the first of which
// begins with a label of hang cells: each ends after a space where it can.
func proseWidths(text safe.Text, room, hang int) []int {
	var widths []int
	for label := hang; ; label = 0 {
		piece, rest := text.Head(max(room, 2))
		if i := strings.LastIndexByte(piece.String(), ' ') + 1; !rest.Empty() && i > label {
			piece, rest = text.Head(safe.Line(piece.String()[:i]).Width())
		}
		widths = append(widths, piece.Width())
		if rest.Empty() {
			return widths
		}
		if len(widths) == 1 {
			room -= hang
		}
		text = rest
	}
}

// hang is how far the lines of a wrapped row after its first are indented.
func (v *viewport) hang(p *page, r *row) int {
	hang := 2*r.depth + 2
	if r.hang > 0 {
		hang = r.hang
	} else if p.bare {
		hang = 0
	}
	return min(hang, v.room(p)/3)
}

// gutter is how many cells stand left of the text.
func (v *viewport) gutter(p *page) int {
	if n := p.numbered(); n > 0 && v.w > 3*n {
		return v.pad + n + 1
	}
	return 1
}

// room is how many cells the text has.
func (v *viewport) room(p *page) int { return max(2, v.w-v.gutter(p)) }

// sideways scrolls by cells; it stops at the widest row in sight.
func (v *viewport) sideways(p *page, by int) {
	widest := 0
	for i := v.top; i < min(p.len(), v.top+v.h); i++ {
		r := p.row(i)
		widest = max(widest, r.text().Width())
	}
	v.left = max(0, min(v.left+by, widest-v.room(p)))
}

// clamp keeps the place on a page that became shorter.
func (v *viewport) clamp(p *page) {
	v.cursor = max(0, min(v.cursor, p.len()-1))
	v.begin(v.highest(p, v.top))
	v.follow(p)
}

// line is the line of the page's body that the cursor is in.
func (v *viewport) line(p *page) (int, bool) {
	i := v.cursor - len(p.head)
	return i, p.view != nil && i >= 0 && i < p.view.Doc.Len()
}

// folds are those of the page's body; nil when it has none.
func (p *page) folds() *body.Folded {
	if p.view == nil {
		return nil
	}
	return p.view.Folds
}
