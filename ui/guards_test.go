package ui_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"creel/capture"
	"creel/capture/ring"
	"creel/forward"
	"creel/ui/uitest"
)

// A filter that reads bodies knows of marks, of what was read and of duplicates, too.
func TestSearchKnowsMarks(t *testing.T) {
	w := newWorld(t, 120, 40)
	list := samples(3)
	for _, ex := range list[:2] {
		ex.Sender = capture.Sender{Provider: "stripe", Event: "invoice.paid", Delivery: "one", Try: 1}
	}
	w.arrive(t, list...)
	w.Press("space")
	for filter, want := range map[string]string{
		"is:marked": "1 of 3", "not is:marked": "2 of 3", "is:duplicate": "1 of 3", "is:unread": "0 of 3",
	} {
		w.Press("/")
		w.Type("body:amount " + filter)
		w.Press("enter")
		w.has(t, want)
		w.Press("esc")
	}
}

// A note is given to all marked ones; where they had different ones the line begins
// empty, and without one they keep them.
func TestNoteOnSeveral(t *testing.T) {
	w := newWorld(t, 120, 40)
	w.arrive(t, samples(3)...)
	w.Press(";")
	w.Type("first")
	w.Press("enter")
	w.Press("space", "k", "space", ";")
	w.has(t, "note on 2 marked")
	w.has(t, "the notes differ: empty leaves them as they are")
	w.Press("enter")
	if ex, _ := w.ring.Get(3); ex.Note != "first" {
		t.Errorf("the note is %q", ex.Note)
	}
	w.Press(";")
	w.Type("both")
	w.Press("enter")
	var notes []string
	for _, ex := range w.ring.Snapshot() {
		notes = append(notes, ex.Note)
	}
	if got := strings.Join(notes, "|"); got != "|both|both" {
		t.Errorf("notes %q", got)
	}
}

// What cannot be compared says why.
func TestNothingToCompare(t *testing.T) {
	w := newWorld(t, 120, 40)
	w.arrive(t, samples(3)...)
	w.Press("g", "c")
	w.has(t, "#1: no earlier, different delivery of it; space marks one to compare")
	w.Press("space", "j", "space", "j", "space", "c")
	w.has(t, "compare: mark one or two, not more")
}

// failingRing takes no changes while it fails.
type failingRing struct {
	*ring.Ring
	err error
}

func (r *failingRing) Apply(ctx context.Context, ops ...capture.Op) error {
	if r.err != nil {
		return r.err
	}
	return r.Ring.Apply(ctx, ops...)
}

// What could not be deleted is still there; an undo that failed can be tried again.
func TestChangesThatFail(t *testing.T) {
	w := newWorld(t, 120, 40)
	d := w.deps()
	failing := &failingRing{Ring: w.ring, err: errors.New("disk full")}
	d.Ring = failing
	w.Screen = uitest.New(t, d, 120, 40)
	w.arrive(t, samples(2)...)
	w.Press("d")
	w.has(t, "disk full")
	w.has(t, "2 kept")
	failing.err = nil
	w.Press("d")
	w.has(t, "1 kept")
	failing.err = errors.New("disk full again")
	w.Press("u")
	w.has(t, "disk full again")
	failing.err = nil
	w.Press("u")
	w.has(t, "2 kept")
	if _, ok := w.ring.Get(2); !ok {
		t.Error("it is not back")
	}
}

// A body that a terminal's clipboard does not take is not sent to it.
func TestCopyTooMuch(t *testing.T) {
	w := newWorld(t, 120, 40)
	list := samples(2)
	list[0].Request.Body = capture.NewBody([]byte(strings.Repeat("x", 74_000)))
	list[1].Request.Body = capture.NewBody([]byte(strings.Repeat("x", 74_001)))
	w.arrive(t, list...)
	w.Press("y", "b")
	w.has(t, "too much for a terminal's clipboard: w in the menu writes a file")
	w.Press("k", "y", "b")
	w.has(t, "sent to the terminal's clipboard (OSC 52)")
}

