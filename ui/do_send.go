package ui

import (
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
	u, err := forward.ParseURL(url)
	return forward.Target{URL: u}, err == nil
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
	m.stack.Open(overlay.NewPrompt(m.theme, overlay.PromptSpec{
		Title: safe.Concat(safe.Const("forward "), m.subject(), safe.Const(" to")), Ghost: "3000, or a URL",
		Check: func(s string) (safe.Text, error) {
			if s == "" {
				return safe.Const("3000 is http://localhost:3000"), nil
			}
			u, err := forward.ParseURL(s)
			if err != nil {
				return safe.Text{}, err
			}
			return safe.Linef("→ %s", forward.ResolveURL(u, chosen[0].Request.Target, "")), nil
		},
		Done: func(s string) tea.Msg {
			return order(func(m *Model) tea.Cmd { return m.sendAll(chosen, s) })
		},
	}))
	return nil
}

func (m *Model) sendAll(chosen []*capture.Exchange, url string) tea.Cmd {
	u, err := forward.ParseURL(url)
	if err != nil {
		m.complain(safe.Line(err.Error()))
		return nil
	}
	var cmds []tea.Cmd
	for _, ex := range chosen {
		cmds = append(cmds, m.send(ex, forward.Target{URL: u}))
	}
	return tea.Sequence(cmds...)
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
