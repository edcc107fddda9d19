package cli

import (
	"strings"
	"unicode/utf8"
)

// pageText is a page of the documentation for a terminal of helpWidth columns: its
// tables are lists of names and meanings, and code is as it is.
func pageText(markdown string, bold bool) string {
	h := helpWriter{bold: bold}
	for b := range blocks(markdown) {
		switch b.kind {
		case blockHeading:
			h.heading(b.text)
		case blockCode:
			h.WriteString("  " + b.text + "\n")
		case blockRow:
			h.row(b)
		case blockBullet:
			h.indented("- ", b.text)
		case blockBlank:
			h.gap()
		case blockParagraph:
			h.indented("", b.text)
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
func (h *helpWriter) row(b block) {
	if utf8.RuneCountInString(b.name)+4 <= textColumn {
		h.item(2, b.name, b.text)
		return
	}
	for _, line := range wrap(b.name, helpWidth-2) {
		h.WriteString("  " + line + "\n")
	}
	h.indented(strings.Repeat(" ", 6), b.text)
}

// indented is a text whose further lines begin below its first letter.
func (h *helpWriter) indented(first, text string) {
	for _, line := range wrap(text, helpWidth-len(first)) {
		h.WriteString(first + line + "\n")
		first = strings.Repeat(" ", len(first))
	}
}
