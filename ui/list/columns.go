package list

import (
	"strconv"
	"strings"
	"time"

	"creel/capture"
	"creel/capture/filter"
	"creel/capture/safe"
	"creel/ui/theme"
)

// column is one row of the table of columns. Columns drop out, those with the
// lowest rank first, when a list is too narrow for all of them.
type column struct {
	name string
	rank int // the higher, the longer it stays
	// width is what the column needs, below which it drops out; what is good for
	// it, which it gets before a column of a lower rank comes in; and what it
	// takes when there is room. It is 0 when there is nothing to show in it.
	width func(*widths) (need, good, want int)
	right bool // stands at the right edge
	draw  func(d *drawing, row *theme.Row, w int)
}

// columns are in the order in which they stand.
var columns = []column{
	{name: "flags", rank: 9, width: fixed(3), draw: drawFlags},
	{name: "id", rank: 10, width: whole(func(w *widths) int { return w.id }), draw: drawID},
	{name: "time", rank: 3, width: fixed(8), draw: drawTime},
	{name: "method", rank: 5, width: whole(func(w *widths) int { return w.method }), draw: drawMethod},
	{name: "path", rank: 8, width: func(w *widths) (int, int, int) { return min(w.path, 6), min(w.path, 9), w.path }, draw: drawPath},
	{name: "provider", rank: 2, width: whole(func(w *widths) int { return w.provider }), draw: drawProvider},
	{name: "event", rank: 4, width: func(w *widths) (int, int, int) { return min(w.event, 10), min(w.event, 12), w.event }, draw: drawEvent},
	{name: "words", rank: 6, width: func(w *widths) (int, int, int) { return min(w.words, 7), min(w.words, 9), w.words }, right: true, draw: drawWords},
	{name: "outcome", rank: 7, width: whole(func(w *widths) int { return w.outcome }), right: true, draw: drawOutcome},
	{name: "took", rank: 1, width: fixed(5), right: true, draw: drawTook},
}

func fixed(n int) func(*widths) (int, int, int) {
	return func(*widths) (int, int, int) { return n, n, n }
}

// whole is the width of a column that is not cut.
func whole(n func(*widths) int) func(*widths) (int, int, int) {
	return func(w *widths) (int, int, int) { return n(w), n(w), n(w) }
}

// widths are the widest cells seen so far, up to a limit each. They only grow:
// columns that follow each screenful would jump while scrolling.
type widths struct{ id, method, path, provider, event, words, outcome int }

func (w *widths) add(ex *capture.Exchange, f *Facts) {
	grow(&w.id, len(strconv.FormatUint(uint64(ex.ID), 10))+1, 8)
	grow(&w.method, max(4, len(ex.Request.Method)), 7)
	grow(&w.path, theme.Width(filter.Path(ex.Request.Target)), 40)
	grow(&w.provider, len(ex.Sender.Provider), 11)
	grow(&w.event, theme.Width(ex.Sender.Event), 36)
	grow(&w.words, wordsWidth(ex, f), 24)
	grow(&w.outcome, outcomeWidth(ex), 13)
}

func grow(n *int, to, limit int) { *n = max(*n, min(to, limit)) }

// measure chooses the columns for a width and gives each its cells; a column
// that dropped out, or that nothing was seen for, has none. What is left over
// goes round among the columns that want more; when it is plenty, the columns
// stand two cells apart.
func measure(w int, seen *widths) (cells [16]int, gap int) {
	left := w
	for rank := len(columns); rank >= 1; rank-- {
		if rank <= optional {
			left = widen(&cells, left, func(c *column) int { _, good, _ := c.width(seen); return good })
		}
		for i := range columns {
			need, _, _ := columns[i].width(seen)
			if columns[i].rank == rank && need > 0 && need+1 <= left {
				cells[i] = need
				left -= need + 1
			}
		}
	}
	left = widen(&cells, left, func(c *column) int { _, _, want := c.width(seen); return want })
	if left >= len(columns) {
		return cells, 2
	}
	return cells, 1
}

