package overlay

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"creel/capture/safe"
	"creel/ui/keys"
	"creel/ui/theme"
)

// cursor is the selected line of a list, and how keys, wheel and clicks move it.
type cursor struct {
	at    int
	typed bool             // letters are typed: they do not move it
	round bool             // past an end it goes on at the other
	off   func(i int) bool // lines that it passes over; nil for none
}

// The keys of a list.
var (
	listDown = keys.Bind("move", "j", "down", "ctrl+n", "tab")
	listUp   = keys.Bind("move", "k", "up", "ctrl+p", "shift+tab")
	listHome = keys.Bind("", "g", "home")
	listEnd  = keys.Bind("", "G", "end")

	// where letters are typed
	typedDown = keys.Bind("move", "down", "ctrl+n", "tab")
	typedUp   = keys.Bind("move", "up", "ctrl+p", "shift+tab")
)

// update moves it in a list of n lines, and reports whether that is what msg means.
func (c *cursor) update(msg tea.Msg, n int) bool {
	switch msg := msg.(type) {
	case tea.MouseWheelMsg:
		c.move(keys.Wheel(msg)/3, n)
	case tea.KeyPressMsg:
		down, up := listDown, listUp
		if c.typed {
			down, up = typedDown, typedUp
		}
		switch {
		case key.Matches(msg, down):
			c.move(1, n)
		case key.Matches(msg, up):
			c.move(-1, n)
		case !c.typed && key.Matches(msg, listHome):
			c.at = -1
			c.move(1, n)
		case !c.typed && key.Matches(msg, listEnd):
			c.at = n
			c.move(-1, n)
		default:
			return false
		}
	default:
		return false
	}
	return true
}

// move goes up or down a list of n lines, which may have become shorter.
func (c *cursor) move(by, n int) {
	if !c.round {
		c.at = max(0, min(c.at+by, n-1))
		return
	}
	for i := range n {
		at := ((c.at+by*(i+1))%n + n) % n
		if c.off == nil || !c.off(at) {
			c.at = at
			return
		}
	}
}

// shift moves the selected line of n one down or up, with lowerKey and raiseKey.
func (c *cursor) shift(press tea.KeyPressMsg, n int) {
	by := 1
	if key.Matches(press, raiseKey) {
		by = -1
	}
	if to := c.at + by; to >= 0 && to < n {
		c.at = to
	}
}

// click selects line i of n, if there is one, and reports whether it did.
func (c *cursor) click(i, n int) bool {
	if i < 0 || i >= n || c.off != nil && c.off(i) {
		return false
	}
	c.at = i
	return true
}

// first is the first of n lines in sight with room for rows: the selected one is in the middle.
func (c *cursor) first(n, rows int) int { return max(0, min(c.at-rows/2, n-rows)) }

// lines draws the lines of a list of n that there are rows for, the first of a box.
func (c *cursor) lines(n, rows int, draw func(i int) string) ([]string, ListRows) {
	first := c.first(n, rows)
	var lines []string
	for i := first; i < min(n, first+rows); i++ {
		lines = append(lines, draw(i))
	}
	return lines, ListRows{1, len(lines), first}
}

// listLine begins a line of a list of w cells; the selected one has a bar.
func listLine(t *theme.Theme, w int, selected bool) *theme.Row {
	if !selected {
		return t.NewRow(w, theme.Style{})
	}
	return t.NewRow(w, t.Selected).Lit(t.Accent, t.Bar)
}

// textLine is a line of w cells with one text.
func textLine(t *theme.Theme, s theme.Style, text safe.Text, w int) string {
	return t.NewRow(w, theme.Style{}).Text(s, text).String()
}
