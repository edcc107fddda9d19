package process

import (
	"bufio"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// A program ends with who runs it, also when that is killed.
func TestDiesWithItsParent(t *testing.T) {
	const helper = "CREEL_TEST_RUNS_A_PROGRAM"
	if os.Getenv(helper) != "" {
		cmd := exec.CommandContext(t.Context(), "sh", "-c", "echo $$; exec sleep 60")
		cmd.Stdout = os.Stdout
		p := Program{Cmd: cmd}
		_ = p.Run(t.Context())
		return
	}
	parent := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestDiesWithItsParent$")
	parent.Env = append(os.Environ(), helper+"=1")
	out, err := parent.StdoutPipe()
	if err == nil {
		err = parent.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	_ = parent.Process.Kill()
	_ = parent.Wait()
	pid, wrong := strconv.Atoi(strings.TrimSpace(line))
	if err != nil || wrong != nil {
		t.Fatalf("%q: %v", line, err)
	}
	if !gone(t, pid, true) {
		t.Error("the program is left")
		p, _ := os.FindProcess(pid)
		_ = p.Kill()
	}
}
