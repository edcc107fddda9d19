package ui_test

import (
	"errors"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/google/go-cmp/cmp"

	"creel/capture"
	"creel/capture/filter"
	"creel/capture/reply"
	"creel/capture/ring"
	"creel/forward"
	"creel/ui/uitest"
)

// A notice ends with the next key that does something, and not with one that
// does nothing.
func TestNoticesEndWithTheNextKey(t *testing.T) {
	w := newWorld(t, 120, 40)
	w.arrive(t, samples(3)...)
	w.Press("b")
	w.has(t, "bell on")
	w.Press("Q")
	w.has(t, "bell on")
	w.Press("k")
	w.hasNot(t, "bell on")
}

// What I says when it switches holding off depends on whether a sender is held.
func TestHoldOffSaysWhatIsTrue(t *testing.T) {
	w := everything(t, 120, 40)
	w.Press("I")
	w.has(t, "1 held already stay held, A releases them")
	w = newWorld(t, 120, 40)
	d := w.deps()
	d.Gate = &reply.Gate{}
	d.Gate.Set(new(filter.Filter), true)
	w.Screen = uitest.New(t, d, 120, 40)
	w.Press("I")
	w.has(t, "hold is off: senders do not wait for you")
}

// The palette finds commands by what they are about, and has none that is there
// to say that it does nothing.
func TestPaletteFinds(t *testing.T) {
	for typed, want := range map[string]string{"curl": "Copy", "clipboard": "Trigger", "import": "Trigger", "histogram": "Repeat", "har": "Export"} {
		w := newWorld(t, 120, 40)
		w.arrive(t, samples(1)...)
		w.Press(":")
		w.Type(typed)
		w.has(t, want)
	}
	w := newWorld(t, 120, 200) // higher than there are commands
	w.arrive(t, samples(1)...)
	w.Press(":")
	w.hasNot(t, " more ")
	w.hasNot(t, "does not suspend")
	w.has(t, "Previous saved filter")
	w.has(t, "Quit")
}

// The line of a jq expression that is wrong stays open after enter, to be put
// right; that of one that is right closes.
func TestWrongJQStaysOpen(t *testing.T) {
	w := newWorld(t, 120, 40)
	w.arrive(t, samples(1)...)
	w.Press("enter", "=")
	w.Type(".data|nope")
	w.Press("enter")
	w.has(t, "jq › .data|nope")
	w.Press("backspace", "backspace", "backspace", "backspace", "backspace", "enter")
	w.hasNot(t, "jq › ")
	w.has(t, `"amount": 0`)
	w.hasNot(t, `"id": "evt_0"`)
}

// While an expression runs its line stays open after enter, and closes when the
// result is there; what is typed meanwhile keeps it open.
func TestSlowJQ(t *testing.T) {
	w := newWorld(t, 120, 40)
	w.arrive(t, samples(1)...)
	w.Press("enter", "=")
	held := w.Hold(func() { w.Type(".data") })
	w.Press("enter")
	w.has(t, "jq › .data")
	held.End()
	w.hasNot(t, "jq › ")
	w.Press("=")
	held = w.Hold(func() { w.Type(".amount") })
	w.Press("enter")
	held.Next()
	w.Press("=")
	w.Type("x")
	w.has(t, "jq › .data.amountx")
}

// Marks survive what is done with the marked: a deletion of others, and a
// deletion that is undone.
func TestMarksSurviveDeleteAndUndo(t *testing.T) {
	w := newWorld(t, 120, 40)
	w.arrive(t, samples(4)...)
	w.Press("space", "k", "space") // #4, #3
	w.has(t, "resend 2 marked")
	w.Press("d")
	w.hasNot(t, "marked")
	w.Press("u")
	w.has(t, "resend 2 marked")
	w.Press("esc", "G", "space", "D", "s", "u")
	w.has(t, "resend 1 marked")
}

// Two deletions are undone in order, the last one first.
func TestUndoOfTwoDeletions(t *testing.T) {
	w := newWorld(t, 120, 40)
	w.arrive(t, samples(4)...)
	w.Press("d", "k", "d") // #4, then #2
	w.Press("u")
	w.has(t, "#2 back")
	w.hasNot(t, "#4 ")
	w.Press("u")
	w.has(t, "#4 back")
	w.Press("u")
	w.has(t, "nothing was deleted")
}

// A mark of a row that the bounds evicted is gone, and counts for nothing.
func TestMarksOfEvictedRows(t *testing.T) {
	w := newWorld(t, 120, 40)
	w.ring = ring.New(capture.Bounds{Count: 2})
	w.Screen = uitest.New(t, w.deps(), 120, 40)
	w.arrive(t, samples(2)...)
	w.Press("k", "space", "j", "space") // #1, #2
	w.has(t, "resend 2 marked")
	w.arrive(t, samples(1)...)
	w.has(t, "resend 1 marked")
	w.arrive(t, samples(1)...)
	w.hasNot(t, "marked")
}

// A note is for the marked, and so is what r reports; e says that it is not.
func TestVerbsOnTheMarked(t *testing.T) {
	url, _ := app(t, 201)
	w := newWorld(t, 120, 40)
	d := w.deps()
	d.Targets = forwardTo(t, url)
	w.Screen = uitest.New(t, d, 120, 40)
	w.arrive(t, samples(3)...)
	w.Press("space", "k", "space", ";")
	w.has(t, "note on 2 marked")
	w.Type("odd")
	w.Press("enter")
	for id, want := range map[capture.ID]string{1: "", 2: "odd", 3: "odd"} {
		if ex, _ := w.ring.Get(id); ex.Note != want {
			t.Errorf("note of %s: %q, want %q", id, ex.Note, want)
		}
	}
	w.Press("r")
	w.has(t, "2 resent: 2 x 201")
	w.Press("e")
	w.has(t, "this is #2 alone: the 2 marked are not")
}

