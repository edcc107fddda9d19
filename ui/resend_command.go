package ui

import (
	"net/http"
	"strconv"

	tea "charm.land/bubbletea/v2"

	"creel/capture"
	"creel/forward"
)

// sent is an attempt that ended.
type sent struct {
	id      capture.ID
	attempt capture.Attempt
	err     error // it was not made
}

// sendCmd makes an attempt and puts it under its exchange.
func (m *Model) sendCmd(x forward.Resend) tea.Cmd {
	m.use(x.To)
	ctx, resender := m.ctx, m.resenderFor(x.To)
	return func() tea.Msg {
		a, err := resender.Resend(ctx, x)
		return sent{id: x.Exchange.ID, attempt: a, err: err}
	}
}

// statusWords are a status and what it is called.
func statusWords(code int) string {
	if text := http.StatusText(code); text != "" {
		return strconv.Itoa(code) + " " + text
	}
	return strconv.Itoa(code)
}
