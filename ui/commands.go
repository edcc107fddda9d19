package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"creel/capture"
)

// Messages are facts, in the past tense.
type (
	ringChanged struct{}
	ticked      struct{}
	// did reports the end of something that says nothing but whether it worked.
	did struct {
		what string     // for a notice; empty to say nothing
		sel  capture.ID // to be selected now; zero for none
		err  error
	}
	// order is what a command that has ended leaves to be done.
	order func(*Model) tea.Cmd
)

// waitForRing waits until the ring pokes, a pause after it last did.
func (m *Model) waitForRing() tea.Cmd {
	if m.watch == nil {
		return nil
	}
	watch, ctx, pause := m.watch, m.ctx, m.pause
	return func() tea.Msg {
		time.Sleep(pause)
		select {
		case _, ok := <-watch:
			if !ok {
				return nil
			}
			return ringChanged{}
		case <-ctx.Done():
			return nil
		}
	}
}

// How often the clocks on the screen move: fast while a sender is held, slowly
// else.
const (
	tickFast = 100 * time.Millisecond
	tickSlow = time.Second
)

// tick arms the clock and the spinner, each once.
func (m *Model) tick() tea.Cmd {
	if m.watch == nil {
		return nil
	}
	spin := m.spin()
	if m.ticking {
		return spin
	}
	m.ticking = true
	every := tickSlow
	if len(m.facts.held) > 0 {
		every = tickFast
	}
	return tea.Batch(spin, tea.Tick(every, func(time.Time) tea.Msg { return ticked{} }))
}
