package ui_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"creel/capture"
	"creel/capture/filter"
	"creel/capture/provider"
	"creel/capture/reply"
	"creel/forward"
	"creel/ui"
	"creel/ui/engine"
	"creel/ui/uitest"
)

// dialogs are all that opens over the list or in place of a line of the screen,
// and how a user gets there. Typed says that it has a field with the cursor at
// once, chosen that one of its lines is selected.
var dialogs = []struct {
	name          string
	typed, chosen bool
	open          func(w *world)
}{
	{"breakdown", false, true, press("B")},
	{"name of a saved filter", true, false, func(w *world) { w.Press("/"); w.Type("is:failed"); w.Press("ctrl+s") }},
	{"another name of a saved filter", true, false, func(w *world) {
		w.Press("/")
		w.Type("is:failed")
		w.Press("ctrl+s")
		w.Type("mine")
		w.Press("enter", ":")
		w.Type("rename the saved")
		w.Press("enter")
	}},
	{"menu of exports", false, true, press("x")},
	{"menu of copies", false, true, press("y")},
	{"menu of views", false, true, press("enter", "v")},
	{"menu of deletions", false, true, press("D")},
	{"confirm", false, false, func(w *world) { w.edited(); w.Press("esc", "q") }},
	{"help", false, false, press("?")},
	{"problems", false, false, func(w *world) {
		w.log.Problem("it broke: " + strings.Repeat("long words ", 30))
		w.Look()
		w.Press("!")
	}},
	{"palette", true, true, press(":")},
	{"palette, far down", true, true, func(w *world) { w.Press(":"); w.repeat(20, "down") }},
	{"palette, last", true, true, press(":", "up")},
	{"palette, found", true, true, func(w *world) { w.Press(":"); w.Type("re") }},
	{"themes", true, true, func(w *world) { w.Press(":"); w.Type("theme"); w.Press("enter", "down", "down", "down") }},
	{"samples", true, true, press("t")},
	{"samples, far down", true, true, func(w *world) { w.Press("t"); w.repeat(40, "down") }},
	{"reply", true, false, press("s")},
	{"reply, last field", true, false, press("s", "tab", "shift+tab")},
	{"reply, each field", true, false, press("s", "tab", "tab", "tab")},
	{"rules", false, true, press("S")},
	{"rules, last", false, true, func(w *world) { w.Press("S"); w.repeat(11, "down") }},
	{"a rule", true, false, press("S", "n")},
	{"a rule, last field", true, false, press("S", "n", "shift+tab")},
	{"targets", false, true, press("F")},
	{"targets, a new one", true, false, press("F", "n")},
	{"forward", true, false, press("f")},
	{"hold", true, false, press("i")},
	{"answer", true, false, press("a")},
	{"answer, another way", false, false, press("a", "down", "down")},
	{"repeat", true, false, press("R")},
	{"repeat, last field", false, false, press("R", "shift+tab")},
	{"compose", true, false, func(w *world) { w.edited() }},
	{"compose, options", false, false, func(w *world) { w.edited(); w.Press("tab", "tab", "tab", "tab") }},
	{"compose, another URL", true, false, func(w *world) { w.edited(); w.Press("tab", "enter") }},
	{"compare", false, false, press("k", "c")},
	{"secret", true, false, press("enter", "6", "enter")},
	{"secret, last field", false, false, press("enter", "6", "enter", "shift+tab")},
	{"note", true, false, press(";")},
	{"filter", true, false, press("/")},
	{"filter, wrong", true, false, func(w *world) { w.Press("/"); w.Type("is:nonsense stripe") }},
	{"search", true, false, press("enter", "/")},
	{"jq", true, false, press("enter", "=")},
	{"edit a value", true, false, func(w *world) { w.Press("enter", "v"); w.Press("2", "j", "enter") }},
}

func press(keys ...string) func(*world) { return func(w *world) { w.Press(keys...) } }

func (w *world) repeat(n int, key string) {
	for range n {
		w.Press(key)
	}
}

// edited opens the selected request for editing, and edits it.
func (w *world) edited() {
	w.Press("e")
	w.Type("x")
}

