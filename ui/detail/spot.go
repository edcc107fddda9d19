package detail

// spot is a line of the screen on a page: one of the lines that a row is wrapped into.
type spot struct{ row, line int }

func (a spot) above(b spot) bool {
	return a.row < b.row || a.row == b.row && a.line < b.line
}

// before is n lines above a spot, or the beginning of the page.
func (v *viewport) before(p *page, at spot, n int) spot {
	for n > at.line && at.row > 0 {
		n -= at.line + 1
		at.row--
		at.line = v.height(p, at.row) - 1
	}
	at.line = max(0, at.line-max(0, n))
	return at
}

// after is n lines below a spot, or the end of the page.
func (v *viewport) after(p *page, at spot, n int) spot {
	for {
		left := v.height(p, at.row) - 1 - at.line
		if n <= left || at.row >= p.len()-1 {
			at.line += max(0, min(n, left))
			return at
		}
		n -= left + 1
		at = spot{at.row + 1, 0}
	}
}

// lines is how many lines a spot is below another; at least h where it is out of sight.
func (v *viewport) lines(p *page, from, to spot) int {
	if to.row-from.row >= v.h {
		return to.row - from.row
	}
	n := to.line - from.line
	for i := from.row; i < to.row; i++ {
		n += v.height(p, i)
	}
	return n
}

// fits reports whether a row is not higher than what is in sight.
func (v *viewport) fits(p *page, row int) bool { return v.height(p, row) <= max(1, v.h) }

func (v *viewport) sees(p *page, at spot) bool {
	return !at.above(v.top) && v.lines(p, v.top, at) < v.h
}

// spotOf is the line of a row in which one of its cells stands.
func (v *viewport) spotOf(p *page, row, cell int) spot {
	at := spot{row, 0}
	if !v.wrap || v.w <= 0 {
		return at
	}
	r := p.row(row)
	pieces := v.pieces(p, &r)
	for at.line < len(pieces)-1 && cell >= pieces[at.line] {
		cell -= pieces[at.line]
		at.line++
	}
	return at
}

// maxMeasured is how many rows below those in sight are measured, to count their lines.
const maxMeasured = 40

// unknown is a number of lines that would take long to count.
const unknown = -1

// under is how many lines are below those in sight, or unknown. Where very many rows
// are, and none of the next ones is wrapped, each is taken for a line.
func (v *viewport) under(p *page) int {
	switch {
	case p.len() == 0 || v.h <= 0:
		return 0
	case p.begun():
		return unknown
	}
	at := v.after(p, v.top, v.h-1)
	rows := p.len() - 1 - at.row
	n := v.height(p, at.row) - 1 - at.line + rows
	if !v.wrap {
		return n
	}
	for i := range min(rows, maxMeasured) {
		further := v.height(p, at.row+1+i) - 1
		if further > 0 && rows > maxMeasured {
			return unknown
		}
		n += further
	}
	return n
}
