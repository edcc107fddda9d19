package ui_test

import (
	"strings"
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

// What waits for the user has its key in the footer before what can always be done.
func TestFooterNamesWhatWaitsFirst(t *testing.T) {
	w := everything(t, 120, 40)
	text := w.Text()
	footer := text[strings.LastIndex(text, "\n")+1:]
	if a, e := strings.Index(footer, "a reply to #4"), strings.Index(footer, "e edit"); a < 0 || e >= 0 && e < a {
		t.Error(footer)
	}
}
