package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
	"golang.org/x/sys/unix"
)

// pty is a terminal as the system has them, of 100x24 cells.
type pty struct {
	master, slave *os.File
	mu            sync.Mutex
	em            *vt.Emulator
	wrote         bytes.Buffer
}

func openPTY(t *testing.T) *pty {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { master.Close() })
	fd := int(master.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	slave, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { slave.Close() })
	if err := unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: 100}); err != nil {
		t.Fatal(err)
	}
	p := &pty{master: master, slave: slave, em: vt.NewEmulator(100, 24)}
	go func() { _, _ = io.Copy(p, master) }()
	go func() { _, _ = io.Copy(master, p.em) }() // what it is asked
	return p
}

// Write implements io.Writer.
func (p *pty) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wrote.Write(b)
	return p.em.Write(b)
}

// all is what was written to it; text is what it shows.
func (p *pty) all() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.wrote.String()
}

func (p *pty) text() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return ansi.Strip(p.em.Render())
}

// settles waits until nothing more arrives.
func (p *pty) settles() {
	for n := -1; n != len(p.all()); time.Sleep(20 * time.Millisecond) {
		n = len(p.all())
	}
}

// shows waits until the terminal shows text.
func (p *pty) shows(t *testing.T, text string) {
	t.Helper()
	for range 4000 {
		if strings.Contains(p.text(), text) {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatalf("%q does not appear on\n%s", text, p.text())
}

// modes are the settings of the terminal.
func (p *pty) modes(t *testing.T) unix.Termios {
	t.Helper()
	m, err := unix.IoctlGetTermios(int(p.slave.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	return *m
}

// onPTY starts creel with that terminal.
func onPTY(t *testing.T, p *pty, cmd *exec.Cmd) {
	t.Helper()
	onPTYWith(t, p, cmd)
}

// onPTYWith starts creel with that terminal and further variables.
func onPTYWith(t *testing.T, p *pty, cmd *exec.Cmd, env ...string) {
	t.Helper()
	cmd.Env = append(append(cmd.Env, "TERM=xterm-256color", "LC_ALL=C.UTF-8", "NO_COLOR="), env...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = p.slave, p.slave, p.slave
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
}

// TestPanicOnScreen has the screen panic on a terminal: that is restored and gets
// none of the trace, which is in a file, and what was captured is kept.
func TestPanicOnScreen(t *testing.T) {
	for _, place := range []string{"update", "command"} {
		t.Run(place, func(t *testing.T) {
			history := filepath.Join(t.TempDir(), "history.db")
			p := openPTY(t)
			before := p.modes(t)
			cmd := creelCommand(t, history, "-l", "127.0.0.1:0")
			cmd.Args[0] = "creel-failing"
			cmd.Env = append(cmd.Env, "PANIC_IN="+place)
			onPTY(t, p, cmd)
			p.shows(t, "waiting for the first request")
			if p.modes(t) == before {
				t.Error("the terminal is not as a screen needs it")
			}
			resp, err := http.Post(announced(t, history), "text/plain", strings.NewReader("hello"))
			if err != nil || resp.StatusCode != http.StatusOK {
				t.Fatal(resp, err)
			}
			resp.Body.Close()
			if place == "command" {
				p.shows(t, "POST")
				chooseTheme(t, p)
			}
			err = cmd.Wait()
			if code := cmd.ProcessState.ExitCode(); code != exitFailure {
				t.Errorf("exit code %d, %v", code, err)
			}
			p.shows(t, "the trace is in ")
			if p.modes(t) != before {
				t.Error("the terminal is left as the screen had it")
			}
			if out := p.all(); strings.Count(out, "\x1b[?1049h") != strings.Count(out, "\x1b[?1049l") ||
				strings.Contains(out, "fell over") || strings.Contains(out, "goroutine ") {
				t.Errorf("it wrote %q", out)
			}
			checkTrace(t, filepath.Join(filepath.Dir(history), "creel"))
			if out, err := creelCommand(t, history, "ls").Output(); err != nil || !strings.Contains(string(out), "200") {
				t.Errorf("kept: %q, %v", out, err)
			}
		})
	}
}

// announced is where the creel listens that captures into a history.
func announced(t *testing.T, history string) string {
	t.Helper()
	for range 1000 {
		out, err := creelCommand(t, history, "status").Output()
		if _, url, ok := strings.Cut(string(out), "http://"); ok {
			return "http://" + strings.Fields(url)[0]
		}
		if code := (*exec.ExitError)(nil); err != nil && !errors.As(err, &code) {
			t.Fatal(err)
		}
	}
	t.Fatal("creel does not say where it listens")
	return ""
}

// chooseTheme types what keeps a theme.
func chooseTheme(t *testing.T, p *pty) {
	t.Helper()
	for _, step := range []struct{ keys, then string }{
		{":", "what do you want"}, {"theme", "› theme"}, {"\r", "abap"}, {"\r", "the trace is in "},
	} {
		if _, err := io.WriteString(p.master, step.keys); err != nil {
			t.Fatal(err)
		}
		p.shows(t, step.then)
	}
}

// checkTrace checks that there is one trace, with what was said, for its user only.
func checkTrace(t *testing.T, dir string) {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join(dir, "trace-*.txt"))
	if len(files) != 1 {
		t.Fatalf("traces: %v", files)
	}
	info, err := os.Stat(files[0])
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Error(info.Mode(), err)
	}
	text, err := os.ReadFile(files[0])
	if err != nil || !strings.HasPrefix(string(text), hostile+"\n") || !strings.Contains(string(text), "failing.func") {
		t.Errorf("%q, %v", text, err)
	}
}

// TestSplitSequences sends the real program escape sequences in two pieces, as
// they arrive over a slow line: none of them does what their characters do as
// keys.
func TestSplitSequences(t *testing.T) {
	history := filepath.Join(t.TempDir(), "history.db")
	p := openPTY(t)
	onPTY(t, p, creelCommand(t, history, "-l", "127.0.0.1:0", "--hold", "path:/held"))
	p.shows(t, "waiting for the first request")
	url := announced(t, history)
	resp, err := http.Post(url+"/x", "text/plain", strings.NewReader("hello"))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, "POST", url+"/held", strings.NewReader("hello"))
	if err != nil {
		t.Fatal(err)
	}
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		if resp, err := http.DefaultClient.Do(req); err == nil {
			resp.Body.Close()
		}
	}()
	p.shows(t, "is held")
	for _, seq := range []string{"\x1b[A", "\x1b[D", "\x1b[<65;90;10M", "\x1bOP", "\x1b]11;rgb:1e1e/1e1e/1e1e\a", "\x1b[200~rdA\x1b[201~"} {
		for _, cut := range []int{1, 2, 3} {
			for _, piece := range []string{seq[:cut], seq[cut:]} {
				if _, err := io.WriteString(p.master, piece); err != nil {
					t.Fatal(err)
				}
				time.Sleep(120 * time.Millisecond) // the line is slow
			}
			if text := p.text(); strings.Contains(text, "delete") || strings.Contains(text, "note on") || strings.Contains(text, "forward #") {
				t.Fatalf("%q cut at %d opens something:\n%s", seq, cut, text)
			}
		}
	}
	select {
	case <-answered:
		t.Error("the held request was released")
	default:
	}
	if _, err := io.WriteString(p.master, "?"); err != nil {
		t.Fatal(err)
	}
	p.shows(t, "Here, in the list")
}
