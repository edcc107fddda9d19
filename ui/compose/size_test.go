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
