package safe

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// mark replaces every character that must not be drawn, each by itself.
func mark(s string) string {
	var b strings.Builder
	b.Grow(len(s) + len(s)/4)
	for i := 0; i < len(s); {
		if c := s[i]; 0x20 <= c && c < 0x7f {
			b.WriteByte(c)
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n <= 1 {
			fmt.Fprintf(&b, `\x%02x`, s[i])
			i++
			continue
		}
		// U+FE0F only asks for the coloured form of the sign before it: left out,
		// the sign is drawn in the width it has by itself.
		if r != '\uFE0F' || !drawn(b.String()) {
			markRune(&b, r)
		}
		i += n
	}
	return b.String()
}

// drawn reports whether s ends in a sign that has a coloured form, or in one
// of the characters of a keycap.
func drawn(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return unicode.Is(unicode.So, r) || unicode.Is(unicode.Sm, r) || r == '‼' || r == '⁉' || '0' <= r && r <= '9'
}

// The regional indicators, pairs of which are flags.
const firstFlag, lastFlag = 0x1F1E6, 0x1F1FF

func markRune(b *strings.Builder, r rune) {
	switch {
	case r < 0x20:
		b.WriteRune(0x2400 + r)
	case r == 0x7f:
		b.WriteRune(0x2421)
	case r >= firstFlag && r <= lastFlag:
		b.WriteString("‹")
		b.WriteRune('A' + r - firstFlag)
		b.WriteString("›")
	case hidden(r):
		writeCode(b, r)
	default:
		b.WriteRune(r)
	}
}

func writeCode(b *strings.Builder, r rune) { fmt.Fprintf(b, "‹U+%04X›", r) }

// hidden reports whether r acts, is not seen, or looks like a space and is
// none: controls, bidirectional and other format characters, private use,
// unassigned, line separators, fillers, variation selectors, odd blanks.
func hidden(r rune) bool {
	switch {
	case r < 0x7f || r == '\u3000':
		return false
	case !unicode.IsPrint(r), r == '\u2800':
		return true
	case r >= 0x1F3FB && r <= 0x1F3FF: // skin tones join the sign before them
		return true
	}
	return unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// maxMarks is how many combining marks one character keeps; no script in use
// needs more.
const maxMarks = 3

// stableWidth takes text without hidden characters and leaves only the
// sequences whose width is certain: a combining mark needs a character to
// stand on, and has few neighbours; a cluster is as wide as its characters are.
func stableWidth(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); {
		// A plain character followed by another is a cluster of its own.
		if s[i] < utf8.RuneSelf && (i+1 == len(s) || s[i+1] < utf8.RuneSelf) {
			b.WriteByte(s[i])
			i++
			continue
		}
		cluster, width := firstCluster(s[i:])
		i += writeCluster(&b, cluster, width)
	}
	return b.String()
}

// writeCluster writes a cluster, or of one whose width is ambiguous as many
// characters as have a certain one, and the next one as a mark. It returns how
// much of the cluster it took.
func writeCluster(b *strings.Builder, cluster string, width int) int {
	if widthStable(cluster, width) {
		if utf8.RuneCountInString(cluster) <= 1+maxMarks {
			b.WriteString(cluster)
		} else {
			writeCrowded(b, cluster)
		}
		return len(cluster)
	}
	if len(cluster) > maxAmbiguous {
		for _, r := range cluster {
			writeCode(b, r)
		}
		return len(cluster)
	}
	end := 0
	for i := range cluster {
		if i > 0 && widthStable(cluster[:i], Text{cluster[:i]}.Width()) {
			end = i
		}
	}
	b.WriteString(cluster[:end])
	r, n := utf8.DecodeRuneInString(cluster[end:])
	writeCode(b, r)
	return end + n
}

// maxAmbiguous is how many bytes an ambiguous cluster may have to be looked at part by
// part; of a longer one, which no language has, every character is a mark.
const maxAmbiguous = 64

// widthStable reports whether the width of a cluster is the same however it is
// counted, whatever is next to it.
func widthStable(cluster string, width int) bool {
	return width > 0 && width == charsWidth(cluster) && !joinsNeighbour(cluster)
}

// writeCrowded writes a cluster with too many combining marks: the first few,
// and how many more there are.
func writeCrowded(b *strings.Builder, cluster string) {
	marks := 0
	for _, r := range cluster {
		if charWidth(r) == 0 {
			if marks++; marks > maxMarks {
				continue
			}
		}
		b.WriteRune(r)
	}
	if marks > maxMarks {
		fmt.Fprintf(b, "‹+%d›", marks-maxMarks)
	}
}

// joinsNeighbour reports whether a cluster would become one with some text before or
// after it: such text has no width of its own. 가 (Hangul) takes in what
// extends any character, and follows what waits for a syllable; क (Devanagari)
// follows what waits for a consonant.
func joinsNeighbour(cluster string) bool {
	first, _ := utf8.DecodeRuneInString(cluster)
	last, _ := utf8.DecodeLastRuneInString(cluster)
	if neverJoins(first) && neverJoins(last) {
		return false
	}
	const ga, ka = "가", "क"
	return joins(ga, cluster) || joins(cluster, ga) || joins(cluster, ka)
}

func joins(a, b string) bool {
	cluster, _ := firstCluster(a + b)
	return len(cluster) > len(a)
}

// neverJoins reports whether r is in a large block whose characters never join
// others: it saves the look at the tables for most text.
func neverJoins(r rune) bool {
	return r < 0x300 || r >= 0x3041 && r <= 0x3096 || r >= 0x30A1 && r <= 0x30FA || r >= 0x3400 && r <= 0x9FFF || r >= 0xAC00 && r <= 0xD7A3
}
