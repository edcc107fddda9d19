package overlay

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"creel/capture/safe"
	"creel/capture/stats"
	"creel/capture/words"
	"creel/ui/theme"
)

// breakdownColumn is a column. Low ranks drop out first; those with names share what is left.
type breakdownColumn struct {
	title string
	by    stats.Column
	sorts bool
	rank  int
	cells int
	names *lengths // of one that grows
	left  bool     // aligned, as names are
	draw  func(r *stats.Row, cell *theme.Row)

	x int // where it stands, once it is fitted
}

// hourCells is how many cells show the last hour, five minutes each.
const hourCells = 12

// lightRank is the highest rank of the columns for which no name is cut.
const lightRank = 5

func (b *Breakdown) columns() []breakdownColumn {
	t := b.t
	figure := func(by stats.Column, rank, cells int, draw func(r *stats.Row, cell *theme.Row)) breakdownColumn {
		return breakdownColumn{title: by.String(), by: by, sorts: true, rank: rank, cells: cells, draw: draw}
	}
	number := func(cell *theme.Row, look theme.Style, n int) { cell.Text(b.some(n, look), safe.Line(words.Number(n))) }
	return []breakdownColumn{
		{title: "endpoint", by: stats.ByEndpoint, sorts: true, rank: 11, cells: 18, names: &b.endpoint, left: true, draw: func(r *stats.Row, cell *theme.Row) {
			cell.Text(t.Plain, safe.ShortMiddle(r.Endpoint(), cell.Room()))
		}},
		{title: "event", by: stats.ByEvent, sorts: true, rank: 7, cells: 16, names: &b.event, left: true, draw: func(r *stats.Row, cell *theme.Row) {
			cell.Text(t.Plain, safe.Short(r.Event, cell.Room()))
		}},
		figure(stats.ByCount, 10, 7, func(r *stats.Row, cell *theme.Row) { cell.Text(t.Plain, safe.Line(words.Number(r.Count))) }),
		figure(stats.ByRate, 2, 7, func(r *stats.Row, cell *theme.Row) { cell.Text(t.Plain, rateText(r.Rate)) }),
		{title: "last hour", rank: 6, cells: hourCells, left: true, draw: func(r *stats.Row, cell *theme.Row) { cell.Spark(Tallies(r.Hour[:], hourCells)) }},
		figure(stats.ByErrors, 9, 6, func(r *stats.Row, cell *theme.Row) { cell.Text(b.some(r.Failed, t.BadWord), percentText(r)) }),
		figure(stats.ByP50, 4, 6, func(r *stats.Row, cell *theme.Row) { cell.Text(t.Plain, tookText(r.P50)) }),
		figure(stats.ByP95, 8, 6, func(r *stats.Row, cell *theme.Row) { cell.Text(t.Plain, tookText(r.P95)) }),
		figure(stats.ByInvalid, 3, 7, func(r *stats.Row, cell *theme.Row) { number(cell, t.BadWord, r.Invalid) }),
		figure(stats.ByRetries, 1, 7, func(r *stats.Row, cell *theme.Row) { number(cell, t.Plain, r.Retries) }),
		figure(stats.ByLast, 5, 7, func(r *stats.Row, cell *theme.Row) { cell.Text(t.Dim, safe.Line(words.Since(b.now.Sub(r.Last)))) }),
	}
}

// some is how a count is drawn, given how it is where it is not nothing.
func (b *Breakdown) some(n int, look theme.Style) theme.Style {
	if n == 0 {
		return b.t.Dim
	}
	return look
}

// maxName is how wide a column of names wants to be at most, leastName how wide it is at
// least where there is any room.
const (
	maxName   = 40
	leastName = 9
)

// lengths is how many names of a column are that many cells wide.
type lengths [maxName + 1]int

func (l *lengths) add(name string) { l[safe.Short(name, maxName).Width()]++ }

// cut is how many of them a column of so many cells cuts.
func (l *lengths) cut(cells int) (n int) {
	for _, names := range l[min(cells+1, len(l)):] {
		n += names
	}
	return n
}

// longest is the width of the longest.
func (l *lengths) longest() int {
	for n := maxName; n > 0; n-- {
		if l[n] > 0 {
			return n
		}
	}
	return 0
}

// fit are the columns for w cells, with their places. A wider one has all that a narrower one has.
func (b *Breakdown) fit(w int) []breakdownColumn {
	cols := b.columns()
	for len(cols) > 1 {
		lowest := slices.MinFunc(cols, func(a, b breakdownColumn) int { return cmp.Compare(a.rank, b.rank) }).rank
		if total(cols, lowest <= lightRank) <= w {
			break
		}
		cols = slices.DeleteFunc(cols, func(c breakdownColumn) bool { return c.rank == lowest })
	}
	grow(cols, w)
	x := 1
	for i := range cols {
		cols[i].x = x
		x += cols[i].cells + 2
	}
	return cols
}

