package ui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"creel/capture"
	"creel/capture/safe"
	"creel/forward"
	"creel/ui/overlay"
)

// goesTo is where a resend of ex goes: where it last went, else where the
// targets say. False: nobody says.
func (m *Model) goesTo(ex *capture.Exchange) (forward.Target, bool) {
	if n := len(ex.Attempts); n > 0 {
		return m.sameAgain(ex, ex.Attempts[n-1].To)
	}
	if m.deps.Targets != nil {
		if to := m.deps.Targets.For(ex.Request.Target); len(to) > 0 {
			return to[0], true
		}
	}
	return forward.Target{}, false
}

// sameAgain is the target that leads to url, on the terms of the configured one
// where there is one.
func (m *Model) sameAgain(ex *capture.Exchange, url string) (forward.Target, bool) {
	for _, s := range m.facts.targets {
		if s.Resolve(ex.Request.Target).String() == url {
			return s.Target, true
		}
	}
	to, err := forward.Exactly(url)
	if err != nil {
		return to, false
	}
	on := m.typed(to.URL)
	on.URL, on.Exact = to.URL, true
	return on, true
}

// typed is the target that leads to a URL which the user typed: on the terms of
// the settings and, as to certificates, of a standing target on the same host.
func (m *Model) typed(u forward.URL) forward.Target {
	to := forward.Target{URL: u}
	if m.deps.Terms != nil {
		to = m.deps.Terms(to)
	}
	for _, s := range m.facts.targets {
		if s.URL.Scheme == u.Scheme && s.URL.Host == u.Host {
			to.Insecure, to.CACert = s.Insecure, s.CACert
		}
	}
	return to
}

// resendLabel says where r would send what is selected.
func (m *Model) resendLabel() safe.Text {
	ex := m.selected()
	if ex == nil {
		return safe.Text{}
	}
	if len(m.marked) > 0 {
		return safe.Linef("resend %d marked", len(m.marked))
	}
	if to, ok := m.goesTo(ex); ok {
		return safe.Linef("resend → %s", to.Resolve(ex.Request.Target).Short()).Cut(max(20, m.lay.W/3))
	}
	return safe.Const("resend")
}

// resend sends what is chosen again; one without a target asks for it.
func (m *Model) resend() tea.Cmd {
	var cmds []tea.Cmd
	for _, ex := range m.chosen() {
		if err := forward.Sendable(&ex.Request); err != nil {
			m.complain(safe.Linef("%s: %v", ex.ID, err))
			continue
		}
		to, ok := m.goesTo(ex)
		if !ok {
			return m.forwardElsewhere()
		}
		cmds = append(cmds, m.send(ex, to))
	}
	return tea.Sequence(cmds...)
}

// send makes one attempt, unless one is under way.
func (m *Model) send(ex *capture.Exchange, to forward.Target) tea.Cmd {
	if m.flying[ex.ID] > 0 {
		m.say(safe.Linef("%s is on its way: wait for its answer", ex.ID))
		return nil
	}
	m.flying[ex.ID]++
	m.say(safe.Linef("%s → %s …", ex.ID, to.Resolve(ex.Request.Target).Short()))
	return m.sendCmd(ex, to)
}

// reportSent says what came of an attempt.
func (m *Model) reportSent(s sent) tea.Cmd {
	if m.flying[s.id]--; m.flying[s.id] <= 0 {
		delete(m.flying, s.id)
	}
	if s.err != nil {
		m.problem(s.id.String() + " not sent: " + s.err.Error())
		return nil
	}
	a := &s.attempt
	to := a.To
	if u, err := forward.ParseURL(a.To); err == nil {
		to = u.Short()
	}
	text := safe.Linef("%s → %s   %s   %s", s.id, to, outcomeWords(a), took(a.Took))
	if a.Signed {
		text = safe.Concat(text, safe.Const("   re-signed"))
	}
	if a.Failed() {
		m.complain(text)
	} else {
		m.say(text)
	}
	return nil
}

// outcomeWords are "200 OK" or "refused".
func outcomeWords(a *capture.Attempt) string {
	if a.Cause != "" {
		return string(a.Cause)
	}
	return statusWords(a.Reply.Status)
}

