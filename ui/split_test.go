package ui_test

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"creel/capture"
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

// The list has as many rows as there are requests, up to a share of the screen; the
// response as many as it needs, also when its body comes later or is folded.
func TestPanesTakeWhatTheyNeed(t *testing.T) {
	line := func(w *world, text string) int {
		return strings.Count(strings.Split(w.Text(), text)[0], "\n")
	}
	w := newWorld(t, 80, 24)
	w.arrive(t, samples(1)...)
	if at := line(w, "1 Body"); at != 5 {
		t.Errorf("with one request the tabs are in line %d", at)
	}
	w.Press("tab")
	w.arrive(t, samples(4)...)
	if at := line(w, "1 Body"); at != 5 {
		t.Errorf("while the detail is read the tabs went to line %d", at)
	}
	w.Press("esc")
	if at := line(w, "1 Body"); at != 7 {
		t.Errorf("with five requests the tabs are in line %d", at)
	}
	w.arrive(t, samples(40)...)
	if at := line(w, "1 Body"); at != 9 {
		t.Errorf("with many requests the tabs are in line %d", at)
	}
	w.Press("/")
	w.Type("id:1..2")
	if at := line(w, "1 Body"); at != 11 { // the filter has two lines more
		t.Errorf("while the filter is written the tabs are in line %d", at)
	}
	w.Press("enter")
	if at := line(w, "1 Body"); at != 5 {
		t.Errorf("with two of many the tabs are in line %d", at)
	}

	w = newWorld(t, 160, 45)
	body := `{"a":1,"b":2,"c":{"d":3}}`
	w.withAttempt(t, capture.Attempt{N: 1, Reply: capture.Reply{
		Status: 200, Fields: []capture.Field{{Name: "Content-Type", Value: "application/json"}}, Body: capture.NewBody([]byte(body)),
	}})
	open := line(w, "─ response")
	if want := 44 - 2 - 7; open != want { // title, status, 7 lines of JSON
		t.Errorf("the response begins in line %d, want %d", open, want)
	}
	w.Press("tab", "tab", "z")
	if folded := line(w, "─ response"); folded <= open {
		t.Errorf("folded, the response begins in line %d, before in %d", folded, open)
	}
	w.Press("z")
	if at := line(w, "─ response"); at != open {
		t.Errorf("unfolded, the response begins in line %d, before in %d", at, open)
	}
}
