package ui_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"creel/capture"
	"creel/ui"
	"creel/ui/engine"
	"creel/ui/uitest"
)

// newMemoryWorld is a screen over requests that are in memory only.
func newMemoryWorld(t *testing.T, change func(*ui.Deps)) *world {
	w := newWorld(t, 120, 40)
	d := w.deps()
	d.Config.History = ""
	if change != nil {
		change(&d)
	}
	w.Screen = uitest.New(t, d, 120, 40)
	return w
}

// Quitting loses nothing without a question: neither one request that is in
// memory only nor several; without any there is no question.
func TestQuitAsksForWhatIsInMemory(t *testing.T) {
	w := newMemoryWorld(t, nil)
	if w.Press("q"); !w.Quit {
		t.Error("a question although nothing would be lost")
	}
	for n, text := range map[int]string{1: "1 request is in memory only and will be lost", 3: "3 requests are in memory only and will be lost"} {
		w := newMemoryWorld(t, nil)
		w.arrive(t, samples(n)...)
		for _, key := range []string{"q", "ctrl+c"} {
			w.Press(key)
			w.has(t, text)
			if w.Press("n"); w.Quit {
				t.Error("quit all the same")
			}
		}
		if w.Press("q", "y"); !w.Quit {
			t.Error("y does not quit")
		}
	}
}

// What the team has is not lost: only what this node captured and did not publish yet.
func TestQuitAsksForWhatIsNotPublished(t *testing.T) {
	for _, tt := range []struct {
		node, text string
		waiting    int
	}{
		{node: "ana", waiting: 2, text: "2 requests are in memory only"},
		{node: "ana", waiting: 9, text: "3 requests are in memory only"},
		{node: "ana"},
		{}, // it only looks
	} {
		w := newMemoryWorld(t, func(d *ui.Deps) {
			d.Config.Team = &ui.Team{
				Space: "shop", Node: tt.node, Look: func(capture.ID) {},
				Status: func() engine.TeamStatus { return engine.TeamStatus{Waiting: tt.waiting} },
			}
		})
		rows := samples(4)
		for _, ex := range rows[1:] {
			ex.Origin = &capture.Origin{Node: "ana"}
		}
		rows[0].Origin = &capture.Origin{Node: "ben"}
		w.arrive(t, rows...)
		w.Press("q")
		if tt.text == "" != w.Quit {
			t.Errorf("%+v: quit %v", tt, w.Quit)
		}
		if tt.text != "" {
			w.has(t, tt.text)
		}
	}
}

func TestQuitExports(t *testing.T) {
	t.Chdir(t.TempDir())
	w := newMemoryWorld(t, nil)
	w.arrive(t, samples(3)...)
	w.Press("q", "x", "o")
	if files, _ := filepath.Glob("creel-*"); len(files) != 1 {
		t.Errorf("%q", files)
	} else if b, err := os.ReadFile(files[0]); err != nil || len(b) < 100 {
		t.Errorf("%s %v", b, err)
	}
	if w.Quit {
		t.Error("it quit")
	}
}

// What was written into the history is not asked for; what came since is. A
// failure leaves the question as it was.
func TestQuitWritesIntoTheHistory(t *testing.T) {
	var kept []*capture.Exchange
	fails := true
	w := newMemoryWorld(t, func(d *ui.Deps) {
		d.KeepRequests = func(_ context.Context, list []*capture.Exchange) (string, error) {
			if fails {
				return "h.db", errors.New("the disk is full")
			}
			kept = append(kept, list...)
			return "h.db", nil
		}
	})
	w.arrive(t, samples(2)...)
	w.Press("q", "w")
	w.has(t, "the disk is full")
	fails = false
	w.Press("q", "w")
	w.has(t, "2 written into h.db")
	w.arrive(t, samples(1)...)
	w.Press("q")
	w.has(t, "1 request is in memory only")
	w.Press("w", "q")
	if !w.Quit || len(kept) != 3 || kept[2].ID != 3 {
		t.Errorf("quit %v, kept %d", w.Quit, len(kept))
	}
}
