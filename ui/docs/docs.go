// Package docs holds the longer texts about creel. They are Markdown files: the
// README links to them, creel help TOPIC prints them, and the screen shows them
// under its help key.
package docs

import (
	"embed"
	"iter"
	"slices"
	"strings"

	"creel/capture/lazy"
)

//go:embed *.md
var files embed.FS

// Page is one text.
type Page struct {
	Name  string // what creel help takes, such as "filters"
	Short string // what it is about, in a few words
	Text  string // Markdown, prose at most 80 columns wide
}

// topics are the pages in the order of help, and what each is about.
var topics = []struct{ name, short string }{
	{"recipes", "providers, retries, CI, resending: task by task"},
	{"tunnel", "a public URL for providers to call"},
	{"filters", "the language that selects requests"},
	{"rules", "standing replies and rules"},
	{"settings", "flags, environment and configuration file"},
	{"commands", "commands and exit codes"},
	{"json", "JSON lines for scripts"},
	{"attach", "a second screen, ssh, the background, scripts"},
	{"team", "share what is captured among a team"},
	{"agents", "tools for coding agents"},
	{"service", "on a server: health, metrics, containers"},
	{"exports", "export and import formats"},
	{"limits", "files, limits and promises"},
}

// Pages returns all pages.
func Pages() []Page {
	pages := make([]Page, 0, len(topics))
	for _, t := range topics {
		text, err := files.ReadFile(t.name + ".md")
		if err != nil {
			panic(err) // the file is not embedded: a mistake in topics
		}
		pages = append(pages, Page{Name: t.name, Short: t.short, Text: string(text)})
	}
	return pages
}

// Find returns the page with this name.
func Find(name string) (Page, bool) {
	for _, p := range Pages() {
		if strings.EqualFold(p.Name, name) {
			return p, true
		}
	}
	return Page{}, false
}

// BlockKind is what a piece of a page is.
type BlockKind int

// The kinds of blocks.
const (
	Paragraph BlockKind = iota
	Heading
	Bullet
	Code     // one line of code
	TableRow // one row of a table: a name, and what it means
	Blank
)

// Block is a piece of a page without its markup.
type Block struct {
	Kind BlockKind
	Text string
	Name string // of a row
}

var (
	markup    = lazy.Regexp("`([^`]*)`|\\*\\*([^*]*)\\*\\*|\\[([^]]*)\\]\\([^)]*\\)")
	comment   = lazy.Regexp(`<!--.*?-->`)
	tableRule = lazy.Regexp(`^\|[-| ]+\|$`)
)

// Blocks reads the Markdown that the pages use: paragraphs, lists, tables, headings
// and code. The lines of a paragraph or of an item are one text.
func Blocks(text string) iter.Seq[Block] {
	return func(yield func(Block) bool) {
		inCode := false
		var open *Block // a paragraph or an item that may go on
		end := func() bool {
			b := open
			open = nil
			return b == nil || yield(Block{Kind: b.Kind, Text: plain(strings.Join(strings.Fields(b.Text), " "))})
		}
		for l := range strings.Lines(comment().ReplaceAllString(text, "")) {
			l = strings.TrimRight(l, "\n")
			fence := strings.HasPrefix(l, "```")
			if open != nil && !fence && goesOn(l) {
				open.Text += " " + l
				continue
			}
			if !end() {
				return
			}
			var b Block
			switch {
			case fence:
				inCode = !inCode
				continue
			case inCode:
				b = Block{Kind: Code, Text: l}
			case strings.HasPrefix(l, "#"):
				b = Block{Kind: Heading, Text: plain(strings.TrimLeft(l, "# "))}
			case tableRule().MatchString(l):
				continue
			case strings.HasPrefix(l, "|"):
				b = tableRow(l)
			case strings.TrimSpace(l) == "":
				b = Block{Kind: Blank}
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

func goesOn(line string) bool {
	return strings.TrimSpace(line) != "" && !strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "|") && !strings.HasPrefix(line, "- ")
}

func newText(line string) *Block {
	if item, ok := strings.CutPrefix(line, "- "); ok {
		return &Block{Kind: Bullet, Text: item}
	}
	return &Block{Kind: Paragraph, Text: line}
}

// tableRow is a row of a table: its first cell is a name, the others are its meaning.
func tableRow(line string) Block {
	cells := strings.Split(strings.ReplaceAll(strings.Trim(line, "| "), `\|`, "\x00"), "|")
	for i := range cells {
		cells[i] = strings.ReplaceAll(plain(strings.TrimSpace(cells[i])), "\x00", "|")
	}
	meaning := slices.DeleteFunc(cells[1:], func(s string) bool { return s == "" })
	return Block{Kind: TableRow, Name: cells[0], Text: strings.Join(meaning, ". ")}
}

func plain(s string) string { return markup().ReplaceAllString(s, "$1$2$3") }
