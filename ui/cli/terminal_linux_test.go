package cli

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// On a terminal statuses have colours unless NO_COLOR is set, nothing found is
// said, and clear asks before it deletes.
func TestOnATerminal(t *testing.T) {
	dir := t.TempDir()
	history, file := filepath.Join(dir, "history.db"), filepath.Join(dir, "one.jsonl")
	const line = `{"type":"exchange","id":1,"at":"2020-01-02T12:00:00Z","method":"GET","target":"/a","note":"b\u001b[35m","state":"answered","reply":{"status":500}}`
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
	if !strings.Contains(out, "\x1b[31m500 Internal Server Error\x1b[0m") || strings.Contains(out, "\x1b[35m") || !strings.Contains(out, "b␛[35m") {
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

// What a terminal takes no more fails, too: there, exact bytes are made safe to look at.
func TestWhatATerminalDoesNotTake(t *testing.T) {
	dir := t.TempDir()
	_, url := listening(t, filepath.Join(dir, "history.db"))
	resp, err := http.Post(url+"/x", "text/plain", strings.NewReader("one\n"))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	screen := openPTY(t).slave
	testWriteErrors(t, func(w io.Writer, args []string) *program {
		p := inProcess(t, dir, w, args...)
		p.stdout = screen
		return p
	}, "status", "ls", "show 1", "show 1 --body", "show 1 --raw", "export --format raw", "stats", "doctor", "help", "help filters")
}

// doctor says what is wrong with a terminal, and what it needs to copy.
func TestDoctorOfATerminal(t *testing.T) {
	for _, tt := range []struct {
		env           map[string]string
		width, height uint16
		state         state
		detail, todo  string
	}{
		{map[string]string{"TERM": "xterm"}, 80, 24, stateOK, "xterm, 80 columns and 24 rows, 16 colours", ""},
		{map[string]string{"TERM": "xterm"}, 79, 24, stateWarning, "xterm, 79 columns and 24 rows, 16 colours", "make it at least 80 columns wide and 24 rows high"},
		{map[string]string{"TERM": "xterm"}, 80, 23, stateWarning, "xterm, 80 columns and 23 rows, 16 colours", "make it at least 80 columns wide and 24 rows high"},
		{map[string]string{"TERM": "dumb"}, 80, 24, stateWarning, "dumb, 80 columns and 24 rows, no colours (NO_COLOR, or TERM has none)", "TERM names no terminal that can draw: set it, for example to xterm-256color"},
		{map[string]string{"TERM": "xterm-256color", "NO_COLOR": "1"}, 80, 24, stateOK, "xterm-256color, 80 columns and 24 rows, no colours (NO_COLOR, or TERM has none)", ""},
		{map[string]string{"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"}, 80, 24, stateOK, "xterm-256color, 80 columns and 24 rows, 256 colours, which takes no copies from programs (OSC 52): `w` in the menu of `y` writes a file, or use another terminal", ""},
		{map[string]string{"TERM": "xterm-256color", "COLORTERM": "truecolor", "TERM_PROGRAM": "ghostty"}, 80, 24, stateOK, "xterm-256color, 80 columns and 24 rows, 16 million colours", ""},
		{map[string]string{"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal", "TMUX": "/tmp/tmux"}, 80, 24, stateOK, "xterm-256color, 80 columns and 24 rows, 256 colours, in tmux: copying needs `set -g set-clipboard on`, the mouse `set -g mouse on`", ""},
	} {
		p := inProcess(t, t.TempDir(), nil)
		p.env = func(name string) (string, bool) { v, ok := tt.env[name]; return v, ok }
		for name, value := range tt.env {
			p.variables = append(p.variables, name+"="+value)
		}
		p.stdout = openPTY(t).slave
		if err := unix.IoctlSetWinsize(int(p.stdout.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: tt.height, Col: tt.width}); err != nil {
			t.Fatal(err)
		}
		if f := p.checkTerminal(); f.State != tt.state || f.Detail != tt.detail || f.Todo != tt.todo {
			t.Errorf("%v, %dx%d: %s, %q, %q; want %s, %q, %q", tt.env, tt.width, tt.height, f.State, f.Detail, f.Todo, tt.state, tt.detail, tt.todo)
		}
	}
}

// doctor names the programs for public URLs that are installed.
func TestDoctorOfTunnels(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("PATH", dir)
	if f := checkTunnels(); f.State != stateWarning || f.Detail != "neither cloudflared nor tailscale is installed" || f.Todo != "install one, or use --tunnel ssh://localhost.run, which needs nothing" {
		t.Errorf("none: %+v", f)
	}
	for _, tt := range []struct{ name, want string }{{"tailscale", "tailscale installed"}, {"cloudflared", "cloudflared, tailscale installed"}} {
		if err := os.WriteFile(filepath.Join(dir, tt.name), []byte("#!/bin/sh\n"), 0o700); err != nil {
			t.Fatal(err)
		}
		if f := checkTunnels(); f.State != stateOK || f.Detail != tt.want || f.Todo != "" {
			t.Errorf("with %s: %+v", tt.name, f)
		}
	}
}

func TestAppendTime(t *testing.T) {
	now := time.Date(2026, 11, 23, 0, 0, 1, 0, time.Local)
	for _, tt := range []struct {
		before time.Duration
		want   string
	}{
		{0, "00:00:01"},
		{time.Second, "00:00:00"},
		{2 * time.Second, "2026-11-22 23:59:59"},
	} {
		if got := string(appendTime(nil, now.Add(-tt.before), now)); got != tt.want {
			t.Errorf("%v before: %s", tt.before, got)
		}
	}
}
