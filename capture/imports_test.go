package capture

import (
	"os/exec"
	"strings"
	"testing"
)

// TestImports keeps the arrows pointing one way: the core draws nothing and
// knows no screen, so that it can be used and tested without one.
func TestImports(t *testing.T) {
	t.Parallel()
	gotool, err := exec.LookPath("go")
	if err != nil {
		t.Skip("no go command to ask")
	}
	list := exec.CommandContext(t.Context(), gotool, "list", "-deps",
		"-f", "{{$p := .ImportPath}}{{range .Imports}}{{$p}} {{.}}\n{{end}}", "creel/capture/...", "creel/forward/...")
	out, err := list.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for line := range strings.Lines(string(out)) {
		from, to, _ := strings.Cut(strings.TrimSpace(line), " ")
		if strings.HasPrefix(to, "charm.land/") || strings.HasPrefix(to, "github.com/charmbracelet/") {
			t.Errorf("%s imports %s: the core draws nothing; styles belong into creel/ui", from, to)
		}
		if !strings.HasPrefix(from, "creel/") {
			continue
		}
		switch {
		case to == "creel/ui" || strings.HasPrefix(to, "creel/ui/"):
			t.Errorf("%s imports %s: arrows point from ui to the core, never back", from, to)
		case strings.HasPrefix(from, "creel/capture") && strings.HasPrefix(to, "creel/forward"):
			t.Errorf("%s imports %s: the recorder knows no sender of requests", from, to)
		case to == "modernc.org/sqlite" && from != "creel/capture/sqlite":
			t.Errorf("%s imports %s: only creel/capture/sqlite links it", from, to)
		}
	}
}
