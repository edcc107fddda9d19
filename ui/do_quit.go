package ui

import (
	tea "charm.land/bubbletea/v2"

	"creel/capture/safe"
	"creel/ui/overlay"
)

func (m *Model) quitLabel() safe.Text {
	if m.inDetail {
		return safe.Const("back")
	}
	return safe.Const("quit")
}

// stepBack is one step back; from the list it is out, after a question when
// something would be cut short.
func (m *Model) stepBack() tea.Cmd {
	if m.inDetail {
		return m.back()
	}
	lines := m.unfinished()
	if len(lines) == 0 {
		return tea.Quit
	}
	ask := overlay.NewConfirm(m.theme, safe.Const("quit?"), safe.Const("quit"), order(func(*Model) tea.Cmd { return tea.Quit }), lines...)
	ask.Insist = true
	m.stack.Open(ask)
	return nil
}

// unfinished says what quitting would cut short.
func (m *Model) unfinished() []safe.Text {
	var lines []safe.Text
	add := func(n int, one, many string) {
		switch {
		case n == 1:
			lines = append(lines, safe.Line("1 "+one))
		case n > 1:
			lines = append(lines, safe.Line(number(n)+" "+many))
		}
	}
	add(len(m.facts.held), "sender is held and waits for your answer", "senders are held and wait for your answer")
	add(len(m.inFlight), "attempt is in flight", "attempts are in flight")
	drafts := 0
	for _, c := range m.drafts {
		if c.Unsent() {
			drafts++
		}
	}
	add(drafts, "draft is not sent", "drafts are not sent")
	return lines
}
