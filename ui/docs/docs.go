// Package docs holds the longer texts about creel. They are Markdown files: the
// README links to them, creel help TOPIC prints them, and the screen shows them
// under its help key.
package docs

import (
	"embed"
	"strings"
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