// forwardElsewhere asks for a URL and sends what is chosen there.
func (m *Model) forwardElsewhere() tea.Cmd {
	chosen := m.chosen()
	if len(chosen) == 0 {
		return nil
	}
	m.askURL(safe.Concat(safe.Const("forward "), m.subject(), safe.Const(" to")), "send", chosen[0], func(u forward.URL) tea.Cmd {
		var cmds []tea.Cmd
		for _, ex := range chosen {
			cmds = append(cmds, m.send(ex, m.typed(u)))
		}
		return tea.Sequence(cmds...)
	})
	return nil
}

// askURL asks where to send ex, and goes on with then, which verb names.
func (m *Model) askURL(title safe.Text, verb string, ex *capture.Exchange, then func(forward.URL) tea.Cmd) {
	m.asked = then
	m.stack.Open(overlay.NewForward(m.theme, title, verb, ex.Request.Target, m.usedURLs(), m.checkURL))
}

// checkURL refuses creel's own addresses.
func (m *Model) checkURL(u forward.URL) error {
	if m.deps.Sender == nil || m.deps.Sender.Own == nil {
		return nil
	}
	return m.deps.Sender.Own.CheckURL(u)
}

// maxUsed is how many URLs are offered that were sent to before.
const maxUsed = 8

// usedURLs are the targets and what was sent to before, the last one first.
func (m *Model) usedURLs() []string {
	var used []string
	add := func(u string) {
		if len(used) < maxUsed && !slices.Contains(used, u) {
			used = append(used, u)
		}
	}
	for _, u := range slices.Backward(m.used) {
		add(u.String())
	}
	for _, s := range m.facts.targets {
		add(s.URL.String())
	}
	return used
}

// urlChosen goes on with what a URL was asked for.
func (m *Model) urlChosen(u forward.URL) tea.Cmd {
	m.used = append(m.used, u)
	m.used = m.used[max(0, len(m.used)-maxUsed):]
	return m.asked(u)
}

// openTargets opens the list of the standing targets.
func (m *Model) openTargets() tea.Cmd {
	spec := overlay.TargetsSpec{Look: m.deps.Targets.List, Now: m.deps.Now, Check: m.checkURL, Terms: m.deps.Terms}
	if ex := m.acting(); ex != nil {
		spec.Captured = ex.Request.Target
	}
	m.stack.Open(overlay.NewTargets(m.theme, spec))
	return nil
}

func noTargets(m *Model) safe.Text {
	if m.deps.Targets == nil {
		return safe.Const("nothing can be forwarded here")
	}
	return safe.Text{}
}

// targetsLabel is for the first screen, and while nothing is forwarded.
func (m *Model) targetsLabel() safe.Text {
	if m.showsFirst() {
		return safe.Const("your app")
	}
	return safe.Text{}
}

// flushLabel says how many deliveries wait for a target.
func (m *Model) flushLabel() safe.Text {
	if n := m.facts.pending; n > 0 {
		return safe.Linef("deliver %s pending", number(n))
	}
	return safe.Text{}
}

func (m *Model) nothingPending() safe.Text {
	if m.facts.pending == 0 {
		return safe.Const("nothing is pending")
	}
	return safe.Text{}
}

// flush delivers what is pending, after a question when that is more than one.
func (m *Model) flush() tea.Cmd {
	n := m.facts.pending
	if n == 1 {
		return m.flushCmd()
	}
	m.stack.Open(overlay.NewConfirm(m.theme, safe.Linef("deliver %s pending requests?", number(n)), safe.Const("deliver"),
		order((*Model).flushCmd), safe.Const("each once, oldest first; those that came again and succeeded are left out")))
	return nil
}

func (m *Model) flushCmd() tea.Cmd {
	ctx, q := m.ctx, m.deps.Queue
	m.say(safe.Const("delivering what is pending …"))
	return func() tea.Msg { return flushed{q.Flush(ctx, "")} }
}

func (m *Model) reportFlushed(f flushed) tea.Cmd {
	text := safe.Linef("pending: %s delivered", number(f.Sent))
	if f.LeftOut > 0 {
		text = safe.Concat(text, safe.Linef(", %s had come again", number(f.LeftOut)))
	}
	if f.Left > 0 {
		m.complain(safe.Concat(text, safe.Linef(", %s still pending: the target takes nothing", number(f.Left))))
		return m.refresh()
	}
	m.say(text)
	return m.refresh()
}
