package ui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"creel/capture/safe"
	"creel/ui/compare"
	"creel/ui/compose"
	"creel/ui/keys"
	"creel/ui/layout"
	"creel/ui/overlay"
)

// A cover is a pane that stands for a while where the detail does or, where
// that is too narrow, over the whole screen but the footer. It is kept in the
// stack of overlays, so that input, footer and cursor find it there.

func (m *Model) coverRect() layout.Rect {
	if m.lay.Mode == layout.Wide {
		r := m.lay.Detail
		r.H += m.lay.Response.H
		return r
	}
	return layout.Rect{W: m.lay.W, H: m.lay.H - 1}
}

func (m *Model) fitCover(c interface{ SetSize(w, h int) }) {
	r := m.coverRect()
	c.SetSize(r.W, r.H)
}

func (m *Model) coverFrame(content string, cursor *tea.Cursor) overlay.Frame {
	r := m.coverRect()
	return overlay.Frame{Content: content, Cursor: cursor, Fixed: true, X: r.X, Y: r.Y}
}

func (m *Model) covered() bool {
	return m.stack.Any(func(o overlay.Overlay) bool {
		switch o.(type) {
		case *composeOverlay, *compareOverlay:
			return true
		}
		return false
	})
}

// composeOverlay is a request that is being edited, as an overlay.
type composeOverlay struct {
	m *Model
	*compose.Compose
	outside bool // it is with the user's editor, and was not on screen before
}

// Update implements [overlay.Overlay]. It closes when the root is told that the
// user left.
func (c *composeOverlay) Update(msg tea.Msg) (tea.Cmd, bool) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		c.m.fitCover(c)
		return nil, false
	case tea.KeyPressMsg:
		if key.Matches(msg, c.HelpKey()) {
			c.m.composeHelp()
			return nil, false
		}
	case compose.Taken:
		if c.outside && msg.ID == c.ID() {
			return c.cameBack(msg)
		}
	}
	return c.Compose.Update(msg), false
}

// cameBack shows what the user's editor made of the draft; nothing: it closes.
func (c *composeOverlay) cameBack(msg compose.Taken) (tea.Cmd, bool) {
	c.outside = false
	if msg.Changed {
		return nil, false
	}
	if !c.Dirty() {
		delete(c.m.drafts, c.ID())
	}
	if msg.Err != nil {
		c.m.logProblem(msg.Err.Error() + ": nothing changed")
	} else {
		c.m.notify(safe.Const("nothing changed"))
	}
	return nil, true
}

// View implements [overlay.Overlay].
func (c *composeOverlay) View(int, int) overlay.Frame { return c.m.coverFrame(c.Compose.View()) }

type compareOverlay struct {
	m *Model
	*compare.Pane
}

// Update implements [overlay.Overlay].
func (c *compareOverlay) Update(msg tea.Msg) (tea.Cmd, bool) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		c.m.fitCover(c)
		return nil, false
	case tea.KeyPressMsg:
		if key.Matches(msg, askKey) {
			c.m.help()
			return nil, false
		}
	}
	return c.Pane.Update(msg)
}

// View implements [overlay.Overlay].
func (c *compareOverlay) View(int, int) overlay.Frame { return c.m.coverFrame(c.Pane.View(), nil) }

// Keys implements [overlay.Overlay].
func (c *compareOverlay) Keys() []key.Binding { return append(c.Pane.Keys(), askKey) }

var askKey = keys.Bind("keys", "?")
