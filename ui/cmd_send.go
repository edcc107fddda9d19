package ui

import (
	"bytes"
	"context"
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
	err     error // it was not made
}

// sendCmd makes an attempt and puts it under its exchange. A signature whose
// time has expired is renewed first.
func (m *Model) sendCmd(ex *capture.Exchange, to forward.Target) tea.Cmd {
	ctx, ring, sender, renew := m.ctx, m.deps.Ring, m.deps.Sender, m.deps.Renew
	return func() tea.Msg {
		req, signed := &ex.Request, false
		if renew != nil {
			fresh, err := renew(ctx, ex, req, false)
			if err != nil {
				return sent{id: ex.ID, err: err}
			}
			if signed = fresh != nil; signed {
				req = fresh
			}
		}
		a := sender.Send(ctx, req, to)
		a.Resend, a.Signed = true, signed
		if signed {
			a.SameBody = bytes.Equal(bytesOf(ctx, req), bytesOf(ctx, &ex.Request))
			a.Changes = forward.Changes(&ex.Request, &a)
		}
		ring.Record(capture.Op{Attempt: &capture.AttemptAdd{ID: ex.ID, Attempt: a}})
		return sent{id: ex.ID, attempt: a}
	}
}

func bytesOf(ctx context.Context, r *capture.Request) []byte {
	b, _ := r.Body.Bytes(ctx)
	return b
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
