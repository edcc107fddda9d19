package compose

import (
	"math/rand/v2"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"creel/ui/theme"
)

var allKeys = strings.Fields(`left right up down home end pgup pgdown backspace delete enter tab shift+tab esc ctrl+a ctrl+e ctrl+b ctrl+f
ctrl+n ctrl+p alt+b alt+f ctrl+w alt+d ctrl+u ctrl+k ctrl+y ctrl+t ctrl+z alt+z ctrl+home ctrl+end ctrl+d ctrl+h a 世 é { } " : , 1`)

// Whatever is pressed at whatever size, the screen is exactly as large as it
// should be, holds nothing that acts on the terminal, and undoing everything
// gives the text that was there.
func TestRandomKeys(t *testing.T) {
	bodies := []string{stripeBody, "", "a\tb\r\n\x1b[2J\u202e\xff世界\u0301", strings.Repeat("long line ", 2000), strings.Repeat("l\n", 300), strings.Repeat("世", 500)}
	for seed := range uint64(18) {
		r := rand.New(rand.NewPCG(seed, 1))
		c := start(t, bodies[seed%uint64(len(bodies))], theme.Options{Colors: theme.ColorsTrue})
		was := string(c.Text())
		for range 120 {
			if r.IntN(10) == 0 {
				c.SetSize(r.IntN(130), r.IntN(50))
			}
			if r.IntN(20) == 0 {
				c.Update(tea.MouseClickMsg{X: r.IntN(100), Y: r.IntN(40)})
			}
			press(c, allKeys[r.IntN(len(allKeys))])
			checkScreen(t, c)
		}
		for len(c.text.undos) > 0 {
			c.text.undo()
		}
		if got := string(c.Text()); got != was {
			t.Fatalf("seed %d: undone to %q, not %q", seed, got, was)
		}
	}
}

func checkScreen(t *testing.T, c *Compose) {
	t.Helper()
	s, cursor := c.View()
	if again, _ := c.View(); again != s {
		t.Fatal("drawn twice, two screens")
	}
	if c.w <= 0 || c.h <= 0 {
		return
	}
	lines := strings.Split(s, "\n")
	if len(lines) != c.h {
		t.Fatalf("%d lines at %dx%d", len(lines), c.w, c.h)
	}
	for i, l := range lines {
		if n := ansi.StringWidth(l); n != c.w {
			t.Fatalf("line %d has %d cells at %dx%d: %q", i, n, c.w, c.h, l)
		}
		if strings.ContainsAny(ansi.Strip(l), "\x1b\x07\r\t\u202e") {
			t.Fatalf("line %d acts on the terminal: %q", i, l)
		}
	}
	if cursor != nil && (cursor.X < 0 || cursor.X >= c.w || cursor.Y < 0 || cursor.Y >= c.h) {
		t.Fatalf("cursor at %d,%d at %dx%d", cursor.X, cursor.Y, c.w, c.h)
	}
}

// BenchmarkKey is a key press in a text of 500 KiB and 9,000 lines, with the
// screen drawn after it; it must take under 5 ms.
func BenchmarkKey(b *testing.B) {
	c := start(b, strings.Repeat(`{"name": "value", "number": 123, "other": [1, 2]}`+"\n", 9000), theme.Options{Colors: theme.ColorsTrue})
	goTo(c, "Host")
	for b.Loop() {
		c.Update(keyMsg("x"))
		c.View()
	}
}

// The cursor stands where the text of its line says, wherever that is scrolled.
func TestCursorStandsOnItsCharacter(t *testing.T) {
	c := start(t, strings.Repeat("世x", 100), theme.Options{})
	c.text.at = pos{len(c.text.lines) - 1, 0}
	for i := range 200 {
		press(c, "right")
		if i%2 == 1 {
			continue
		}
		s, cursor := c.View()
		line := ansi.Strip(strings.Split(s, "\n")[cursor.Y])
		if got := ansi.Cut(line, cursor.X, cursor.X+1); got != "x" {
			t.Fatalf("after %d: %q at %d in %q", i, got, cursor.X, line)
		}
	}
}

// A whole text takes the place of another as one change, whatever both have in common.
func TestReplacement(t *testing.T) {
	texts := []string{"", "\n", "a", "a\n", "\na", "a\nb", "b\na", "a\nb\nc", "a\nx\nc", "a\nc", "a\nb\nb\nc", "a\nb\nc\n", "x\ny\nz", "a\na\na", "a\na"}
	for _, from := range texts {
		for _, to := range texts {
			b := newBuffer([]byte(from))
			b.at = pos{len(b.lines) - 1, len(b.lines[len(b.lines)-1])}
			b.set([]byte(to))
			if got := string(b.text()); got != to || b.at != b.clamp(b.at) || (b.rev > 0) != (from != to) {
				t.Errorf("%q to %q: %q, cursor %v, %d changes", from, to, got, b.at, b.rev)
			}
			b.undo()
			if got := string(b.text()); got != from {
				t.Errorf("%q to %q: undo gives %q", from, to, got)
			}
			if b.redo(); string(b.text()) != to {
				t.Errorf("%q to %q: redo gives %q", from, to, b.text())
			}
		}
	}
}