// optional is the rank from which on a column only comes in when those above it
// have what is good for them.
const optional = 3

// widen gives what is left, a cell at a time, to the columns that are there, up
// to a width each, and returns what is still left.
func widen(cells *[16]int, left int, to func(*column) int) int {
	for gave := true; gave && left > 0; {
		gave = false
		for i := range columns {
			if left > 0 && cells[i] > 0 && cells[i] < to(&columns[i]) {
				cells[i]++
				left--
				gave = true
			}
		}
	}
	return left
}

// drawing is one row being drawn.
type drawing struct {
	l        *List
	ex       *capture.Exchange
	now      time.Time
	selected bool
	focused  bool
	unnamed  bool // the column of the provider dropped out
}

func (d *drawing) t() *theme.Theme { return d.l.Theme }

// is asks a fact that may not be given.
func is(f func(capture.ID) bool, id capture.ID) bool { return f != nil && f(id) }

func drawFlags(d *drawing, row *theme.Row, _ int) {
	t, id := d.t(), d.ex.ID
	switch {
	case d.selected && d.focused:
		row.Lit(t.Accent, t.Bar)
	case d.selected:
		row.Lit(t.Dim, t.Bar)
	default:
		row.Gap(1)
	}
	switch {
	case is(d.l.Facts.Marked, id):
		row.Lit(t.Bold, t.Mark)
	case is(d.l.Facts.Unread, id):
		row.Lit(t.Plain, t.Unread)
	default:
		row.Gap(1)
	}
	if d.ex.Pinned {
		row.Lit(t.Plain, t.Pin)
	}
}

func drawID(d *drawing, row *theme.Row, w int) {
	look := d.t().Dim
	if d.selected || is(d.l.Facts.Unread, d.ex.ID) {
		look = d.t().Bold
	}
	id := safe.Line(d.ex.ID.String())
	row.Gap(w-id.Width()).Text(look, id)
}

// drawTime shows the time, of another day than today the day, or how long ago
// it was.
func drawTime(d *drawing, row *theme.Row, w int) {
	at, today := d.ex.At.Local(), d.now.Local()
	text := at.Format("15:04:05")
	switch {
	case d.l.Relative:
		text = since(d.now.Sub(d.ex.At))
	case at.Year() != today.Year():
		text = at.Format("Jan 2006")
	case at.YearDay() != today.YearDay():
		text = at.Format("_2 Jan")
	}
	row.Text(d.t().Dim, safe.Short(text, w))
}

// since says in at most 8 cells how long ago something was.
func since(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d < time.Second:
		return "now"
	case d >= 2*day:
		return strconv.Itoa(int(d/day)) + "d ago"
	}
	return shortDuration(d.Truncate(time.Second)) + " ago"
}

func drawMethod(d *drawing, row *theme.Row, w int) {
	method := d.ex.Request.Method
	if d.ex.Request.Malformed != "" && method == "" {
		method = "?"
	}
	row.Text(d.t().Plain, safe.Short(method, w))
}

func drawPath(d *drawing, row *theme.Row, w int) {
	row.Text(d.t().Plain, safe.ShortMiddle(filter.Path(d.ex.Request.Target), w))
}

func drawProvider(d *drawing, row *theme.Row, w int) {
	row.Text(d.t().Dim, safe.Line(d.ex.Sender.Provider).Cut(w))
}

// drawEvent also names the provider where that has no column, unless the path
// names it.
func drawEvent(d *drawing, row *theme.Row, w int) {
	event, who := d.ex.Sender.Event, d.ex.Sender.Provider
	if d.unnamed && who != "" && !strings.Contains(d.ex.Request.Target, who) {
		event = who + " " + event
	}
	row.Text(d.t().Plain, safe.Short(event, w))
}

func drawTook(d *drawing, row *theme.Row, w int) {
	took := safe.Line(shortTook(d.ex))
	row.Gap(w-took.Width()).Text(d.t().Dim, took)
}
