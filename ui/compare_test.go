package ui_test

import "testing"

// Over a comparison, ? opens help, which has its keys, and leads back to it.
func TestHelpOverCompare(t *testing.T) {
	w := newWorld(t, 80, 24)
	w.arrive(t, samples(2)...)
	w.Press("g", "space", "G", "c")
	w.has(t, "? keys")
	w.has(t, "#1 13:37:00")
	w.Press("?")
	w.has(t, "Here, in the comparison")
	w.has(t, "  esc                 close")
	w.Press("G")
	w.has(t, "close the comparison")
	w.Press("?")
	w.has(t, "#1 13:37:00")
	w.has(t, "? keys")
}
