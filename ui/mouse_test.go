package ui_test

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// at is the cell in which a text begins on the screen.
func (w *world) at(t *testing.T, text string) (x, y int) {
	t.Helper()
	for y, line := range strings.Split(w.Text(), "\n") {
		if i := strings.Index(line, text); i >= 0 {
			return ansi.StringWidth(line[:i]), y
		}
	}
	t.Fatalf("%q is not on the screen:\n%s", text, w.Text())
	return 0, 0
}

// click clicks a cell with the left button.
func (w *world) click(x, y int) {
	w.Send(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft})
}

// The wheel scrolls the response alone while it turns above it, and a click there has
// the keys go to it until one is made elsewhere.
func TestMouseInTheResponse(t *testing.T) {
	const request = `"object": "event"`
	w := newWorld(t, 160, 45)
	w.arrive(t, answered()...)
	x, y := w.at(t, "line a")
	w.Send(tea.MouseWheelMsg{X: x, Y: y, Button: tea.MouseWheelDown})
	w.hasNot(t, "line b")
	w.has(t, "line c")
	w.has(t, request)
	w.Send(tea.MouseWheelMsg{X: x, Y: y, Button: tea.MouseWheelUp})
	w.has(t, "line a")

	w.Send(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseRight})
	w.Press("G")
	w.has(t, "line a") // another button does nothing
	w.click(x, y)
	w.Press("G")
	w.hasNot(t, "line a")
	w.has(t, "line z")
	w.has(t, request)
	w.Press("Z")
	w.hasNot(t, request)
	w.Press("Z")
	x, y = w.at(t, request)
	w.click(x, y)
	w.Press("g", "Z")
	w.has(t, request)
	w.hasNot(t, "line z")
	w.Press("Z")
	w.has(t, "line z") // g was for the request
	x, y = w.at(t, "#1")
	w.click(x, y)
	w.has(t, "connection refused")
	w.Press("Z")
	w.has(t, `"id": "evt_0"`)
}

// Two clicks anywhere below the header while nothing is selected do no harm.
func TestClicksWhereNothingIsSelected(t *testing.T) {
	for _, size := range [][2]int{{120, 40}, {80, 24}} {
		w := newWorld(t, size[0], size[1])
		w.arrive(t, samples(3)...)
		w.Press("/")
		w.Type("nothing has this")
		w.Press("enter")
		for y := 1; y < w.H; y++ {
			for x := 0; x < w.W; x += 8 {
				w.click(x, y)
				w.click(x, y)
			}
		}
		w.has(t, "0 of 3")
		w.Exact()
	}
}
