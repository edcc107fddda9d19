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
	rule, joins := l.ruleAt(), l.joins()
	fit := measure(l.w, &l.sizes)
	for line := range l.h {
		if line > 0 {
			b.WriteByte('\n')
		}
		ex := l.At(line)
		switch {
		case ex != nil:
			d := drawing{l: l, ex: ex, now: now, selected: ex.ID == l.sel, focused: focused, fit: fit, join: joins[line], follows: l.follows(line)}
			b.WriteString(d.row())
		case rule >= 0 && l.top+line == rule:
			b.WriteString(l.ruleLine())
		default:
			b.WriteString(l.emptyLine(line))
		}
	}
	return b.String()
}

func (d *drawing) row() string {
	l, f, ground := d.l, d.fit, theme.Style{}
	if d.selected {
		ground = l.Theme.Selected
	}
	row := l.Theme.NewRow(l.w, ground)
	bare := f.bare(&size{
		provider: cells(d.ex.Sender.Provider),
		event:    cells(event(d.ex, true)), named: cells(event(d.ex, false)),
	})
	start, text := 0, atEvent
	for i := range atEvent {
		if !f.on[i] {
			continue
		}
		if i == atPath && bare {
			text = atPath
			break
		}
		row.To(start)
		columns[i].draw(d, row, f.cells[i])
		start += f.cells[i] + 1
		if i > 0 { // the flags stand by the id
			start += f.gap - 1
		}
	}
	edge := l.w - 1
	if f.on[atTook] {
		edge -= f.cells[atTook] + 1
	}
	d.rest(row, start, edge, text)
	if f.on[atTook] {
		row.To(edge + 1)
		columns[atTook].draw(d, row, f.cells[atTook])
	}
	return row.String()
}

// rest draws the event, or the path where there is none, and the tail of the
// row: the outcome stands at the edge, before it as many words as the text
// leaves room for, the most urgent of them before the text.
func (d *drawing) rest(row *theme.Row, start, edge, text int) {
	f, room := d.fit, edge-start
	whole := cells(d.ex.Request.Path())
	if text == atEvent {
		whole = 0
		if f.on[atEvent] {
			whole = cells(event(d.ex, f.on[atProvider]))
		}
	}
	out := 0
	if f.on[atOutcome] {
		least := min(whole, leastText) + 1
		if f.on[atWords] {
			least += d.direCells()
		}
		if out = outcomeWidth(d.ex); out > room-least {
			d.short, out = true, 3
		}
		room -= out + 1
	}
	words := 0
	if f.on[atWords] {
		d.words = d.chooseWords(room, whole)
		if words = wordsWidth(d.words); words > 0 {
			room -= words + 1
		}
	}
	hint := d.hint()
	if whole > 0 && room > 0 {
		if n := hint.Width(); n > 0 {
			whole = min(whole, max(leastText, room-min(n, hintCells)-3))
		}
		if whole > leastText || text == atPath || hint.Empty() { // else the hint says more
			columns[text].draw(d, row.To(start), min(whole, room))
		}
	}
	tail := edge - out
	if words > 0 {
		tail -= words + 1
	}
	if hint.Empty() {
		hint = safe.Line(d.ex.Note)
	}
	d.aside(row, tail-row.Col(), hint)
	if words > 0 {
		columns[atWords].draw(d, row.To(tail), words)
	}
	if out > 0 {
		columns[atOutcome].draw(d, row.To(edge-out), out)
	}
}

// What a row keeps of its path or event rather than a word, and than a light one.
const (
	leastText = 6
	lightText = 14
)

// hintCells is how much of a hint the text is cut for.
const hintCells = 20

// hint is why the filter let this row through, when no column shows it.
func (d *drawing) hint() safe.Text {
	if d.l.Facts.Hint == nil {
		return safe.Text{}
	}
	return d.l.Facts.Hint(d.ex)
}

func (d *drawing) aside(row *theme.Row, room int, text safe.Text) {
	if room >= 9 {
		row.Gap(1).Text(d.t().Dim, text.Cut(room-3))
	}
}

// ruleLine parts what an earlier run kept from what this one did.
func (l *List) ruleLine() string {
	t := l.Theme
	return t.NewRow(l.w, theme.Style{}).Lit(t.Rule, "── ").Lit(t.Dim, "started ").
		Text(t.Dim, safe.Line(l.Started.Local().Format("15:04"))).Gap(1).
		Line(l.w).String()
}

func (l *List) emptyLine(line int) string {
	row := l.Theme.NewRow(l.w, theme.Style{})
	if i := line - 1; len(l.rows) == 0 && i >= 0 && i < len(l.Empty) {
		row.Gap(2).Text(l.Theme.Dim, l.Empty[i])
	}
	return row.String()
}
