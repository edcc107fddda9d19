package overlay

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"creel/ui/theme"
)

// Stack is the overlays that are open; the last one has the input. The zero value is empty.
type Stack struct{ open []Overlay }

// Open puts o on top.
func (s *Stack) Open(o Overlay) { s.open = append(s.open, o) }

// Top is the overlay that has the input; nil when none is open.
func (s *Stack) Top() Overlay {
	if len(s.open) == 0 {
		return nil
	}
	return s.open[len(s.open)-1]
}

// Any reports whether an overlay is open of which that is true.
func (s *Stack) Any(is func(Overlay) bool) bool { return slices.ContainsFunc(s.open, is) }

// Has reports whether an overlay is open.
func (s *Stack) Has(o Overlay) bool { return slices.Contains(s.open, o) }

// Remove closes an overlay, wherever it is; nothing when it is not open.
func (s *Stack) Remove(o Overlay) {
	s.open = slices.DeleteFunc(s.open, func(open Overlay) bool { return open == o })
}

// Input gives input to the top overlay, which must be there; places are made relative to it, as in Compose.
func (s *Stack) Input(msg tea.Msg, w, h int) tea.Cmd {
	top := s.Top()
	if m, ok := msg.(tea.MouseClickMsg); ok {
		f := top.View(w, h)
		x, y, _ := place(f, w, h)
		m.X, m.Y = m.X-x, f.List.line(m.Y-y)
		msg = m
	}
	return s.give(top, msg)
}

// Tell gives a message that is not input to every overlay, the top one first.
func (s *Stack) Tell(msg tea.Msg) tea.Cmd {
	var cmds []tea.Cmd
	for _, o := range slices.Backward(s.open) {
		cmds = append(cmds, s.give(o, msg))
	}
	return tea.Batch(cmds...)
}

func (s *Stack) give(o Overlay, msg tea.Msg) tea.Cmd {
	cmd, done := o.Update(msg)
	if done {
		s.Remove(o)
	}
	return cmd
}

// Compose draws the overlays over the first h lines of base, each w cells, and returns the top one's cursor.
func (s *Stack) Compose(base string, w, h int) (string, *tea.Cursor) {
	var cursor *tea.Cursor
	lines := strings.Split(base, "\n")
	for _, o := range s.open {
		f := o.View(w, h)
		x, y, bw := place(f, w, h)
		over := strings.Split(f.Content, "\n")
		for i, line := range over {
			if y+i < 0 || y+i >= len(lines) {
				continue
			}
			lines[y+i] = lay(lines[y+i], line, x, bw, w)
		}
		cursor = nil
		if f.Cursor != nil {
			c := *f.Cursor
			c.X, c.Y = c.X+x, c.Y+y
			cursor = &c
		}
	}
	return strings.Join(lines, "\n"), cursor
}

// place centres a dialog, a little above the middle, or beside the line that it is about.
func place(f Frame, w, h int) (x, y, width int) {
	over := strings.Split(f.Content, "\n")
	for _, line := range over {
		width = max(width, theme.Width(line))
	}
	width = min(width, w)
	if f.Fixed {
		return f.X, f.Y, width
	}
	x, y = (w-width)/2, max(0, (h-len(over))/2-max(0, h-len(over))/8)
	if line := f.About - 1; y <= line && line < y+len(over) {
		switch {
		case line+1+len(over) <= h:
			y = line + 1
		case line >= len(over):
			y = line - len(over)
		}
	}
	return x, y, width
}

// sliver is how many cells of a line beside a dialog say nothing and are left blank.
const sliver = 3

// lay puts a line of bw cells over one of w cells, at x; a wide character it halves becomes blanks.
func lay(under, over string, x, bw, w int) string {
	left, right := "", ""
	if x > sliver {
		left = ansi.Truncate(under, x, "")
	}
	if w-x-bw > sliver {
		right = ansi.TruncateLeft(under, x+bw, "")
	}
	if theme.Width(right) > w-x-bw {
		right = ansi.TruncateLeft(under, x+bw+1, "")
	}
	over = ansi.Truncate(over, bw, "")
	var b strings.Builder
	pad := func(n int) { b.WriteString(strings.Repeat(" ", max(0, n))) }
	b.WriteString(left)
	b.WriteString(reset(left))
	pad(x - theme.Width(left))
	b.WriteString(over)
	b.WriteString(reset(over))
	pad(w - x - theme.Width(over) - theme.Width(right))
	b.WriteString(right)
	return b.String()
}

// reset ends whatever style a cut left open; nothing where none was used.
func reset(s string) string {
	if strings.Contains(s, "\x1b") {
		return "\x1b[m"
	}
	return ""
}

// line is the line of the list that a click at y means; -1 for none.
func (l ListRows) line(y int) int {
	switch {
	case l.N == 0:
		return y
	case y < l.From || y >= l.From+l.N:
		return -1
	}
	return y - l.From + l.Above
}
