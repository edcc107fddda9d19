package redact

import (
	"crypto/rand"
	"fmt"
	"html"
	"maps"
	"net/url"
	"slices"
	"strings"

	"creel/capture/jsontok"
)

// Config says what is hidden besides what always is.
type Config struct {
	Rules []Rule
	// Known are secrets that are hidden wherever they stand. Those shorter than
	// 6 bytes are ignored.
	Known []string
	// Key makes the placeholders of rules: under one key, the same value has the
	// same one. Empty stands for a key of this process.
	Key []byte
	// Skip are hits to leave as they are.
	Skip map[Hit]bool
}

// Hit is what was hidden: by which rule, and where, such as Authorization,
// ?token= or body "password".
type Hit struct{ Rule, Where string }

// Redactor hides values. It may be used by several goroutines.
type Redactor struct {
	rules []*rule
	known []string
	key   []byte
	skip  map[Hit]bool
}

// New makes the rules ready. An error names the rule by its number, from 1.
func New(c Config) (*Redactor, error) {
	r := &Redactor{key: c.Key, skip: c.Skip}
	for i, text := range c.Rules {
		x, _, err := newRule(text)
		if err != nil {
			return nil, fmt.Errorf("redact %d: %w", i+1, err)
		}
		r.rules = append(r.rules, x)
	}
	if len(r.key) == 0 {
		r.key = make([]byte, 32)
		_, _ = rand.Read(r.key) // never fails
	}
	known := map[string]bool{}
	for _, k := range c.Known {
		if len(k) >= 6 {
			quoted := jsontok.Quote(k)
			for _, spelled := range []string{k, url.QueryEscape(k), url.PathEscape(k), html.EscapeString(k), quoted[1 : len(quoted)-1]} {
				known[spelled] = true
			}
		}
	}
	r.known = slices.SortedFunc(maps.Keys(known), func(a, b string) int { return len(b) - len(a) })
	return r, nil
}

// Scan hides values in one message and counts what it hid. It may not be used
// by several goroutines.
type Scan struct {
	*Redactor
	hits  map[Hit]int
	found map[string]bool // the known secrets that were hidden; nil: not asked for
}

// Scan begins a message.
func (r *Redactor) Scan() *Scan { return &Scan{Redactor: r, hits: map[Hit]int{}} }

// Hits are what was hidden so far, and how often.
func (s *Scan) Hits() map[Hit]int { return s.hits }

// hit counts a hit; false when it is to be left as it is.
func (s *Scan) hit(rule, where string) bool {
	h := Hit{rule, where}
	if s.skip[h] {
		return false
	}
	s.hits[h]++
	return true
}

func (s *Scan) find(known string) {
	if s.found != nil {
		s.found[known] = true
	}
}

// The rules that are always there, besides the shapes of tokens.
const (
	byName  = "secret name"
	byKnown = "configured secret"
)

// hide is what stands for the whole value v at p; false when it may be shown as
// far as its place goes.
func (s *Scan) hide(p place, v string) (string, bool) {
	if v == "" || v == mask {
		return v, false
	}
	for _, r := range s.rules {
		if r.hits(p) && s.hit(r.Name, p.label()) {
			return placeholder(s.key, v), true
		}
	}
	if p.isSecret(v) && s.hit(byName, p.label()) {
		return mask, true
	}
	return v, false
}

// value is v as it may be shown: hidden by its name, else as a text.
func (s *Scan) value(p place, v string) string {
	if out, hidden := s.hide(p, v); hidden {
		return out
	}
	return s.text(p.within(), v)
}

// tokens hides what tokens, known secrets and patterns find in v, and nothing
// else.
func (s *Scan) tokens(p place, v string) string {
	for _, k := range s.known {
		if strings.Contains(v, k) && s.hit(byKnown, p.label()) {
			s.find(k)
			v = strings.ReplaceAll(v, k, mask)
		}
	}
	for _, r := range s.rules {
		v = s.replace(p, v, r.spans(v), func(found string) string { return placeholder(s.key, found) })
	}
	return s.replace(p, v, findShapes(v), func(string) string { return mask })
}

// replace puts something else in the place of the spans; of two that overlap
// the one that begins first counts, and goes as far as both.
func (s *Scan) replace(p place, v string, spans []span, by func(string) string) string {
	if len(spans) == 0 {
		return v
	}
	slices.SortStableFunc(spans, func(a, b span) int { return a.off - b.off })
	var out strings.Builder
	at := 0
	for i := 0; i < len(spans); {
		x := spans[i]
		for i++; i < len(spans) && spans[i].off < x.end; i++ {
			x.end = max(x.end, spans[i].end)
		}
		found := v[x.off:x.end]
		out.WriteString(v[at:x.off])
		if at = x.end; found == mask || !s.hit(x.rule, p.label()) {
			out.WriteString(found)
			continue
		}
		out.WriteString(by(found))
	}
	out.WriteString(v[at:])
	return out.String()
}
