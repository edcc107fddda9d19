package ui_test

import (
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
)

// A notice stands for ten seconds; then the keys have the footer again.
func TestNoticesFade(t *testing.T) {
	w := newWorld(t, 80, 24)
	w.arrive(t, samples(1)...)
	w.Press("b")
	w.now = w.now.Add(9 * time.Second)
	w.Send(tea.FocusMsg{})
	w.has(t, "bell on")
	w.now = w.now.Add(time.Second)
	w.Send(tea.FocusMsg{})
	w.hasNot(t, "bell on")
	w.has(t, "e edit")
}
