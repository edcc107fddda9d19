package list

import (
	"slices"
	"strings"
	"time"

	"creel/capture"
	"creel/capture/safe"
	"creel/ui/theme"
	"creel/ui/words"
)

// column is one row of the table of columns. Columns drop out, those with the
// lowest rank first, until path, event and tail have the cells that the column
// wants them to have beside it.
type column struct {
	name   string
	rank   int              // the higher, the longer it stays
	width  func(*sizes) int // 0 where there is nothing to show; nil where each row has its own
	beside standard
	draw   func(d *drawing, row *theme.Row, w int)
}

// standard is how many cells of path, event and tail are to be seen, in rows
// that have as many. The tail is the words and the outcome.
type standard struct{ path, event, tail int }

var (
	ample    = standard{path: 12, event: 20, tail: 14}
	whole    = standard{path: 12, event: 30, tail: 14}
	readable = standard{path: 10, event: 10, tail: 12}
	narrow   = standard{path: 6, event: 10, tail: 21}
	least    = standard{path: 6, tail: 3}
)

// columns are in the order in which they stand. Event, words and outcome share
// what is right of the columns before them, in each row as it needs; the path
// gets what they can do without.
var columns = [columnCount]column{
	{name: "flags", rank: 10, width: fixed(3), beside: least, draw: drawFlags},
	{name: "id", rank: 11, width: func(s *sizes) int { return s.id }, beside: least, draw: drawID},
	{name: "time", rank: 4, width: fixed(8), beside: readable, draw: drawTime},
	{name: "who", rank: 1, width: func(s *sizes) int { return s.who }, beside: ample, draw: drawWho},
	{name: "method", rank: 5, width: func(s *sizes) int { return s.method }, beside: narrow, draw: drawMethod},
	{name: "path", rank: 9, beside: least, draw: drawPath},
	{name: "provider", rank: 3, width: func(s *sizes) int { return s.provider }, beside: whole, draw: drawProvider},
	{name: "event", rank: 6, beside: narrow, draw: drawEvent},
	{name: "words", rank: 8, beside: least, draw: drawWords},
	{name: "outcome", rank: 7, beside: least, draw: drawOutcome},
	{name: "took", rank: 2, width: fixed(5), beside: ample, draw: drawTook},
}

// How many columns there are, and the places of those that others ask about.
const (
	columnCount = 11

	atPath, atProvider, atEvent, atWords, atOutcome, atTook = 5, 6, 7, 8, 9, 10
)

func fixed(n int) func(*sizes) int { return func(*sizes) int { return n } }

// drawing is one row being drawn.
type drawing struct {
	l        *List
	ex       *capture.Exchange
	now      time.Time
	selected bool
	focused  bool
	fit      *fit
	words    []word // those that there is room for
	short    bool   // of the outcome, there is room for the first part only
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
	id := safe.Line(d.ex.Name())
	row.Gap(w-id.Width()).Text(look, id)
}

// drawTime shows the time, of another day than today the day, or how long ago
// it was.
func drawTime(d *drawing, row *theme.Row, w int) {
	at, today := d.ex.At.Local(), d.now.Local()
	text := at.Format("15:04:05")
	switch {
	case d.l.Relative:
		text = words.Since(d.now.Sub(d.ex.At))
	case at.Year() != today.Year():
		text = at.Format("Jan 2006")
	case at.YearDay() != today.YearDay():
		text = at.Format("_2 Jan")
	}
	row.Text(d.t().Dim, safe.Short(text, w))
}

func drawMethod(d *drawing, row *theme.Row, w int) {
	method := d.ex.Request.Method
	if d.ex.Request.Malformed != "" && method == "" {
		method = "?"
	}
	row.Text(d.t().Plain, safe.Short(method, w))
}

func drawPath(d *drawing, row *theme.Row, w int) {
	row.Text(d.t().Plain, safe.ShortMiddle(d.ex.Request.Path(), w))
}

func drawProvider(d *drawing, row *theme.Row, w int) {
	row.Text(d.t().Dim, safe.Line(d.ex.Sender.Provider).Cut(w))
}

func drawWho(d *drawing, row *theme.Row, w int) {
	row.Text(d.t().Dim, safe.Short(who(d.ex), w))
}

// who is the node of a team that captured an exchange, and who sent it on from elsewhere.
func who(ex *capture.Exchange) string {
	name := ex.Origin.Name()
	for _, a := range slices.Backward(ex.Attempts) {
		if a.Who != "" {
			return strings.TrimSpace(name + " › " + a.Who)
		}
	}
	return name
}

func drawEvent(d *drawing, row *theme.Row, w int) {
	row.Text(d.t().Plain, safe.Short(event(d.ex, d.fit.on[atProvider]), w))
}

// event is the name of the event; where the provider has no column, with that,
// unless the path or the event names it.
func event(ex *capture.Exchange, column bool) string {
	name, who := ex.Sender.Event, ex.Sender.Provider
	if column || who == "" || strings.Contains(ex.Request.Target, who) || strings.Contains(name, who) {
		return name
	}
	return strings.TrimSpace(who + " " + name)
}

func drawTook(d *drawing, row *theme.Row, w int) {
	took := safe.Line(shortTook(d.ex))
	row.Gap(w-took.Width()).Text(d.t().Dim, took)
}
