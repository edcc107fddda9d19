package keys

import (
	"testing"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/google/go-cmp/cmp"
)

func TestHints(t *testing.T) {
	down := Bind("move", "j", "down")
	got := Hints([]key.Binding{
		Bind("choose", "enter", "l"), down, Bind("move", "k", "up"), Bind("", "g"), Doing(Bind("close", "left"), "back"),
	})
	want := []key.Help{{Key: "enter", Desc: "choose"}, {Key: "j k", Desc: "move"}, {Key: "←", Desc: "back"}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if got := down.Help().Desc; got != "move" {
		t.Errorf("Doing changed its binding to %q", got)
	}
}

// Keys that do the same are one hint where they stand next to each other, from the first on.
func TestHintsOfTheSame(t *testing.T) {
	down, up, other := Bind("move", "j"), Bind("move", "k"), Bind("close", "q")
	for _, tt := range []struct {
		bindings []key.Binding
		want     []key.Help
	}{
		{[]key.Binding{down, up}, []key.Help{{Key: "j k", Desc: "move"}}},
		{[]key.Binding{down, other, up}, []key.Help{{Key: "j", Desc: "move"}, {Key: "q", Desc: "close"}, {Key: "k", Desc: "move"}}},
		{nil, nil},
	} {
		if d := cmp.Diff(tt.want, Hints(tt.bindings)); d != "" {
			t.Error(d)
		}
	}
}

func TestNames(t *testing.T) {
	if got := Names("j", "down", "pgdown", "shift+up"); got != "j ↓ pgdown shift+↑" {
		t.Error(got)
	}
}

// A turn to the side scrolls nothing.
func TestWheel(t *testing.T) {
	for button, want := range map[tea.MouseButton]int{
		tea.MouseWheelUp: -3, tea.MouseWheelDown: 3, tea.MouseWheelLeft: 0, tea.MouseWheelRight: 0,
	} {
		if got := Wheel(tea.MouseWheelMsg{Button: button}); got != want {
			t.Errorf("%v: %d, want %d", button, got, want)
		}
	}
}
