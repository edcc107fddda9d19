package overlay

import (
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"creel/capture/safe"
	"creel/ui/theme"
)

func TestPageScrolls(t *testing.T) {
	th, _ := theme.New(theme.Options{Colors: theme.NoColors})
	var rows []PageRow
	for i := range 30 {
		rows = append(rows, PageRow{Name: safe.Linef("line %d  %s", i, strings.Repeat("x", i))})
	}
	p := NewPage(th, safe.Const("t"), rows, 20, 4)
	p.Update(tea.WindowSizeMsg{Width: 20, Height: 13}) // less the footer, ten lines of text
	for _, tt := range []struct {
		key   tea.KeyPressMsg
		first int
	}{
		{press("j"), 1},
		{press("k"), 0},
		{press("k"), 0},
		{tea.KeyPressMsg{Code: tea.KeySpace, Text: " "}, 10},
		{press("G"), 20},
		{press("j"), 20},
		{press("g"), 0},
		{tea.KeyPressMsg{Code: 'd', Mod: tea.ModCtrl}, 5},
		{tea.KeyPressMsg{Code: 'u', Mod: tea.ModCtrl}, 0},
	} {
		if _, done := p.Update(tt.key); done {
			t.Fatalf("%s closes the page", tt.key)
		}
		drawn := ansi.Strip(p.View(20, 12).Content)
		rows := strings.Split(drawn, "\n")
		if len(rows) != 12 || !strings.HasPrefix(rows[1], fmt.Sprintf("│ line %d ", tt.first)) {
			t.Fatalf("after %s line %d is not the first:\n%s", tt.key, tt.first, drawn)
		}
		for _, r := range rows {
			if n := ansi.StringWidth(r); n != 20 {
				t.Fatalf("%q is %d wide", r, n)
			}
		}
	}
	if _, done := p.Update(press("esc")); !done {
		t.Error("esc leaves it open")
	}
}

// In two columns every section stands whole in one of them, the first one first; a
// narrow page and what a search finds have one column.
func TestPageInColumns(t *testing.T) {
	th, _ := theme.New(theme.Options{Colors: theme.NoColors})
	var rows []PageRow
	for i := range 6 {
		if i > 0 {
			rows = append(rows, PageRow{})
		}
		rows = append(rows, PageRow{Name: safe.Linef("section %d", i)})
		for range 4 {
			rows = append(rows, PageRow{Name: safe.Const("  key"), At: 8, Text: safe.Linef("of %d", i)})
		}
	}
	p := NewPage(th, safe.Const("t"), rows, 120, 40)
	lines := func(w int) []string { return strings.Split(ansi.Strip(p.View(w, 40).Content), "\n") }
	if one := lines(120); len(one) != 37 {
		t.Fatalf("%d lines in one column", len(one))
	}
	p.InColumns()
	two := lines(120)
	if len(two) != 19 || !strings.HasPrefix(two[1], "│ section 0") || !strings.Contains(two[1], "section 3") {
		t.Errorf("in two columns:\n%s", strings.Join(two, "\n"))
	}
	if least := lines(columnCells); len(least) != 19 {
		t.Errorf("%d lines in the narrowest window for two columns", len(least))
	}
	if one := lines(columnCells - 1); len(one) != 37 {
		t.Errorf("%d lines in a narrow window", len(one))
	}
	p.Update(press("/"))
	p.Update(press("5"))
	if found := lines(120); len(found) != 7 || strings.Contains(found[1], "key") {
		t.Errorf("a search:\n%s", strings.Join(found, "\n"))
	}
}
