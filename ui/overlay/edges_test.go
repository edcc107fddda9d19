package overlay

import (
	"strings"
	"testing"

	"creel/capture/safe"
)

// Moving where nothing is called what was typed does nothing.
func TestMoveInAnEmptyPalette(t *testing.T) {
	p := NewPalette(testTheme(t), []Item{{Name: safe.Const("Resend")}})
	given(p, "xyzzy", "down", "up", "tab")
	if msg, done := given(p, "enter"); msg != nil || done {
		t.Errorf("enter chose %v", msg)
	}
	if got := drawn(p, 80, 24); !strings.Contains(got, "no command is called that") {
		t.Error(got)
	}
}

// A dialog goes below the line that it is about where it fits exactly, else above
// it, and else it covers the line.
func TestPlaceBesideALine(t *testing.T) {
	f := Frame{Content: "a\nb\nc\nd"}
	for _, tt := range []struct{ h, line, want int }{
		{10, 0, 3}, // centred: it does not cover the line
		{10, 4, 5},
		{10, 5, 6}, // exactly to the bottom
		{10, 6, 2},
		{9, 5, 1}, // exactly to the line
		{8, 4, 0}, // exactly from the top
		{7, 3, 1}, // no room on either side
	} {
		f.About = tt.line + 1
		if _, y, _ := place(f, 20, tt.h); y != tt.want {
			t.Errorf("%d lines, about line %d: at %d, want %d", tt.h, tt.line, y, tt.want)
		}
	}
}
