package edit

import (
	"bytes"

	"creel/capture/jsontok"
)

// layOut writes JSON with a line for each value, two blanks for each level. The
// tokens are copied; only the white space between them is new. src must be
// right.
func layOut(src []byte) []byte {
	var b bytes.Buffer
	b.Grow(2 * len(src))
	l := jsontok.Lexer{Src: src}
	depth := 0
	var before jsontok.Kind
	for t, ok := l.Next(); ok; t, ok = l.Next() {
		closes := t.Kind.Closes()
		if closes {
			depth--
		}
		switch {
		case before.Opens():
			if !closes { // an empty one stays on its line
				newLine(&b, depth)
			}
		case before == ',' || closes:
			newLine(&b, depth)
		case before == ':':
			b.WriteByte(' ')
		}
		b.Write(src[t.Off:t.End])
		if t.Kind.Opens() {
			depth++
		}
		before = t.Kind
	}
	return b.Bytes()
}

func newLine(b *bytes.Buffer, depth int) {
	b.WriteByte('\n')
	for range depth {
		b.WriteString("  ")
	}
}

// respace writes the tokens of edited with the white space of captured: a token
// that was there keeps what stood before it, a new one gets what stands there
// elsewhere in captured. Tokens that are all the same give captured itself.
func respace(captured, edited []byte) []byte {
	a, b := jsontok.Tokens(captured), jsontok.Tokens(edited)
	at := alignTokens(captured, a, edited, b)
	if !related(at) && CheckJSON(edited) != nil {
		return bytes.Clone(edited) // something else was written in its place
	}
	style := gapStyle(captured, a)
	var out bytes.Buffer
	out.Grow(len(captured) + len(edited)/4)
	for j, t := range b {
		i := at[j]
		kept := i >= 0 && (i == 0 && j == 0 || i > 0 && j > 0 && at[j-1] == i-1)
		switch {
		case kept:
			out.Write(gapBefore(captured, a, i))
		case j == 0:
		case b[j-1].Kind.Scalar() && t.Kind.Scalar():
			out.Write(gapBefore(edited, b, j))
		default:
			out.WriteString(style.gap(between(b[j-1], t)))
		}
		out.Write(edited[t.Off:t.End])
	}
	if len(a) > 0 && len(b) > 0 {
		out.Write(captured[a[len(a)-1].End:])
	}
	return out.Bytes()
}

// related reports whether at least half of the tokens were there before.
func related(at []int) bool {
	known := 0
	for _, i := range at {
		if i >= 0 {
			known++
		}
	}
	return known*2 >= len(at)
}

func gapBefore(src []byte, ts []jsontok.Token, i int) []byte {
	if i == 0 {
		return src[:ts[0].Off]
	}
	return src[ts[i-1].End:ts[i].Off]
}

// between is a place for white space: the kinds of its two neighbours, with all
// scalars as one.
func between(before, after jsontok.Token) [2]jsontok.Kind {
	place := [2]jsontok.Kind{before.Kind, after.Kind}
	for i, k := range place {
		if k.Scalar() {
			place[i] = jsontok.Literal
		}
	}
	return place
}

// spacing is the white space that is most frequent in each place; after any
// kind of token under a place whose second kind is zero.
type spacing map[[2]jsontok.Kind]string

func (s spacing) gap(place [2]jsontok.Kind) string {
	if gap, ok := s[place]; ok {
		return gap
	}
	return s[[2]jsontok.Kind{place[0], 0}]
}

// gapStyle finds how src is spaced.
func gapStyle(src []byte, ts []jsontok.Token) spacing {
	counts := map[[2]jsontok.Kind]map[string]int{}
	count := func(place [2]jsontok.Kind, gap []byte) {
		if counts[place] == nil {
			counts[place] = map[string]int{}
		}
		counts[place][string(gap)]++
	}
	for i := 1; i < len(ts); i++ {
		place, gap := between(ts[i-1], ts[i]), gapBefore(src, ts, i)
		count(place, gap)
		count([2]jsontok.Kind{place[0], 0}, gap)
	}
	style := spacing{}
	for place, gaps := range counts {
		most := 0
		for gap, n := range gaps {
			if n > most || n == most && gap < style[place] {
				most, style[place] = n, gap
			}
		}
	}
	return style
}

// alignTokens gives for each token of b the place of the same one in a, or -1.
func alignTokens(captured []byte, a []jsontok.Token, edited []byte, b []jsontok.Token) []int {
	names := map[string]int{}
	return Align(intern(names, captured, a), intern(names, edited, b))
}

// intern gives equal tokens equal numbers.
func intern(names map[string]int, src []byte, ts []jsontok.Token) []int {
	out := make([]int, len(ts))
	for i, t := range ts {
		text := src[t.Off:t.End]
		n, ok := names[string(text)]
		if !ok {
			n = len(names)
			names[string(text)] = n
		}
		out[i] = n
	}
	return out
}
