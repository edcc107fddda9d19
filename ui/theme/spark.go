package theme

// Tally is a count that is drawn in one cell, and how much of it went wrong.
type Tally struct{ N, Wrong int }

// levels are the heights of a spark, the lowest for nothing.
var levels = [...]string{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"}

// Spark draws tallies as bars, a cell each, the highest one full, those with something wrong as errors.
func (r *Row) Spark(tallies []Tally) *Row {
	most := 0
	for _, t := range tallies {
		most = max(most, t.N)
	}
	for _, t := range tallies {
		switch {
		case t.N == 0:
			r.put(r.t.Rule, levels[0], 1)
		case t.Wrong > 0:
			r.put(r.t.Bad, level(t.N, most), 1)
		default:
			r.put(r.t.Plain, level(t.N, most), 1)
		}
	}
	return r
}

// Level draws how much n is of most in a cell, at most full; a blank where most is not known.
func (r *Row) Level(look Style, n, most int64) *Row {
	if most <= 0 {
		return r.Gap(1)
	}
	top := int64(len(levels))
	return r.put(look, levels[max(0, min(n*top/most, top-1))], 1)
}

// level is the height of n, which is not 0, where most is the highest.
func level(n, most int) string {
	top := len(levels) - 1
	return levels[max(1, (n*top+most-1)/most)]
}
