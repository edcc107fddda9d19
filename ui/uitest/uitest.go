// Package uitest drives the screen in tests: keys in, text out, without a
// terminal and without waiting. It knows nothing of what the screen shows.
//
// A command runs to its end before the next key, unless [Screen.Hold] keeps it
// open: what a key does while something is under way is tested that way.
package uitest

import (
	"context"
	"os/exec"
	"reflect"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"creel/capture"
	"creel/capture/golden"
	"creel/capture/ring"
	"creel/forward"
	"creel/ui"
	"creel/ui/engine"
	"creel/ui/uitest/keys"
)

// Screen is a screen under test. It is for one goroutine.
type Screen struct {
	t     testing.TB
	Model *ui.Model
	Quit  bool // it has ended
	W, H  int
	held  *Held // takes the commands; nil: they run to their end
}

// New returns the screen for d at a size. Its clock is d.Now.
func New(t testing.TB, d ui.Deps, w, h int) *Screen {
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	if d.Exec == nil {
		d.Exec = func(c *exec.Cmd, done tea.ExecCallback) tea.Cmd {
			return func() tea.Msg { return done(c.Run()) }
		}
	}
	if d.Resender == nil {
		d.Resender = resender(d)
	}
	s := &Screen{t: t, Model: ui.New(ctx, d)}
	s.Resize(w, h)
	s.drain(s.Model.Init())
	return s
}

// resender sends again what is in the ring of d, signed with the secrets of d.
func resender(d ui.Deps) *forward.Resender {
	r := &forward.Resender{Sender: &forward.Sender{}, Sign: d.Config.Sign}
	if p, ok := d.Providers.(engine.Providers); ok {
		r.Providers = p.Set
	}
	if d, ok := d.Ring.(*ring.Ring); ok {
		r.Record = func(id capture.ID, a capture.Attempt) {
			d.Record(capture.Op{Attempt: &capture.AttemptAdd{ID: id, Attempt: a}})
		}
	}
	return r
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

// Look reads what changed in the ring.
func (s *Screen) Look() { s.drain(s.Model.Refresh()) }

// patience is how long a command may take; one that takes longer is left alone.
const patience = 5 * time.Second

func (s *Screen) drain(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	c := start(cmd)
	if s.held != nil {
		s.held.open = append(s.held.open, c)
		return
	}
	s.finish(c)
}

// command is one that runs; its messages come when it and all its parts have ended.
type command chan []tea.Msg

func start(cmd tea.Cmd) command {
	c := make(command, 1)
	go func() { c <- messages(cmd) }()
	return c
}

// messages runs a command, and the parts of a batch at the same time.
func messages(cmd tea.Cmd) []tea.Msg {
	if cmd == nil {
		return nil
	}
	msg := cmd()
	if batch, ok := msg.(tea.BatchMsg); ok {
		var list []tea.Msg
		var parts []command
		for _, each := range batch {
			parts = append(parts, start(each))
		}
		for _, p := range parts {
			list = append(list, <-p...)
		}
		return list
	}
	if v := reflect.ValueOf(msg); v.Kind() == reflect.Slice && v.Type().Elem() == reflect.TypeFor[tea.Cmd]() {
		var list []tea.Msg
		for i := range v.Len() {
			list = append(list, messages(v.Index(i).Interface().(tea.Cmd))...)
		}
		return list
	}
	return []tea.Msg{msg}
}

// finish waits for a command and gives the screen its messages.
func (s *Screen) finish(c command) {
	s.t.Helper()
	select {
	case list := <-c:
		for _, msg := range list {
			s.take(msg)
		}
	case <-time.After(patience):
		s.t.Errorf("a command took longer than %v", patience)
	}
}

// take does what the program would do with a command's message.
func (s *Screen) take(msg tea.Msg) {
	switch msg.(type) {
	case nil:
	case tea.QuitMsg:
		s.Quit = true
	default:
		s.Send(msg)
	}
}

// Held are commands that ran, but whose messages the screen has not been given yet.
type Held struct {
	s    *Screen
	open []command
}

// Hold does something to the screen and holds the commands open that follow, until End.
func (s *Screen) Hold(do func()) *Held {
	h := &Held{s: s}
	defer func(outer *Held) { s.held = outer }(s.held)
	s.held = h
	do()
	return h
}

// Len is how many commands are held open.
func (h *Held) Len() int { return len(h.open) }

// Next ends the commands as End does, and holds those open that follow.
func (h *Held) Next() *Held {
	h.s.t.Helper()
	return h.s.Hold(h.End)
}

// End gives the screen the messages of the commands in order; what follows runs to its end.
func (h *Held) End() {
	h.s.t.Helper()
	open := h.open
	h.open = nil
	for _, c := range open {
		h.s.finish(c)
	}
}

// Press gives it keys, by the names of Bubble Tea: "j", "ctrl+d", "enter", "space".
func (s *Screen) Press(names ...string) {
	for _, k := range names {
		s.Send(keys.Press(k))
	}
}

// Type gives it the keys of a text.
func (s *Screen) Type(text string) {
	for _, r := range text {
		s.Send(keys.Press(string(r)))
	}
}

// Text is the screen without styles.
func (s *Screen) Text() string { return ansi.Strip(s.Model.View().Content) }

// Golden compares the screen with a file under testdata, or rewrites it.
func (s *Screen) Golden(name string) {
	s.t.Helper()
	s.Exact()
	golden.File(s.t, name+".txt", golden.Trimmed(s.Text()))
}

// Exact fails the test unless the screen has its size, drawing it twice gives the same,
// and laying it out again does, but for the last line: its notice may be over by then.
func (s *Screen) Exact() {
	s.t.Helper()
	content := s.Model.View().Content
	if again := s.Model.View().Content; again != content {
		s.t.Errorf("drawing twice gives two pictures")
	}
	s.Resize(s.W, s.H)
	if again := s.Model.View().Content; Panes(again) != Panes(content) {
		s.t.Errorf("%dx%d: this is not laid out for what it shows:\n%s\nwhich gives\n%s", s.W, s.H, ansi.Strip(content), ansi.Strip(again))
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

// Panes is a screen without its last line.
func Panes(content string) string { return content[:max(0, strings.LastIndex(content, "\n"))] }
