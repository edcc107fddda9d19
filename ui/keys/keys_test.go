package keys

import (
	"testing"

	"charm.land/bubbles/v2/key"
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

func TestNames(t *testing.T) {
	if got := Names("j", "down", "pgdown", "shift+up"); got != "j ↓ pgdown shift+↑" {
		t.Error(got)
	}
}
