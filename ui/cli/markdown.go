package cli

import (
	"iter"
	"regexp"
	"slices"
	"strings"
)

// blockKind is what a piece of a page is.
type blockKind int

const (
	blockParagraph blockKind = iota
	blockHeading
	blockBullet
	blockCode // one line of code
	blockRow  // one row of a table: a name, and what it means
	blockBlank
)

// block is a piece of a page without its markup.
type block struct {
	kind blockKind
	text string
	name string // of a row
}

var (
	markup    = regexp.MustCompile("`([^`]*)`|\\*\\*([^*]*)\\*\\*|\\[([^]]*)\\]\\([^)]*\\)")
	comment   = regexp.MustCompile(`<!--.*?-->`)
	tableRule = regexp.MustCompile(`^\|[-| ]+\|$`)
)

// blocks reads the Markdown that the pages use: paragraphs, lists, tables, headings
// and code. The lines of a paragraph or of an item are one text.
func blocks(text string) iter.Seq[block] {
	return func(yield func(block) bool) {
		inCode := false
		var open *block // a paragraph or an item that may go on
		end := func() bool {
			b := open
			open = nil
			return b == nil || yield(block{kind: b.kind, text: plain(strings.Join(strings.Fields(b.text), " "))})
		}
		for l := range strings.Lines(comment.ReplaceAllString(text, "")) {
			l = strings.TrimRight(l, "\n")
			fence := strings.HasPrefix(l, "```")
			if open != nil && !fence && goesOn(l) {
				open.text += " " + l
				continue
			}
			if !end() {
				return
			}
			var b block
			switch {
			case fence:
				inCode = !inCode
				continue
			case inCode:
				b = block{kind: blockCode, text: l}
			case strings.HasPrefix(l, "#"):
				b = block{kind: blockHeading, text: plain(strings.TrimLeft(l, "# "))}
			case tableRule.MatchString(l):
				continue
			case strings.HasPrefix(l, "|"):
				b = tableRow(l)
			case strings.TrimSpace(l) == "":
				b = block{kind: blockBlank}
			default:
				open = newText(l)
				continue
			}
			if !yield(b) {
				return
			}
		}
		end()
	}
}

// goesOn reports whether a line belongs to the text above it.
func goesOn(line string) bool {
	return strings.TrimSpace(line) != "" && !strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "|") && !strings.HasPrefix(line, "- ")
}

func newText(line string) *block {
	if item, ok := strings.CutPrefix(line, "- "); ok {
		return &block{kind: blockBullet, text: item}
	}
	return &block{kind: blockParagraph, text: line}
}

// tableRow is a row of a table: its first cell is a name, the others are its
// meaning.
func tableRow(line string) block {
	cells := strings.Split(strings.ReplaceAll(strings.Trim(line, "| "), `\|`, "\x00"), "|")
	for i := range cells {
		cells[i] = strings.ReplaceAll(plain(strings.TrimSpace(cells[i])), "\x00", "|")
	}
	meaning := slices.DeleteFunc(cells[1:], func(s string) bool { return s == "" })
	return block{kind: blockRow, name: cells[0], text: strings.Join(meaning, ". ")}
}

// plain is a text without its markup.
func plain(s string) string { return markup.ReplaceAllString(s, "$1$2$3") }
