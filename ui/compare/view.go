package compare

import (
	"strings"
	"time"

	"creel/capture/safe"
	"creel/ui/theme"
)

// headLines is how many lines stand above what differs.
const headLines = 2

// View draws the pane: h lines of exactly w cells.
func (p *Pane) View() string {
	if p.w <= 0 || p.h <= 0 {
		return ""
	}
	out := []string{p.title(), p.t.Line(p.w)}
	for i := p.top; i < len(p.lines) && len(out) < p.h; i++ {
		out = append(out, p.lines[i].draw(p.t, p.w))
	}
	for len(out) < p.h {
		out = append(out, p.t.NewRow(p.w, theme.Style{}).String())
	}
	return strings.Join(out[:p.h], "\n")
}

// title names the two, the older one first.
func (p *Pane) title() string {
	t := p.t
	old, recent := p.pair()
	row := t.NewRow(p.w, theme.Style{})
	row.Gap(1).Text(t.Title, old.name).Gap(1).Text(t.Dim, clock(old.at))
	row.Gap(1).Lit(t.Plain, t.Arrow).Gap(1).Text(t.Title, recent.name).Gap(1).Text(t.Dim, clock(recent.at))
	if len(p.others) > 1 {
		where := safe.Linef("%d of %d ", p.at+1, len(p.others))
		if n := where.Width(); n+2 <= row.Room() {
			row.Gap(row.Room()-n).Text(t.Dim, where)
		}
	}
	return row.String()
}

func clock(t time.Time) safe.Text { return safe.Line(t.Local().Format("15:04:05")) }

// piece is a part of a line in one style.
type piece struct {
	style theme.Style
	text  safe.Text
}

// line is a line of the pane.
type line []piece

func (l line) draw(t *theme.Theme, w int) string {
	row := t.NewRow(w, theme.Style{})
	for _, p := range l {
		row.Text(p.style, p.text)
	}
	return row.String()
}

// width is how many cells the line needs.
func (l line) width() int {
	n := 0
	for _, p := range l {
		n += p.text.Width()
	}
	return n
}
