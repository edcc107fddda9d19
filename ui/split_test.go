package ui_test

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
)

// The line between list and detail moves with the keys and the mouse, as far as both
// keep room.
func TestSplitMoves(t *testing.T) {
	at := func(w *world) (x, y int) {
		for i, l := range strings.Split(w.Text(), "\n") {
			if j := strings.Index(l, "1 Body"); j >= 0 {
				return len([]rune(l[:j])), i
			}
		}
		t.Fatal("no tabs")
		return 0, 0
	}
	w := newWorld(t, 80, 24)
	w.arrive(t, samples(9)...)
	_, y := at(w)
	w.Press(">", ">")
	if _, got := at(w); got != y+2 {
		t.Errorf("> twice moved the line from %d to %d", y, got)
	}
	for range 40 {
		w.Press("<")
	}
	_, least := at(w)
	w.Press(">")
	if _, got := at(w); got != least+1 {
		t.Errorf("> after many < moved the line from %d to %d", least, got)
	}
	w.Send(tea.MouseClickMsg{X: 70, Y: least + 1, Button: tea.MouseLeft})
	w.Send(tea.MouseMotionMsg{X: 70, Y: y, Button: tea.MouseLeft})
	w.Send(tea.MouseReleaseMsg{X: 70, Y: y})
	w.Send(tea.MouseMotionMsg{X: 70, Y: y + 3})
	if _, got := at(w); got != y {
		t.Errorf("dragged to %d, it is at %d", y, got)
	}

	w = newWorld(t, 160, 45)
	w.arrive(t, samples(9)...)
	x, _ := at(w)
	w.Press("<")
	if got, _ := at(w); got != x-4 {
		t.Errorf("< moved the line from %d to %d", x, got)
	}
}

func TestDoubleClickOpens(t *testing.T) {
	w := newWorld(t, 80, 24)
	w.arrive(t, samples(3)...)
	click := tea.MouseClickMsg{X: 10, Y: 3, Button: tea.MouseLeft}
	w.Send(click)
	w.now = w.now.Add(401 * time.Millisecond)
	w.Send(click)
	w.has(t, "13:37:01") // the list is still there
	w.now = w.now.Add(400 * time.Millisecond)
	w.Send(click)
	w.hasNot(t, "13:37:01")
}
