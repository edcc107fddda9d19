package forward

import (
	"os/exec"
	"strings"
	"testing"
)

// The sender of requests knows no screen and no database.
func TestImports(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "creel/forward/...").Output()
	if err != nil {
		t.Fatal("go list:", err)
	}
	for bad, why := range map[string]string{
		"charm.land/":           "forward is complete without a screen",
		"creel/ui":              "imports point from ui to forward, never back",
		"github.com/alecthomas": "colour is the screen's",
		"modernc.org/sqlite":    "how the history is kept is not forward's concern",
	} {
		for dep := range strings.Lines(string(out)) {
			if strings.HasPrefix(dep, bad) {
				t.Errorf("forward imports %s: %s", strings.TrimSpace(dep), why)
			}
		}
	}
}
