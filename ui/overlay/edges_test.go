package overlay

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"creel/capture/safe"
	"creel/forward"
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

// A click selects the line that it hits, also of a list that is scrolled.
func TestClickSelectsItsLine(t *testing.T) {
	th := testTheme(t)
	used := []string{"http://a.example", "http://b.example", "http://c.example"}
	var list []forward.Status
	for _, u := range append(used, "http://d.example", "http://e.example") {
		list = append(list, forward.Status{Target: forward.Target{URL: parseURL(t, u)}})
	}
	rules := someRules()
	for name, o := range map[string]Overlay{
		"forward": NewForward(th, safe.Const("forward"), "send", "/", used, nil, with[forward.URL]),
		"targets": NewTargets(th, TargetsSpec{Look: func() []forward.Status { return list }, Now: time.Now}),
		"rules":   NewRules(th, rulesSpec(&rules, safe.Text{}, nil)),
	} {
		for _, h := range []int{24, 8} {
			var s Stack
			s.Open(o)
			for i := range o.View(80, h).List.N {
				f := o.View(80, h)
				x, y, _ := place(f, 80, h)
				want := lineText(f, f.List.From+i)
				s.Input(tea.MouseClickMsg{X: x + 5, Y: y + f.List.From + i, Button: tea.MouseLeft}, 80, h)
				f = o.View(80, h)
				got := ""
				for j := range f.List.N {
					if line := lineText(f, f.List.From+j); strings.Contains(line, "▌") {
						got = strings.Replace(line, "▌", " ", 1)
					}
				}
				if want = strings.Replace(want, "▌", " ", 1); got != want {
					t.Errorf("%s at %d: a click on %q selects %q", name, h, want, got)
				}
			}
		}
	}
}

func lineText(f Frame, i int) string { return strings.Split(ansi.Strip(f.Content), "\n")[i] }
