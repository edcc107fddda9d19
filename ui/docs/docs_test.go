package docs

import (
	"io/fs"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"creel/capture/filter"
)

func TestEveryFileIsAPage(t *testing.T) {
	names, err := fs.Glob(files, "*.md")
	if err != nil {
		t.Fatal(err)
	}
	if len(names) != len(Pages()) {
		t.Errorf("%d files, %d pages", len(names), len(Pages()))
	}
	for _, p := range Pages() {
		if !strings.HasPrefix(p.Text, "# ") || p.Short == "" {
			t.Errorf("%s has no title or nothing says what it is about", p.Name)
		}
	}
}

func TestTheREADMELinksEveryPage(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range Pages() {
		if !strings.Contains(string(readme), "(ui/docs/"+p.Name+".md)") {
			t.Errorf("the README does not link ui/docs/%s.md", p.Name)
		}
	}
	if n := strings.Count(string(readme), "\n"); n > 200 {
		t.Errorf("the README has %d lines, at most 200 are read", n)
	}
}

func TestFiltersNamesEveryKey(t *testing.T) {
	page, _ := Find("filters")
	var words string // of its tables
	for b := range Blocks(page.Text) {
		if b.Kind == TableRow {
			words += " " + b.Name + " " + b.Text + " "
		}
	}
	for _, c := range filter.Keys(filter.Screen) {
		name := strings.TrimSuffix(c.Text, ":")
		if strings.HasSuffix(name, ".") {
			name += "NAME"
		}
		if !strings.Contains(words, " "+name+" ") {
			t.Errorf("ui/docs/filters.md: no row of a table names %s", c.Text)
		}
	}
	_, _, states := filter.Complete("is:", len("is:"), filter.Screen, nil)
	for _, c := range states {
		if !strings.Contains(words, " "+c.Text+" ") {
			t.Errorf("ui/docs/filters.md: the row of is: does not name %s", c.Text)
		}
	}
}

// Lines of prose stay readable in a terminal. Tables and code may be wider.
func TestLinesOfProse(t *testing.T) {
	for _, p := range Pages() {
		code := false
		for line := range strings.Lines(p.Text) {
			if strings.HasPrefix(line, "```") {
				code = !code
			}
			if !code && !strings.HasPrefix(line, "|") && utf8.RuneCountInString(line) > 81 {
				t.Errorf("%s: too long: %s", p.Name, line)
			}
		}
	}
}
