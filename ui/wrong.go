package ui

import (
	"net/http"

	"creel/capture"
	"creel/capture/safe"
	"creel/forward"
)

// outage is whether a target takes requests, as told by what was forwarded to it
// on arrival.
type outage struct {
	down bool
	seen int64 // when the newest attempt that is known began, in nanoseconds
}

// noteWrong notes of what changed in the ring what ! keeps: arrivals that were
// refused, and forwards on arrival that failed, once for each outage.
func (m *Model) noteWrong(fresh, changed []*capture.Exchange) {
	for _, ex := range fresh {
		switch r := &ex.Request; {
		case r.Malformed != "":
			m.problem(ex.ID.String() + " is malformed: " + r.Malformed)
		case r.Truncated:
			m.problem(ex.ID.String() + " was refused with 413: its body is larger than --max-body")
		}
	}
	for _, ex := range changed {
		if ex.ID < m.stats.First || m.stats.First == 0 {
			continue // of an earlier run
		}
		if ex.State == capture.StateWaiting || ex.State == capture.StateHeld {
			continue // what the sender gets is not known
		}
		for _, a := range ex.Attempts {
			m.noteAttempt(ex, a)
		}
	}
}

func (m *Model) noteAttempt(ex *capture.Exchange, a *capture.Attempt) {
	u, err := forward.ParseURL(a.To)
	if err != nil || a.Resend {
		return
	}
	u.Path, u.Query = "", ""
	host, at := u.Short(), a.At.UnixNano()
	o := m.outages[host]
	if at <= o.seen {
		return
	}
	was := o.down
	m.outages[host] = outage{down: a.Cause != "", seen: at}
	if a.Cause == "" || was {
		return
	}
	text := safe.Linef("%s could not be forwarded to %s: %s", ex.ID, host, a.Cause)
	if s := ex.Reply.Status; ex.Reply.By == "error" && (s == http.StatusBadGateway || s == http.StatusGatewayTimeout) {
		text = safe.Linef("%s; its sender got %d", text, s)
	}
	m.problem(text.String())
}
