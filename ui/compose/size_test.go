package compose

import (
	"strings"
	"testing"

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
