package ui_test

import (
	"testing"

	"creel/capture"
	"creel/ui"
	"creel/ui/engine"
	"creel/ui/uitest"
)

// A row says who else of the team has selected it. What the user selects is told to the
// team; what is selected because it is the newest is not.
func TestWhoLooksAtARow(t *testing.T) {
	w := newWorld(t, 120, 40)
	d := w.deps()
	var looks []capture.ID
	d.Config.Team = &ui.Team{
		Space: "shop", Node: "ana",
		Status: func() engine.TeamStatus { return engine.TeamStatus{Looks: map[capture.ID]string{2: "bo, cleo"}} },
		Look: func(id capture.ID) {
			if len(looks) == 0 || looks[len(looks)-1] != id {
				looks = append(looks, id)
			}
		},
	}
	w.Screen = uitest.New(t, d, 120, 40)
	w.arrive(t, samples(3)...)
	w.has(t, "bo, cleo looks")
	w.Press("k", "G")
	if len(looks) != 3 || looks[0] != 0 || looks[1] != 2 || looks[2] != 0 {
		t.Errorf("told %v", looks)
	}
}
