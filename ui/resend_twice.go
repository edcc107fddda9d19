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
	if to, ok := m.resendTarget(ex); ok {
		return m.sendTwiceTo(ex, to)
	}
	m.askURL(safe.Linef("send %s twice to", ex.Name()), "send twice", ex, func(u forward.URL) tea.Cmd {
		return m.sendTwiceTo(ex, m.targetForURL(u))
	})
	return nil
}

func (m *Model) sendTwiceTo(ex *capture.Exchange, to forward.Target) tea.Cmd {
	x := forward.Resend{Exchange: ex, To: to}
	if m.isInFlight(ex.ID) {
		m.askAgain([]forward.Resend{x}, func() tea.Cmd { return m.twiceCmd(x) })
		return nil
	}
	return m.twiceCmd(x)
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
