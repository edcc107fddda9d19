package compose

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"creel/ui/theme"
)

// A screen that was small for a while looks as before.
func TestSizesComeAndGo(t *testing.T) {
	c := start(t, `{"a":1,"b":[1,2,3]}`, theme.Options{Colors: theme.NoColors})
	view := func() string {
		content, _ := c.View()
		return ansi.Strip(content)
	}
	before := view()
	for _, size := range [][2]int{{20, 4}, {200, 59}, {40, 11}, {20, 4}} {
		c.SetSize(size[0], size[1])
		if lines := strings.Count(view(), "\n") + 1; lines != size[1] {
			t.Errorf("%d lines on %v", lines, size)
		}
	}
	c.SetSize(80, 23)
	if got := view(); got != before {
		t.Errorf("it was\n%s\nand is\n%s", before, got)
	}
}

// The title names the URLs that fit, in one spelling, and else the first and how
// many more there are.
func TestTitleNamesTheURLs(t *testing.T) {
	for _, tt := range []struct {
		to   string
		w    int
		want string
	}{
		{"http://localhost:3000/a http://localhost:3001/b", 80, "localhost:3000/a?x=%2F  localhost:3001/b?x=%2F"},
		{"http://localhost:3000/a http://localhost:3001/b", 120, "http://localhost:3000/a?x=%2F  http://localhost:3001/b?x=%2F"},
		{"http://localhost:3000/a/long/path https://example.com/another/path http://localhost:3001/b", 80, "localhost:3000/a/long/path?x=%2F  and 2 more"},
		{"http://localhost:3000/a http://localhost:3001/b", 60, "localhost:3000/a?x=%2F  and 1 more"},
	} {
		c := start(t, `{"a":1}`, theme.Options{Colors: theme.NoColors})
		c.SetSize(tt.w, 23)
		if _, err := c.setTo(tt.to); err != nil {
			t.Fatal(err)
		}
		head, _, _ := strings.Cut(ansi.Strip(c.header()), "\n")
		if !strings.Contains(head, "→  "+tt.want+"  ") || ansi.StringWidth(head) != tt.w {
			t.Errorf("%d columns: %q, want %q", tt.w, head, tt.want)
		}
	}
}

// A line that does not fit is marked at each end where more of it is.
func TestCutLinesAreMarked(t *testing.T) {
	c := start(t, `{"a":1}`, theme.Options{Colors: theme.NoColors})
	c.SetSize(30, 23)
	draw := func(line string, left, room int) string {
		c.text.lines[c.bodyLine()], c.text.left = []byte(line), left
		return ansi.Strip(c.lineText(c.bodyLine(), room).Drawn())
	}
	for _, tt := range []struct {
		line string
		left int
		want string
	}{
		{`{"ab":"cd"`, 0, `{"ab":"cd"`},  // it fits exactly
		{`{"ab":"cd",`, 0, `{"ab":"cd…`}, // the cut is between two pieces
		{`{"ab":"cdefgh"`, 0, `{"ab":"cd…`},
		{`{"ab":"cd",`, 1, `…ab":"cd",`},
		{`{"ab":"cdefgh"`, 3, `…":"cdefg…`},
		{`{}`, 3, `…`},
		{``, 3, ``},
		{`"漢漢漢漢x`, 0, `"漢漢漢漢x`},
		{`"漢漢漢漢xy`, 0, `"漢漢漢漢…`},
		{`漢漢漢漢漢漢`, 0, `漢漢漢漢…`},
		{`漢漢漢漢漢漢`, 2, `… 漢漢漢漢`},
	} {
		if got := draw(tt.line, tt.left, 10); strings.TrimRight(got, " ") != tt.want {
			t.Errorf("%q from %d: %q, want %q", tt.line, tt.left, got, tt.want)
		}
	}
}

// A large text is checked beside the screen before it is sent, and until that has ended
// nothing is said to be valid. What the user leaves is not sent.
func TestALargeTextIsCheckedBesideTheScreen(t *testing.T) {
	c := start(t, `{"a":["`+strings.Repeat("x", largeText)+`"]}`, theme.Options{})
	c.SetSize(80, 40)
	var work func() func() tea.Cmd
	c.spec.Beside = func(_ string, _ bool, w func() func() tea.Cmd) tea.Cmd {
		work = w
		return nil
	}
	c.Update(keyMsg("x")) // it is broken now
	if !strings.Contains(plain(c), "being checked") || strings.Contains(plain(c), "valid JSON") {
		t.Errorf("while it is not checked:\n%s", plain(c))
	}
	if sent := press(c, "ctrl+s"); len(sent) > 0 || work == nil || c.note != "" {
		t.Fatalf("sent at once: %v, %q", sent, c.note)
	}
	press(c, "backspace", "ctrl+s") // the user left that, and mends it
	if sent := run(c, work()()); len(sent) != 1 || strings.Contains(plain(c), "being checked") || !strings.Contains(plain(c), "valid JSON") {
		t.Errorf("sent %v:\n%s", sent, plain(c))
	}
	work, c.sending = nil, 0
	if sent := press(c, "ctrl+s"); len(sent) != 1 || work != nil {
		t.Errorf("what is checked is not sent at once: %v", sent)
	}
}

// One check at a time runs beside the screen; the last text is checked in the end.
func TestChecksOfALargeText(t *testing.T) {
	c := start(t, `{"a":["`+strings.Repeat("x", largeText)+`"]}`, theme.Options{})
	c.Update(keyMsg("x"))
	first := c.Update(rechecked{c.ID(), c.checked})
	c.Update(keyMsg("backspace"))
	if second := c.Update(rechecked{c.ID(), c.checked}); first == nil || second != nil {
		t.Fatal("two run at a time")
	}
	again := c.Update(first())
	if again == nil || !c.state.late {
		t.Fatal("the last text is not checked")
	}
	if c.Update(again()); c.state.late || c.state.problem != nil {
		t.Errorf("late %v, %v", c.state.late, c.state.problem)
	}
}
