package filter

import (
	"math"
	"strings"
	"unicode"
	"unicode/utf8"
)

// pattern is a text to look for in which a star stands for anything: what stands
// between the stars. One part means no star.
type pattern []needle

// newPattern reads raw, in which \* is a star that stands for itself.
func newPattern(raw string, fold bool) pattern {
	var p pattern
	var part strings.Builder
	for i := 0; i < len(raw); i++ {
		switch {
		case raw[i] == '\\' && i+1 < len(raw) && raw[i+1] == '*':
			part.WriteByte('*')
			i++
		case raw[i] == '*':
			p = append(p, newNeedle(part.String(), fold))
			part.Reset()
		default:
			part.WriteByte(raw[i])
		}
	}
	p = append(p, newNeedle(part.String(), fold))
	return p
}

func (p pattern) isGlob() bool { return len(p) > 1 }

// within reports whether the parts occur in s, in order.
func (p pattern) within(s string) bool {
	at := 0
	for i := range p {
		_, end := p[i].find(s[at:])
		if end < 0 {
			return false
		}
		at += end
	}
	return true
}

// whole reports whether the pattern is all of s.
func (p pattern) whole(s string) bool {
	first, last := &p[0], &p[len(p)-1]
	n := first.prefix(s)
	if n < 0 {
		return false
	}
	if !p.isGlob() {
		return n == len(s)
	}
	s = s[n:]
	for i := 1; i < len(p)-1; i++ {
		_, end := p[i].find(s)
		if end < 0 {
			return false
		}
		s = s[end:]
	}
	return last.suffix(s)
}

// containsOrWhole is the rule of the searching keys: a plain text may be
// anywhere, a glob is the whole value.
func (p pattern) containsOrWhole(s string) bool {
	if p.isGlob() {
		return p.whole(s)
	}
	return p.within(s)
}

// needle is a text to look for, with or without regard to case.
type needle struct {
	text  string
	fold  bool
	runes []rune // folded; only for a text that is not ASCII and ignores case
	// The byte of the text that is rarest in what creel sees, where it stands,
	// and its other case: only where it occurs the rest is compared.
	at         int
	rare, twin byte
}

// common lists the bytes of JSON and header fields, the most frequent first.
const common = " \"etaoinsrhldcu:,0123456789mfpgwybvk_-./{}xjqz"

func newNeedle(text string, fold bool) needle {
	n := needle{text: text, fold: fold}
	if fold && !isASCII(text) {
		for _, r := range text {
			n.runes = append(n.runes, foldRune(r))
		}
		return n
	}
	if fold {
		n.text = strings.ToLower(text)
	}
	best := -1
	for i := range len(n.text) {
		rank := strings.IndexByte(common, n.text[i])
		if rank < 0 {
			rank = math.MaxInt
		}
		if rank > best {
			best, n.at, n.rare = rank, i, n.text[i]
		}
	}
	n.twin = n.rare
	if fold && 'a' <= n.rare && n.rare <= 'z' {
		n.twin = n.rare - 'a' + 'A'
	}
	return n
}

// find returns where the needle first occurs in s, or -1, -1.
func (n *needle) find(s string) (start, end int) {
	switch {
	case n.text == "":
		return 0, 0
	case n.runes != nil:
		return n.findRunes(s)
	case !n.fold:
		if i := strings.Index(s, n.text); i >= 0 {
			return i, i + len(n.text)
		}
		return -1, -1
	}
	last := len(s) - len(n.text) + n.at // of the rare byte
	lower, upper := -1, -1              // where the two cases occur next
	for from := n.at; from <= last; {
		if lower < from {
			lower = nextByte(s, n.rare, from)
		}
		if upper < from {
			upper = lower
			if n.twin != n.rare {
				upper = nextByte(s, n.twin, from)
			}
		}
		at := min(lower, upper)
		if at > last {
			break
		}
		if i := at - n.at; equalFold(s[i:i+len(n.text)], n.text) {
			return i, i + len(n.text)
		}
		from = at + 1
	}
	return -1, -1
}

// nextByte returns where c next occurs, or beyond all of s.
func nextByte(s string, c byte, from int) int {
	if i := strings.IndexByte(s[from:], c); i >= 0 {
		return from + i
	}
	return math.MaxInt
}

func (n *needle) findRunes(s string) (start, end int) {
	for i := 0; i < len(s); {
		if k := n.prefix(s[i:]); k >= 0 {
			return i, i + k
		}
		_, size := utf8.DecodeRuneInString(s[i:])
		i += size
	}
	return -1, -1
}

// prefix returns how many bytes of s the needle takes at its beginning, or -1.
func (n *needle) prefix(s string) int {
	if n.runes != nil {
		at := 0
		for _, want := range n.runes {
			r, size := utf8.DecodeRuneInString(s[at:])
			if size == 0 || foldRune(r) != want {
				return -1
			}
			at += size
		}
		return at
	}
	if len(s) < len(n.text) || !n.same(s[:len(n.text)]) {
		return -1
	}
	return len(n.text)
}

// suffix reports whether s ends with the needle.
func (n *needle) suffix(s string) bool {
	if n.runes == nil {
		return len(s) >= len(n.text) && n.same(s[len(s)-len(n.text):])
	}
	for i := len(n.runes) - 1; i >= 0; i-- {
		r, size := utf8.DecodeLastRuneInString(s)
		if size == 0 || foldRune(r) != n.runes[i] {
			return false
		}
		s = s[:len(s)-size]
	}
	return true
}

func (n *needle) same(s string) bool {
	if n.fold {
		return equalFold(s, n.text)
	}
	return s == n.text
}

// equalFold compares s with text, which is ASCII in lower case and as long.
func equalFold(s, text string) bool {
	for i := range len(text) {
		c := s[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != text[i] {
			return false
		}
	}
	return true
}

// foldRune gives all cases of a letter the same rune.
func foldRune(r rune) rune {
	least := r
	for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
		least = min(least, f)
	}
	return least
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
}
