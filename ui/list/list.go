package list

import (
	"cmp"
	"slices"
	"time"

	"creel/capture"
	"creel/capture/safe"
	"creel/forward"
	"creel/ui/theme"
)

// Facts are what rows show beside their exchange. The functions may be nil.
type Facts struct {
	Unread, Marked, Draft func(capture.ID) bool
	Duplicate             func(*capture.Exchange) bool        // the same delivery came before
	Limit                 func(provider string) time.Duration // how long it waits for an answer; 0 when not known
	// Usual is the time that 95 % of the requests to the endpoint took at most; 0 when not known.
	Usual    func(capture.ID) time.Duration
	InFlight func(capture.ID) (forward.InFlight, bool) // the attempt under way, the oldest
	Looks    func(capture.ID) string                   // who else of a team has it selected; empty when nobody
	Hint     func(*capture.Exchange) safe.Text         // where the filter hit, when that is in no column
}

// jumpGrace is how long after a follow jump an acting key means the request selected before it.
const jumpGrace = 400 * time.Millisecond

// List is the pane. It is for one goroutine.
type List struct {
	Theme *theme.Theme
	Facts Facts
	// Started is when this run began and First its first exchange, zero while there is
	// none; older ones are parted from it by a rule.
	Started  time.Time
	First    capture.ID
	Relative bool        // it is shown how long ago requests came instead of when
	Empty    []safe.Text // what stands there instead of rows

	rows   []*capture.Exchange // by id
	sel    capture.ID          // 0: none
	want   capture.ID          // what sel stands in for while it is in no row
	follow bool
	seen   capture.ID // the newest row when follow ended
	jumps  []jump     // of the last 400 ms, oldest first
	top    int        // the line at the top, the rule counted as one
	w, h   int
	sizes  sizes // of the rows that were in sight
}

// jump is a move of the selection that an arrival made.
type jump struct {
	at   time.Time
	from capture.ID
}

// New returns an empty list that follows.
func New(t *theme.Theme) *List { return &List{Theme: t, follow: true} }

// SetSize gives the list its cells, or has it look at what the facts now say.
func (l *List) SetSize(w, h int) {
	if l.w == w && l.h == h {
		l.measureSight()
		return
	}
	if l.w != w {
		l.Refit()
	}
	l.w, l.h = w, h
	l.reveal()
}

// Refit fits the columns to the rows in sight alone, such as after another filter.
func (l *List) Refit() { l.sizes = sizes{} }

// SetRows replaces the rows, which are in the order of their ids and are not
// changed while the list has them. A selection that is gone moves to its
// neighbour, and until KeepSelection or the next move comes back, or nearer, with the
// rows.
func (l *List) SetRows(rows []*capture.Exchange, now time.Time) {
	l.rows = rows
	switch {
	case len(rows) == 0:
		l.sel = 0
	case l.follow:
		l.jump(rows[len(rows)-1].ID, now)
	default:
		l.sel = rows[l.neighbour(l.want)].ID
	}
	l.reveal()
}

// KeepSelection makes the selection stay where it is now, if there is one.
func (l *List) KeepSelection() {
	if l.sel != 0 {
		l.want = l.sel
	}
}

func (l *List) jump(to capture.ID, now time.Time) {
	l.jumps = slices.DeleteFunc(l.jumps, func(j jump) bool { return now.Sub(j.at) >= jumpGrace })
	if l.sel != 0 {
		l.jumps = append(l.jumps, jump{now, l.sel})
	}
	l.sel, l.want = to, to
}

// neighbour is the index of the row with that id, else of the next one, else of the last.
func (l *List) neighbour(id capture.ID) int {
	i, _ := l.find(id)
	return min(i, len(l.rows)-1)
}

func (l *List) find(id capture.ID) (int, bool) {
	return slices.BinarySearchFunc(l.rows, id, func(e *capture.Exchange, id capture.ID) int { return cmp.Compare(e.ID, id) })
}

// Len is the number of rows.
func (l *List) Len() int { return len(l.rows) }

// Selected is the selected exchange; nil when there is none.
func (l *List) Selected() *capture.Exchange { return l.row(l.sel) }

// Acting is the exchange that an acting key means: for 400 ms the one before a follow jump.
func (l *List) Acting(now time.Time) *capture.Exchange {
	for _, j := range l.jumps {
		if now.Sub(j.at) >= jumpGrace {
			continue
		}
		if ex := l.row(j.from); ex != nil {
			return ex
		}
	}
	return l.Selected()
}

