package cli

import (
	"strings"
	"unicode/utf8"

	"creel/ui/docs"
)

// pageText is a page for a terminal of helpWidth columns: its tables are lists, code is as it is.
func pageText(markdown string, bold bool) string {
	h := helpWriter{bold: bold}
	for b := range docs.Blocks(markdown) {
		switch b.Kind {
		case docs.Heading:
			h.heading(b.Text)
		case docs.Code:
			h.WriteString("  " + b.Text + "\n")
		case docs.TableRow:
			h.row(b)
		case docs.Bullet:
			h.indented("- ", b.Text)
		case docs.Blank:
			h.gap()
		case docs.Paragraph:
			h.indented("", b.Text)
		}
	}
	return strings.TrimRight(h.String(), "\n") + "\n"
}

// gap ends what stands before with one empty line.
func (h *helpWriter) gap() {
	if !strings.HasSuffix(h.String(), "\n\n") && h.Len() > 0 {
		h.WriteByte('\n')
	}
}

// row is a name and what it means, below it where the name is long.
func (h *helpWriter) row(b docs.Block) {
	if utf8.RuneCountInString(b.Name)+4 <= textColumn {
		h.item(2, b.Name, b.Text)
		return
	}
	for _, line := range wrap(b.Name, helpWidth-2) {
		h.WriteString("  " + line + "\n")
	}
	h.indented(strings.Repeat(" ", 6), b.Text)
}

// indented is a text whose further lines begin below its first letter.
func (h *helpWriter) indented(first, text string) {
	for _, line := range wrap(text, helpWidth-len(first)) {
		h.WriteString(first + line + "\n")
		first = strings.Repeat(" ", len(first))
	}
}
