package ui

import (
	tea "charm.land/bubbletea/v2"

	"creel/ui/detail"
	"creel/ui/layout"
)

// mouse is what a click or the wheel does when no overlay is open: a click
// selects, the wheel scrolls what is under it.
func (m *Model) mouse(msg tea.MouseMsg) tea.Cmd {
	at := msg.Mouse()
	switch {
	case m.lay.List.Has(at.X, at.Y):
		return m.mouseInList(msg, at.Y-m.lay.List.Y)
	case m.lay.Detail.Has(at.X, at.Y):
		return m.mouseInPane(msg, m.detail, m.lay.Detail)
	case m.lay.Response.Has(at.X, at.Y):
		return m.mouseInPane(msg, m.response, m.lay.Response)
	}
	return nil
}

func (m *Model) mouseInList(msg tea.MouseMsg, line int) tea.Cmd {
	switch msg := msg.(type) {
	case tea.MouseWheelMsg:
		m.list.Scroll(wheel(msg))
	case tea.MouseClickMsg:
		if ex := m.list.At(line); ex != nil && msg.Button == tea.MouseLeft {
			m.list.Select(ex.ID)
			m.inDetail = false
			m.relayout()
			return m.showSelected()
		}
	}
	return nil
}

func (m *Model) mouseInPane(msg tea.MouseMsg, pane *detail.Pane, at layout.Rect) tea.Cmd {
	switch msg := msg.(type) {
	case tea.MouseWheelMsg:
		return pane.Scroll(wheel(msg))
	case tea.MouseClickMsg:
		if msg.Button == tea.MouseLeft {
			m.inDetail, m.inResponse = true, pane == m.response
			m.list.EndFollow()
			return pane.Click(msg.X-at.X, msg.Y-at.Y)
		}
	}
	return nil
}

// wheel is how many lines a turn of the wheel scrolls.
func wheel(msg tea.MouseWheelMsg) int {
	if msg.Button == tea.MouseWheelUp {
		return -3
	}
	return 3
}
