package ui_test

import (
	"slices"
	"strings"
	"testing"

	"creel/capture"
	"creel/ui"
)

// Whatever key was pressed, and whatever it opened: when all requests are gone meanwhile,
// the next keys do no harm.
func TestRequestsGoWhileADialogIsOpen(t *testing.T) {
	t.Chdir(t.TempDir()) // where exports go
	var names []string
	for _, row := range ui.KeyTable() {
		names = append(names, strings.Fields(strings.NewReplacer("↓", "down", "↑", "up", "→", "right", "←", "left").Replace(row.Keys))...)
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		w := everything(t, 120, 30)
		if w.Press(name); w.Quit {
			continue
		}
		var ids []capture.ID
		for _, ex := range w.ring.Snapshot() {
			ids = append(ids, ex.ID)
		}
		if err := w.ring.Apply(t.Context(), capture.Op{Delete: ids}); err != nil {
			t.Fatal(err)
		}
		w.Look()
		w.Press("enter", "esc", "esc")
		w.Exact()
	}
}
