package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"creel/capture"
	"creel/ui/detail"
	"creel/ui/keys"
	"creel/ui/layout"
)

// doubleClick is how close together two clicks on a row open it.
const doubleClick = 400 * time.Millisecond

// click is the last one on a row of the list.
type click struct {
	id capture.ID
	at time.Time
}

// mouse is what the mouse does when no overlay is open: a click selects, two open,
// the wheel scrolls what is under it, the line between list and detail is dragged,
// and a part of the header opens what it is about.
func (m *Model) mouse(msg tea.MouseMsg) tea.Cmd {
	at := msg.Mouse()
	switch msg := msg.(type) {
	case tea.MouseReleaseMsg:
		m.dragging = false
	case tea.MouseMotionMsg:
		m.drag(at.X, at.Y)
	case tea.MouseClickMsg:
		m.dragging = msg.Button == tea.MouseLeft && m.onSplit(at.X, at.Y)
		switch {
		case msg.Button != tea.MouseLeft:
		case m.lay.Header.Has(at.X, at.Y):
			return m.clickHeader(at.X)
		case m.showsViews(m.lay.H) && at.Y == m.lay.Header.H:
			return m.clickView(at.X)
		}
	}
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
		m.list.Scroll(keys.Wheel(msg))
	case tea.MouseClickMsg:
		ex := m.list.At(line)
		if ex == nil || msg.Button != tea.MouseLeft {
			return nil
		}
		again := m.clicked.id == ex.ID && m.now.Sub(m.clicked.at) <= doubleClick
		m.clicked = click{ex.ID, m.now}
		m.list.Select(ex.ID)
		m.inDetail, m.inResponse = false, false
		if again {
			m.clicked = click{}
			m.open()
		}
		return m.showSelected()
	}
	return nil
}

// onSplit reports whether a cell is of the line between list and detail, or of the tabs' when stacked.
func (m *Model) onSplit(x, y int) bool {
	if m.lay.Mode == layout.Stacked {
		return y == m.lay.Detail.Y
	}
	return m.lay.Split.Has(x, y)
}

func (m *Model) drag(x, y int) {
	if !m.dragging {
		return
	}
	by := y - m.lay.Detail.Y
	if m.lay.Mode == layout.Wide {
		by = x - m.lay.Split.X
	}
	m.shiftTo(m.lay.Moved(m.shift, by))
}

func (m *Model) mouseInPane(msg tea.MouseMsg, pane *detail.Pane, at layout.Rect) tea.Cmd {
	switch msg := msg.(type) {
	case tea.MouseWheelMsg:
		pane.Scroll(keys.Wheel(msg))
	case tea.MouseClickMsg:
		if msg.Button == tea.MouseLeft {
			m.inDetail, m.inResponse = true, pane == m.response
			m.list.EndFollow()
			return pane.Click(msg.X-at.X, msg.Y-at.Y)
		}
	}
	return nil
}
