// Package layout says which rectangle of the screen each part has, for every
// size. It knows no text and no colour.
package layout

// The sizes at which the arrangement changes.
const (
	WideColumns = 140 // from here the list stands left of the detail
	StackRows   = 20  // from here it stands above the detail when narrower
	MinColumns  = 20  // below these one line is all that is shown
	MinRows     = 5
)

// Rect is a rectangle of cells. One without width or height is not shown.
type Rect struct{ X, Y, W, H int }

// Empty reports whether there is nothing to show in it.
func (r Rect) Empty() bool { return r.W <= 0 || r.H <= 0 }

// Has reports whether a cell lies in it.
func (r Rect) Has(x, y int) bool { return x >= r.X && x < r.X+r.W && y >= r.Y && y < r.Y+r.H }

// Mode is the arrangement of list and detail.
type Mode uint8

// The arrangements.
const (
	Tiny    Mode = iota // one line only
	Single              // list or detail, whichever is in use
	Stacked             // list above detail
	Wide                // list left, request over response right
)

// Layout is where everything is. The line between the header and the rest is
// Rule; Split is the column of the line between list and detail when Wide.
type Layout struct {
	Mode                       Mode
	W, H                       int
	Header, Rule, List, Detail Rect
	Split                      Rect
	Footer                     Rect
	Response                   Rect // below the detail

	few bool // the list has fewer lines than it would get
}

// Shift is how far the user moved the line: columns right when Wide, rows down when Stacked.
type Shift struct {
	Columns int `json:"columns"`
	Rows    int `json:"rows"`
}

// Options are what the arrangement depends on beside the size.
type Options struct {
	Extra    int  // rows below the rule that are left free
	Alone    bool // the pane in use has all the room: it is zoomed, or only one fits
	Answered bool // there is more to say of what came back than one line holds
	Shift    Shift
	// Rows is how many lines the list has, Response how many the response would take:
	// more they do not get unless the user moved the line. 0: not known.
	Rows, Response int
}

// Compute arranges a screen of w by h cells.
func Compute(w, h int, o Options) Layout {
	l := Layout{W: w, H: h}
	if w < MinColumns || h < MinRows {
		l.Header = Rect{0, 0, w, min(h, 1)}
		return l
	}
	l.Header, l.Footer = Rect{0, 0, w, 1}, Rect{0, h - 1, w, 1}
	top := 1
	if h >= 8 {
		l.Rule = Rect{0, 1, w, 1}
		top = 2
	}
	top += o.Extra
	main := Rect{0, top, w, h - top - 1}
	switch {
	case w >= WideColumns && !o.Alone:
		l.Mode = Wide
		left := moved(listColumns(w), o.Shift.Columns, leastColumns, w-1-leastColumns)
		l.List = Rect{0, main.Y, left, main.H}
		l.Split = Rect{left, main.Y, 1, main.H}
		l.Detail = Rect{left + 1, main.Y, w - left - 1, main.H}
		l.splitDetail(o.Response)
	case h >= StackRows && !o.Alone:
		l.Mode = Stacked
		rows := moved(listRows(h), o.Shift.Rows, leastRows, main.H-leastDetail)
		few := needed(listRows(h), leastRows, o.Rows)
		if l.few = few < listRows(h); l.few && o.Shift.Rows == 0 {
			rows = few
		}
		l.List = Rect{0, main.Y, w, rows}
		l.Detail = Rect{0, main.Y + rows, w, main.H - rows}
		if o.Answered {
			l.splitDetail(o.Response)
		}
	case o.Alone:
		l.Mode = Single
		l.Detail = main
	default:
		l.Mode = Single
		l.List = main
	}
	return l
}

// The rows of a detail from which what came back has a pane of its own, and how
// many that has at least.
const (
	splitRows    = 12
	responseRows = 5
)

// splitDetail gives the response a third of a high detail, or less when it needs less.
func (l *Layout) splitDetail(needs int) {
	if l.Detail.H < splitRows {
		return
	}
	rows := needed(max(responseRows, l.Detail.H/3), responseRows, needs)
	l.Detail.H -= rows
	l.Response = Rect{l.Detail.X, l.Detail.Y + l.Detail.H, l.Detail.W, rows}
}

// The least that list and detail keep when the line between them is moved.
const (
	leastColumns = 40
	leastRows    = 3
	leastDetail  = 6 // rows
)

// needed is a size that is no larger than what is needed, if that is known.
func needed(size, least, needs int) int {
	if needs == 0 {
		return size
	}
	return min(size, max(least, needs))
}

// Moved is the shift with which the line stands so far from where it stands now.
func (l *Layout) Moved(was Shift, by int) Shift {
	switch l.Mode {
	case Wide:
		was.Columns = l.List.W - listColumns(l.W) + by
	case Stacked:
		was.Rows = l.List.H - listRows(l.H) + by
		if was.Rows == 0 && l.few {
			was.Rows = 1 // with 0 it stands elsewhere
		}
	}
	return was
}

// moved is a size of the list that the user changed, within bounds.
func moved(size, by, least, most int) int {
	if by == 0 {
		return size
	}
	return max(least, min(size+by, most))
}

// listColumns gives the list a little over half; a wider terminal never shows less.
func listColumns(w int) int { return max(80, min(w*52/100, 96)) }

// listRows is 7 of 24 rows, and a third of what is more.
func listRows(h int) int { return max(5, 7+(h-24)/3) }
