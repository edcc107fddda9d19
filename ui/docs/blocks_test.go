package docs

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A page is cut into blocks, without markup: the lines of a text are joined, those of
// code and of tables are one each.
func TestBlocks(t *testing.T) {
	const page = "# A **bold** title\n<!-- not shown -->\n" +
		"Text with `code`,\n  a [link](x.md), and\nmore.\n\n" +
		"- one,\n  that goes on\n- `two`\n## Next\nbefore a table\n" +
		"| key | does | |\n| --- | --- | --- |\n| `a\\|b` | this | that |\n" +
		"before code\n```sh\n# no heading\n- no item\n\n| no row |\n```\nafter it\n```\nx\n```\n- last"
	want := []Block{
		{Kind: Heading, Text: "A bold title"},
		{Kind: Blank},
		{Kind: Paragraph, Text: "Text with code, a link, and more."},
		{Kind: Blank},
		{Kind: Bullet, Text: "one, that goes on"},
		{Kind: Bullet, Text: "two"},
		{Kind: Heading, Text: "Next"},
		{Kind: Paragraph, Text: "before a table"},
		{Kind: TableRow, Name: "key", Text: "does"},
		{Kind: TableRow, Name: "a|b", Text: "this. that"},
		{Kind: Paragraph, Text: "before code"},
		{Kind: Code, Text: "# no heading"},
		{Kind: Code, Text: "- no item"},
		{Kind: Code},
		{Kind: Code, Text: "| no row |"},
		{Kind: Paragraph, Text: "after it"},
		{Kind: Code, Text: "x"},
		{Kind: Bullet, Text: "last"},
	}
	if diff := cmp.Diff(want, slices.Collect(Blocks(page))); diff != "" {
		t.Error(diff)
	}
	for n := range len(want) + 1 { // who has seen enough hears no more
		got := 0
		for range Blocks(page) {
			if got++; got > n {
				break
			}
		}
		if got != min(n+1, len(want)) {
			t.Errorf("%d blocks after %d", got, n)
		}
	}
}

func TestFind(t *testing.T) {
	for _, p := range Pages() {
		if got, ok := Find(p.Name); !ok || got != p {
			t.Errorf("%s: found %q", p.Name, got.Name)
		}
	}
	if p, ok := Find("FILTERS"); !ok || p.Name != "filters" {
		t.Errorf("in capitals: %q", p.Name)
	}
	if p, ok := Find("nosuch"); ok {
		t.Errorf("found %q", p.Name)
	}
}
