package overlay

import (
	"slices"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"creel/capture/stats"
	"creel/ui/keys"
	"creel/ui/theme"
)

// BreakdownSpec is what the dialog calls.
type BreakdownSpec struct {
	// Filter shows the requests of a row in the list.
	Filter func(*stats.Row) tea.Cmd
	// Export writes rows to a file.
	Export func([]stats.Row)
}

// Breakdown shows the figures of each endpoint and event. A row stays selected wherever it is sorted to.
type Breakdown struct {
	t     *theme.Theme
	s     BreakdownSpec
	rows  []stats.Row
	total int
	now   time.Time
	by    stats.Column
	cursor
	top  int // the first row in sight
	w, h int

	endpoint, event lengths // of the names
}

// NewBreakdown returns the dialog for a screen of w by h cells. Set gives it its rows.
func NewBreakdown(t *theme.Theme, s BreakdownSpec, w, h int) *Breakdown {
	return &Breakdown{t: t, s: s, by: stats.ByCount, w: w, h: h}
}

// Set gives it the figures as of now. It keeps rows.
func (b *Breakdown) Set(rows []stats.Row, now time.Time) {
	was, ok := b.selected()
	b.rows, b.now, b.total, b.endpoint, b.event = rows, now, 0, lengths{}, lengths{}
	for i := range rows {
		b.total += rows[i].Count
		b.endpoint.add(rows[i].Endpoint())
		b.event.add(rows[i].Event)
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
	b.scroll(0)
}

// sortBy sorts by a column; the first row is then the one to look at.
func (b *Breakdown) sortBy(c stats.Column) {
	b.by, b.at, b.top = c, 0, 0
	stats.Sort(b.rows, c)
}

// scroll goes up or down the rows and keeps the selected one in sight.
func (b *Breakdown) scroll(by int) {
	b.move(by, len(b.rows))
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
		b.scroll(0)
	case tea.MouseClickMsg:
		return b.clickAt(msg.X, msg.Y)
	case tea.KeyPressMsg:
		return b.key(msg)
	case tea.MouseWheelMsg:
		b.update(msg, len(b.rows))
		b.scroll(0)
	}
	return nil, false
}

// clickAt sorts by a title, or selects a row; the selected one filters.
func (b *Breakdown) clickAt(x, y int) (tea.Cmd, bool) {
	switch i := y - 2 + b.top; {
	case y == 1:
		for _, c := range b.fit(b.w) {
			if x >= c.x && x < c.x+c.cells && c.sorts {
				b.sortBy(c.by)
			}
		}
	case y >= 2 && i == b.at:
		return b.filter()
	case y >= 2:
		b.click(i, len(b.rows))
	}
	return nil, false
}

func (b *Breakdown) filter() (tea.Cmd, bool) {
	r, ok := b.selected()
	if !ok {
		return nil, false
	}
	_, can := r.Filter()
	return b.s.Filter(&r), can
}

var breakdownKeys = struct{ shut, filter, sort, sortBack, export, down, up, pageDown, pageUp key.Binding }{
	shut:     keys.Bind("close", "B"),
	filter:   keys.Bind("filter", "enter", "l", "right"),
	sort:     keys.Bind("sort by the next", "s"),
	sortBack: keys.Bind("", "S"),
	export:   keys.Bind("export", "x"),
	down:     keys.Bind("", "ctrl+d"),
	up:       keys.Bind("", "ctrl+u"),
	pageDown: keys.Bind("", "pgdown", "space"),
	pageUp:   keys.Bind("", "pgup"),
}

func (b *Breakdown) key(press tea.KeyPressMsg) (tea.Cmd, bool) {
	switch k := &breakdownKeys; {
	case key.Matches(press, closeKey, k.shut):
		return nil, true
	case key.Matches(press, k.down):
		b.scroll(b.page() / 2)
	case key.Matches(press, k.up):
		b.scroll(-b.page() / 2)
	case key.Matches(press, k.pageDown):
		b.scroll(b.page())
	case key.Matches(press, k.pageUp):
		b.scroll(-b.page())
	case key.Matches(press, k.sort):
		b.sortNext(1)
	case key.Matches(press, k.sortBack):
		b.sortNext(-1)
	case key.Matches(press, k.export):
		if len(b.rows) > 0 {
			b.s.Export(slices.Clone(b.rows))
		}
	case key.Matches(press, k.filter):
		return b.filter()
	default:
		b.update(press, len(b.rows))
		b.scroll(0)
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
func (b *Breakdown) Keys() []key.Binding {
	if len(b.rows) == 0 {
		return []key.Binding{closeKey}
	}
	k := &breakdownKeys
	return []key.Binding{k.filter, k.sort, k.export, does(listDown, "select"), does(listUp, "select"), closeKey}
}