// everything is a world in which every dialog has something to show.
func everything(t *testing.T, width, height int, changes ...func(*ui.Deps)) *world {
	set, err := provider.New(provider.Config{})
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, width, height)
	d := w.deps()
	app, err := forward.ParseURL("http://localhost:1/a/rather/long/path/of/hooks")
	if err != nil {
		t.Fatal(err)
	}
	d.Targets.Set([]forward.Target{{URL: app}, {Path: "/stripe", URL: app}, {Path: "/github", URL: app}})
	standing, gate := &reply.Standing{}, &reply.Gate{Poke: func() { w.pokes <- struct{}{} }}
	d.Standing, d.Gate, d.Rules, d.Providers = standing, gate, reply.NewRules(reply.Source{}, nil), engine.Providers{Set: set, Ring: w.ring}
	w.log, w.pokes = d.Log, make(chan struct{}, 100)
	for i := range 12 {
		if err := d.Rules.Add(fmt.Sprintf("[[rule]]\nname = 'number %d of the rules'\nmatch = 'path:/x'\nreply = { status = 500 }\n", i)); err != nil {
			t.Fatal(err)
		}
	}
	for _, change := range changes {
		change(&d)
	}
	w.Screen = uitest.New(t, d, width, height)
	w.arrive(t, samples(3)...)
	d.Gate.Set(new(filter.Filter), true)
	chain := reply.Chain{Standing: standing, Rules: reply.NewRules(reply.Source{}, nil), Gate: gate}
	ex := signedStripe(t, "s")
	ex.State, ex.Reply = capture.StateWaiting, capture.Reply{}
	held, err := w.ring.Submit(ex).Wait(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	go chain.Respond(t.Context(), held, ticket{held.ID})
	for gate.Len() == 0 {
		<-w.pokes
	}
	w.now = w.now.Add(10e9)
	w.Look()
	w.Press("esc", "G")
	return w
}

// TestDialogsAtAllSizes opens every dialog on every size: nothing is wider than
// the screen, what has the keys is in sight, the last line says the way out, and
// the way out leads back. Where a dialog opens small it must also stand being
// resized.
func TestDialogsAtAllSizes(t *testing.T) {
	for _, d := range dialogs {
		for _, size := range [][2]int{{20, 5}, {40, 8}, {40, 12}, {80, 24}, {120, 40}, {200, 50}} {
			t.Run(fmt.Sprintf("%s %dx%d", d.name, size[0], size[1]), func(t *testing.T) {
				w := everything(t, size[0], size[1])
				plain := w.Text()
				d.open(w)
				if w.Text() == plain {
					t.Fatalf("nothing opened:\n%s", plain)
				}
				check := func() {
					t.Helper()
					w.Exact()
					w.reachable(t, d.typed, d.chosen)
				}
				check()
				opened := w.Text()
				for _, other := range [][2]int{{20, 5}, {200, 60}, size} {
					w.Resize(other[0], other[1])
					check()
				}
				if resized := w.Text(); resized != opened {
					t.Errorf("resized to what it was, it is\n%s\nnot\n%s", resized, opened)
				}
				w.repeat(4, "esc")
				w.Press("j", "k")
				if w.Quit {
					t.Error("esc quits")
				}
			})
		}
	}
}

// A page that is longer than the screen scrolls from its first line to its last, and each
// key moves it.
func TestPagesScroll(t *testing.T) {
	for _, open := range []func(*world){
		press("?"),
		func(w *world) { w.edited(); w.Press("esc", "?") },
		func(w *world) {
			for i := range 60 {
				w.log.Problem(fmt.Sprint("it broke for the ", i, "th time"))
			}
			w.Look()
			w.Press("!")
		},
	} {
		for _, size := range [][2]int{{40, 8}, {80, 24}, {120, 40}} {
			w := everything(t, size[0], size[1])
			open(w)
			top := w.Text()
			w.Press("G")
			end := w.Text()
			if top == end {
				continue // it fits
			}
			for _, keys := range [][2]string{{"k", "j"}, {"pgup", "pgdown"}, {"ctrl+u", "G"}} {
				if w.Press(keys[0]); w.Text() == end {
					t.Errorf("%dx%d: %s does nothing at the end:\n%s", w.W, w.H, keys[0], end)
				}
				if w.Press(keys[1]); w.Text() != end {
					t.Errorf("%dx%d: %s does not lead back to the end:\n%s", w.W, w.H, keys[1], w.Text())
				}
			}
			if w.Press("g"); w.Text() != top {
				t.Errorf("%dx%d: g does not lead to the top:\n%s", w.W, w.H, w.Text())
			}
		}
	}
}

// reachable fails the test unless what has the keys is in sight, and the last
// line says the way out.
func (w *world) reachable(t *testing.T, typed, chosen bool) {
	t.Helper()
	view := w.Model.View()
	lines := strings.Split(ansi.Strip(view.Content), "\n")
	if last := lines[len(lines)-1]; !strings.Contains(last, "esc") {
		t.Errorf("%dx%d: no way out is said:\n%s", w.W, w.H, w.Text())
	}
	c := view.Cursor
	if typed && (c == nil || c.X < 0 || c.X >= w.W || c.Y < 0 || c.Y >= len(lines)-1) {
		t.Errorf("%dx%d: the cursor is out of sight, at %+v:\n%s", w.W, w.H, c, w.Text())
	}
	if chosen && !strings.Contains(strings.Join(lines, "\n"), "│ ▌") && !strings.Contains(strings.Join(lines, "\n"), "│▌") && !strings.Contains(strings.Join(lines, "\n"), "\n▌") {
		t.Errorf("%dx%d: what is selected is out of sight:\n%s", w.W, w.H, w.Text())
	}
}