// total is the width of columns, two cells apart after one, with whole names or none of them.
func total(cols []breakdownColumn, whole bool) int {
	n := 1 - 2
	for i := range cols {
		cells := cols[i].cells
		if whole && cols[i].names != nil {
			cells = max(cells, cols[i].names.longest())
		}
		n += cells + 2
	}
	return n
}

// grow shares the cells left among the columns of names: to the one that cuts most, then evenly.
func grow(cols []breakdownColumn, w int) {
	left := w - total(cols, false)
	if left < 0 {
		cols[0].cells = max(1, cols[0].cells+left)
		return
	}
	var names []*breakdownColumn
	for i := range cols {
		if c := &cols[i]; c.names != nil {
			left += c.cells - leastName
			c.cells = leastName
			names = append(names, c)
		}
	}
	for ; left > 0; left-- {
		most := names[0]
		for _, c := range names[1:] {
			if c.names.cut(c.cells) > most.names.cut(most.cells) {
				most = c
			}
		}
		if most.names.cut(most.cells) == 0 {
			break
		}
		most.cells++
	}
	for i, c := range names {
		n := min(left/(len(names)-i), maxName)
		c.cells += n
		left -= n
	}
}

func (b *Breakdown) draw(w, h int) string {
	cols := b.fit(w)
	lines := []string{b.heading(w), b.titles(w, cols)}
	for i := b.top; i < len(b.rows) && len(lines) < h; i++ {
		lines = append(lines, b.line(w, cols, i))
	}
	if len(b.rows) == 0 {
		lines = append(lines, b.t.NewRow(w, theme.Style{}).Gap(1).Lit(b.t.Dim, "No requests yet.").String())
	}
	for len(lines) < h {
		lines = append(lines, b.t.NewRow(w, theme.Style{}).String())
	}
	return strings.Join(lines[:h], "\n")
}

func (b *Breakdown) heading(w int) string {
	t := b.t
	row := t.NewRow(w, theme.Style{}).Gap(1).Lit(t.Title, "breakdown")
	row.Text(t.Dim, safe.Linef(" %s %s %s %s", string(t.Dot), words.Count(b.total, "request"), string(t.Dot), words.Count(len(b.rows), "row")))
	sorted := safe.Linef("sorted by %s", b.by.String())
	if row.Room() > sorted.Width()+2 {
		row.To(w-sorted.Width()-1).Text(t.Dim, sorted)
	}
	return row.String()
}

// titles are those of the columns, with a sign at the one that they are sorted by.
func (b *Breakdown) titles(w int, cols []breakdownColumn) string {
	row := b.t.NewRow(w, theme.Style{})
	for i := range cols {
		c := &cols[i]
		look, title := b.t.Dim, safe.Line(c.title)
		if c.sorts && c.by == b.by {
			look = b.t.Accent
		}
		row.To(c.x+c.shift(title.Width())).Text(look, title.Cut(c.cells))
	}
	return row.String()
}

// shift is how far a text of that width stands from the left of its column.
func (c *breakdownColumn) shift(width int) int {
	if c.left {
		return 0
	}
	return max(0, c.cells-width)
}

func (b *Breakdown) line(w int, cols []breakdownColumn, i int) string {
	row, ground := listLine(b.t, w, i == b.at), theme.Style{}
	if i == b.at {
		ground = b.t.Selected
	}
	for j := range cols {
		c := &cols[j]
		cell := b.t.NewRow(c.cells, ground)
		c.draw(&b.rows[i], cell)
		row.To(c.x+c.shift(cell.Col())).Styled(cell.Drawn(), cell.Col())
	}
	return row.String()
}

// Tallies sums counts up for n cells. Each has as many of the counts, so that bars move
// but keep their height.
func Tallies(counts []stats.Count, n int) []theme.Tally {
	out := make([]theme.Tally, n)
	for i, c := range counts {
		t := &out[i*n/len(counts)]
		t.N += c.N
		t.Wrong += c.Failed
	}
	return out
}

func rateText(perSecond float64) safe.Text {
	switch {
	case perSecond == 0:
		return safe.Const("-")
	case perSecond < 0.1:
		return safe.Linef("%.1f/m", perSecond*60)
	case perSecond < 100:
		return safe.Linef("%.1f/s", perSecond)
	}
	return safe.Linef("%.0f/s", perSecond)
}

// percentText is the share of errors; one that is not nothing never shows as nothing.
func percentText(r *stats.Row) safe.Text {
	switch p := r.Errors(); {
	case r.Failed == 0:
		return safe.Const("0 %")
	case p < 1:
		return safe.Const("<1 %")
	default:
		return safe.Linef("%d %%", int(p))
	}
}

// tookText is a time until the reply; none where none was given.
func tookText(d time.Duration) safe.Text {
	if d == 0 {
		return safe.Const("-")
	}
	return safe.Line(words.Short(d))
}
