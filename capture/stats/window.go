package stats

import "time"

// Slots is how many slots a window has.
const Slots = 60

// window counts what happened in the last [Slots] units of time, the current one
// among them. The zero value with a unit is empty.
type window struct {
	unit  time.Duration
	slots [Slots]slot
}

type slot struct {
	at    int64 // in units since 1970
	n     uint32
	wrong uint32
}

// add adds n and wrong, which may be negative, at a time; what is older than the
// window has room for is left out.
func (w *window) add(at time.Time, n, wrong int) {
	u := w.units(at)
	s := &w.slots[index(u)]
	switch {
	case u < s.at:
		return
	case u > s.at:
		if n < 0 || n == 0 && wrong < 0 {
			return // what is taken back is no longer in the window
		}
		*s = slot{at: u}
	}
	s.n = uint32(max(0, int(s.n)+n))
	s.wrong = uint32(max(0, int(s.wrong)+wrong))
}

// merge adds what another window of the same unit counted.
func (w *window) merge(o *window) {
	for i := range o.slots {
		s := &o.slots[i]
		w.add(time.Unix(0, s.at*int64(w.unit)), int(s.n), int(s.wrong))
	}
}

// counts are the slots up to now, the newest last.
func (w *window) counts(now time.Time) [Slots]Count {
	var out [Slots]Count
	u := w.units(now)
	for i := range out {
		at := u - int64(Slots-1-i)
		if s := &w.slots[index(at)]; s.at == at {
			out[i] = Count{int(s.n), int(s.wrong)}
		}
	}
	return out
}

func (w *window) units(t time.Time) int64 { return t.UnixNano() / int64(w.unit) }

// index is the slot of a unit of time.
func index(u int64) int { return int(((u % Slots) + Slots) % Slots) }

// Count is how many requests arrived in one slot of a window, and how many of them
// failed.
type Count struct{ N, Failed int }