// The line in which a target is written says when it is not for the selected
// request.
func TestTargetThatIsNotForTheSelected(t *testing.T) {
	w := newWorld(t, 120, 40)
	w.arrive(t, samples(1)...)
	w.Press("F")
	w.Type("/github=3000")
	w.has(t, "takes /github and below: not /stripe?n=1, which is selected")
	w.Press("ctrl+u")
	w.Type("/stripe=3000")
	w.has(t, "→ http://localhost:3000/stripe?n=1")
	w.Press("enter")
	w.hasNot(t, "targets: where")
	w.has(t, "/stripe → :3000")
}

// Help explains what a row says; a dialog that is open follows another theme.
func TestHelpExplainsARow(t *testing.T) {
	w := newWorld(t, 120, 80)
	w.arrive(t, samples(1)...)
	w.Press("?")
	w.has(t, "502 → 500")
	before := w.Model.View().Content
	w.Send(tea.ColorProfileMsg{Profile: colorprofile.TrueColor})
	if after := w.Model.View().Content; after == before {
		t.Error("the dialog keeps the old colours")
	}
}

// A target that is set on the screen is kept in the configuration with w, which
// is promised only where there is one.
func TestTargetIsKept(t *testing.T) {
	for _, fails := range []error{nil, errors.New("disk full")} {
		w := newWorld(t, 80, 24)
		d := w.deps()
		d.Targets = forwardTo(t, "http://localhost:1")
		d.Config.ConfigFile = "/c.toml"
		var kept []string
		d.KeepTarget = func(t forward.Target) error {
			kept = append(kept, t.Spec())
			return fails
		}
		w.Screen = uitest.New(t, d, 80, 24)
		w.Press("F", "n")
		w.Type("/a=2")
		w.Press("enter")
		w.has(t, "w keep")
		w.hasNot(t, "/c.toml")
		w.Press("w")
		if diff := cmp.Diff([]string{"/a=http://localhost:2"}, kept); diff != "" {
			t.Error(diff)
		}
		if fails != nil {
			w.has(t, "is not kept: disk full")
			continue
		}
		w.has(t, "kept in /c.toml")
		w.Press("k")
		w.hasNot(t, "kept in /c.toml") // the other target is not
	}
	w := newWorld(t, 80, 24)
	d := w.deps()
	d.Targets = forwardTo(t, "http://localhost:1")
	w.Screen = uitest.New(t, d, 80, 24)
	w.Press("F", "w")
	w.hasNot(t, "w keep")
}

// The dialog of the first target closes: a notice says how long it lasts.
func TestFirstTargetLasts(t *testing.T) {
	for _, keeps := range []bool{true, false} {
		w := newWorld(t, 120, 40)
		d := w.deps()
		if keeps {
			d.KeepTarget = func(forward.Target) error { return nil }
		}
		w.Screen = uitest.New(t, d, 120, 40)
		w.arrive(t, samples(1)...)
		w.Press("F")
		w.Type("3000")
		w.Press("enter")
		if !keeps {
			w.hasNot(t, "until creel ends")
			continue
		}
		w.has(t, "requests go to :3000 until creel ends; F and w keep that")
	}
}

// From 60 columns on the tabs have their whole names, which become shorter below.
func TestTabNamesStay(t *testing.T) {
	w := newWorld(t, 60, 45)
	w.arrive(t, samples(1)...)
	for width := 60; width <= 220; width++ {
		w.Resize(width, 45)
		for _, name := range []string{"Body", "Headers", "Query", "Reply", "Attempts", "Signature", "Raw"} {
			if !strings.Contains(w.Text(), name) {
				t.Errorf("%d columns: no %s:\n%s", width, name, w.Text())
			}
		}
	}
}

// I says who is held from now on.
func TestHoldSaysWhoIsHeld(t *testing.T) {
	only, err := filter.Parse("path:/x", filter.Arrival)
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, 120, 40)
	d := w.deps()
	d.Gate = &reply.Gate{}
	w.Screen = uitest.New(t, d, 120, 40)
	w.Press("I")
	w.has(t, "hold is on: every sender waits for your reply; i narrows it")
	w.Press("I")
	w.has(t, "hold is off: senders do not wait for you")
	d.Gate.Set(only, false)
	w.Press("I")
	w.has(t, "hold is on for: path:/x")
	if f, on := d.Gate.Filter(); !on || f.String() != "path:/x" {
		t.Errorf("%v, %v", f, on)
	}
}

// A hold that is written is tried with the newest requests, of which there may be more.
func TestHoldIsTriedWithTheNewest(t *testing.T) {
	for n, want := range map[int]string{499: "499 of the 499 newest", 500: "500 of the 500 newest", 501: "500 of the 500 newest"} {
		w := newWorld(t, 120, 40)
		d := w.deps()
		d.Gate = &reply.Gate{}
		w.Screen = uitest.New(t, d, 120, 40)
		w.arrive(t, samples(n)...)
		w.Press("i", "ctrl+u")
		w.has(t, want+" would have been held")
	}
}
