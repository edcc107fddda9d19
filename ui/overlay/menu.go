package overlay

import (
	tea "charm.land/bubbletea/v2"

	"creel/capture/safe"
	"creel/ui/theme"
)

// Item is one line of a menu.
type Item struct {
	Key   string         // chooses it at once; empty for none
	Group safe.Text      // in a palette, what it belongs to; said once for several
	Name  safe.Text      // what it is
	Hint  safe.Text      // dim, behind the name
	Words string         // in a palette, what else it is found by
	Off   safe.Text      // when set, it cannot be chosen, and this says why
	Do    func() tea.Cmd // called when it is chosen
}

// Menu is a list of which one is chosen.
type Menu struct {
	t     *theme.Theme
	title safe.Text
	items []Item
	at    int
}

// NewMenu returns a menu with its first possible item selected.
func NewMenu(t *theme.Theme, title safe.Text, items []Item) *Menu {
	m := &Menu{t: t, title: title, items: items, at: -1}
	m.move(1)
	return m
}

// Select moves to item i, if there is one that can be chosen.
func (m *Menu) Select(i int) {
	if i >= 0 && i < len(m.items) && m.items[i].Off.Width() == 0 {
		m.at = i
	}
}

// Update implements Overlay.
func (m *Menu) Update(msg tea.Msg) (tea.Cmd, bool) {
	switch msg := msg.(type) {
	case tea.MouseClickMsg:
		return m.choose(msg.Y - 1)
	case tea.MouseWheelMsg:
		m.move(wheelStep(msg))
	case tea.KeyPressMsg:
		return m.key(msg.String())
	}
	return nil, false
}

func (m *Menu) key(key string) (tea.Cmd, bool) {
	for i, it := range m.items {
		if it.Key == key {
			return m.choose(i)
		}
	}
	switch key {
	case "esc", "q", "ctrl+c", "h", "left":
		return nil, true
	case "enter", "l", "right", "space":
		return m.choose(m.at)
	case "j", "down", "tab", "ctrl+n":
		m.move(1)
	case "k", "up", "shift+tab", "ctrl+p":
		m.move(-1)
	}
	return nil, false
}

func (m *Menu) choose(i int) (tea.Cmd, bool) {
	if i < 0 || i >= len(m.items) || m.items[i].Off.Width() > 0 {
		return nil, false
	}
	return m.items[i].Do(), true
}

// move goes to the next item that can be chosen, round the end.
func (m *Menu) move(by int) {
	for i := range m.items {
		at := ((m.at+by*(i+1))%len(m.items) + len(m.items)) % len(m.items)
		if m.items[at].Off.Width() == 0 {
			m.at = at
			return
		}
	}
}

// View implements Overlay.
func (m *Menu) View(w, h int) Frame {
	keys, names, hints := 0, 0, m.title.Width()
	for _, it := range m.items {
		keys = max(keys, theme.Width(it.Key))
		names = max(names, it.Name.Width())
	}
	for _, it := range m.items {
		hints = max(hints, keys+names+5+max(it.Hint.Width(), it.Off.Width()))
	}
	inner := min(hints+1, w-theme.BoxFrameWidth)
	rows := max(1, min(len(m.items), h-theme.BoxFrameHeight))
	more := rows < len(m.items) && rows > 2
	if more {
		rows--
	}
	first := min(max(0, m.at-rows+1), max(0, len(m.items)-rows))
	var lines []string
	for i := first; i < min(len(m.items), first+rows); i++ {
		lines = append(lines, m.line(i, inner, keys, names))
	}
	if more {
		lines = append(lines, moreLine(m.t, inner, first, len(m.items)-first-rows))
	}
	return Frame{Content: m.t.Box(m.title, lines, inner+theme.BoxFrameWidth), List: ListRows{1, rows, first}}
}

func (m *Menu) line(i, w, keys, names int) string {
	it, ground := m.items[i], theme.Style{}
	if i == m.at {
		ground = m.t.Selected
	}
	row := m.t.NewRow(w, ground)
	if i == m.at {
		row.Lit(m.t.Accent, m.t.Bar)
	}
	row.To(2).Text(m.t.Key, safe.Line(it.Key)).To(2 + keys + 1)
	if it.Off.Width() > 0 {
		return row.Text(m.t.Dim, it.Name).To(2+keys+1+names+2).Text(m.t.Dim, it.Off).String()
	}
	return row.Text(m.t.Plain, it.Name).To(2+keys+1+names+2).Text(m.t.Dim, it.Hint).String()
}

// Keys implements Overlay.
func (m *Menu) Keys() []Key {
	return []Key{{"enter", "choose"}, {"j k", "move"}, {"esc", "close"}}
}

func wheelStep(m tea.MouseWheelMsg) int {
	if m.Button == tea.MouseWheelUp {
		return -1
	}
	return 1
}
