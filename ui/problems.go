package ui

import (
	"net/http"
	"slices"
	"time"

	"creel/capture"
	"creel/capture/safe"
	"creel/forward"
)

// outage is a time in which a target takes no requests: one problem, whatever found it.
type outage struct {
	down   bool
	since  time.Time
	seen   time.Time // when the newest attempt that is known began
	health time.Time // since when the target was down when it was checked last
	number int       // of the problem
	first  safe.Text // what became of the first request
	more   int       // further requests
}

// outageOf is what is known of the target at a URL.
func (m *Model) outageOf(u forward.URL) *outage {
	key := u.Scheme + "://" + u.Host
	if m.outages[key] == nil {
		m.outages[key] = &outage{}
	}
	return m.outages[key]
}

// noteProblems notes refused arrivals, replies not made and outages under !, but not those from before attaching.
func (m *Model) noteProblems(fresh, changed []*capture.Exchange, attaching bool) {
	for _, ex := range fresh {
		if !m.ours(ex) {
			continue
		}
		switch r := &ex.Request; {
		case r.Malformed != "":
			m.logProblem(ex.Name() + " is malformed: " + r.Malformed)
		case r.Truncated:
			m.logProblem(ex.Name() + " was refused with 413: its body is larger than --max-body")
		}
	}
	for _, ex := range changed {
		if ex.ID < m.stats.First || m.stats.First == 0 || !m.ours(ex) {
			continue // of an earlier run, or another node's
		}
		if ex.State == capture.StateWaiting || ex.State == capture.StateHeld {
			continue // what the sender gets is not known
		}
		for _, a := range ex.Attempts {
			m.noteAttempt(ex, a, attaching)
		}
		m.noteReply(ex, attaching)
	}
	m.noteHealth(attaching)
}

// failedReplies are replies that could not be made for the same reason.
type failedReplies struct {
	newest capture.ID
	why    string
	number int // of the problem
	first  safe.Text
	more   int
}

func (m *Model) noteReply(ex *capture.Exchange, attaching bool) {
	why, f := ex.Reply.Why(), &m.failed
	if why == "" || len(ex.Attempts) > 0 || ex.ID <= f.newest {
		return
	}
	f.newest = ex.ID
	if attaching {
		return
	}
	if f.why == why {
		f.more++
		m.deps.Log.amend(f.number, safe.Linef("%s, and %d more", f.first, f.more).String())
		return
	}
	f.why, f.more = why, 0
	f.first = safe.Linef("the sender of %s got %d: %s", ex.Name(), ex.Reply.Status, why)
	f.number = m.logProblem(f.first.String())
}

func (m *Model) noteAttempt(ex *capture.Exchange, a *capture.Attempt, attaching bool) {
	u, err := forward.ParseURL(a.To)
	if err != nil || a.Resend {
		return
	}
	o := m.outageOf(u)
	if !a.At.After(o.seen) {
		return
	}
	o.seen = a.At
	switch {
	case attaching:
	case a.Cause == "":
		o.down = false
	case m.failedBefore(ex, a, o): // one request counts once
	case o.down && !o.first.Empty():
		o.more++
		m.deps.Log.amend(o.number, safe.Linef("%s, and %d more", o.first, o.more).String())
	default:
		u.Path, u.Query = "", ""
		o.first = safe.Linef("%s could not be forwarded to %s: %s", ex.Name(), u.Short(), a.Cause)
		if s := ex.Reply.Status; ex.Reply.By == capture.ByError && (s == http.StatusBadGateway || s == http.StatusGatewayTimeout) {
			o.first = safe.Linef("%s; its sender got %d", o.first, s)
		}
		if o.down {
			m.deps.Log.amend(o.number, o.first.String())
		} else {
			m.begin(o, a.At, o.first)
		}
	}
}

// failedBefore reports whether an earlier forward of ex failed in the same outage.
func (m *Model) failedBefore(ex *capture.Exchange, a *capture.Attempt, o *outage) bool {
	return o.down && slices.ContainsFunc(ex.Attempts, func(b *capture.Attempt) bool {
		u, err := forward.ParseURL(b.To)
		return b.N < a.N && b.Cause != "" && !b.Resend && err == nil && m.outageOf(u) == o
	})
}

// noteHealth notes targets that went down since they were looked at last.
func (m *Model) noteHealth(attaching bool) {
	if m.deps.Targets == nil {
		return
	}
	for _, s := range m.deps.Targets.List() {
		o := m.outageOf(s.URL)
		switch {
		case s.Health == forward.HealthUp && s.Since.After(o.since):
			o.down = false
		case s.Health == forward.HealthDown && s.Since != o.health && !s.Disabled:
			if o.health = s.Since; !o.down && !attaching {
				o.first = safe.Text{}
				m.begin(o, s.Since, safe.Linef("%s is down: %s", s.Label(), s.Cause))
			}
		}
	}
}

func (m *Model) begin(o *outage, at time.Time, text safe.Text) {
	o.down, o.since, o.more = true, at, 0
	if m.notice.expire(m.now); m.notice.answer {
		o.number = m.deps.Log.add(text.String())
		m.total++ // it is not shown as a notice either
		return
	}
	o.number = m.logProblem(text.String())
}
