package ui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"creel/capture"
	"creel/capture/safe"
	"creel/capture/words"
	"creel/forward"
	"creel/ui/overlay"
)

// askAgain asks whether requests that are in flight are to be sent once more.
func (m *Model) askAgain(list []forward.Resend, again func() tea.Cmd) {
	m.takeFacts()
	var lines []safe.Text
	for _, x := range list {
		lines = append(lines, m.flightWords(x.Exchange.ID))
	}
	title := safe.Linef("send %s again?", list[0].Exchange.Name())
	if len(list) > 1 {
		title = safe.Linef("send these %d again?", len(list))
	}
	m.stack.Open(overlay.NewConfirm(m.theme, title, safe.Const("send again"),
		again, lines...))
}

func (m *Model) flightWords(id capture.ID) safe.Text {
	line := safe.Linef("%s is still being sent", m.nameOf(id))
	if f, ok := m.flight(id); ok {
		line = safe.Linef("%s → %s since %s", line, f.To.Short(), words.Duration(max(0, m.now.Sub(f.Since))))
	}
	return line
}

// nameOf is the exchange as people say it, as far as it is still there.
func (m *Model) nameOf(id capture.ID) string {
	if ex := m.index.get(id); ex != nil {
		return ex.Name()
	}
	return id.String()
}

// flight is the oldest attempt under way with an exchange, as the screen last looked.
func (m *Model) flight(id capture.ID) (forward.InFlight, bool) {
	if list := m.flightsOf(id); len(list) > 0 {
		return list[0], true
	}
	return forward.InFlight{}, false
}

// flightsOf are all of them, the oldest first.
func (m *Model) flightsOf(id capture.ID) []forward.InFlight {
	return slices.DeleteFunc(slices.Clone(m.facts.inFlight), func(f forward.InFlight) bool { return f.ID != id })
}

// isInFlight reports whether an attempt with an exchange is under way, or is going to be.
func (m *Model) isInFlight(id capture.ID) bool {
	return m.inFlight[id] > 0 || m.deps.Resender != nil && len(m.deps.Resender.InFlightOf(id)) > 0
}
