package list

import (
	"slices"

	"creel/capture"
	"creel/capture/safe"
)

// sizes are the cells that rows need.
type sizes struct {
	id, method, provider, who int // of the widest
	took                      int
	join                      int // of the line that joins tries; 0 where there is none
	rows                      []size
}

// size is what one row needs. Named is the event with the provider, for when
// that has no column; tail is the words and the outcome, first the same with the
// first word only, and beside what the words leave of the text.
type size struct{ path, provider, event, named, outcome, tail, first, beside int }

// How wide the column of the path becomes at most, and how much of a tail other
// columns make room for.
const (
	maxPath = 40
	maxTail = 32
)

// longest is how much of a text is measured.
const longest = 100

// cells is how wide a text is when it is drawn.
func cells(text string) int { return safe.Short(text, longest).Width() }

func (s *sizes) add(ex *capture.Exchange, f *Facts) {
	r := size{
		path:     cells(ex.Request.Path()),
		provider: cells(ex.Sender.Provider),
		event:    cells(event(ex, true)),
		named:    cells(event(ex, false)),
		outcome:  outcomeWidth(ex),
	}
	all, first, beside := wordsNeed(ex, f)
	r.tail, r.first, r.beside = r.outcome, r.outcome, beside
	if all > 0 {
		r.tail += all + 1
	}
	if first > 0 {
		r.first += first + 1
	}
	s.id = max(s.id, min(len(ex.Name()), 8))
	s.method = max(s.method, 4, min(len(ex.Request.Method), 7))
	s.provider = max(s.provider, min(r.provider, 11))
	s.who = max(s.who, min(cells(who(ex)), 14))
	s.rows = append(s.rows, r)
}

// sizes measures the rows in sight, and those of the same screenful above them:
// the columns follow what is there, but do not move with every arrival.
func (l *List) sizes(joins []join) *sizes {
	rule, from := l.ruleAt(), l.top-l.top%l.h
	s := &sizes{rows: make([]size, 0, 2*l.h), took: tookCells}
	if l.Facts.Usual != nil {
		s.took = barCells
	}
	if slices.Max(joins) != notJoined {
		s.join = 1
	}
	for line := from; line < l.top+l.h; line++ {
		i := line
		if rule >= 0 && line >= rule {
			i--
		}
		if i >= 0 && i < len(l.rows) && line != rule {
			s.add(l.rows[i], &l.Facts)
		}
	}
	return s
}

// fit is which columns are shown, and how wide. Columns stand two cells apart
// where there is plenty of room.
type fit struct {
	on    [columnCount]bool
	cells [columnCount]int
	gap   int
	join  int // cells, in those of the id
	path  int // of the widest that has something after it
}

// measure chooses the columns for a width.
func measure(w int, s *sizes) *fit {
	f := &fit{gap: 1, join: s.join}
	lowest := len(columns) + 1
	for i, c := range columns {
		if f.on[i] = c.width == nil || c.width(s) > 0; f.on[i] {
			f.cells[i], lowest = 0, min(lowest, c.rank)
			if c.width != nil {
				f.cells[i] = c.width(s)
			}
		}
	}
	std := least
	for rank := 1; rank < len(columns); rank++ {
		i := ranked(rank)
		if !f.on[i] {
			continue
		}
		if std = columns[i].beside; f.needs(s, std) <= w {
			break
		}
		f.on[i] = false
	}
	f.widenPath(w, s, std)
	return f
}

func ranked(rank int) int {
	for i := range columns {
		if columns[i].rank == rank {
			return i
		}
	}
	return 0
}

// widenPath gives the path the cells with which the rows lose least of it and of
// what follows; what is left over then parts the columns.
func (f *fit) widenPath(w int, s *sizes, std standard) {
	room := w - f.needs(s, standard{event: longest, tail: allWords})
	path, least := 0, -1
	for n := min(f.path, std.path); n <= f.path; n++ {
		if least >= 0 && f.needs(s, standard{path: n, tail: allWords}) > w {
			break // the words come first
		}
		if lost := f.lost(s, n, room); least < 0 || lost < least {
			path, least = n, lost
		}
	}
	if room-path >= roomy {
		f.gap = 2
	}
	// Rather more than it takes today: a path a little longer moves nothing.
	if up := (path + 3) / 4 * 4; path == f.path && up <= room {
		path = up
	}
	f.cells[atPath] = path
}

// lost is how many cells of the rows are not to be seen with a path that wide,
// where the fullest row has that much room for it.
func (f *fit) lost(s *sizes, path, room int) int {
	all := standard{event: longest, tail: allWords}
	fullest, lost := 0, 0
	for i := range s.rows {
		fullest = max(fullest, f.rowNeeds(&s.rows[i], all))
	}
	for _, r := range s.rows {
		if f.bare(&r) {
			continue
		}
		if r.event > 0 {
			r.named = r.event // the provider gives way to the path
		}
		lost += max(0, r.path-path) + max(0, path-room-fullest+f.rowNeeds(&r, all))
	}
	return lost
}

// roomy is how many cells are to be blank in the fullest row before the columns
// stand further apart.
const roomy = 16

// needs is the width at which every row shows that much.
func (f *fit) needs(s *sizes, std standard) int {
	outer := 1
	for i := range columns {
		if f.on[i] && columns[i].width != nil && i != atPath && i != atProvider {
			outer += f.cells[i] + 1
		}
	}
	outer-- // the last column stands at the edge but for one cell
	f.path = 0
	for i := range s.rows {
		if r := &s.rows[i]; !f.bare(r) {
			f.path = max(f.path, min(r.path, maxPath))
		}
	}
	inner := 0
	for i := range s.rows {
		inner = max(inner, f.rowNeeds(&s.rows[i], std))
	}
	return outer + inner
}

func (f *fit) rowNeeds(r *size, std standard) int {
	tail, beside := 0, std.event
	if f.on[atOutcome] {
		switch {
		case std.tail == allWords && f.on[atWords]:
			tail, beside = min(r.tail, maxTail)+1, max(beside, r.beside)
		case std.tail == firstWord && f.on[atWords]:
			tail = min(r.first, maxTail) + 1
		default:
			tail = 4
		}
	}
	text := f.text(r)
	if f.bare(r) {
		return min(r.path, max(std.path, beside)) + 1 + tail
	}
	n := min(f.path, std.path) + 1 + min(text, beside) + 1 + tail
	if f.on[atProvider] {
		n += f.cells[atProvider] + 1
	}
	return n
}

// text is how wide the event of a row is.
func (f *fit) text(r *size) int {
	switch {
	case !f.on[atEvent]:
		return 0
	case f.on[atProvider]:
		return r.event
	}
	return r.named
}

// bare reports whether a row has nothing after its path but the tail, up to
// which the path may go then.
func (f *fit) bare(r *size) bool {
	return f.text(r) == 0 && (!f.on[atProvider] || r.provider == 0)
}
