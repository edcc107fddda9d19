package provider

import (
	"bytes"
	"strings"

	"creel/capture/jsontok"
)

// maxWhole bounds the whole numbers that are tried one by one.
const maxWhole = 8

// numberSpellings gives yield the minified document with its numbers as other libraries write
// them: 1.0 is 1 for JavaScript, and 1 is 1.0 where all numbers are decimals.
func numberSpellings(doc []byte, yield func(rewrite) bool) {
	try := func(how string, spell func(i int, number string) string) bool {
		other := rewriteNumbers(doc, spell)
		return bytes.Equal(other, doc) || yield(rewrite{other, how})
	}
	const decimals = "with 1.0 for 1"
	goesOn := try("with 1 for 1.0", func(i int, n string) string {
		if i >= 0 {
			return n
		}
		return strings.TrimSuffix(strings.TrimRight(n, "0"), ".")
	}) && try(decimals, func(i int, n string) string {
		if i < 0 {
			return n
		}
		return n + ".0"
	}) && try("with 1.00 for 1", func(i int, n string) string {
		switch {
		case i >= 0:
			return n + ".00"
		case strings.IndexByte(n, '.') == len(n)-2:
			return n + "0"
		}
		return n
	})
	for k := 0; goesOn && k < maxWhole; k++ {
		goesOn = try(decimals, func(i int, n string) string {
			if i != k {
				return n
			}
			return n + ".0"
		})
	}
}

// rewriteNumbers writes the numbers of a document as spell does, which gets those
// without an exponent: i counts the whole ones, and is -1 for others.
func rewriteNumbers(doc []byte, spell func(i int, number string) string) []byte {
	out := make([]byte, 0, len(doc)+len(doc)/8)
	lex := jsontok.Lexer{Src: doc}
	wholes := 0
	for t, ok := lex.Next(); ok; t, ok = lex.Next() {
		text := string(doc[t.Off:t.End])
		switch {
		case t.Kind != jsontok.Literal || strings.ContainsAny(text, "leE"): // true, false, null, exponents
		case strings.Contains(text, "."):
			text = spell(-1, text)
		default:
			text = spell(wholes, text)
			wholes++
		}
		out = append(out, text...)
	}
	return out
}
