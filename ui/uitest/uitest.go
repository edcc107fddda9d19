// Package uitest drives the screen in tests: keys in, text out, without a
// terminal and without waiting. It knows nothing of what the screen shows.
package uitest

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

	"creel/ui"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// Screen is a screen under test. It is for one goroutine.
type Screen struct {
	t     testing.TB
	Model *ui.Model
	Quit  bool // it has ended
	W, H  int
}

// New returns the screen for d at a size. Its clock is d.Now.
func New(t testing.TB, d ui.Deps, w, h int) *Screen {
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	s := &Screen{t: t, Model: ui.New(ctx, d)}
	s.Resize(w, h)
	return s
}

// Resize gives the screen another size.
func (s *Screen) Resize(w, h int) {
	s.W, s.H = w, h
	s.Send(tea.WindowSizeMsg{Width: w, Height: h})
}

// Send gives it a message and does all commands that follow.
func (s *Screen) Send(msg tea.Msg) {
	_, cmd := s.Model.Update(msg)
	s.drain(cmd)
}

// Look takes in what changed in the ring.
func (s *Screen) Look() { s.drain(s.Model.Refresh()) }

// patience is how long a command may take; one that takes longer waits for
// something that does not happen in a test, and is left alone.
const patience = 5 * time.Second

func (s *Screen) drain(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	done := make(chan tea.Msg, 1)
	go func() { done <- cmd() }()
	select {
	case msg := <-done:
		s.take(msg)
	case <-time.After(patience):
		s.t.Errorf("a command took longer than %v", patience)
	}
}

// take does what the program would do with a command's message.
func (s *Screen) take(msg tea.Msg) {
	switch msg.(type) {
	case nil:
		return
	case tea.QuitMsg:
		s.Quit = true
		return
	}
	// Batch and Sequence give slices of commands.
	if v := reflect.ValueOf(msg); v.Kind() == reflect.Slice && v.Type().Elem() == reflect.TypeFor[tea.Cmd]() {
		for i := range v.Len() {
			s.drain(v.Index(i).Interface().(tea.Cmd))
		}
		return
	}
	s.Send(msg)
}

// Press gives it keys, by the names Bubble Tea gives them: "j", "ctrl+d",
// "enter", "space".
func (s *Screen) Press(keys ...string) {
	for _, k := range keys {
		s.Send(Key(k))
	}
}

// Type gives it the keys of a text.
func (s *Screen) Type(text string) {
	for _, r := range text {
		s.Send(Key(string(r)))
	}
}

var named = map[string]rune{
	"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "space": tea.KeySpace,
	"up": tea.KeyUp, "down": tea.KeyDown, "left": tea.KeyLeft, "right": tea.KeyRight,
	"home": tea.KeyHome, "end": tea.KeyEnd, "pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown,
	"backspace": tea.KeyBackspace, "delete": tea.KeyDelete,
}

// Key is the message of a key press.
func Key(name string) tea.KeyPressMsg {
	k := tea.Key{}
	for {
		if rest, ok := strings.CutPrefix(name, "ctrl+"); ok {
			k.Mod |= tea.ModCtrl
			name = rest
		} else if rest, ok := strings.CutPrefix(name, "alt+"); ok {
			k.Mod |= tea.ModAlt
			name = rest
		} else if rest, ok := strings.CutPrefix(name, "shift+"); ok {
			k.Mod |= tea.ModShift
			name = rest
		} else {
			break
		}
	}
	if code, ok := named[name]; ok {
		k.Code = code
		if name == "space" && k.Mod == 0 {
			k.Text = " "
		}
		return tea.KeyPressMsg(k)
	}
	k.Code = []rune(name)[0]
	if name == " " {
		k.Code = tea.KeySpace
	}
	if k.Mod == 0 {
		k.Text = name
	}
	return tea.KeyPressMsg(k)
}

// Text is the screen without styles.
func (s *Screen) Text() string { return ansi.Strip(s.Model.View().Content) }

// Golden compares the screen with a file under testdata, or rewrites it.
func (s *Screen) Golden(name string) {
	s.t.Helper()
	s.Exact()
	var b strings.Builder
	for line := range strings.Lines(s.Text() + "\n") {
		b.WriteString(strings.TrimRight(line, " \n") + "\n")
	}
	path := filepath.Join("testdata", name+".txt")
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			s.t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		s.t.Fatal(err)
	}
	if d := cmp.Diff(string(want), b.String()); d != "" {
		s.t.Errorf("%s differs (-want +got); -update rewrites it:\n%s", path, d)
	}
}

// Exact fails the test unless the screen has as many lines and columns as the
// terminal and drawing it twice gives the same.
func (s *Screen) Exact() {
	s.t.Helper()
	content := s.Model.View().Content
	if again := s.Model.View().Content; again != content {
		s.t.Errorf("drawing twice gives two pictures")
	}
	lines := strings.Split(content, "\n")
	if len(lines) > max(1, s.H) {
		s.t.Errorf("%d lines on a screen of %d", len(lines), s.H)
	}
	for i, line := range lines {
		if w := ansi.StringWidth(line); w != s.W {
			s.t.Errorf("%dx%d: line %d is %d wide: %q", s.W, s.H, i, w, ansi.Strip(line))
		}
	}
}
