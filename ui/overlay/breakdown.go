package overlay

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"creel/capture/safe"
	"creel/capture/stats"
	"creel/ui/theme"
)

// BreakdownSpec is what the dialog calls.
type BreakdownSpec struct {
	// Filter shows the requests of a row in the list.
	Filter func(*stats.Row) tea.Cmd
	// Export writes rows to a file.
	Export func([]stats.Row)
}

// Breakdown shows the figures of each endpoint and event, on the whole screen. What is
// selected is a row, wherever it is sorted to.
type Breakdown struct {
	t     *theme.Theme
	s     BreakdownSpec
	rows  []stats.Row
	total int
	now   time.Time
	by    stats.Column
	at    int
	top   int // the first row in sight
	w, h  int
}

// NewBreakdown returns the dialog, sorted by the count, for a screen with w by h cells
// for dialogs. Set gives it its rows.
func NewBreakdown(t *theme.Theme, s BreakdownSpec, w, h int) *Breakdown {
	return &Breakdown{t: t, s: s, by: stats.ByCount, w: w, h: h}
}

// Set gives it the figures as of now. It keeps rows.
func (b *Breakdown) Set(rows []stats.Row, now time.Time) {
	was, ok := b.selected()
	b.rows, b.now, b.total = rows, now, 0
	for i := range rows {
		b.total += rows[i].Count
	}
	b.sort(was, ok)
}

func (b *Breakdown) selected() (stats.Row, bool) {
	if b.at >= len(b.rows) {
		return stats.Row{}, false
	}
	return b.rows[b.at], true
}

// sort sorts the rows and goes to where the one is that is to be selected.
func (b *Breakdown) sort(selected stats.Row, ok bool) {
	stats.Sort(b.rows, b.by)
	for i := range b.rows {
		if r := &b.rows[i]; ok && r.Key == selected.Key && r.Other == selected.Other {
			b.at = i
		}
	}
	b.move(0)
}

// sortBy sorts by a column; the first row is then the one to look at.
func (b *Breakdown) sortBy(c stats.Column) {
	b.by, b.at, b.top = c, 0, 0
	stats.Sort(b.rows, c)
}

// move goes up or down the rows and keeps the selected one in sight.
func (b *Breakdown) move(by int) {
	b.at = max(0, min(b.at+by, len(b.rows)-1))
	page := b.page()
	b.top = max(0, min(b.top, b.at, len(b.rows)-page), b.at-page+1)
}

// page is how many rows are in sight, below two lines.
func (b *Breakdown) page() int { return max(1, b.h-2) }

// Update implements Overlay.
func (b *Breakdown) Update(msg tea.Msg) (tea.Cmd, bool) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		b.w, b.h = msg.Width, msg.Height-1
		b.move(0)
	case tea.MouseWheelMsg:
		b.move(wheelStep(msg))
	case tea.MouseClickMsg:
		b.click(msg.X, msg.Y)
	case tea.KeyPressMsg:
		return b.key(msg.String())
	}
	return nil, false
}

// click sorts by the column whose title it hits, or selects a row.
func (b *Breakdown) click(x, y int) {
	switch i := y - 2 + b.top; {
	case y == 1:
		for _, c := range b.fit(b.w) {
			if x >= c.x && x < c.x+c.cells && c.sorts {
				b.sortBy(c.by)
			}
		}
	case y >= 2 && i < len(b.rows):
		b.at = i
	}
}

func (b *Breakdown) key(key string) (tea.Cmd, bool) {
	switch key {
	case "esc", "q", "ctrl+c", "B", "h", "left":
		return nil, true
	case "j", "down", "ctrl+n":
		b.move(1)
	case "k", "up", "ctrl+p":
		b.move(-1)
	case "ctrl+d":
		b.move(b.page() / 2)
	case "ctrl+u":
		b.move(-b.page() / 2)
	case "pgdown", "space":
		b.move(b.page())
	case "pgup":
		b.move(-b.page())
	case "g", "home":
		b.move(-len(b.rows))
	case "G", "end":
		b.move(len(b.rows))
	case "s":
		b.sortNext(1)
	case "S":
		b.sortNext(-1)
	case "x":
		if len(b.rows) > 0 {
			b.s.Export(append([]stats.Row(nil), b.rows...))
		}
	case "enter", "l", "right":
		if r, ok := b.selected(); ok {
			_, can := r.Filter()
			return b.s.Filter(&r), can
		}
	}
	return nil, false
}

// sortNext sorts by the next or previous column of those in sight.
func (b *Breakdown) sortNext(by int) {
	var shown []stats.Column
	at := 0
	for _, c := range b.fit(b.w) {
		if c.sorts {
			if c.by == b.by {
				at = len(shown)
			}
			shown = append(shown, c.by)
		}
	}
	b.sortBy(shown[(at+by+len(shown))%len(shown)])
}

// View implements Overlay.
func (b *Breakdown) View(w, h int) Frame {
	return Frame{Content: b.draw(w, h), Fixed: true}
}

// Keys implements Overlay.
func (b *Breakdown) Keys() []Key {
	if len(b.rows) == 0 {
		return []Key{{"esc", "close"}}
	}
	return []Key{{"enter", "filter"}, {"s", "sort by the next"}, {"x", "export"}, {"j k", "select"}, {"esc", "close"}}
}

// word is a text of the program's own as one that may be drawn.
func word(s string) safe.Text { return safe.Line(s) }