func (l *List) row(id capture.ID) *capture.Exchange {
	if i, ok := l.find(id); ok {
		return l.rows[i]
	}
	return nil
}

// Select selects the exchange when it is in a row, and ends follow unless it is the newest.
func (l *List) Select(id capture.ID) bool {
	i, ok := l.find(id)
	if ok {
		l.selectRow(i)
	}
	return ok
}

// Move moves the selection by rows; onto the newest, it resumes follow.
func (l *List) Move(by int) {
	if len(l.rows) > 0 {
		l.selectRow(max(0, min(l.neighbour(l.sel)+by, len(l.rows)-1)))
	}
}

// MoveLast selects the newest row and resumes follow.
func (l *List) MoveLast() {
	l.Move(len(l.rows))
	l.follow = true
}

// Page is how many rows a page down moves.
func (l *List) Page() int { return max(1, l.h-1) }

// Scroll moves what is in sight by lines; the selection stays.
func (l *List) Scroll(by int) {
	l.top = max(0, min(l.top+by, l.Lines()-l.h))
	if l.top < l.Lines()-l.h {
		l.EndFollow()
	}
	l.measureSight()
}

// Follow reports whether arrivals move the selection.
func (l *List) Follow() bool { return l.follow }

// ResumeFollow makes arrivals move the selection again, if it is on the newest row.
func (l *List) ResumeFollow() {
	if n := len(l.rows); n > 0 && l.sel == l.rows[n-1].ID {
		l.follow = true
	}
}

// EndFollow keeps the selection where it is from now on, if there is one.
func (l *List) EndFollow() {
	if l.follow && len(l.rows) > 0 {
		l.follow, l.seen = false, l.rows[len(l.rows)-1].ID
	}
}

// Unseen is how many rows have arrived since follow ended.
func (l *List) Unseen() int {
	if l.follow {
		return 0
	}
	i, _ := l.find(l.seen + 1)
	return len(l.rows) - i
}

func (l *List) selectRow(i int) {
	l.sel, l.jumps = l.rows[i].ID, nil
	l.want = l.sel
	if i == len(l.rows)-1 {
		l.follow = true
	} else {
		l.EndFollow()
	}
	l.reveal()
}

// ruleAt is the index of the row that the rule stands before; -1 for no rule.
func (l *List) ruleAt() int {
	if len(l.rows) == 0 {
		return -1
	}
	at := len(l.rows)
	if l.First != 0 {
		at, _ = l.find(l.First)
	}
	if at == 0 {
		return -1
	}
	return at
}

// Lines is how many lines the rows take, with the rule.
func (l *List) Lines() int {
	if l.ruleAt() >= 0 {
		return len(l.rows) + 1
	}
	return len(l.rows)
}

// reveal scrolls as little as it takes to have the selection in sight.
func (l *List) reveal() {
	if len(l.rows) == 0 || l.h <= 0 {
		l.top = 0
		return
	}
	line, rule := l.neighbour(l.sel), l.ruleAt()
	last := line == len(l.rows)-1
	if rule >= 0 && line >= rule {
		line++
	}
	if last && l.h > 1 {
		line = l.Lines() - 1 // a rule below the last row is in sight with it
	}
	l.top = max(line-l.h+1, min(l.top, line))
	l.top = max(0, min(l.top, l.Lines()-l.h))
	l.measureSight()
}

// Line is the line of the pane in which the selection stands; -1 when it is out of sight.
func (l *List) Line() int {
	for line := range l.h {
		if ex := l.At(line); ex != nil && ex.ID == l.sel {
			return line
		}
	}
	return -1
}

// At is the exchange in a line of the pane; nil when there is none.
func (l *List) At(line int) *capture.Exchange {
	if i := l.index(line); i >= 0 {
		return l.rows[i]
	}
	return nil
}

// index is the index of the row in a line of the pane; -1 when there is none.
func (l *List) index(line int) int {
	if line < 0 || line >= l.h {
		return -1
	}
	i, rule := l.top+line, l.ruleAt()
	if rule >= 0 && i >= rule {
		if i == rule {
			return -1
		}
		i--
	}
	if i >= len(l.rows) {
		return -1
	}
	return i
}
