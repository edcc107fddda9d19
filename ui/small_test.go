package ui_test

import (
	"strings"
	"testing"

	"creel/capture/filter"
	"creel/capture/reply"
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
	w.has(t, "what is held already stays so (1), A releases it")
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
	for typed, want := range map[string]string{"curl": "Copy", "clipboard": "Trigger", "histogram": "Repeat", "har": "Export"} {
		w := newWorld(t, 120, 40)
		w.arrive(t, samples(1)...)
		w.Press(":")
		w.Type(typed)
		w.has(t, want)
	}
	w := newWorld(t, 120, 60)
	w.arrive(t, samples(1)...)
	w.Press(":")
	w.hasNot(t, "more")
	w.hasNot(t, "does not suspend")
	if n := strings.Count(w.Text(), "│"); n < 2*40 {
		t.Errorf("the palette has %d lines on a screen of 60:\n%s", n/2, w.Text())
	}
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
