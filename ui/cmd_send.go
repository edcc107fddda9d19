package ui

import (
	"net/http"
	"strconv"
	"time"

	tea "charm.land/bubbletea/v2"

	"creel/capture"
	"creel/forward"
)

// sent is an attempt that ended.
type sent struct {
	id      capture.ID
	attempt capture.Attempt
}

// sendCmd makes an attempt and puts it under its exchange.
func (m *Model) sendCmd(ex *capture.Exchange, to forward.Target) tea.Cmd {
	ctx, ring, sender := m.ctx, m.deps.Ring, m.deps.Sender
	return func() tea.Msg {
		a := sender.Send(ctx, &ex.Request, to)
		a.Resend = true
		ring.Record(capture.Op{Attempt: &capture.AttemptAdd{ID: ex.ID, Attempt: a}})
		return sent{ex.ID, a}
	}
}

// statusWords are a status and what it is called.
func statusWords(code int) string {
	if text := http.StatusText(code); text != "" {
		return strconv.Itoa(code) + " " + text
	}
	return strconv.Itoa(code)
}

// took is a time for people: 12 ms, 4.1 s.
func took(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return "<1 ms"
	case d < time.Second:
		return strconv.Itoa(int(d.Milliseconds())) + " ms"
	}
	return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + " s"
}
