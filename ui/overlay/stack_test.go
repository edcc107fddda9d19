package overlay

import (
	"fmt"
	"strings"
	"testing"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/google/go-cmp/cmp"
)

// note writes down what it is told, and closes when that is its name.
type note struct {
	name  string
	told  *[]string
	frame Frame
}

func (n *note) Update(msg tea.Msg) (tea.Cmd, bool) {
	*n.told = append(*n.told, fmt.Sprintf("%s %v", n.name, msg))
	return with(n.name), msg == any(n.name)
}
func (n *note) View(int, int) Frame { return n.frame }
func (n *note) Keys() []key.Binding { return nil }

// Input is for the top dialog alone, other messages are for all, the top one first; one
// that is done closes, wherever it is.
func TestStack(t *testing.T) {
	var told []string
	var s Stack
	open := map[string]*note{}
	for _, name := range []string{"a", "b", "c"} {
		open[name] = &note{name: name, told: &told}
		s.Open(open[name])
	}
	heard := func(want ...string) {
		t.Helper()
		if d := cmp.Diff(want, told); d != "" {
			t.Error(d)
		}
		told = nil
	}
	is := func(name string) bool { return s.Any(func(o Overlay) bool { return o.(*note).name == name }) }
	s.Input("x", 80, 24)
	heard("c x")
	s.Tell("b")
	heard("c b", "b b", "a b")
	if s.Top() != Overlay(open["c"]) || s.Has(open["b"]) || is("b") || !s.Has(open["a"]) || !is("a") {
		t.Errorf("b is done: %v is open", s.open)
	}
	s.Remove(open["b"])
	s.Input("c", 80, 24)
	heard("c c")
	if s.Top() != Overlay(open["a"]) {
		t.Errorf("c is done: %v is on top", s.Top())
	}
	s.Remove(s.Top())
	s.Remove(s.Top())
	if s.Top() != nil || s.Tell("x") != nil {
		t.Error("an empty stack has a dialog")
	}
	heard()
}

// A click is told as a place in the dialog; what is larger than the screen is cut.
func TestStackPlaces(t *testing.T) {
	var told []string
	frame := func(f Frame) *Stack {
		told = nil
		s := &Stack{}
		s.Open(&note{name: "a", told: &told, frame: f})
		return s
	}
	s := frame(Frame{Content: "ab\ncd", Fixed: true, X: 3, Y: 1, Cursor: tea.NewCursor(1, 1)})
	got, cursor := s.Compose(strings.TrimSuffix(strings.Repeat("..........\n", 4), "\n"), 10, 4)
	if d := cmp.Diff("..........\n   ab.....\n   cd.....\n..........", got); d != "" || cursor.X != 4 || cursor.Y != 2 {
		t.Errorf("the cursor is at %+v, %s", cursor, d)
	}
	s.Input(tea.MouseClickMsg{X: 4, Y: 2, Button: tea.MouseLeft}, 10, 4)
	s.Input(tea.MouseWheelMsg{X: 4, Y: 2, Button: tea.MouseWheelUp}, 10, 4)
	if d := cmp.Diff(fmt.Sprint([]string{"a " + fmt.Sprint(tea.MouseClickMsg{X: 1, Y: 1, Button: tea.MouseLeft}), "a " + fmt.Sprint(tea.MouseWheelMsg{X: 4, Y: 2, Button: tea.MouseWheelUp})}), fmt.Sprint(told)); d != "" {
		t.Error(d)
	}
	for _, y := range []int{-1, 1} {
		got, _ = frame(Frame{Content: "1\n2\n3", Fixed: true, Y: y}).Compose("....\n....", 4, 2)
		want := map[int]string{-1: "2   \n3   ", 1: "....\n1   "}[y]
		if d := cmp.Diff(strings.ReplaceAll(want, " ", "."), strings.ReplaceAll(got, " ", ".")); d != "" {
			t.Errorf("at %d: %s", y, d)
		}
	}
}
