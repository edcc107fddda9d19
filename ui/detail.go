package ui

import (
	"context"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"creel/capture"
	"creel/capture/body"
	"creel/capture/compare"
	"creel/capture/provider"
	"creel/capture/safe"
	"creel/ui/detail"
	"creel/ui/layout"
	"creel/ui/overlay"
)

func (m *Model) inRequest() bool { return m.inDetail && !m.inResponse }

// pane is the one of detail and response that the keys are for.
func (m *Model) pane() *detail.Pane {
	if m.inResponse {
		return m.response
	}
	return m.detail
}

func (m *Model) paneRect() layout.Rect {
	if m.inResponse {
		return m.lay.Response
	}
	return m.lay.Detail
}

func (m *Model) detailDeps() detail.Deps {
	d := detail.Deps{Ctx: m.ctx, Now: m.deps.Now, Limit: m.limit}
	if p := m.deps.Providers; p != nil {
		d.Check = func(ctx context.Context, ex *capture.Exchange, now time.Time) (provider.Result, error) {
			return p.Check(ctx, ex, provider.Options{Now: now})
		}
		d.CheckWaits = m.deps.Config.Attached != nil
		d.Enter = m.enterDoes
	}
	d.InFlight = m.flightsOf
	ring, ctx := m.deps.Ring, m.ctx
	d.Before = func(ex *capture.Exchange) *capture.Exchange { return compare.Previous(ctx, ring.Before(ex.ID), ex) }
	d.Delivery = func(ex *capture.Exchange) provider.Delivery { return provider.DeliveryOf(m.index.all, ex) }
	return d
}

// titled reports whether the detail must name its request, because the list is not above it.
func (m *Model) titled() bool { return m.lay.Mode != layout.Stacked }

func (m *Model) openTab(tab detail.Tab) tea.Cmd {
	if m.inResponse {
		m.inResponse = false
		m.relayout()
	}
	if m.lay.Detail.Empty() {
		m.open() // there is no room for both
	}
	return m.detail.Open(tab)
}

func (m *Model) foldOrBack() tea.Cmd {
	if !m.pane().CanLeft() {
		return m.back()
	}
	m.pane().Left()
	return nil
}

// enter opens from the list; in the detail it zooms, or opens what is at the cursor.
func (m *Model) enter() tea.Cmd {
	if m.atSignature() {
		return m.openSecret()
	}
	if m.inRequest() && m.detail.AtAttempt() {
		return m.openResponse()
	}
	switch {
	case m.atValue():
		m.editValue()
	case m.atFold():
		m.detail.Fold()
	default:
		m.open()
	}
	return nil
}

func (m *Model) viewMenu() {
	modes, now := m.pane().Modes()
	var items []overlay.Item
	add := func(key, name string) {
		hint := safe.Text{}
		if name == now {
			hint = safe.Const("now")
		}
		items = append(items, overlay.Item{Key: key, Name: safe.Line(name), Hint: hint, Do: func() tea.Cmd { return m.pane().ViewAs(name) }})
	}
	for i, name := range modes {
		add(string("123456789"[i%9]), name)
	}
	for _, name := range body.Formats() { // whatever it says it is
		if !slices.Contains(modes, name) {
			add("", name)
		}
	}
	m.stack.Open(overlay.NewMenu(m.theme, safe.Const("view the body as"), items))
}

func (m *Model) lacksBody() bool {
	modes, _ := m.pane().Modes()
	return m.selected() == nil || len(modes) == 0
}

func (m *Model) alwaysWraps() safe.Text {
	if m.selected() != nil && m.pane().AlwaysWraps() {
		return safe.Const("this tab is always wrapped")
	}
	return needsOne(m)
}

func (m *Model) jq() tea.Cmd {
	cmd, ok := m.pane().JQ()
	if !ok {
		m.notify(safe.Const("jq: there is no body here"))
		return nil
	}
	m.inDetail = true
	m.list.EndFollow()
	m.relayout()
	return cmd
}

func (m *Model) searchDetail() {
	m.inDetail = true
	m.relayout()
	m.pane().Search()
}

func (m *Model) nextHit(by int) {
	if !m.pane().Next(by) {
		m.notify(safe.Const("no search: / in the detail begins one"))
	}
}

func (m *Model) openResponse() tea.Cmd {
	cmd, ok := m.detail.OpenResponse()
	if !ok {
		m.notify(safe.Const("no response to open: nothing was sent yet"))
		return nil
	}
	m.inDetail, m.inResponse = true, false
	m.list.EndFollow()
	m.relayout()
	return cmd
}
