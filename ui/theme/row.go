package theme

import (
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"creel/capture/safe"
)

// Row writes one line, cell by cell, and cuts with an ellipsis what does not fit. For one goroutine.
type Row struct {
	b    strings.Builder
	t    *Theme
	base Style // under everything, padding too
	w    int   // cells written
	max  int
}

// NewRow begins a line of max cells on the ground of base.
func (t *Theme) NewRow(max int, base Style) *Row {
	r := &Row{t: t, base: base, max: max}
	r.b.Grow(max + 64)
	return r
}

// Text writes t.
func (r *Row) Text(s Style, t safe.Text) *Row { return r.put(s, t.String(), Width(t.String())) }

// Lit writes a string constant.
func (r *Row) Lit(s Style, l literal) *Row { return r.put(s, string(l), Width(string(l))) }

// Int writes a number.
func (r *Row) Int(s Style, n int) *Row {
	str := strconv.Itoa(n)
	return r.put(s, str, len(str))
}

// Styled writes what is drawn already, w cells wide, cut where there is no room for it.
func (r *Row) Styled(drawn string, w int) *Row {
	if room := r.Room(); w > room {
		drawn = ansi.Truncate(drawn, room, "")
		w = ansi.StringWidth(drawn) // a wide character may have no room for half of it
	}
	r.b.WriteString(drawn)
	r.w += w
	return r
}

// Gap writes n blanks.
func (r *Row) Gap(n int) *Row {
	n = min(n, r.Room())
	if n > 0 {
		r.b.WriteString(r.base.wrap(blanks(n)))
		r.w += n
	}
	return r
}

// Line writes a horizontal line of n cells.
func (r *Row) Line(n int) *Row { return r.Styled(r.t.Line(n), max(0, n)) }

// To writes blanks up to the column, counted from zero; nothing when the row is there already.
func (r *Row) To(column int) *Row { return r.Gap(column - r.w) }

// Room is how many cells are left.
func (r *Row) Room() int { return max(0, r.max-r.w) }

// Col is how many cells are written.
func (r *Row) Col() int { return r.w }

// Drawn returns what is written so far, Col cells wide.
func (r *Row) Drawn() string { return r.b.String() }

// String returns the line, filled with blanks to its width.
func (r *Row) String() string {
	r.Gap(r.Room())
	return r.b.String()
}

func (r *Row) put(s Style, str string, w int) *Row {
	room := r.Room()
	if w > room {
		str = ansi.Truncate(str, room, string(r.t.Ellipsis))
		w = Width(str)
	}
	if w > 0 {
		r.b.WriteString(s.On(r.base).wrap(str))
		r.w += w
	}
	return r
}

// Width is the number of cells that drawn text takes.
func Width(s string) int {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c >= 0x7f {
			return ansi.StringWidth(s)
		}
	}
	return len(s)
}

// Fit cuts or fills drawn text to exactly w cells.
func (t *Theme) Fit(drawn string, w int) string {
	n := Width(drawn)
	switch {
	case w <= 0:
		return ""
	case n > w:
		drawn = ansi.Truncate(drawn, w, string(t.Ellipsis))
		n = Width(drawn)
	}
	return drawn + blanks(w-n)
}

// Line is a horizontal line of w cells.
func (t *Theme) Line(w int) string {
	return t.Rule.wrap(strings.Repeat(string(t.H), max(0, w)))
}

const manyBlanks = "                                                                                                                                "

func blanks(n int) string {
	switch {
	case n <= 0:
		return ""
	case n <= len(manyBlanks):
		return manyBlanks[:n]
	}
	return strings.Repeat(" ", n)
}
