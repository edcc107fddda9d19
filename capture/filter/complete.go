package filter

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"creel/capture"
)

// Completion is one way to go on at the cursor.
type Completion struct {
	Text string // replaces the text between from and to
	Help string // in a few words; empty for a value that was seen
}

// Bounds of one completion, which is made again for each key: how many are
// offered, and how many of the newest exchanges are looked through for them.
const (
	maxOffered = 50
	maxSeen    = 2000
)

// Complete returns how the word at cursor, a byte offset, can go on: a key, or
// after a key's colon a value of those known and of those that seen has, the
// newest first. The completion replaces text[from:to].
func Complete(text string, cursor int, scope Scope, seen []*capture.Exchange) (from, to int, list []Completion) {
	cursor = min(max(cursor, 0), len(text))
	seen = seen[max(0, len(seen)-maxSeen):]
	from = wordStart(text[:cursor])
	word := text[from:cursor]
	if key, vals, ok := strings.Cut(word, ":"); ok {
		from = cursor - len(vals) + strings.LastIndexByte(vals, ',') + 1
		return from, cursor, completeValue(key, text[from:cursor], scope, seen)
	}
	if base, part, ok := strings.Cut(word, "."); ok {
		return from, cursor, completeName(base, part, seen)
	}
	if word == "" {
		return from, cursor, nil
	}
	return from, cursor, slices.DeleteFunc(Keys(scope), func(c Completion) bool { return !strings.HasPrefix(c.Text, word) })
}

// wordStart returns where the part that ends with s begins: after a space or a
// parenthesis outside of quotes, and after the - that negates it.
func wordStart(s string) int {
	start, quote := 0, rune(0)
	for i, r := range s {
		switch {
		case quote != 0:
			if r == quote {
				quote = 0
			}
		case (r == '"' || r == '\'') && (i == start || strings.ContainsRune(":,", rune(s[i-1]))):
			quote = r
		case unicode.IsSpace(r), r == '(', r == '-' && i == start:
			start = i + utf8.RuneLen(r)
		}
	}
	return start
}

// Keys returns all keys of a scope, as they begin a word.
func Keys(scope Scope) []Completion {
	var list []Completion
	for _, f := range fields {
		end := ":"
		if f.names != nil {
			end = "."
		}
		if scope != Arrival || !f.late {
			list = append(list, Completion{f.name + end, f.help})
		}
	}
	return list
}

// completeName completes what stands after the dot of a key that takes a name.
func completeName(base, part string, seen []*capture.Exchange) []Completion {
	f := lookup(base)
	if f == nil || f.names == nil {
		return nil
	}
	c := collector{part: strings.ToLower(part), known: map[string]bool{}}
	for _, ex := range slices.Backward(seen) {
		f.names(ex, c.add)
	}
	for i := range c.list {
		c.list[i].Text = base + "." + c.list[i].Text + ":"
	}
	return c.list
}

func completeValue(key, part string, scope Scope, seen []*capture.Exchange) []Completion {
	base, name, _ := strings.Cut(key, ".")
	f := lookup(base)
	if f == nil {
		return nil
	}
	if f.name == "is" {
		return completeState(part, scope)
	}
	c := collector{part: strings.ToLower(strings.TrimLeft(part, `"'`)), known: map[string]bool{}}
	if f.texts != nil && !f.body {
		for _, ex := range slices.Backward(seen) {
			p := newProbe(ex, nil)
			f.texts(p, name, func(s string) bool { c.add(s); return len(c.list) >= maxOffered })
			p.free()
		}
	}
	for i := range c.list {
		c.list[i].Text = Quote(c.list[i].Text)
	}
	for _, offer := range f.offers {
		c.add(offer)
	}
	return c.list
}

func completeState(part string, scope Scope) []Completion {
	var list []Completion
	for _, s := range states {
		if strings.HasPrefix(s.name, part) && s.allowed(scope) {
			list = append(list, Completion{s.name, s.help})
		}
	}
	return list
}

// collector keeps each different text that begins with part, in the order seen.
type collector struct {
	part  string
	known map[string]bool
	list  []Completion
}

func (c *collector) add(s string) {
	// Long values and those with control characters cannot be typed either.
	if c.known[s] || len(c.list) >= maxOffered || len(s) > 80 || strings.ContainsFunc(s, unicode.IsControl) || !utf8.ValidString(s) {
		return
	}
	if strings.HasPrefix(strings.ToLower(s), c.part) {
		c.known[s] = true
		c.list = append(c.list, Completion{Text: s})
	}
}

// Quote writes a value for after a key's colon, so that it is read back as it is.
func Quote(s string) string { return quoteIfNeeded(strings.ReplaceAll(s, "*", `\*`)) }

// ExactPath writes the term that matches a path itself and none below it.
func ExactPath(path string) string { return "path:" + quoteIfNeeded("="+path) } // a star is none here

func quoteIfNeeded(s string) string {
	if s != "" && !strings.ContainsFunc(s, unicode.IsSpace) && !strings.ContainsAny(s, `,()"'`) {
		return s
	}
	return inQuotes(s)
}
