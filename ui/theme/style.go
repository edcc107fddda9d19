package theme

import (
	"strings"
)

// literal is a string constant: outside of this package only untyped constants convert to it.
type literal string

// Style is how text looks; the zero value is plain. It is a value, safe for concurrent use.
type Style struct{ sgr string } // parameters of the opening sequence: "1;31"

// Lit draws a string constant.
func (s Style) Lit(l literal) string { return s.wrap(string(l)) }

// On returns the style laid over base: what it does not say, base says.
func (s Style) On(base Style) Style {
	switch {
	case base.sgr == "":
		return s
	case s.sgr == "":
		return base
	}
	return Style{base.sgr + ";" + s.sgr}
}

// wrap draws text that is known to be safe.
func (s Style) wrap(t string) string {
	if s.sgr == "" || t == "" {
		return t
	}
	var b strings.Builder
	b.Grow(len(t) + len(s.sgr) + 6)
	b.WriteString("\x1b[")
	b.WriteString(s.sgr)
	b.WriteByte('m')
	b.WriteString(t)
	b.WriteString("\x1b[m")
	return b.String()
}
