package ui_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"

	"creel/capture"
	"creel/capture/ring"
	"creel/capture/sqlite"
	"creel/ui"
	"creel/ui/layout"
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

// program is the program itself on a terminal.
type program struct {
	*terminal
	keys io.Writer
	done chan error
}

// startProgram runs the program on a terminal of 100 by 30 cells. It ends with
// the test.
func startProgram(t *testing.T, d ui.Deps) *program {
	p := &program{terminal: &terminal{em: vt.NewEmulator(100, 30)}, done: make(chan error, 1)}
	in, keys := io.Pipe()
	p.keys, d.In, d.Out, d.Width, d.Height = keys, in, p.terminal, 100, 30
	d.Environ = []string{"TERM=xterm-256color", "COLORTERM=truecolor"}
	// What the emulator answers to queries goes to the program with the keys; it
	// must not be read under the lock that Write holds.
	go func() { _, _ = io.Copy(keys, p.em) }()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	go func() { p.done <- ui.Run(ctx, d) }()
	return p
}

// ends fails the test unless the program ends by itself.
func (p *program) ends(t *testing.T) {
	t.Helper()
	select {
	case err := <-p.done:
		if err != nil && !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	case <-time.After(10 * time.Second):
		t.Fatalf("it does not end:\n%s", p.text())
	}
}

func (p *program) typeKeys(t *testing.T, text string) {
	t.Helper()
	if _, err := io.WriteString(p.keys, text); err != nil {
		t.Fatal(err)
	}
}

// TestRealProgram runs the program itself on a terminal: what is captured
// appears by itself, keys work, and q ends it.
func TestRealProgram(t *testing.T) {
	ring := ring.New(capture.Bounds{})
	defer ring.Close()
	var kept []layout.Shift
	p := startProgram(t, ui.Deps{
		Ring: ring, Log: &ui.Log{}, Config: ui.Config{URL: "http://127.0.0.1:4665", History: "h.db"},
		Split: layout.Shift{Rows: 2, Columns: 4}, KeepSplit: func(s layout.Shift) { kept = append(kept, s) },
	})
	p.shows(t, "waiting for the first request")
	for _, ex := range samples(3) {
		if _, err := ring.Submit(ex).Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	p.shows(t, "#3")
	p.shows(t, "BAD SIG")
	p.typeKeys(t, "Z?")
	p.shows(t, "Here, in the request")
	p.typeKeys(t, "\x1b\x1b") // in one piece: out of the help, and back to the list
	p.shows(t, "q quit")
	p.typeKeys(t, ">q")
	p.ends(t)
	if want := []layout.Shift{{Rows: 3, Columns: 4}}; !slices.Equal(kept, want) {
		t.Errorf("kept %v, want %v", kept, want)
	}
}

// A history of an earlier run is shown at once, the body of its newest request
// included: no key is needed for it.
func TestHistoryIsShownFromTheStart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history.db")
	open := func() (*ring.Ring, func()) {
		store, err := sqlite.Open(t.Context(), path, sqlite.Options{Role: sqlite.Capture})
		if err != nil {
			t.Fatal(err)
		}
		ring, err := ring.Open(t.Context(), capture.Bounds{Count: 100, Bytes: 1 << 20}, store)
		if err != nil {
			t.Fatal(err)
		}
		return ring, func() {
			ring.Close()
			_ = store.Close()
		}
	}
	ring, end := open()
	for _, ex := range samples(3) {
		if _, err := ring.Submit(ex).Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	end()
	ring, end = open()
	defer end()
	p := startProgram(t, ui.Deps{Ring: ring, Log: &ui.Log{}, Config: ui.Config{URL: "http://127.0.0.1:4665", History: path}})
	p.shows(t, `"amount": 200`)
}
