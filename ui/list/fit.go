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
	known                     map[size]bool // those of rows
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
	if !s.known[r] {
		s.known[r] = true
		s.rows = append(s.rows, r)
	}
}

// mostSizes is how many different sizes of rows are remembered: fitting costs as much.
const mostSizes = 256

// measureSight remembers what the rows in sight need: columns become wider while the list moves, never narrower.
func (l *List) measureSight() {
	s := &l.sizes
	if s.known == nil || len(s.rows) >= mostSizes {
		*s = sizes{known: map[size]bool{}, took: tookCells}
		if l.Facts.Usual != nil {
			s.took = barCells
		}
	}
	if s.join == 0 && slices.Contains(l.joins(), joinFirst) {
		s.join = 1
	}
	for line := range l.h {
		if ex := l.At(line); ex != nil {
			s.add(ex, &l.Facts)
		}
	}
}

// fit is which columns are shown, and how wide. Columns stand two cells apart
// where there is plenty of room.
type fit struct {
	on    [columnCount]bool
	cells [columnCount]int
	gap   int
	join  int // cells, in those of the id
}

// measure chooses the columns for a width.
func measure(w int, s *sizes) *fit {
	f := &fit{gap: 1, join: s.join}
	for i, c := range columns {
		if f.on[i] = c.width == nil; !f.on[i] {
			f.cells[i] = c.width(s)
			f.on[i] = f.cells[i] > 0
		}
	}
	std := least
	for _, i := range leaveFirst {
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

// widenPath gives the path the cells with which the rows lose least; the rest parts the columns.
func (f *fit) widenPath(w int, s *sizes, std standard) {
	room, widest := w-f.needs(s, standard{event: longest, tail: allWords}), f.widestPath(s)
	path, least := 0, -1
	for n := min(widest, std.path); n <= widest; n++ {
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
	if up := (path + 3) / 4 * 4; path == widest && up <= room {
		path = up
	}
	f.cells[atPath] = path
}

// lost is how many cells of the rows are not seen with a path that wide, in that much room.
func (f *fit) lost(s *sizes, path, room int) int {
	all := standard{event: longest, tail: allWords}
	fullest, lost := 0, 0
	for i := range s.rows {
		fullest = max(fullest, f.rowNeeds(&s.rows[i], 0, all))
	}
	for _, r := range s.rows {
		if f.bare(&r) {
			continue
		}
		if r.event > 0 {
			r.named = r.event // the provider gives way to the path
		}
		lost += max(0, r.path-path) + max(0, path-room-fullest+f.rowNeeds(&r, 0, all))
	}
	return lost
}

// roomy is how many cells of the fullest row are blank before columns stand further apart.
const roomy = 16

// needs is the width at which every row shows that much.
func (f *fit) needs(s *sizes, std standard) int {
	outer := 0 // the columns of one width for all rows, each with the cell that parts it from the next
	for i := range columns {
		if f.on[i] && columns[i].width != nil && i != atProvider {
			outer += f.cells[i] + 1
		}
	}
	path, inner := min(std.path, f.widestPath(s)), 0
	for i := range s.rows {
		inner = max(inner, f.rowNeeds(&s.rows[i], path, std))
	}
	return outer + inner
}

// widestPath is how wide the column of the path is: as the widest that has something after it.
func (f *fit) widestPath(s *sizes) int {
	widest := 0
	for i := range s.rows {
		if r := &s.rows[i]; !f.bare(r) {
			widest = max(widest, min(r.path, maxPath))
		}
	}
	return widest
}

// rowNeeds is the width at which a row shows that much beside so many cells of the path.
func (f *fit) rowNeeds(r *size, path int, std standard) int {
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
	n := path + 1 + min(text, beside) + 1 + tail
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

// bare reports whether a row has nothing between its path and the tail.
func (f *fit) bare(r *size) bool {
	return f.text(r) == 0 && (!f.on[atProvider] || r.provider == 0)
}
