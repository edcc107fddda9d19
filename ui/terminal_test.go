package ui_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"

	"creel/capture"
	"creel/ui"
)

// terminal is an emulator that a program writes to. It may be used by several
// goroutines.
type terminal struct {
	mu sync.Mutex
	em *vt.Emulator
}

// Write turns line feeds into what a real terminal's driver makes of them:
// without one, Bubble Tea leaves the carriage return to it.
func (t *terminal) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, err := t.em.Write(bytes.ReplaceAll(p, []byte("\n"), []byte("\r\n"))); err != nil {
		return 0, err
	}
	return len(p), nil
}

func (t *terminal) text() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return ansi.Strip(t.em.Render())
}

// shows waits until the terminal shows text.
func (t *terminal) shows(tb testing.TB, text string) {
	tb.Helper()
	for range 1000 {
		if strings.Contains(t.text(), text) {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	tb.Fatalf("%q does not appear on\n%s", text, t.text())
}

// TestRealProgram runs the program itself on a terminal: what is captured
// appears by itself, keys work, and q ends it.
func TestRealProgram(t *testing.T) {
	term := &terminal{em: vt.NewEmulator(100, 30)}
	in, keys := io.Pipe()
	// What the emulator answers to queries goes to the program with the keys; it
	// must not be read under the lock that Write holds.
	go func() { _, _ = io.Copy(keys, term.em) }()
	ring := capture.NewRing(capture.Bounds{})
	defer ring.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan error, 1)
	go func() {
		done <- ui.Run(ctx, ui.Deps{
			Ring: ring, Log: &ui.Log{}, In: in, Out: term, Width: 100, Height: 30,
			Environ: []string{"TERM=xterm-256color", "COLORTERM=truecolor"},
			Config:  ui.Config{URL: "http://127.0.0.1:4665"},
		})
	}()
	term.shows(t, "waiting for the first request")
	for _, ex := range samples(3) {
		if _, err := ring.Submit(ex).Wait(ctx); err != nil {
			t.Fatal(err)
		}
	}
	term.shows(t, "#3")
	term.shows(t, "BAD SIG")
	typeKeys(t, keys, "?")
	term.shows(t, "Answer senders")
	typeKeys(t, keys, "q")
	term.shows(t, "quit")
	typeKeys(t, keys, "q")
	select {
	case err := <-done:
		if err != nil && !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	case <-time.After(10 * time.Second):
		t.Fatalf("q does not end the program:\n%s", term.text())
	}
}

func typeKeys(t *testing.T, keys io.Writer, text string) {
	t.Helper()
	if _, err := io.WriteString(keys, text); err != nil {
		t.Fatal(err)
	}
}
