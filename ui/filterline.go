package ui

import (
	"creel/capture/safe"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"creel/ui/filterline"
)

// filterLabel is what / does in the list, which may be all there is to do.
func (m *Model) filterLabel() safe.Text {
	switch {
	case m.selected() != nil:
		return safe.Const("filter")
	case len(m.index.all) > 0:
		return safe.Const("change the filter")
	}
	return safe.Text{}
}

// openFilter opens the line with the filter in force.
func (m *Model) openFilter() {
	m.filter.Open()
	m.inDetail, m.zoomed = false, false
	m.relayout()
}

// filterInput handles a key or a paste while the line is open.
func (m *Model) filterInput(msg tea.Msg) tea.Cmd {
	if press, ok := msg.(tea.KeyPressMsg); ok && key.Matches(press, filterline.SaveKey) {
		return m.askViewName()
	}
	var cmd tea.Cmd
	before := m.filter.Filter()
	if m.filter.Update(msg); m.filter.Filter() != before {
		cmd = m.applyFilter(m.filter.Filter())
	}
	m.relayout()
	return cmd
}

// filterRows are the lines of the filter: two while it is written, one while it
// is in force, else none.
func (m *Model) filterRows(w int) ([]string, *tea.Cursor) {
	switch {
	case m.filter.IsOpen():
		lines, cursor := m.filter.View(w)
		cursor.Y += m.lay.Rule.Y // in place of the line under the header, or of the header
		return lines, cursor
	case !m.filter.Filter().IsEmpty():
		return []string{m.filter.Bar(w)}, nil
	}
	return nil, nil
}
