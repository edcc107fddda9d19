package ui_test

import (
	"fmt"
	"strings"
	"testing"

	"creel/capture"
	"creel/ui"
	"creel/ui/uitest"
)

// With the focus in the detail the list stays in sight where there are the rows or the
// columns for both.
func TestListBesideTheDetailBySize(t *testing.T) {
	for _, tt := range []struct {
		w, h int
		both bool
	}{{139, 19, false}, {139, 20, true}, {80, 19, false}, {80, 20, true}, {140, 19, true}, {140, 20, true}} {
		w := newWorld(t, tt.w, tt.h)
		w.arrive(t, samples(3)...)
		w.Press("tab")
		w.has(t, `"object": "event"`)
		if _, line := w.row("13:37:01"); (line != "") != tt.both {
			t.Errorf("%dx%d: the list is in sight: %v\n%s", tt.w, tt.h, !tt.both, w.Text())
		}
		w.Exact()
	}
}

// The tabs of the saved filters and the line that stays have their rows from the same
// height on.
func TestRowsBelowTheHeaderBySize(t *testing.T) {
	for h, want := range map[int]bool{19: false, 20: true} {
		w := newWorld(t, 80, h)
		d := w.deps()
		d.Views = []ui.View{failedView}
		d.Config.Banners = []string{"this line stays"}
		w.Screen = uitest.New(t, d, 80, h)
		w.arrive(t, samples(3)...)
		for _, text := range []string{"failed 1", "this line stays"} {
			if _, line := w.row(text); (line != "") != want {
				t.Errorf("%d rows: %q is in sight: %v\n%s", h, text, !want, w.Text())
			}
		}
		w.Exact()
	}
}

// A click on the tab of a filter that lets nothing through gives a zoomed detail's room
// back to the list, which says so.
func TestTabThatLetsNothingThrough(t *testing.T) {
	w, _ := withViews(t, 120, 40, ui.View{Name: "odd", Filter: "path:/nowhere"})
	w.arrive(t, samples(3)...)
	w.Press("Z")
	w.hasNot(t, "13:37:01")
	x, y := w.at(t, "odd 0")
	w.click(x, y)
	w.has(t, "None of the 3 matches.")
	w.Exact()
}

// The palette folds what has the focus, and shows as many levels of it as the command
// says.
func TestPaletteFoldsToALevel(t *testing.T) {
	body := func(key string) capture.Body {
		return capture.NewBody([]byte(strings.NewReplacer("k", key).Replace(`{"k1":{"k2":{"k3":{"k4":{"k5":0}}}}}`)))
	}
	w := newWorld(t, 160, 45)
	ex := samples(1)[0]
	ex.Request.Body = body("q")
	ex.Attempts = []*capture.Attempt{{N: 1, At: noon, To: "http://localhost:3000/", Reply: capture.Reply{Status: 200, Body: body("a")}}}
	w.arrive(t, ex)
	shows := func(key string, want int) {
		t.Helper()
		for i := 1; i <= 5; i++ {
			if text := fmt.Sprintf(`"%s%d"`, key, i); strings.Contains(w.Text(), text) != (i <= want) {
				t.Errorf("%s is not as with %d levels:\n%s", text, want, w.Text())
			}
		}
	}
	foldTo := func(level int) {
		w.Press(":")
		w.Type(fmt.Sprint("fold to level ", level))
		w.Press("enter")
	}
	for level := 1; level <= 4; level++ {
		foldTo(level)
		shows("q", level)
		shows("a", 5)
	}
	w.Press("tab", "tab")
	for level := 1; level <= 4; level++ {
		foldTo(level)
		shows("q", 4)
		shows("a", level)
	}
}

// Where there is one pane at a time, the keys that move the line between two say so.
func TestNoLineToMove(t *testing.T) {
	for _, key := range []string{"<", ">"} {
		w := newWorld(t, 80, 12)
		w.arrive(t, samples(1)...)
		w.Press(key)
		w.has(t, "one pane at a time here: there is no line to move")
	}
}

// The line beside the list branches where the response begins, and not while a draft
// stands in the place of both.
func TestLineBesideADraft(t *testing.T) {
	w := newWorld(t, 160, 45)
	w.arrive(t, answered()...)
	w.has(t, "├")
	w.Press("e")
	w.has(t, "edit #2")
	w.has(t, "│")
	w.hasNot(t, "├")
	w.Press("esc")
	w.has(t, "├")
}
