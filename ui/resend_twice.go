package ui

import (
	tea "charm.land/bubbletea/v2"

	"creel/capture"
	"creel/capture/safe"
	"creel/forward"
)

// sendTwice sends the selected request, and when the response is there once more.
func (m *Model) sendTwice() tea.Cmd {
	ex := m.acting()
	if !m.canSend(ex) {
		return nil
	}
	return m.withTargets([]*capture.Exchange{ex}, "send %s twice to", "send twice", func(runs []forward.Resend) tea.Cmd {
		if m.isInFlight(ex.ID) {
			m.askAgain(runs, func() tea.Cmd { return m.twiceCmd(runs[0]) })
			return nil
		}
		return m.twiceCmd(runs[0])
	})
}

func (m *Model) twiceCmd(x forward.Resend) tea.Cmd {
	ex := x.Exchange
	m.inFlight[ex.ID] += 2
	first, second := m.sendCmd(x), m.sendCmd(x)
	return func() tea.Msg {
		a, _ := first().(sent)
		b, _ := second().(sent)
		return order(func(m *Model) tea.Cmd {
			cmd := tea.Batch(m.reportSent(a), m.reportSent(b))
			if a.err == nil && b.err == nil {
				m.notify(safe.Linef("%s sent twice: %s, then %s", ex.Name(), outcomeWords(&a.attempt), outcomeWords(&b.attempt)))
			}
			return cmd
		})
	}
}
