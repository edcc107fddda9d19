package list

import (
	"strings"
	"time"

	"creel/capture/safe"
	"creel/ui/theme"
)

// View draws the pane: h lines of exactly w cells. It assigns nothing.
func (l *List) View(focused bool, now time.Time) string {
	if l.w <= 0 || l.h <= 0 {
		return ""
	}
	var b strings.Builder
	b.Grow(l.h * (l.w + 120))
	cells, gap := measure(l.w, &l.widest)
	rule := l.ruleAt()
	for line := range l.h {
		if line > 0 {
			b.WriteByte('\n')
		}
		ex := l.At(line)
		switch {
		case ex != nil:
			d := drawing{l: l, ex: ex, now: now, selected: ex.ID == l.sel, focused: focused}
			b.WriteString(d.row(&cells, gap))
		case rule >= 0 && l.top+line == rule:
			b.WriteString(l.ruleLine())
		default:
			b.WriteString(l.emptyLine(line))
		}
	}
	return b.String()
}

func (d *drawing) row(cells *[16]int, gap int) string {
	l, ground := d.l, theme.Style{}
	if d.selected {
		ground = l.Theme.Selected
	}
	right := 0
	for i, c := range columns {
		if c.right && cells[i] > 0 {
			right += cells[i] + 1
		}
		d.unnamed = d.unnamed || c.name == "provider" && cells[i] == 0
	}
	row := l.Theme.NewRow(l.w, ground)
	start, turned := 0, false
	for i, c := range columns {
		if cells[i] == 0 {
			continue
		}
		if c.right && !turned {
			turned = true
			start = l.w - right
			room := start - row.Col()
			if c.name == "words" {
				room += cells[i] - wordsWidth(d.ex, &l.Facts)
			}
			d.aside(row, room)
		}
		w := cells[i]
		if c.name == "words" { // may begin earlier, where the columns before it left room
			w = start + w - row.Col() - 1
			start += cells[i] - w
		}
		row.To(start)
		c.draw(d, row, w)
		start += w + 1
		if !c.right && c.name != "flags" {
			start += gap - 1
		}
	}
	return row.String()
}

// aside fills the slack between the columns with what else there is to say: why
// the filter let this row through, else its note.
func (d *drawing) aside(row *theme.Row, room int) {
	text := safe.Line(d.ex.Note)
	if d.l.Facts.Hint != nil {
		if hint := d.l.Facts.Hint(d.ex); hint.Width() > 0 {
			text = hint
		}
	}
	if room >= 9 {
		row.Gap(1).Text(d.t().Dim, text.Cut(room-3))
	}
}

// ruleLine parts what an earlier run kept from what this one did.
func (l *List) ruleLine() string {
	t := l.Theme
	return t.NewRow(l.w, theme.Style{}).Lit(t.Rule, "── started ").
		Text(t.Rule, safe.Line(l.Started.Local().Format("15:04"))).Gap(1).
		Line(l.w).String()
}

func (l *List) emptyLine(line int) string {
	row := l.Theme.NewRow(l.w, theme.Style{})
	if i := line - 1; len(l.rows) == 0 && i >= 0 && i < len(l.Empty) {
		row.Gap(2).Text(l.Theme.Dim, l.Empty[i])
	}
	return row.String()
}
