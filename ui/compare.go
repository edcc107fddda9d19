package ui

import (
	"context"
	"slices"

	tea "charm.land/bubbletea/v2"

	"creel/capture"
	"creel/capture/compare"
	"creel/capture/safe"
	uicompare "creel/ui/compare"
)

// compare compares, in the Attempts tab, the attempt at the cursor with the one before
// it. Else it compares the selected request: with the marked one, two marked ones with
// each other, else with the previous different delivery of the same event.
func (m *Model) compare() tea.Cmd {
	ex := m.acting()
	if n, ok := m.detail.Attempt(); ok && m.inRequest() {
		pane, cmd := uicompare.NewAttempts(m.ctx, m.theme, ex, n)
		m.showCompare(pane)
		return cmd
	}
	var marked []*capture.Exchange
	for _, x := range m.index.all {
		if m.marked[x.ID] && len(marked) < 3 {
			marked = append(marked, x)
		}
	}
	switch {
	case len(marked) > 2:
		m.notify(safe.Const("compare: mark one or two, not more"))
		return nil
	case len(marked) == 2:
		return m.openCompare(marked[1], marked[0], nil)
	case len(marked) == 1 && marked[0].ID != ex.ID:
		return m.openCompare(ex, marked[0], nil)
	}
	older, all := m.deps.Ring.Before(ex.ID), slices.Clone(m.index.all)
	return m.prepare(safe.Linef("comparing %s", ex.Name()), func(ctx context.Context) tea.Msg {
		other := compare.Previous(ctx, older, ex)
		var further []*capture.Exchange
		if other != nil {
			further = slices.DeleteFunc(compare.Partners(all, ex), func(x *capture.Exchange) bool { return x.ID == other.ID })
		}
		return order(func(m *Model) tea.Cmd { return m.openCompare(ex, other, further) })
	})
}

// openCompare opens a comparison of ex with other, which is nil when there is none.
func (m *Model) openCompare(ex, other *capture.Exchange, further []*capture.Exchange) tea.Cmd {
	if other == nil {
		m.notify(safe.Linef("%s: no earlier, different delivery of it; space marks one to compare", ex.Name()))
		return nil
	}
	pane, cmd := uicompare.New(m.ctx, m.theme, ex, other, further)
	m.showCompare(pane)
	return cmd
}

func (m *Model) showCompare(pane *uicompare.Pane) {
	o := &compareOverlay{m, pane}
	m.fitCover(o)
	m.stack.Open(o)
}
