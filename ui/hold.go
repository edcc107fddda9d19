package ui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"creel/capture"
	"creel/capture/filter"
	"creel/capture/reply"
	"creel/capture/safe"
	"creel/ui/overlay"
)

func (m *Model) holdLabel() safe.Text {
	switch {
	case !m.mayHold():
		return safe.Text{}
	case m.facts.holding:
		return safe.Const("hold off")
	case m.showsFirst():
		return safe.Const("hold")
	}
	return safe.Text{}
}

// mayHold reports whether anything is captured here that could be held.
func (m *Model) mayHold() bool {
	team := m.deps.Config.Team
	return m.deps.Gate != nil && (team == nil || team.Node != "")
}

// toggleHold switches holding on or off; what is held already stays so.
func (m *Model) toggleHold() {
	match, on := m.deps.Gate.Filter()
	m.deps.Gate.Set(match, !on)
	switch {
	case on && len(m.facts.held) == 0:
		m.notify(safe.Const("hold is off: senders do not wait for you"))
	case on:
		m.notify(safe.Linef("hold is off: %d held already stay held, A releases them", len(m.facts.held)))
	case match.IsEmpty():
		m.notify(safe.Const("hold is on: every sender waits for your reply; i narrows it"))
	default:
		m.notify(safe.Linef("hold is on for: %s", match))
	}
	m.takeFacts()
}

func (m *Model) releaseLabel() safe.Text {
	if n := len(m.facts.held); n > 1 {
		return safe.Linef("release %d", n)
	}
	return safe.Text{}
}

// releaseAll ends all holds as if there had been none.
func (m *Model) releaseAll() tea.Cmd {
	if n := len(m.facts.held); n > 1 {
		m.stack.Open(overlay.NewConfirm(m.theme, safe.Linef("release all %d?", n), safe.Const("release"),
			m.releaseHeld, safe.Const("each gets what it would have got without the hold")))
		return nil
	}
	return m.releaseHeld()
}

func (m *Model) releaseHeld() tea.Cmd {
	n := m.deps.Gate.ReleaseAll(reply.Decision{Way: reply.WayRelease})
	m.notify(safe.Linef("%d released", n))
	return m.refresh()
}

// setHold asks what is held, beginning with requests like the selected one.
func (m *Model) setHold() {
	text := ""
	if match, on := m.deps.Gate.Filter(); on {
		text = match.String()
	} else if ex := m.acting(); ex != nil {
		text = filter.About(ex)
	}
	newest, env := m.index.all[max(0, len(m.index.all)-wouldHold):], m.filterEnv()
	m.stack.Open(overlay.NewHold(m.theme, text, func(f *filter.Filter) (n, of int) {
		for _, ex := range newest {
			if f.Match(ex, env) {
				n++
			}
		}
		return n, len(newest)
	}, m.holdMatching))
}

// wouldHold is how many of the newest requests a filter is tried with at every key.
const wouldHold = 500

func (m *Model) holdMatching(f *filter.Filter) tea.Cmd {
	m.deps.Gate.Set(f, true)
	m.takeFacts()
	if f.IsEmpty() {
		m.notify(safe.Const("every sender is held from now on; I ends it"))
	} else {
		m.notify(safe.Linef("held from now on: %s   I ends it", f))
	}
	return nil
}

// held is how an exchange was held when the screen last looked; ok is false when it was not.
func (m *Model) held(id capture.ID) (h reply.Held, ok bool) {
	for _, h := range m.facts.held {
		if h.Exchange.ID == id {
			return h, true
		}
	}
	return reply.Held{}, false
}

func (m *Model) ended(id capture.ID) safe.Text {
	for _, e := range m.deps.Gate.Ended() {
		if e.ID == id {
			return safe.Line(e.How)
		}
	}
	return safe.Text{}
}

func (m *Model) heldReplyLabel() safe.Text {
	if len(m.facts.held) == 0 {
		return safe.Text{}
	}
	return safe.Linef("reply to %s", m.toAnswer().Name())
}

// toAnswer is the selected held exchange, else the one that waits longest; there is one.
func (m *Model) toAnswer() *capture.Exchange { return m.heldOrOldest(m.acting()) }

