//go:build !windows

package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// What its reader stopped to read ends with the signal that ends it, and so says
// its exit code.
func TestUnreadOutputEndsOnASignal(t *testing.T) {
	t.Parallel()
	history := filepath.Join(t.TempDir(), "history.db")
	big := creelCommand(t, history, "import", "-")
	big.Stdin = strings.NewReader("POST / HTTP/1.1\nHost: a\n\n" + strings.Repeat("a line of text\n", 70_000))
	if out, err := big.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	const ask = `{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"x","version":"1"}}}
{"jsonrpc":"2.0","method":"notifications/initialized"}
{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get_request","arguments":{"id":1,"body_limit":1000000}}}
`
	for _, tt := range []struct {
		args  []string
		stdin string
		lines int // that are read before the one too large for a pipe
	}{
		{args: []string{"export"}},
		{args: []string{"show", "1", "--body"}},
		{args: []string{"mcp"}, stdin: ask, lines: 1},
	} {
		t.Run(tt.args[0], func(t *testing.T) {
			t.Parallel()
			cmd := creelCommand(t, history, tt.args...)
			in, stdin := shellPipe(t)
			defer stdin.Close()
			r, w := shellPipe(t)
			cmd.Stdin, cmd.Stdout = in, w
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			w.Close()
			go io.WriteString(stdin, tt.stdin)         // it may not all be read
			for b := make([]byte, 1); tt.lines >= 0; { // one byte at a time: what follows stays unread
				if _, err := r.Read(b); err != nil {
					t.Fatal(err)
				}
				if tt.lines == 0 || b[0] == '\n' {
					tt.lines--
				}
			}
			if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			done := make(chan error, 1)
			go func() { done <- cmd.Wait() }()
			ctx, cancel := context.WithTimeout(t.Context(), 3*readWithin)
			defer cancel()
			select {
			case <-done:
			case <-ctx.Done():
				_ = cmd.Process.Kill()
				t.Fatalf("it does not end: %v", <-done)
			}
			if got := cmd.ProcessState.ExitCode(); got != 128+int(syscall.SIGTERM) {
				t.Errorf("exit code %d", got)
			}
		})
	}
}

// shellPipe is a pipe as a shell makes it: a write blocks, where one to a pipe of
// [os.Pipe] is known to the scheduler.
func shellPipe(t *testing.T) (r, w *os.File) {
	t.Helper()
	var fd [2]int
	if err := syscall.Pipe(fd[:]); err != nil {
		t.Fatal(err)
	}
	syscall.CloseOnExec(fd[0])
	syscall.CloseOnExec(fd[1])
	r, w = os.NewFile(uintptr(fd[0]), "r"), os.NewFile(uintptr(fd[1]), "w")
	t.Cleanup(func() { r.Close() })
	return r, w
}

// A signal is how a command ended when its output was not read, but not when the
// command says how it ended.
func TestInterruption(t *testing.T) {
	ended, cancel := context.WithCancelCause(t.Context())
	cancel(interrupted{syscall.SIGTERM})
	chosen := &exitError{code: exitFailure, err: errNotRead}
	for _, tt := range []struct {
		ctx  context.Context
		err  error
		code int
	}{
		{ended, nil, 0},
		{ended, fmt.Errorf("export: %w", errNotRead), 143},
		{ended, fmt.Errorf("export: %w", context.Canceled), 143},
		{ended, chosen, exitFailure},
		{ended, errors.New("disk full"), exitFailure},
		{t.Context(), errNotRead, exitFailure},
	} {
		if got := exitCode(&bytes.Buffer{}, interruption(tt.ctx, tt.err)); got != tt.code {
			t.Errorf("%v, ended %v: exit code %d, want %d", tt.err, tt.ctx.Err() != nil, got, tt.code)
		}
	}
}
