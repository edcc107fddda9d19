package ui_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
)

// keysOf are the keys that a hint names.
func keysOf(hint string) []string {
	arrows := map[string]string{"↑": "up", "↓": "down", "←": "left", "→": "right", "f1,": "f1"}
	var keys []string
	for k := range strings.FieldsSeq(hint) {
		if name := arrows[k]; name != "" {
			k = name
		}
		keys = append(keys, k)
	}
	return keys
}

// places are where hints are read: a focus, a tab, a state of the screen.
var places = map[string]func(w *world){
	"the list":         func(*world) {},
	"the detail":       press("enter"),
	"beside the list":  press("tab"),
	"the tree":         press("enter", "v", "2", "j"),
	"headers":          press("enter", "2"),
	"attempts":         press("enter", "5"),
	"attempts, list":   press("5"),
	"signature":        press("enter", "6"),
	"signature, list":  press("6"),
	"marked":           press("space", "k", "space"),
	"filtered":         func(w *world) { w.Press("/"); w.Type("stripe"); w.Press("enter") },
	"filtered to none": func(w *world) { w.Press("enter", "ctrl+f"); w.Type("nothing-like-this"); w.Press("enter") },
}

// TestHintsKeepTheirWord tries every hint of the last line from every focus and in
// every dialog: the key does something that can be seen.
func TestHintsKeepTheirWord(t *testing.T) {
	t.Chdir(t.TempDir()) // exports are written
	open := map[string]func(w *world){}
	maps.Copy(open, places)
	for _, d := range dialogs {
		open[d.name] = d.open
	}
	for name, to := range open {
		t.Run(name, func(t *testing.T) {
			start := func() *world {
				w := everything(t, 120, 40)
				to(w)
				return w
			}
			for _, hint := range start().Model.Hints() {
				for _, key := range keysOf(hint.Key) {
					w := start()
					if hint.Does == "next" || strings.Contains(hint.Does, "undo") {
						continue // nothing follows the last, and nothing was done yet
					}
					before := w.Model.View()
					held := w.Hold(func() { w.Press(key) })
					after := w.Model.View()
					if before.Content == after.Content && fmt.Sprint(before.Cursor) == fmt.Sprint(after.Cursor) && held.Len() == 0 {
						if !afterMoving(start, key) {
							t.Errorf("%s %s: nothing happens on\n%s", key, hint.Does, w.Text())
						}
					}
				}
			}
		})
	}
}

// afterMoving reports whether a key does something from another line, as those do
// that order a list or scroll.
func afterMoving(start func() *world, key string) bool {
	for _, move := range []string{"down", "up"} {
		w := start()
		w.Press(move)
		before := w.Text()
		if w.Press(key); w.Text() != before {
			return true
		}
	}
	return false
}

// What the Signature tab says of enter holds from the list, too, and what is typed
// then is the secret.
func TestEnterAsksForTheSecretFromEveryFocus(t *testing.T) {
	for _, focus := range [][]string{{"6"}, {"tab", "6"}, {"enter", "6"}} {
		w, _ := newProviderWorld(t, nil)
		w.arrive(t, signedStripe(t, "whsec_right"))
		w.Press(focus...)
		w.has(t, "asks for the secret")
		w.Press("enter")
		w.Type("tdx")
		w.has(t, "what Stripe signs with")
		w.hasNot(t, "delete")
		w.Press("esc")
		w.hasNot(t, "what Stripe signs with")
	}
}

// A paste is never keys, wherever it comes.
func TestPasteIsNoKeys(t *testing.T) {
	for _, d := range dialogs {
		if d.typed {
			continue
		}
		w := everything(t, 120, 40)
		d.open(w)
		before := w.Model.Hints()
		held := w.Hold(func() { w.Send(tea.PasteMsg{Content: "yqrdA\ry3"}) })
		if held.Len() > 0 || w.Quit || fmt.Sprint(before) != fmt.Sprint(w.Model.Hints()) {
			t.Errorf("%s: a paste does something:\n%s", d.name, w.Text())
		}
	}
	for name, to := range places {
		w := everything(t, 120, 40)
		to(w)
		before := w.Text()
		if w.Send(tea.PasteMsg{Content: "yqrdA\ry3"}); w.Quit || before != w.Text() {
			t.Errorf("%s: a paste does something:\n%s", name, w.Text())
		}
	}
}

// Where nothing is selected the list has the focus, so that what it says of esc
// holds.
func TestEscTakesTheFilterOffFromTheDetail(t *testing.T) {
	w := newWorld(t, 120, 40)
	w.arrive(t, samples(2)...)
	w.Press("enter", "ctrl+f")
	w.Type("nothing-like-this")
	w.Press("enter")
	w.has(t, "esc takes the filter off")
	w.Press("esc")
	w.has(t, "#2")
}

// TestNoneMatches: where the filter lets nothing through, the screen says so, also to
// the keys that need a request, and offers to change it.
func TestNoneMatches(t *testing.T) {
	w := everything(t, 160, 45)
	w.Press("/")
	w.Type("nothing-like-this")
	w.Press("enter")
	w.has(t, "/ change the filter")
	w.hasNot(t, "y copy")
	w.hasNot(t, "response ─")
	for _, key := range []string{"y", "r", "x"} {
		w.Press(key)
		w.has(t, "none matches the filter: esc takes it off")
	}
}
