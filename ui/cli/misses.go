package cli

import (
	"fmt"
	"slices"
	"strings"

	"creel/capture"
)

// want says in words how many requests are waited for.
func (w *waiting) want() string {
	switch {
	case w.exactly == 0:
		return "none"
	case w.exactly > 0:
		return fmt.Sprintf("exactly %d", w.exactly)
	}
	return fmt.Sprintf("at least %d", w.count)
}

// explain says in lines of text what came in place of what was waited for.
func (w *waiting) explain(all []*capture.Exchange) string {
	var b strings.Builder
	if w.stopped {
		fmt.Fprintf(&b, "%s was still running after %v and was stopped\n", oneLine(w.command[0]), w.timeout)
	}
	fmt.Fprintf(&b, "waited for %s, %d matched and %d arrived\n", w.want(), len(w.matched), len(all))
	groups := w.nearMisses(all)
	for _, g := range groups[:min(len(groups), mostMisses)] {
		line := "  " + textLine(g.first, paint{}) + g.why
		if g.count > 1 {
			line += fmt.Sprintf("  (and %d more like it)", g.count-1)
		}
		fmt.Fprintln(&b, line)
	}
	more := 0
	for _, g := range groups[min(len(groups), mostMisses):] {
		more += g.count
	}
	if more > 0 {
		fmt.Fprintf(&b, "  and %d more\n", more)
	}
	return b.String()
}

// mostMisses is how many groups of near misses are printed.
const mostMisses = 10

// missGroup is requests that look the same and miss the filter in the same way.
type missGroup struct {
	first *capture.Exchange
	why   string
	unmet int // how many parts of the filter
	count int
}

// nearMisses are the requests that did not match, those that missed by least first.
func (w *waiting) nearMisses(all []*capture.Exchange) []*missGroup {
	var groups []*missGroup
	byLook := map[string]*missGroup{}
	for _, ex := range all {
		if w.matched[ex.ID] {
			continue
		}
		g := &missGroup{first: ex}
		if !decided(ex) {
			g.why, g.unmet = "  (no reply yet)", 1
		}
		for _, part := range w.filter.Explain(ex, &w.env.Env) {
			if part.Met {
				continue
			}
			g.unmet++
			g.why += "  misses " + oneLine(part.Text)
			if part.Was != "" {
				g.why += " (it has " + oneLine(part.Was) + ")"
			}
		}
		look := fmt.Sprint(ex.Request.Method, "\x00", ex.Request.Path(), "\x00", ex.Sender.Provider, "\x00", ex.Sender.Event, "\x00", ex.Reply.Status, g.why)
		if byLook[look] == nil {
			byLook[look] = g
			groups = append(groups, g)
		}
		byLook[look].count++
	}
	slices.SortStableFunc(groups, func(a, b *missGroup) int { return a.unmet - b.unmet })
	return groups
}