func (m *Model) heldOrOldest(ex *capture.Exchange) *capture.Exchange {
	if ex != nil {
		if h, ok := m.held(ex.ID); ok {
			return h.Exchange
		}
	}
	return m.facts.held[0].Exchange
}

// notifyHeld says once of each request that it is held. No dialog opens by itself: a key would reply.
func (m *Model) notifyHeld() tea.Cmd {
	notified := map[capture.ID]bool{}
	var fresh *capture.Exchange
	for _, h := range m.facts.held {
		if notified[h.Exchange.ID] = true; !m.heldNotified[h.Exchange.ID] {
			fresh = h.Exchange
		}
	}
	m.heldNotified = notified
	if n := m.notice; n.held != 0 && !(notified[n.held] && notified[n.first]) {
		m.notice = notice{} // one of them is not held any more
	}
	if fresh == nil {
		return nil
	}
	text := safe.Linef("%s is held: a replies to it", fresh.Name())
	first := m.heldOrOldest(m.selected())
	if first.ID != fresh.ID {
		text = safe.Linef("%s is held, too: a replies to %s", fresh.Name(), first.Name())
	}
	m.notify(text)
	m.notice.held, m.notice.first = fresh.ID, first.ID
	if !m.bell {
		return nil
	}
	return ringWith(safe.Linef("creel: %s is held", fresh.Name()))
}

// replyToHeld opens the dialog for a held request, and selects it for its body to be in sight.
func (m *Model) replyToHeld() tea.Cmd {
	ex := m.toAnswer()
	var show tea.Cmd
	if m.list.Select(ex.ID) {
		show = m.showSelected()
	}
	m.stack.Open(m.newAnswer(ex))
	return show
}

// pauseHold makes the time of a hold stand still while something is in its dialog.
func (m *Model) pauseHold() {
	dialog, ok := m.stack.Top().(*overlay.Held)
	if !ok {
		return
	}
	h, ok := m.held(dialog.ID())
	switch {
	case !ok || h.Paused == dialog.Written():
		return
	case h.Paused:
		m.deps.Gate.Resume(dialog.ID())
	default:
		m.deps.Gate.Pause(dialog.ID())
	}
	m.takeFacts()
}

func (m *Model) newAnswer(ex *capture.Exchange) *overlay.Held {
	h, _ := m.held(ex.ID)
	spec := overlay.HeldSpec{
		ID: ex.ID, Name: ex.Name(), Presets: m.presets, Otherwise: safe.Line(h.Action), Now: m.deps.Now,
		Subject: safe.Linef("%s %s   %s %s", ex.Request.Method, ex.Request.Path(), ex.Sender.Provider, ex.Sender.Event),
		Look: func() overlay.HeldNow {
			h, ok := m.held(ex.ID)
			return overlay.HeldNow{Held: ok, Ended: m.ended(ex.ID), Since: h.Since, Limit: h.Limit, Left: h.Left, Paused: h.Paused}
		},
		Decide:  func(d reply.Decision) tea.Cmd { return m.heldDecided(ex.ID, d) },
		NextTry: func(s reply.Spec) tea.Cmd { return m.nextTry(ex.ID, s) },
		Leave:   func() { m.deps.Gate.Resume(ex.ID) },
	}
	if m.deps.Targets != nil {
		if to := m.deps.Targets.For(ex.Request.Target); len(to) > 0 {
			spec.Forward = safe.Linef("→ %s", to[0].Resolve(ex.Request.Target).Short())
		}
	}
	return overlay.NewHeld(m.theme, spec)
}

func (m *Model) heldDecided(id capture.ID, d reply.Decision) tea.Cmd {
	if !m.deps.Gate.Release(id, d) {
		text := safe.Linef("%s is not held any more", m.nameOf(id))
		if how := m.ended(id); !how.Empty() {
			text = safe.Concat(text, safe.Const(": "), how)
		}
		m.warn(text)
	}
	return m.refresh()
}

func (m *Model) nextTry(id capture.ID, s reply.Spec) tea.Cmd {
	ex := m.index.get(id)
	if ex == nil {
		m.warn(safe.Linef("%s is not in the history any more", id))
		return nil
	}
	gate := m.deps.Gate
	return func() tea.Msg {
		return did{what: fmt.Sprintf("the next try of %s's delivery gets %s", ex.Name(), s.Words()), err: gate.ReplyNextTry(ex, s)}
	}
}
