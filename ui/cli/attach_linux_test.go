package cli

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// keys types on a terminal.
func (p *pty) keys(t *testing.T, keys string) {
	t.Helper()
	if _, err := io.WriteString(p.master, keys); err != nil {
		t.Fatal(err)
	}
}

// TestTwoTerminals has two screens on one creel: what is captured is on both, what
// is held in one is answered in the other, and both say by whom.
func TestTwoTerminals(t *testing.T) {
	history := filepath.Join(t.TempDir(), "history.db")
	own, other := openPTY(t), openPTY(t)
	onPTY(t, own, creelCommand(t, history, "-l", "127.0.0.1:0", "--hold", "path:/held"))
	own.shows(t, "waiting for the first request")
	url := announced(t, history)
	attach := creelCommand(t, history, "attach")
	onPTY(t, other, attach)
	other.shows(t, "attached to pid ")
	if status := <-posted(t, url+"/plain"); status != http.StatusOK {
		t.Fatal(status)
	}
	own.shows(t, "/plain")
	other.shows(t, "/plain")

	held := posted(t, url+"/held")
	own.shows(t, "#2 is held")
	other.shows(t, "#2 is held")
	other.keys(t, "a")
	other.shows(t, "esc")
	other.keys(t, "422\r")
	if status := <-held; status != 422 {
		t.Fatalf("the sender got %d", status)
	}
	own.shows(t, fmt.Sprintf("#2 was replied to with 422 by pid %d", attach.Process.Pid))
	own.shows(t, " 422 ")
	other.shows(t, " 422 ")

	// A note from one is read on the other; leaving ends nothing.
	if err := creelCommand(t, history, "note", "1", "from a script").Run(); err != nil {
		t.Fatal(err)
	}
	own.shows(t, "#1 was given a note by pid ")
	other.shows(t, "#1 was given a note by pid ")
	other.keys(t, "q")
	other.shows(t, "capturing goes on: pid ")
	if err := attach.Wait(); err != nil {
		t.Error(err)
	}
	if status := <-posted(t, url+"/after"); status != http.StatusOK {
		t.Error(status)
	}
	own.shows(t, "/after")
}

// TestAttachedCreelStartsAgain: an attached screen says that the creel ended, and goes over
// to the one that is started again at its address.
func TestAttachedCreelStartsAgain(t *testing.T) {
	history := filepath.Join(t.TempDir(), "history.db")
	first, url := listening(t, history)
	p := openPTY(t)
	onPTY(t, p, creelCommand(t, history, "attach"))
	p.shows(t, fmt.Sprintf("attached to pid %d", first.Process.Pid))
	if err := first.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	p.shows(t, fmt.Sprintf("pid %d has ended", first.Process.Pid))
	again := creelCommand(t, history, "listen", "-l", strings.TrimPrefix(url, "http://"))
	if err := again.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { again.Process.Kill() })
	p.shows(t, fmt.Sprintf("attached to pid %d", again.Process.Pid))
	<-posted(t, url+"/after")
	p.shows(t, "/after")
	p.keys(t, "q")
	p.shows(t, fmt.Sprintf("capturing goes on: pid %d", again.Process.Pid))
}

// standInSSH is an ssh that runs the command on this machine, unless a file says
// that the link is down. Its number is written to a file.
const standInSSH = `#!/bin/sh
echo "$*" >> "$SSH_DIR/calls"
while [ "$1" != -- ]; do shift; done
shift 2
if [ -e "$SSH_DIR/down" ]; then echo "no route to host" >&2; exit 255; fi
echo $$ > "$SSH_DIR/pid"
exec "$@"
`

// TestAttachOverSSH attaches through an ssh that runs the command here. The link is
// cut: the screen says so, and catches up when the link is back.
func TestAttachOverSSH(t *testing.T) {
	dir, history := t.TempDir(), filepath.Join(t.TempDir(), "history.db")
	_, url := listening(t, history)
	if err := os.WriteFile(filepath.Join(dir, "ssh"), []byte(standInSSH), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(creelCommand(t, history).Path, filepath.Join(dir, "creel")); err != nil {
		t.Fatal(err)
	}
	p := openPTY(t)
	cmd := creelCommand(t, history, "attach", "ssh://dev@staging:2222", "--at", "history", "--remote-creel", filepath.Join(dir, "creel"))
	cmd.Env = append(cmd.Env, "PATH="+dir+":"+os.Getenv("PATH"), "SSH_DIR="+dir)
	onPTY(t, p, cmd)
	p.shows(t, "attached to staging (pid ")
	<-posted(t, url+"/one")
	p.shows(t, "/one")

	if err := os.WriteFile(filepath.Join(dir, "down"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	pid, err := os.ReadFile(filepath.Join(dir, "pid"))
	if err != nil {
		t.Fatal(err)
	}
	if err := exec.Command("kill", "-9", strings.TrimSpace(string(pid))).Run(); err != nil {
		t.Fatal(err)
	}
	p.shows(t, "staging not heard for ")
	<-posted(t, url+"/two") // captured meanwhile
	if err := os.Remove(filepath.Join(dir, "down")); err != nil {
		t.Fatal(err)
	}
	p.shows(t, "/two")
	p.shows(t, "attached to staging (pid ")
	p.keys(t, "q")
	p.shows(t, "capturing goes on")
	calls, _ := os.ReadFile(filepath.Join(dir, "calls"))
	if want := "-p 2222 -- dev@staging " + filepath.Join(dir, "creel") + " dial-stdio --at history\n"; !strings.HasPrefix(string(calls), want) {
		t.Errorf("ssh was called with %q, want %q", calls, want)
	}
}
