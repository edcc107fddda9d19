package ui

import (
	tea "charm.land/bubbletea/v2"

	"creel/capture/reply"
	"creel/capture/safe"
	"creel/ui/overlay"
)

// holdLabel says whether what matches is held.
func (m *Model) holdLabel() safe.Text {
	switch {
	case m.deps.Gate == nil:
		return safe.Text{}
	case m.facts.holding:
		return safe.Const("hold off")
	case m.showsFirst():
		return safe.Const("hold")
	}
	return safe.Text{}
}

func noGate(m *Model) safe.Text {
	if m.deps.Gate == nil {
		return safe.Const("nothing can be held here")
	}
	return safe.Text{}
}

// toggleHold switches holding on or off; what is held already stays so.
func (m *Model) toggleHold() tea.Cmd {
	match, on := m.deps.Gate.Filter()
	m.deps.Gate.Set(match, !on)
	switch {
	case on:
		m.say(safe.Const("hold is off: what is held already stays so, A lets it go"))
	case match.IsEmpty():
		m.say(safe.Const("hold is on: every sender waits for you; i says which"))
	default:
		m.say(safe.Linef("hold is on for: %s", match))
	}
	m.takeFacts()
	return nil
}

func nobodyHeld(m *Model) safe.Text {
	if len(m.facts.held) == 0 {
		return safe.Const("no sender is held")
	}
	return safe.Text{}
}

func (m *Model) letGoLabel() safe.Text {
	if n := len(m.facts.held); n > 1 {
		return safe.Linef("let %d go", n)
	}
	return safe.Text{}
}

// letAllGo ends all holds as if there had been none.
func (m *Model) letAllGo() tea.Cmd {
	if n := len(m.facts.held); n > 1 {
		m.stack.Open(overlay.NewConfirm(m.theme, safe.Linef("let all %d go?", n), safe.Const("let go"),
			order((*Model).letGo), safe.Const("each gets what it would have got without the hold")))
		return nil
	}
	return m.letGo()
}

func (m *Model) letGo() tea.Cmd {
	n := m.deps.Gate.ReleaseAll(reply.Decision{Way: reply.WayPass})
	m.say(safe.Linef("%d let go", n))
	return m.refresh()
}
