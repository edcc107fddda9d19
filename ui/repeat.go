package ui

import (
	"context"
	"slices"
	"sync/atomic"

	tea "charm.land/bubbletea/v2"

	"creel/capture"
	"creel/capture/safe"
	"creel/capture/words"
	"creel/forward"
	"creel/ui/overlay"
)

// repeat is one that is under way, or was.
type repeat struct {
	runs   []forward.Resend // that are to be sent
	dialog *overlay.Repeat
	cancel context.CancelFunc
}

// repeatMenu asks how often and how fast what can be sent of the chosen is to be.
func (m *Model) repeatMenu() {
	list, _ := m.sendable()
	if len(list) == 0 {
		return
	}
	what := m.subject()
	if len(m.marked) > 0 {
		what = m.markedToSend()
	}
	m.withTargets(list, "repeat %s to", "ask how often", func(runs []forward.Resend) tea.Cmd {
		m.openRepeat(what, runs)
		return nil
	})
}

func (m *Model) openRepeat(what safe.Text, runs []forward.Resend) {
	to := func(x forward.Resend) string { return x.To.Resolve(x.Exchange.Request.Target).Short() }
	what = safe.Linef("%s → %s", what, to(runs[0]))
	if slices.ContainsFunc(runs, func(x forward.Resend) bool { return to(x) != to(runs[0]) }) {
		what = safe.Concat(what, safe.Const(" and others"))
	}
	m.repeat = repeat{runs: runs, dialog: overlay.NewRepeat(m.theme, overlay.RepeatSpec{
		What: what, Runs: len(runs), Start: m.startRepeat, Cancel: func() { m.repeat.cancel() },
	})}
	m.stack.Open(m.repeat.dialog)
}

// startRepeat sends, and shows how far it is until it has ended.
func (m *Model) startRepeat(plan overlay.RepeatPlan) tea.Cmd {
	ctx, cancel := context.WithCancel(m.ctx)
	m.repeat.cancel = cancel
	for _, x := range m.repeat.runs {
		m.use(x.To)
	}
	resender, latest, poke := m.resenderFor(m.repeat.runs[0].To), new(atomic.Pointer[forward.Histogram]), make(chan struct{}, 1)
	tell := func(h forward.Histogram) {
		latest.Store(&h)
		select {
		case poke <- struct{}{}:
		default:
		}
	}
	r := forward.Repeat{Runs: m.repeat.runs, Times: plan.Times, Concurrency: plan.Concurrency, Delay: plan.Delay, Speed: plan.Speed, Progress: tell}
	go func() {
		defer cancel()
		tell(resender.Repeat(ctx, r))
	}()
	var next tea.Cmd
	next = func() tea.Msg {
		<-poke
		h := *latest.Load()
		return order(func(m *Model) tea.Cmd {
			if m.repeat.dialog.Progress(h); !h.Ended {
				return next
			}
			m.notify(safe.Linef("repeat: %s sent, %s failed", words.Number(h.Sent), words.Number(h.Failed)))
			return nil
		})
	}
	return next
}

// sendTwice sends the selected request, and when the response is there once more.
func (m *Model) sendTwice() tea.Cmd {
	ex := m.acting()
	if !m.canSend(ex) {
		return nil
	}
	return m.withTargets([]*capture.Exchange{ex}, "send %s twice to", "send twice", func(runs []forward.Resend) tea.Cmd {
		if m.isInFlight(ex.ID) {
			m.askAgain(runs, func() tea.Cmd { return m.twiceCmd(runs[0]) })
			return nil
		}
		return m.twiceCmd(runs[0])
	})
}

func (m *Model) twiceCmd(x forward.Resend) tea.Cmd {
	ex := x.Exchange
	m.inFlight[ex.ID] += 2
	first, second := m.sendCmd(x), m.sendCmd(x)
	return func() tea.Msg {
		a, _ := first().(sent)
		b, _ := second().(sent)
		return order(func(m *Model) tea.Cmd {
			cmd := tea.Batch(m.reportSent(a), m.reportSent(b))
			if a.err == nil && b.err == nil {
				m.notify(safe.Linef("%s sent twice: %s, then %s", ex.Name(), outcomeWords(&a.attempt), outcomeWords(&b.attempt)))
			}
			return cmd
		})
	}
}
