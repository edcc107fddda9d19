package redact

import (
	"cmp"
	"errors"
	"fmt"
	"path"
	"regexp"
	"strings"

	"creel/capture/lazy"
)

// Rule is one [[redact]] of the configuration: what is hidden besides what
// always is. Exactly one of its fields but Name is set.
type Rule struct {
	// Name stands for the rule in reports; empty for what it looks for.
	Name string `toml:"name"`
	// Pointer is a JSON pointer (RFC 6901) into bodies; a step * is any member
	// or element: /items/*/email.
	Pointer string `toml:"pointer"`
	// Key is a pattern for names in bodies, in any format: *email*.
	Key string `toml:"key"`
	// Header is a pattern for the names of header fields.
	Header string `toml:"header"`
	// Query is a pattern for the names of query parameters.
	Query string `toml:"query"`
	// Pattern is a regular expression (RE2) for any text. Its first group is
	// hidden where it has one, else the whole match.
	Pattern string `toml:"pattern"`
}

// rule is a Rule made ready.
type rule struct {
	Rule
	steps []string // of the pointer
	re    *regexp.Regexp
}

// Check says what is wrong with the rule, and which key of it; empty for the rule as
// a whole.
func (r Rule) Check() (key string, err error) {
	_, key, err = newRule(r)
	return key, err
}

func newRule(r Rule) (out *rule, key string, err error) {
	out = &rule{Rule: r}
	set := 0
	for _, what := range []struct{ key, text string }{
		{"pointer", r.Pointer}, {"key", r.Key}, {"header", r.Header}, {"query", r.Query}, {"pattern", r.Pattern},
	} {
		if what.text != "" {
			set, key = set+1, what.key
			out.Name = cmp.Or(out.Name, what.text)
		}
	}
	if set != 1 {
		return nil, key, errors.New("set one of pointer, key, header, query, pattern")
	}
	if glob := r.Key + r.Header + r.Query; glob != "" {
		if _, err := path.Match(glob, ""); err != nil {
			return nil, key, fmt.Errorf("%s %q: a bracket or a backslash is not closed", key, glob)
		}
	}
	if r.Pointer != "" {
		if r.Pointer[0] != '/' {
			return nil, key, fmt.Errorf("pointer %q does not begin with /", r.Pointer)
		}
		if badEscape().MatchString(r.Pointer) {
			return nil, key, fmt.Errorf("pointer %q: ~ is written ~0 in it", r.Pointer)
		}
		for step := range strings.SplitSeq(r.Pointer[1:], "/") {
			out.steps = append(out.steps, strings.NewReplacer("~1", "/", "~0", "~").Replace(step))
		}
	}
	if r.Pattern != "" {
		re, err := regexp.Compile(r.Pattern)
		if err != nil {
			return nil, key, fmt.Errorf("pattern: %w", err)
		}
		out.re = re
	}
	return out, "", nil
}

// badEscape finds a ~ of a JSON pointer that is not the beginning of ~0 or ~1.
var badEscape = lazy.Regexp(`~([^01]|$)`)

// hits reports whether the rule is about the value at p.
func (r *rule) hits(p place) bool {
	switch {
	case r.Key != "":
		return p.where == inBody && p.name != "" && match(r.Key, p.name)
	case r.Header != "":
		return p.where == inHeader && match(r.Header, p.name)
	case r.Query != "":
		return p.where == inQuery && match(r.Query, p.name)
	case r.Pointer != "":
		return p.pointer != nil && r.leadsTo(p.pointer)
	}
	return false
}

// leadsTo reports whether pointer is what the rule names, or is within it.
func (r *rule) leadsTo(pointer []string) bool {
	if len(pointer) < len(r.steps) {
		return false
	}
	for i, s := range r.steps {
		if s != "*" && s != pointer[i] {
			return false
		}
	}
	return true
}

// spans returns what the pattern of the rule finds in s.
func (r *rule) spans(s string) []span {
	if r.re == nil {
		return nil
	}
	var out []span
	for _, m := range r.re.FindAllStringSubmatchIndex(s, -1) {
		off, end := m[0], m[1]
		if len(m) > 2 && m[2] >= 0 {
			off, end = m[2], m[3]
		}
		if end > off {
			out = append(out, span{off, end, r.Name})
		}
	}
	return out
}
