package ui_test

import (
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"creel/ui/uitest"
)

// TestThemesAreTriedOn looks at the request's body in the theme that is
// selected; esc takes it off again, enter keeps it.
func TestThemesAreTriedOn(t *testing.T) {
	w, kept := newWorld(t, 120, 40), ""
	d := w.deps()
	d.Config.ConfigFile, d.KeepTheme = "~/config.toml", func(name string) error { kept = name; return nil }
	w.Screen = uitest.New(t, d, 120, 40)
	w.Send(tea.ColorProfileMsg{Profile: colorprofile.TrueColor})
	w.arrive(t, samples(1)...)
	before := w.Model.View().Content
	open := func() {
		w.Press("ctrl+p")
		w.Type("theme")
		w.Press("enter")
		w.has(t, "themes")
	}
	open()
	w.Type("monokai")
	w.Press("esc")
	if w.Model.View().Content != before {
		t.Error("esc left another theme on")
	}
	open()
	w.Press("j", "k", "q") // as in a menu
	w.hasNot(t, "a name")
	open()
	w.Press("j", "j")
	w.has(t, "j k move")
	w.hasNot(t, "› j")
	w.Press("esc")
	if w.Model.View().Content != before {
		t.Error("q or esc left another theme on")
	}
	open()
	w.Type("monokai")
	w.has(t, "› monokai") // its k is text
	w.Press("enter")
	w.has(t, "theme monokai, kept in ~/config.toml")
	if kept != "monokai" {
		t.Errorf("kept: %q", kept)
	}
	w.Press("q", "esc")
	w.now = w.now.Add(1e10)
	w.Look()
	if w.Model.View().Content == before {
		t.Error("the theme that was chosen changed nothing")
	}
	w.Press("ctrl+p")
	w.Type("xyzzy")
	w.has(t, "no command is called that")
}

func TestTimesBecomeRelative(t *testing.T) {
	w := newWorld(t, 120, 40)
	w.arrive(t, samples(1)...)
	w.has(t, "13:37:00")
	w.now = w.now.Add(90e9)
	w.Press("ctrl+p")
	w.Type("times")
	w.Press("enter")
	w.has(t, "1m ago")
}
