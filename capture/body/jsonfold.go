package body

import (
	"sort"

	"creel/capture/safe"
)

// end finds the row of the bracket that closes what row i opens: in the index
// when it is far away, by walking there when it is near.
func (d *jsonDoc) end(i int) (last, children int, ok bool) {
	d.seek(i)
	if !d.line.opens || i != d.cur.row+rowsOf(d.line.size())-1 {
		return 0, 0, false
	}
	if c := d.bigAt(i); c != nil {
		return c.last, c.n, c.last < d.rows
	}
	here, depth := d.cur, d.line.depth
	for d.next(); d.line.depth > depth || !d.line.closes; d.next() {
		if d.line.depth == depth+1 && !d.line.closes {
			children++
		}
	}
	last = d.cur.row
	d.move(here)
	return last, children, true
}

// parent finds the row that opens the container around row i, or, when i closes
// one, that container: near by walking, else in the index.
func (d *jsonDoc) parent(i int) (int, bool) {
	var open []int
	for d.move(d.at.before(max(i-stepRows, 0))); d.cur.row+rowsOf(d.line.size()) <= i; d.next() {
		switch {
		case d.line.opens:
			open = append(open, d.cur.row+rowsOf(d.line.size())-1)
		case d.line.closes && len(open) > 0:
			open = open[:len(open)-1]
		}
	}
	if n := len(open); n > 0 {
		return open[n-1], true
	}
	for n := sort.Search(len(d.big), func(n int) bool { return d.big[n].row >= i }) - 1; n >= 0; n-- {
		if d.big[n].last >= i {
			return d.big[n].row, true
		}
	}
	return 0, false
}

// bigAt returns the container among the big ones whose line begins at row.
func (d *jsonDoc) bigAt(row int) *container {
	i := sort.Search(len(d.big), func(i int) bool { return d.big[i].row >= row })
	if i < len(d.big) && d.big[i].row == row {
		return &d.big[i]
	}
	return nil
}

// shut lays out a container in one line: { 5 keys, 3.2 kB }.
func (d *jsonDoc) shut(i, last, children int) Line {
	l := d.Line(i)
	l.Fold = FoldShut
	open := d.line.val[0]
	what := "item"
	if d.src[open] == '{' {
		what = "key"
	}
	d.seek(last)
	l.End = d.line.val[1]
	l.Spans = append(l.Spans,
		Span{Comment, safe.Concat(safe.Const(" "), summary(children, what, l.End-open), safe.Const(" "))},
		Span{Punct, safe.Line(d.src[d.line.val[0]:d.line.val[1]])})
	if d.line.comma {
		l.Spans = append(l.Spans, Span{Punct, safe.Const(",")})
	}
	return l
}

// containers finds those at a depth by one walk over the layout.
func (d *jsonDoc) containers(depth int, yield func(i, last int)) {
	first := -1
	for d.move(d.at[0]); ; d.next() {
		if d.line.depth == depth {
			switch {
			case d.line.opens:
				first = d.cur.row + rowsOf(d.line.size()) - 1
			case d.line.closes && first >= 0:
				yield(first, d.cur.row)
				first = -1
			}
		}
		if d.atEnd() {
			return
		}
	}
}
