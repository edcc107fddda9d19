package list

import (
	"time"

	"creel/capture"
	"creel/ui/theme"
)

// join is how a row is joined to other tries of its delivery, by a line right of its id.
type join uint8

const (
	notJoined join = iota
	joinFirst
	joinNext
	joinPast // it is another delivery's, the line goes past it
	joinLast
)

// longestJoin is over how many rows a delivery is joined.
const longestJoin = 12

// joins are those of the lines in sight. A line that would cross another one is not drawn.
func (l *List) joins() []join {
	joins := make([]join, l.h)
	tries := map[capture.DeliveryID][]int{}
	for line := range l.h {
		if ex := l.At(line); ex != nil {
			if id, ok := ex.DeliveryID(); ok {
				tries[id] = append(tries[id], line)
			}
		}
	}
	for line := range l.h {
		ex := l.At(line)
		if ex == nil {
			continue
		}
		if id, ok := ex.DeliveryID(); ok && tries[id][0] == line {
			joinLines(joins, tries[id])
		}
	}
	return joins
}

func joinLines(joins []join, lines []int) {
	first, last := lines[0], lines[len(lines)-1]
	if len(lines) < 2 || last-first > longestJoin || joins[first] != notJoined { // what crosses it began above
		return
	}
	for line := first; line <= last; line++ {
		joins[line] = joinPast
	}
	for _, line := range lines {
		joins[line] = joinNext
	}
	joins[first], joins[last] = joinFirst, joinLast
}

func (j join) draw(row *theme.Row, t *theme.Theme) {
	switch j {
	case joinFirst:
		row.Lit(t.Rule, t.TL)
	case joinNext:
		row.Lit(t.Rule, t.Branch)
	case joinPast:
		row.Lit(t.Rule, t.Past)
	case joinLast:
		row.Lit(t.Rule, t.BL)
	}
}

// burst is how close together the requests of one burst come.
const burst = 2 * time.Second

// follows reports whether the row in a line came in one burst with the one before it.
func (l *List) follows(line int) bool {
	i := l.index(line)
	return i > 0 && l.rows[i].At.Sub(l.rows[i-1].At) < burst
}
