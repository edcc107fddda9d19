package filter

import (
	"cmp"
	"slices"
	"unicode/utf8"

	"creel/capture"
)

// Words returns the texts that the filter looks for and that can be marked
// where they occur, without regard to case: those of bare words and of the
// searching keys, not those that must be absent.
func (f *Filter) Words() []string {
	var words []string
	f.eachLook(func(_ *term, p pattern) {
		for _, part := range p {
			if part.text != "" && !slices.Contains(words, part.text) {
				words = append(words, part.text)
			}
		}
	})
	return words
}

// Hit is a place where a word of the filter was found.
type Hit struct {
	// Place is url, host, provider, event, note or body, or the name of a header
	// field or of a query parameter.
	Place string
	// Text is what was found with a little of what surrounds it: hostile bytes.
	Text string
}

// around is how many bytes of the surroundings a hit shows on each side.
const around = 24

// Hits returns for each word of the filter the first place where it is found,
// for rows in which no column shows it.
func (f *Filter) Hits(ex *capture.Exchange, env *Env) []Hit {
	p := newProbe(ex, env)
	defer p.free()
	var hits []Hit
	f.eachLook(func(t *term, look pattern) {
		if h, ok := t.locate(p, look); ok {
			hits = append(hits, h)
		}
	})
	return hits
}

func (t *term) locate(p *probe, look pattern) (hit Hit, ok bool) {
	try := func(place, s string) bool {
		if ok = look.within(s); ok {
			hit = Hit{place, excerpt(s, look)}
		}
		return ok
	}
	if t.field == anywhere {
		for place, s := range places(p) {
			if try(place, s) {
				break
			}
		}
		return hit, ok
	}
	place := cmp.Or(t.name, t.field.name)
	t.field.texts(p, t.name, func(s string) bool { return try(place, s) })
	return hit, ok
}

// excerpt cuts s around the first part of the pattern that is text.
func excerpt(s string, look pattern) string {
	for i := range look {
		if look[i].text == "" {
			continue
		}
		start, end := look[i].find(s)
		start, end = max(start-around, 0), min(end+around, len(s))
		for start > 0 && !utf8.RuneStart(s[start]) {
			start--
		}
		for end < len(s) && !utf8.RuneStart(s[end]) {
			end++
		}
		return s[start:end]
	}
	return s[:min(len(s), 2*around)]
}

// eachLook calls do for what is looked for and not negated.
func (f *Filter) eachLook(do func(*term, pattern)) {
	var walk func(n *node)
	walk = func(n *node) {
		switch n.op {
		case opNot:
		case opTerm:
			for _, p := range n.term.looks {
				do(n.term, p)
			}
		default:
			for _, k := range n.kids {
				walk(k)
			}
		}
	}
	if !f.IsEmpty() {
		walk(f.root)
	}
}
