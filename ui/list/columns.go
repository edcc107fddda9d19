package list

import (
	"slices"
	"strings"
	"time"

	"creel/capture"
	"creel/capture/safe"
	"creel/capture/words"
	"creel/ui/theme"
)

// column is one row of the table of columns. Columns drop out, by leaveFirst, until
// path, event and tail have the cells that the next of them wants them to have beside
// it: none comes at the cost of a word that a narrower list shows, so that a wider one
// only adds to what is said.
type column struct {
	width  func(*sizes) int // 0 where there is nothing to show; nil where each row has its own
	beside standard
	draw   func(d *drawing, row *theme.Row, w int)
}

// standard is how many cells of path and event, and how much of the tail, are to be seen.
type standard struct {
	path, event int
	tail        tail
}

// tail is how much is to be seen of the tail.
type tail uint8

const (
	status    tail = iota // what the sender got
	firstWord             // the outcome, and the first word when it is not light
	allWords              // the outcome and the words, with what they leave of the text
)

var (
	whole  = standard{path: 12, event: 30, tail: allWords}
	timed  = standard{path: 6, tail: allWords}
	narrow = standard{path: 6, event: 8, tail: firstWord}
	least  = standard{path: 6}
)

// The columns, in the order in which they stand.
const (
	atFlags = iota
	atID
	atTime
	atWho
	atMethod
	atPath
	atProvider
	atEvent
	atWords
	atOutcome
	atTook
	columnCount
)

// leaveFirst are the columns in the order in which they drop out.
var leaveFirst = []int{atProvider, atWho, atTook, atTime, atMethod, atEvent, atOutcome, atWords, atPath, atFlags}

// columns is the table of columns. Event, words and outcome share what the path can do without.
var columns = [columnCount]column{
	atFlags:    {width: fixed(3), beside: least, draw: drawFlags},
	atID:       {width: func(s *sizes) int { return s.id + s.join }, beside: least, draw: drawID},
	atTime:     {width: fixed(8), beside: narrow, draw: drawTime},
	atWho:      {width: func(s *sizes) int { return s.who }, beside: whole, draw: dimly(who)},
	atMethod:   {width: func(s *sizes) int { return s.method }, beside: narrow, draw: drawMethod},
	atPath:     {beside: least, draw: drawPath},
	atProvider: {width: func(s *sizes) int { return s.provider }, beside: whole, draw: dimly(func(ex *capture.Exchange) string { return ex.Sender.Provider })},
	atEvent:    {beside: narrow, draw: drawEvent},
	atWords:    {beside: least, draw: drawWords},
	atOutcome:  {beside: least, draw: drawOutcome},
	atTook:     {width: func(s *sizes) int { return s.took }, beside: timed, draw: drawTook},
}

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
	join     join
	short    bool // of the outcome, there is room for the first part only
	follows  bool // it came in one burst with the row above
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
	row.Gap(w-d.fit.join-id.Width()).Text(look, id)
	d.join.draw(row, d.t())
}

// drawTime shows the time, the day, or how long ago it was. The first one of a burst stands out.
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
	look := d.t().Plain
	if d.follows {
		look = d.t().Dim
	}
	row.Text(look, safe.Short(text, w))
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

// dimly draws a text of the exchange that counts little.
func dimly(text func(*capture.Exchange) string) func(*drawing, *theme.Row, int) {
	return func(d *drawing, row *theme.Row, w int) { row.Text(d.t().Dim, safe.Short(text(d.ex), w)) }
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
	name := event(d.ex, d.fit.on[atProvider])
	if d.ex.Sender.Event != "" && cells(name) > w {
		name = d.ex.Sender.Event // the provider goes first
	}
	row.Text(d.t().Plain, safe.Short(name, w))
}

// event is the event; where the provider has no column, with that, unless it is named anyway.
func event(ex *capture.Exchange, column bool) string {
	name, who := ex.Sender.Event, ex.Sender.Provider
	if column || who == "" || strings.Contains(ex.Request.Target, who) || strings.Contains(name, who) {
		return name
	}
	return strings.TrimSpace(who + " " + name)
}

// The cells of a time that was taken, and with a bar before it.
const (
	tookCells = 5
	barCells  = tookCells + 2
)

// drawTook shows the time taken, after a bar of it where there is room for one.
func drawTook(d *drawing, row *theme.Row, w int) {
	took, ok := lastTook(d.ex)
	if !ok {
		return
	}
	if w == barCells {
		drawBar(d, row, took)
		row.Gap(1)
	}
	text := safe.Line(words.Short(took))
	row.Gap(tookCells-text.Width()).Text(d.t().Dim, text)
}

// drawBar draws a time against the usual one of its endpoint, else against what its provider waits.
func drawBar(d *drawing, row *theme.Row, took time.Duration) {
	limit, full := limitOf(d.ex, &d.l.Facts), d.l.Facts.Usual(d.ex.ID)
	look := d.t().Dim
	switch {
	case limit > 0 && took > limit/2:
		look = d.t().Warn
	case full > 0 && took > full:
		look = d.t().Plain
	}
	if full == 0 {
		full = limit
	}
	row.Level(look, int64(took), int64(full))
}
