package capture_test

import (
	"os/exec"
	"strings"
	"testing"
)

// deps returns the packages that a package needs, itself among them. It fails the
// test when the go command cannot tell.
func deps(t *testing.T, pkg string) []string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", pkg).Output()
	if err != nil {
		t.Fatalf("go list -deps %s: %v", pkg, err)
	}
	return strings.Fields(string(out))
}

// TestCoreDependencies keeps the arrows pointing one way, per core package: the
// reason is printed with what breaks it.
func TestCoreDependencies(t *testing.T) {
	t.Parallel()
	const (
		noScreen  = "the core draws nothing, so that it can be used and tested without a screen"
		noForward = "the recorder knows no sender of requests"
		noServer  = "what only reads exchanges must not bring an HTTP server along"
		noSQLite  = "only creel/capture/sqlite links it"
	)
	type rule struct{ prefix, why string }
	core := []rule{
		{"charm.land/", noScreen},
		{"github.com/charmbracelet/", noScreen},
		{"creel/ui", noScreen},
		{"creel/forward", noForward},
	}
	http, sqlite := rule{"net/http", noServer}, rule{"modernc.org/sqlite", noSQLite}
	for pkg, more := range map[string][]rule{
		"creel/capture":          {http, sqlite, {"creel/capture/", "the vocabulary stands alone"}},
		"creel/capture/ring":     {http, sqlite},
		"creel/capture/filter":   {http, sqlite},
		"creel/capture/body":     {sqlite},
		"creel/capture/compare":  {sqlite},
		"creel/capture/provider": {http, sqlite},
		"creel/capture/safe":     {http, sqlite},
		"creel/capture/export":   {sqlite},
		"creel/capture/reply":    {sqlite},
		"creel/capture/server":   {sqlite},
		"creel/capture/stats":    {http, sqlite},
		"creel/capture/sqlite":   {http, {"creel/capture/server", noServer}},
	} {
		for _, dep := range deps(t, pkg) {
			for _, r := range append(core, more...) {
				if strings.HasPrefix(dep, r.prefix) {
					t.Errorf("%s needs %s: %s", pkg, dep, r.why)
				}
			}
		}
	}
	for _, pkg := range []string{"creel/forward", "creel/forward/edit"} {
		for _, dep := range deps(t, pkg) {
			for _, r := range append([]rule{sqlite}, core[:3]...) {
				if strings.HasPrefix(dep, r.prefix) {
					t.Errorf("%s needs %s: %s", pkg, dep, r.why)
				}
			}
		}
	}
}
