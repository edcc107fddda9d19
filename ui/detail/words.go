package detail

import (
	"creel/capture/safe"
)

// nameCells is how wide the names in tables of our own are.
const nameCells = 10

// pair is a row of a name of ours and what it stands for.
func pair(name string, value ...span) row {
	return row{spans: append([]span{{dim, safe.Line(name).Pad(nameCells)}}, value...), hang: nameCells}
}

// sentence is a pair whose value is read rather than copied.
func sentence(name string, value ...span) row {
	r := pair(name, value...)
	r.prose = true
	return r
}
