package ui_test

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"creel/ui/uitest"
)

// A notice stands for ten seconds; then the keys have the footer again.
func TestNoticesFade(t *testing.T) {
	w := newWorld(t, 80, 24)
	w.arrive(t, samples(1)...)
	w.Press("b")
	w.now = w.now.Add(9 * time.Second)
	w.Send(tea.FocusMsg{})
	w.has(t, "bell on")
	w.now = w.now.Add(time.Second)
	w.Send(tea.FocusMsg{})
	w.hasNot(t, "bell on")
	w.has(t, "e edit")
}

// A notice never hides the keys: one that is too long is cut.
func TestNoticeLeavesKeys(t *testing.T) {
	for width, want := range map[int]string{
		80: ` a notice of what went wrong, …s until its last word is said   r resend  ? keys`,
		40: " a notice of what went wrong,…   ? keys",
		20: " a notice…   ? keys",
	} {
		w := newWorld(t, width, 24)
		d := w.deps()
		w.Screen = uitest.New(t, d, width, 24)
		w.arrive(t, samples(1)...)
		d.Log.Own("a notice of what went wrong, which is so long that it goes on for several lines until its last word is said")
		w.Look()
		text := w.Text()
		if got := strings.TrimRight(text[strings.LastIndex(text, "\n")+1:], " "); got != want {
			t.Errorf("%d columns: %q, want %q", width, got, want)
		}
	}
}

// What waits for the user has its key in the footer before what can always be done.
func TestFooterNamesWhatWaitsFirst(t *testing.T) {
	w := everything(t, 120, 40)
	text := w.Text()
	footer := text[strings.LastIndex(text, "\n")+1:]
	if a, e := strings.Index(footer, "a reply to #4"), strings.Index(footer, "e edit"); a < 0 || e >= 0 && e < a {
		t.Error(footer)
	}
}

// What cannot be saved is said at once in the filter line, until the next key.
func TestFilterThatCannotBeSaved(t *testing.T) {
	w := newWorld(t, 40, 24)
	w.arrive(t, samples(1)...)
	w.Press("/", "ctrl+s")
	w.has(t, "nothing to save: the filter is empty")
	w.Type("is:nonsense ")
	w.hasNot(t, "nothing to save")
	w.Press("ctrl+s")
	w.has(t, "not saved: the filter has a mistake")
	w.Press("backspace")
	w.hasNot(t, "not saved")
}
