package ui

import (
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// A program that ends at once, or does not start, has the terminal long enough for the
// renderer to stop before it is started again.
func TestProgramsOnTheTerminalTakeTime(t *testing.T) {
	for _, c := range []*exec.Cmd{exec.Command("go", "version"), exec.Command(filepath.Join(t.TempDir(), "none"))} {
		began := time.Now()
		if err := (terminalCommand{c}).Run(); (err == nil) != (c.Args[0] == "go") {
			t.Errorf("%s: %v", c, err)
		}
		if took := time.Since(began); took < leastExec {
			t.Errorf("%s took %v", c, took)
		}
	}
}
