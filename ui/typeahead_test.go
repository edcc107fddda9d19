package ui_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	tea "charm.land/bubbletea/v2"

	"creel/capture"
	"creel/ui"
	"creel/ui/uitest"
)

// failingBodies cannot be read.
type failingBodies struct{}

func (failingBodies) Body(context.Context, capture.BodyRef) ([]byte, error) {
	return nil, errors.New("the disk is gone")
}

// What is typed before a dialog is there goes to it, and not to what is beneath it.
func TestTypingAheadIsForTheDialog(t *testing.T) {
	for _, tt := range []struct {
		name  string
		open  []string
		typed string
		want  string
	}{
		{"where to send a draft", []string{"e"}, "3000", "http://localhost:3000/"},
		{"a mask", []string{"x", "M"}, "x", "export #"},
		{"a comparison", []string{"c"}, "?", "comparison"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, 120, 40)
			w.arrive(t, samples(3)...)
			last := len(tt.open) - 1
			w.Press(tt.open[:last]...)
			held := w.Hold(func() { w.Press(tt.open[last]) })
			w.Type(tt.typed)
			w.hasNot(t, tt.want)
			held.End()
			w.has(t, tt.want)
		})
	}
}

// A draft is typed into before it is there.
func TestTypingAheadIntoADraft(t *testing.T) {
	w := newWorld(t, 120, 40)
	d := w.deps()
	d.Targets = forwardTo(t, "http://localhost:3000")
	w.Screen = uitest.New(t, d, 120, 40)
	w.arrive(t, samples(2)...)
	held := w.Hold(func() { w.Press("e") })
	w.Type("dd")
	w.Send(tea.PasteMsg{Content: "pasted"})
	held.End()
	w.has(t, "ddpasted")
	w.Press("esc")
	w.has(t, "#2")
}

// Leaving what is not there yet leaves it for good, and the keys after it mean what they
// meant before.
func TestLeavingWhatIsBeingPrepared(t *testing.T) {
	for _, leave := range []string{"esc", "ctrl+c"} {
		w := newWorld(t, 120, 40)
		w.arrive(t, samples(2)...)
		held := w.Hold(func() { w.Press("e") })
		w.Type("3")
		w.Press(leave)
		w.has(t, "reading the body of #2: left")
		w.Press("g")
		held.End()
		w.hasNot(t, "to be sent to")
		if w.Quit {
			t.Errorf("%s ended the program", leave)
		}
		held = w.Hold(func() { w.Press("e") })
		other := w.Hold(func() { w.Press("esc", "G", "e") })
		held.End()
		w.hasNot(t, "to be sent to")
		other.End()
		w.has(t, "edit #2, to be sent to")
	}
}

// When nothing opens, what was typed for it does nothing.
func TestTypingAheadOfWhatDoesNotOpen(t *testing.T) {
	w := newWorld(t, 120, 40)
	list := samples(2)
	list[1].Request.Body = capture.StoredBody(failingBodies{}, 1, 7)
	w.arrive(t, list...)
	held := w.Hold(func() { w.Press("e") })
	w.Type("dq")
	held.End()
	w.has(t, "the disk is gone")
	w.has(t, "#2")
	if w.Quit {
		t.Error("a key that was typed for the draft ended the program")
	}
}

// What takes long is said, until it is there.
func TestPreparingSaysWhatTakesLong(t *testing.T) {
	w := newWorld(t, 120, 40)
	w.arrive(t, samples(2)...)
	held := w.Hold(func() { w.Press("e") })
	w.Send(ui.Ticked())
	w.has(t, "reading the body of #2…   esc leaves it")
	held.End()
	w.has(t, "to be sent to")
	w.hasNot(t, "reading the body")
}

// Before a large draft is sent it is checked beside the screen: what is typed meanwhile
// goes into it after that, and what is left is not sent.
func TestSendingALargeDraft(t *testing.T) {
	var came atomic.Int32
	app := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { came.Add(1) }))
	t.Cleanup(app.Close)
	w := newWorld(t, 120, 40)
	d := w.deps()
	d.Targets = forwardTo(t, app.URL)
	w.Screen = uitest.New(t, d, 120, 40)
	list := samples(1)
	list[0].Request.Fields = nil
	list[0].Request.Body = capture.NewBody([]byte(strings.Repeat("large ", 10_000)))
	w.arrive(t, list...)
	w.Press("e")
	edit := w.Hold(func() { w.Type("x") })
	held := w.Hold(func() { w.Press("ctrl+s") })
	w.Send(ui.Ticked())
	w.has(t, "checking the draft of #1…   esc leaves it")
	w.Press("esc")
	w.has(t, "checking the draft of #1: left")
	held.End()
	if came.Load() != 0 {
		t.Error("what was left is sent")
	}
	held = w.Hold(func() { w.Press("ctrl+s") })
	w.Type("later")
	w.hasNot(t, "xlater")
	held.End()
	w.has(t, "xlater")
	w.has(t, "200")
	if came.Load() != 1 {
		t.Errorf("%d were sent", came.Load())
	}
	edit.End()
}

// What was typed ahead of the user's editor is not typed into the draft behind it.
func TestTypingAheadOfAnEditor(t *testing.T) {
	w := newEditWorld(t, `sh -c "exit 1" sh`)
	held := w.Hold(func() { w.Press("E") })
	w.Type("XYZ")
	held.End()
	w.hasNot(t, "XYZ")
	w.Press("e")
	w.hasNot(t, "XYZ")
}
