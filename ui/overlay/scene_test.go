package overlay

import (
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

	"creel/capture/golden"
	"creel/forward"
	bindings "creel/ui/keys"
	"creel/ui/theme"
	"creel/ui/uitest/keys"
)

// scene plays a dialog and writes down what is seen after each step, in the 16
// colours of a terminal: the lines that became others, where the cursor stands,
// which keys the footer names, and what was decided.
type scene struct {
	golden.Script
	t     *testing.T
	stack Stack
	w, h  int
}

func theme16(t testing.TB) *theme.Theme {
	t.Helper()
	th, err := theme.New(theme.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return th
}

// play opens a dialog on a screen of w by h cells and does the steps: the name of
// a key, 'text that is typed, "click X Y" in the dialog, "wheel up", "paste TEXT",
// or a function.
func (s *scene) play(what string, o Overlay, w, h int, steps ...any) {
	s.t.Helper()
	s.w, s.h, s.stack = w, h, Stack{}
	s.stack.Open(o)
	s.Begin("%s, %d by %d", what, w, h)
	s.look()
	for _, step := range steps {
		if s.stack.Top() == nil {
			s.t.Fatalf("%s: %v comes after it was closed", what, step)
		}
		if do, ok := step.(func()); ok {
			s.Step("it goes on")
			do()
			s.look()
			continue
		}
		s.Step("%s", step)
		for _, msg := range s.messages(step.(string)) {
			if cmd := s.stack.Input(msg, w, h); cmd != nil {
				s.Say("asks for %T", cmd())
			}
		}
		s.look()
	}
}

func (s *scene) messages(step string) (msgs []tea.Msg) {
	if text, ok := strings.CutPrefix(step, "'"); ok {
		for _, r := range text {
			msgs = append(msgs, keys.Press(string(r)))
		}
		return msgs
	}
	x, y, _ := place(s.stack.Top().View(s.w, s.h), s.w, s.h)
	switch verb, rest, _ := strings.Cut(step, " "); verb {
	case "click":
		var dx, dy int
		if _, err := fmt.Sscan(rest, &dx, &dy); err != nil {
			s.t.Fatal(err)
		}
		return []tea.Msg{tea.MouseClickMsg{X: x + dx, Y: y + dy, Button: tea.MouseLeft}}
	case "wheel":
		button := map[string]tea.MouseButton{"up": tea.MouseWheelUp, "down": tea.MouseWheelDown}[rest]
		return []tea.Msg{tea.MouseWheelMsg{X: x, Y: y, Button: button}}
	case "paste":
		return []tea.Msg{tea.PasteMsg{Content: rest}}
	}
	return []tea.Msg{keys.Press(step)}
}

// look writes down what is seen otherwise than before.
func (s *scene) look() {
	s.t.Helper()
	top := s.stack.Top()
	if top == nil {
		s.Say("closed")
		return
	}
	f := top.View(s.w, s.h)
	s.composed(f)
	at := "no cursor"
	if c := f.Cursor; c != nil {
		at = fmt.Sprintf("cursor at %d,%d", c.X, c.Y)
	}
	foot := "keys"
	for _, h := range bindings.Hints(top.Keys()) {
		foot += " · " + h.Key + " " + h.Desc
	}
	s.See(f.Content, at, foot)
}

// composed checks that a dialog lies on the screen as it was drawn, with its
// cursor, and that up to three cells beside it are blank rather than cut words.
func (s *scene) composed(f Frame) {
	s.t.Helper()
	row := strings.Repeat(".", s.w)
	whole, cursor := s.stack.Compose(strings.TrimSuffix(strings.Repeat(row+"\n", s.h), "\n"), s.w, s.h)
	x, y, width := place(f, s.w, s.h)
	beside := func(cells string) string {
		if len(cells) <= 3 {
			return strings.Repeat(" ", len(cells))
		}
		return cells
	}
	want := strings.Split(strings.Repeat(row+"\n", s.h), "\n")[:s.h]
	for i, l := range strings.Split(ansi.Strip(f.Content), "\n") {
		want[y+i] = beside(row[:x]) + l + beside(row[x+width:])
	}
	if d := cmp.Diff(want, strings.Split(ansi.Strip(whole), "\n")); d != "" {
		s.t.Errorf("at %d,%d: %s", x, y, d)
	}
	if (cursor == nil) != (f.Cursor == nil) || cursor != nil && (cursor.X != x+f.Cursor.X || cursor.Y != y+f.Cursor.Y) {
		s.t.Errorf("the cursor is at %+v, in the dialog at %+v", cursor, f.Cursor)
	}
}

// decides writes down what a dialog decided.
func (s *scene) decides(format string, args ...any) tea.Cmd {
	s.Say("decides "+format, args...)
	return nil
}

// to is a callback of a dialog that decides.
func (s *scene) to(what string) func() tea.Cmd {
	return func() tea.Cmd { return s.decides("%s", what) }
}

func targetTexts(list []forward.Target) string {
	var texts []string
	for i := range list {
		t := &list[i]
		texts = append(texts, fmt.Sprintf("%s (off %v, ordered %v, insecure %v, stripped %v)", t.Spec(), t.Disabled, t.Ordered, t.Insecure, t.StripPrefix))
	}
	return strings.Join(texts, ", ")
}
