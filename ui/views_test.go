package ui_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"creel/capture"
	"creel/ui"
	"creel/ui/uitest"
)

// withViews is a screen with saved filters.
func withViews(t *testing.T, w, h int, views ...ui.View) (*world, *ui.Deps) {
	x := newWorld(t, w, h)
	d := x.deps()
	d.Views = views
	x.Screen = uitest.New(t, d, w, h)
	return x, &d
}

var (
	failedView = ui.View{Name: "failed", Filter: "is:failed"}
	bodyView   = ui.View{Name: "cheap", Filter: `body:"amount\":100"`}
)

func (w *world) tabs() string {
	return strings.TrimSpace(strings.Split(w.Text(), "\n")[1])
}

func TestViewsAreCounted(t *testing.T) {
	w, _ := withViews(t, 80, 24, failedView, bodyView)
	check := func(want string) {
		t.Helper()
		if got := w.tabs(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	check("all 0 · failed 0 · cheap 0")
	w.arrive(t, samples(8)...)
	check("all 8 · failed 2 · cheap 1")
	ex := *w.ring.Snapshot()[0]
	ex.Reply.Status = 500
	if err := w.ring.Apply(t.Context(), capture.Op{Reply: &capture.ReplySet{ID: ex.ID, State: capture.StateAnswered, Reply: ex.Reply}}); err != nil {
		t.Fatal(err)
	}
	w.Look()
	check("all 8 · failed 3 · cheap 1")
	if err := w.ring.Apply(t.Context(), capture.Op{Delete: []capture.ID{1, 2}}); err != nil {
		t.Fatal(err)
	}
	w.Look()
	check("all 6 · failed 2 · cheap 0")
	if lines := strings.Split(w.Text(), "\n"); len(lines) != 24 || !strings.HasPrefix(lines[2], "──") {
		t.Errorf("%d lines:\n%s", len(lines), w.Text())
	}
}

// A mark, an undo and reading a request change what its tab counts.
func TestViewsFollowMarksAndReads(t *testing.T) {
	w, _ := withViews(t, 80, 24, ui.View{Name: "m", Filter: "is:marked"}, ui.View{Name: "u", Filter: "is:unread"})
	w.arrive(t, samples(3)...)
	check := func(want string) {
		t.Helper()
		if got := w.tabs(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	w.Press("space")
	check("all 3 · m 1 · u 0")
	w.Press("d")
	w.Look()
	check("all 2 · m 0 · u 0")
	w.Press("u")
	w.Look()
	check("all 3 · m 1 · u 0")
	w.Press("esc")
	check("all 3 · m 0 · u 0")
	w.Press("k")
	w.arrive(t, samples(2)...)
	check("all 5 · m 0 · u 2")
	w.Press("G")
	check("all 5 · m 0 · u 1")
}

func TestViewsSwitch(t *testing.T) {
	w, _ := withViews(t, 120, 40, failedView, ui.View{Name: "push", Filter: "event:push"})
	w.arrive(t, samples(8)...)
	force := func() string {
		if _, line := w.row("is:failed"); line != "" {
			return "failed"
		}
		if _, line := w.row("event:push"); line != "" {
			return "push"
		}
		return "all"
	}
	for _, c := range []struct{ key, want string }{{"]", "failed"}, {"]", "push"}, {"]", "all"}, {"[", "push"}, {"[", "failed"}, {"esc", "all"}} {
		if w.Press(c.key); force() != c.want {
			t.Errorf("after %s: %s, want %s", c.key, force(), c.want)
		}
	}
	x := strings.Index(w.tabs(), "push") - 1 // a blank is before; the dots are of two bytes
	w.Send(tea.MouseClickMsg{X: x, Y: 1, Button: tea.MouseLeft})
	if force() != "push" {
		t.Errorf("a click gives %s:\n%s", force(), w.Text())
	}
	w.Send(tea.MouseClickMsg{X: 100, Y: 1, Button: tea.MouseLeft})
	if force() != "push" {
		t.Errorf("a click on no tab gives %s", force())
	}
}

func TestSaveAView(t *testing.T) {
	w := newWorld(t, 100, 30)
	d := w.deps()
	var kept []ui.View
	var fails error
	d.KeepView = func(_ string, v ui.View) error { kept = append(kept, v); return fails }
	w.Screen = uitest.New(t, d, 100, 30)
	w.arrive(t, samples(8)...)
	w.Press("]")
	if _, line := w.row("no saved filter yet"); line == "" {
		t.Errorf("] without any says nothing:\n%s", w.Text())
	}
	w.Press("/", "ctrl+s")
	w.Type("is:nonsense")
	w.Press("ctrl+s")
	if strings.Contains(w.Text(), "save the filter") {
		t.Errorf("a filter with a mistake is saved:\n%s", w.Text())
	}
	w.Press("esc", "/")
	w.Type("is:failed")
	w.Press("ctrl+s")
	w.Type("broken")
	w.Press("enter")
	if len(kept) != 1 || kept[0] != (ui.View{Name: "broken", Filter: "is:failed"}) || w.tabs() != "all 8 · broken 2" {
		t.Errorf("kept %q:\n%s", kept, w.Text())
	}
	for name, want := range map[string]string{"broken": "take another name", " broken ": "take another name", " all": "take another name", "  ": "needs a name"} {
		w.Press("/", "ctrl+s")
		w.Type(name)
		w.Press("enter")
		if len(kept) != 1 || !strings.Contains(w.Text(), want) {
			t.Errorf("%q is kept: %q\n%s", name, kept, w.Text())
		}
		w.Press("esc", "esc")
	}
	w.Press("/")
	w.Type(" event:push")
	fails = errors.New("read-only file system")
	w.Press("ctrl+s")
	w.Type("other")
	w.Press("enter")
	if _, line := w.row("read-only file system"); line == "" {
		t.Errorf("that it is not kept is not said:\n%s", w.Text())
	}
}

// The saved filter in force is renamed and removed, in the configuration, too.
func TestViewIsRenamedAndRemoved(t *testing.T) {
	w := newWorld(t, 80, 24)
	d := w.deps()
	d.Views = []ui.View{failedView, bodyView}
	var kept []string
	d.KeepView = func(name string, is ui.View) error {
		kept = append(kept, name+"="+is.Name)
		return nil
	}
	w.Screen = uitest.New(t, d, 80, 24)
	w.arrive(t, samples(4)...)
	command := func(name string) {
		w.Press(":")
		w.Type(name)
		w.Press("enter")
	}
	is := func(tabs string, want ...string) {
		t.Helper()
		if got := w.tabs(); got != tabs || !slices.Equal(kept, want) {
			t.Errorf("tabs %q, kept %q", got, kept)
		}
		w.Exact()
	}
	w.Press("]")
	command("rename the saved")
	w.Type("cheap")
	w.Press("enter")
	w.has(t, "take another name")
	w.Press("ctrl+u")
	w.Type("broken")
	w.Press("enter")
	is("all 4 · broken 1 · cheap 1", "failed=broken")
	command("rename the saved")
	w.Press("enter") // as it is
	is("all 4 · broken 1 · cheap 1", "failed=broken")
	command("remove the saved")
	is("all 4 · cheap 1", "failed=broken", "broken=")
	w.Press("/")
	w.Type(failedView.Filter)
	w.Press("ctrl+s")
	w.Type("failed")
	w.Press("enter")
	is("all 4 · cheap 1 · failed 1", "failed=broken", "broken=", "=failed")
}

// Tabs that have no room are marked on both sides; the one in force is in sight.
func TestManyViews(t *testing.T) {
	var views []ui.View
	for i := range 12 {
		views = append(views, ui.View{Name: fmt.Sprintf("filter-%d", i), Filter: fmt.Sprintf("path:/%d", i)})
	}
	w, _ := withViews(t, 80, 24, views...)
	w.arrive(t, samples(2)...)
	is := func(first, last string) {
		t.Helper()
		tabs := w.tabs()
		if !strings.HasPrefix(tabs, first) || !strings.HasSuffix(tabs, last) {
			t.Errorf("tabs %q, want %q to %q", tabs, first, last)
		}
		w.Exact()
	}
	is("all 2 · filter-0 0", "filter-4 0 · …")
	w.Press("[")
	is("… · filter-7 0", "filter-11 0")
	w.Press("[", "[")
	is("… · filter-5 0", "filter-9 0 · …")
	w.Send(tea.MouseClickMsg{X: 7, Y: 1, Button: tea.MouseLeft})
	w.has(t, "path:/5")
	for width := 20; width < 120; width += 7 {
		w.Resize(width, 24)
		w.Exact()
	}
}

// Tabs that fit exactly are all there; with a column less the last one gives way to a mark.
func TestViewsThatFitExactly(t *testing.T) {
	var views []ui.View
	for i := range 4 {
		views = append(views, ui.View{Name: fmt.Sprintf("filter-%d", i), Filter: fmt.Sprintf("path:/%d", i)})
	}
	w, _ := withViews(t, 120, 24, views...)
	w.arrive(t, samples(2)...)
	all := w.tabs()
	for less, want := range []string{all, strings.TrimSuffix(all, "filter-3 0") + "…"} {
		w.Resize(ansi.StringWidth(all)+2-less, 24)
		if got := w.tabs(); got != want {
			t.Errorf("%d columns less: %q, want %q", less, got, want)
		}
	}
}

// A click on a tab puts its filter in force, from its first cell to its last; one beside
// it does nothing.
func TestClickOnSavedFilters(t *testing.T) {
	var views []ui.View
	for i := range 9 {
		views = append(views, ui.View{Name: fmt.Sprintf("filter-%d", i), Filter: fmt.Sprintf("path:/%d", i)})
	}
	for _, first := range []int{0, 5} { // of those in sight: behind the mark, too
		for _, off := range []struct {
			by   int
			hits bool
		}{{-1, false}, {0, true}, {len("filter-6 0") - 1, true}, {len("filter-6 0"), false}} {
			w, _ := withViews(t, 60, 24, views...)
			w.arrive(t, samples(2)...)
			if first > 0 {
				w.Press("[") // the last one, and those before it
			}
			name := fmt.Sprint("filter-", first+1)
			x, y := w.at(t, name+" 0")
			w.click(x+off.by, y)
			if _, line := w.row(fmt.Sprintf("path:/%d ", first+1)); (line != "") != off.hits {
				t.Errorf("a click %d cells right of %s:\n%s", off.by, name, w.Text())
			}
		}
	}
}

// What is gone when a search of its body ends is not counted.
func TestGoneWhileItsBodyIsSearched(t *testing.T) {
	w, _ := withViews(t, 80, 24, bodyView)
	under := w.Hold(func() { w.arrive(t, samples(2)...) })
	if err := w.ring.Apply(t.Context(), capture.Op{Delete: []capture.ID{2}}); err != nil {
		t.Fatal(err)
	}
	w.Look()
	if under.End(); w.tabs() != "all 1 · cheap 0" {
		t.Errorf("got %q", w.tabs())
	}
}
