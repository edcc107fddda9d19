package filter

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"creel/capture/words"
)

// key finds the field of a key as written, and the name after its dot.
func (p *parser) key(key string, start int) (*field, string, *Error) {
	base, name, dotted := strings.Cut(key, ".")
	f := lookup(base)
	switch {
	case f == nil || dotted && f.names == nil:
		return nil, "", p.unknown(key, start)
	case f.names != nil && name == "":
		return nil, "", mistake(start, p.at, base+" needs a name", "%s", f.help)
	case f.late && p.scope == Arrival:
		return nil, "", mistake(start, p.at, base+": is not known when a request arrives", "rules and hold can ask %s", arrivalKeys())
	}
	return f, name, nil
}

func (p *parser) unknown(key string, start int) *Error {
	p.run("")
	word := p.text[start:p.at]
	err := mistake(start, p.at, "no key is called "+quoteFor(key), "quote it to search for it: %s", quoteFor(word))
	base, name, dotted := strings.Cut(key, ".")
	for _, f := range fields {
		if !near(base, f.name) {
			continue
		}
		meant := f.name
		if dotted && f.names != nil {
			meant += "." + name
		}
		err.Suggest = "did you mean " + meant + ":, or " + quoteFor(word) + "?"
	}
	return err
}

// arrivalKeys are the keys that are known when a request arrives.
func arrivalKeys() string {
	var names []string
	for _, f := range fields {
		if !f.late {
			names = append(names, f.name)
		}
	}
	return strings.Join(names, " ")
}

// quoteFor writes s as a phrase of the language; control characters, which a
// filter from a file may hold, are written as escapes for people to see.
func quoteFor(s string) string {
	if strings.ContainsFunc(s, unicode.IsControl) || !utf8.ValidString(s) {
		return strconv.Quote(s)
	}
	return inQuotes(s)
}

// inQuotes writes s as a phrase that is read back as s.
func inQuotes(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	slashes := 0 // that stand before what comes
	for i := range len(s) {
		c := s[i]
		if c == '"' {
			b.WriteString(strings.Repeat(`\`, slashes+1))
		}
		b.WriteByte(c)
		if slashes++; c != '\\' {
			slashes = 0
		}
	}
	b.WriteString(strings.Repeat(`\`, slashes))
	b.WriteByte('"')
	return b.String()
}

// near reports whether b is a plausible reading of a: one edit away, or a swap.
func near(a, b string) bool {
	return min(len(a), len(b)) > 1 && words.Distance(a, b) <= 1
}