// With --ascii nothing else is on the screen, whatever was captured.
func TestASCII(t *testing.T) {
	w := newWorld(t, 120, 40)
	d := w.deps()
	d.Config.ASCII = true
	w.Screen = uitest.New(t, d, 120, 40)
	ex := samples(1)[0]
	ex.Request.Target, ex.Note = "/größe", "→ 世界"
	ex.Request.Body = capture.NewBody([]byte(`{"a":"ü"}`))
	w.arrive(t, ex)
	for _, keys := range [][]string{{}, {"enter"}, {"5"}, {"esc", "?"}, {"esc", "F"}, {"esc", "s"}} {
		w.Press(keys...)
		for _, c := range w.Text() {
			if c > 0x7e {
				t.Errorf("after %q there is %q:\n%s", keys, c, w.Text())
				break
			}
		}
	}
}

// once is a body that can be read until it is deleted.
type once struct{ gone bool }

func (o *once) Body(context.Context, capture.BodyRef) ([]byte, error) {
	if o.gone {
		return nil, capture.ErrEvicted
	}
	return []byte("kept"), nil
}

// Undo brings a body back that was not in memory.
func TestUndoBringsBodiesBack(t *testing.T) {
	w := newWorld(t, 120, 40)
	ex, src := samples(1)[0], &once{}
	ex.Request.Body = capture.StoredBody(src, 1, 4)
	w.arrive(t, ex)
	w.Press("d")
	src.gone = true
	w.Press("u")
	back, ok := w.ring.Get(1)
	if !ok {
		t.Fatal("it is not back")
	}
	if body, err := back.Request.Body.Bytes(t.Context()); err != nil || string(body) != "kept" {
		t.Errorf("%q %v", body, err)
	}
}

// What is too large for undo is reported as such, and what was deleted before can be brought back.
func TestUndoOfWhatIsTooLarge(t *testing.T) {
	const most = 64 << 20
	for _, tt := range []struct {
		name           string
		attached, note bool
		size           int64
		undo           bool
	}{
		{name: "a body that is small enough", size: most, undo: true},
		{name: "a larger body", size: most + 1},
		{name: "what goes with the body", size: 4, note: true},
		{name: "small enough at another creel", attached: true, size: most - 10_000, undo: true},
		{name: "larger at another creel", attached: true, size: most},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, 120, 40)
			if tt.attached {
				w = newAttached(t, "", 120, 40).world
			}
			list := samples(2)
			list[1].Request.Body = capture.StoredBody(&once{}, 1, tt.size)
			if tt.note {
				list[1].Note = strings.Repeat("x", most)
			}
			w.arrive(t, list...)
			w.Press("k", "d", "d")
			if tt.undo {
				w.has(t, "#2 deleted   u brings it back")
			} else {
				w.has(t, "1 deleted; too large for undo, over 67 MB")
			}
			w.Press("u")
			if _, ok := w.ring.Get(2); ok != tt.undo {
				t.Errorf("after undo the last one is there: %v", ok)
			}
			if _, ok := w.ring.Get(1); ok == tt.undo {
				t.Errorf("after undo the first one is there: %v", ok)
			}
		})
	}
}

// failingSender makes no attempt with the first request.
type failingSender struct{ forward.Resender }

func (f *failingSender) Resend(_ context.Context, x forward.Resend) (capture.Attempt, error) {
	if x.Exchange.ID == 1 {
		return capture.Attempt{}, errors.New("the link is lost")
	}
	return capture.Attempt{To: "http://h/", Reply: capture.Reply{Status: 200}}, nil
}

// Of several that are resent, those of which no attempt came are not counted.
func TestResentOfSeveral(t *testing.T) {
	w := newWorld(t, 120, 40)
	d := w.deps()
	d.Resender = &failingSender{forward.Resender{Sender: &forward.Sender{}}}
	w.Screen = uitest.New(t, d, 120, 40)
	w.arrive(t, samples(3)...)
	w.Press("space", "k", "space", "k", "space", "f")
	w.Type("http://h/")
	w.Press("enter")
	w.has(t, "2 resent: 2 x 200")
	w.Press("!")
	w.has(t, "#1 not sent: the link is lost")
}
