//go:build unix

package process

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestRest runs a program that leaves another one running.
func TestRest(t *testing.T) {
	for _, end := range []bool{true, false} {
		var out bytes.Buffer
		cmd := exec.CommandContext(t.Context(), "sh", "-c", "sleep 60 >/dev/null & echo $!")
		cmd.Stdout = &out
		p := Program{Cmd: cmd, EndRest: end}
		if err := p.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		pid, err := strconv.Atoi(strings.TrimSpace(out.String()))
		if err != nil {
			t.Fatal(err)
		}
		if end != gone(t, pid, end) {
			t.Errorf("EndRest %v: the rest is gone: %v", end, !end)
		}
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
}

// gone reports whether a process is gone, or will be when wanted.
func gone(t *testing.T, pid int, wanted bool) bool {
	deadline := time.Now().Add(5 * time.Second)
	for {
		out, _ := exec.CommandContext(t.Context(), "ps", "-o", "stat=", "-p", strconv.Itoa(pid)).Output()
		if s := strings.TrimSpace(string(out)); s == "" || s[0] == 'Z' {
			return true
		}
		if !wanted || time.Now().After(deadline) {
			return false
		}
	}
}

// What does not end when it is asked to is killed with what it started.
func TestRestThatDoesNotEnd(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", "-c", "trap '' TERM; sleep 60 >/dev/null & echo $!; exec sleep 60 >/dev/null")
	cmd.WaitDelay = 50 * time.Millisecond
	r, w := io.Pipe()
	cmd.Stdout = w
	line := make(chan string, 1)
	go func() {
		text, _ := bufio.NewReader(r).ReadString('\n')
		line <- text
		cancel()
	}()
	p := Program{Cmd: cmd}
	if err := p.Run(ctx); err == nil {
		t.Error("it ended by itself")
	}
	pid, err := strconv.Atoi(strings.TrimSpace(<-line))
	if err != nil {
		t.Fatal(err)
	}
	if !gone(t, pid, true) {
		t.Error("the rest is left")
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
}

// The error of a program that cannot be started says why.
func TestProgramThatIsNotThere(t *testing.T) {
	p := Program{Cmd: exec.CommandContext(t.Context(), filepath.Join(t.TempDir(), "none")), EndRest: true}
	if err := p.Run(t.Context()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v", err)
	}
}

func TestStopping(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cmd := exec.CommandContext(ctx, "sh", "-c", "sleep 60")
	cmd.WaitDelay = 5 * time.Second
	asked := false
	p := Program{Cmd: cmd, Stopping: func() { asked = true }}
	time.AfterFunc(time.Millisecond, cancel)
	err := p.Run(ctx)
	if exit := (*exec.ExitError)(nil); !asked || !errors.As(err, &exit) && !errors.Is(err, context.Canceled) {
		t.Errorf("asked: %v, %v", asked, err)
	}
}
