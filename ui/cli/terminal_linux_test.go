package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// On a terminal statuses have colours unless NO_COLOR is set, nothing found is
// said, and clear asks before it deletes.
func TestOnATerminal(t *testing.T) {
	dir := t.TempDir()
	history, file := filepath.Join(dir, "history.db"), filepath.Join(dir, "one.jsonl")
	const line = `{"type":"exchange","id":1,"at":"2020-01-02T12:00:00Z","method":"GET","target":"/a\u001b[35m","state":"answered","reply":{"status":500}}`
	if err := os.WriteFile(file, []byte(line+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := creelCommand(t, history, "import", file).CombinedOutput(); err != nil {
		t.Fatal(err, string(out))
	}
	run := func(answer string, env []string, args ...string) string {
		p := openPTY(t)
		cmd := creelCommand(t, history, args...)
		onPTYWith(t, p, cmd, env...)
		if answer != "" {
			p.shows(t, "[y/N]")
			if _, err := p.master.WriteString(answer + "\r"); err != nil {
				t.Fatal(err)
			}
		}
		_ = cmd.Wait()
		p.settles()
		return p.all()
	}
	if out := run("", nil, "ls"); !strings.Contains(out, "\x1b[31m500\x1b[0m") || !strings.Contains(out, "2020-01-02 ") {
		t.Errorf("ls: %q", out)
	}
	if out := run("", []string{"NO_COLOR=1"}, "ls"); strings.Contains(out, "\x1b[3") || !strings.Contains(out, " 500 ") {
		t.Errorf("ls without colours: %q", out)
	}
	out := run("", nil, "show", "1") // what was captured colours nothing
	if !strings.Contains(out, "\x1b[31m500 Internal Server Error\x1b[0m") || strings.Contains(out, "\x1b[35m") || !strings.Contains(out, "GET /a␛[35m") {
		t.Errorf("show: %q", out)
	}
	if out := run("", nil, "ls", "path:/nowhere"); !strings.Contains(out, "no requests match") {
		t.Errorf("ls of nothing: %q", out)
	}
	if out := run("n", nil, "clear"); !strings.Contains(out, "Delete 1 of the history? 0 pinned stay. [y/N]") || !strings.Contains(out, "nothing is deleted") {
		t.Errorf("clear, no: %q", out)
	}
	if out := run("y", nil, "clear"); !strings.Contains(out, "deleted 1, kept 0 pinned") {
		t.Errorf("clear, yes: %q", out)
	}
}

func TestTimeWords(t *testing.T) {
	now := time.Date(2026, 11, 23, 0, 0, 1, 0, time.Local)
	for _, tt := range []struct {
		before time.Duration
		want   string
	}{
		{0, "00:00:01"},
		{time.Second, "00:00:00"},
		{2 * time.Second, "2026-11-22 23:59:59"},
	} {
		if got := timeWords(now.Add(-tt.before), now); got != tt.want {
			t.Errorf("%v before: %s", tt.before, got)
		}
	}
}
