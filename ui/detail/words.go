package detail

import (
	"fmt"
	"time"

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

// duration writes a time span for people, in one unit: 4 ms, 3.1 s, 25 min, 3 h, 12 d.
func duration(d time.Duration) safe.Text {
	switch d = d.Abs(); {
	case d < time.Millisecond:
		return safe.Const("<1 ms")
	case d < time.Second:
		return safe.Linef("%d ms", d.Milliseconds())
	case d < 10*time.Second:
		return safe.Linef("%.1f s", d.Seconds())
	case d < 2*time.Minute:
		return safe.Linef("%d s", int(d.Seconds()))
	case d < 2*time.Hour:
		return safe.Linef("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return safe.Linef("%d h", int(d.Hours()))
	}
	return safe.Linef("%d d", int(d.Hours()/24))
}

// ago says how long ago something was, or in how long it will be.
func ago(d time.Duration) string {
	if d < 0 {
		return fmt.Sprintf("in %s", duration(d))
	}
	return fmt.Sprintf("%s ago", duration(d))
}
