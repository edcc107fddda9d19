package overlay

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"creel/capture/safe"
	"creel/ui/keys"
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
	cursor
}

// NewMenu returns a menu with its first possible item selected.
func NewMenu(t *theme.Theme, title safe.Text, items []Item) *Menu {
	off := func(i int) bool { return !items[i].Off.Empty() }
	m := &Menu{t: t, title: title, items: items, cursor: cursor{at: -1, round: true, off: off}}
	m.move(1, len(items))
	return m
}

// Select moves to item i, if there is one that can be chosen.
func (m *Menu) Select(i int) { m.click(i, len(m.items)) }

// Update implements Overlay.
func (m *Menu) Update(msg tea.Msg) (tea.Cmd, bool) {
	switch msg := msg.(type) {
	case tea.MouseClickMsg:
		return m.choose(msg.Y)
	case tea.KeyPressMsg:
		for i, it := range m.items {
			if it.Key == msg.String() {
				return m.choose(i)
			}
		}
		switch {
		case key.Matches(msg, closeKey):
			return nil, true
		case key.Matches(msg, chooseKey):
			return m.choose(m.at)
		}
	}
	m.update(msg, len(m.items))
	return nil, false
}

var chooseKey = keys.Bind("choose", "enter", "l", "right", "space")

func (m *Menu) choose(i int) (tea.Cmd, bool) {
	if !m.click(i, len(m.items)) {
		return nil, false
	}
	return m.items[i].Do(), true
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
	lines, list := m.lines(len(m.items), rows, func(i int) string { return m.line(i, inner, keys, names) })
	if more {
		lines = append(lines, moreLine(m.t, inner, list.Above, len(m.items)-list.Above-rows))
	}
	return Frame{Content: m.t.Box(m.title, lines, inner+theme.BoxFrameWidth), List: list}
}

func (m *Menu) line(i, w, keys, names int) string {
	it, row := m.items[i], listLine(m.t, w, i == m.at)
	row.To(2).Text(m.t.Key, safe.Line(it.Key)).To(2 + keys + 1)
	if !it.Off.Empty() {
		return row.Text(m.t.Dim, it.Name).To(2+keys+1+names+2).Text(m.t.Dim, it.Off).String()
	}
	return row.Text(m.t.Plain, it.Name).To(2+keys+1+names+2).Text(m.t.Dim, it.Hint).String()
}

// Keys implements Overlay.
func (m *Menu) Keys() []key.Binding { return []key.Binding{chooseKey, listDown, listUp, closeKey} }
