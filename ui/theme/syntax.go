package theme

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Syntax is a kind of token of a body.
type Syntax uint8

// The kinds of tokens.
const (
	SyntaxText Syntax = iota // plain
	SyntaxKey                // the name in a name and value pair
	SyntaxString
	SyntaxNumber
	SyntaxConstant // true, false, null
	SyntaxKeyword
	SyntaxPunct
	SyntaxComment // also what the view adds itself
	SyntaxTag
	SyntaxAttr
	SyntaxName // functions, types, variables
	SyntaxError
	syntaxKinds
)

// Names of the styles that are used when none is named.
const (
	defaultDark  = "github-dark"
	defaultLight = "github"
)

// styleTable has one line per chroma style: its name, light or dark, its
// counterpart or -, then for each kind but the first RRGGBB, with b or i for
// bold or italic, or - for the colour of plain text.
//
//go:embed styles.txt
var styleTable string

// Names returns the names of all styles, sorted.
func Names() []string {
	var names []string
	for line := range strings.Lines(styleTable) {
		name, _, _ := strings.Cut(line, " ")
		names = append(names, name)
	}
	return names
}

func knownStyle(name string) error {
	if name == "" || slices.Contains(Names(), strings.ToLower(name)) {
		return nil
	}
	return fmt.Errorf("theme: no style %q: one of %s", name, strings.Join(Names(), " "))
}

// colourSyntax fills the syntax styles. A named style that is for the other
// ground gives way to its counterpart, where it has one.
func (t *Theme) colourSyntax(o Options) error {
	err := knownStyle(o.Style)
	if o.Colors == Colors16 {
		t.syntax16()
		return err
	}
	name := strings.ToLower(o.Style)
	if name == "" || err != nil {
		name = defaultDark
		if o.Light {
			name = defaultLight
		}
	}
	f := styleFields(name)
	if other := f[2]; other != "-" && (f[1] == "light") != o.Light {
		f = styleFields(other)
	}
	for i, c := range f[3:] {
		t.syntax[i+1] = parseColour(c)
	}
	return err
}

// syntax16 is for terminals whose 16 colours are their user's own.
func (t *Theme) syntax16() {
	t.syntax = [syntaxKinds]Style{
		SyntaxKey: {"34"}, SyntaxString: {"32"}, SyntaxNumber: {"36"}, SyntaxConstant: {"35"},
		SyntaxKeyword: {"35"}, SyntaxComment: {"2"}, SyntaxTag: {"34"}, SyntaxAttr: {"36"},
		SyntaxError: {"31"},
	}
}

// styleFields is the line of a style that is known to be there.
func styleFields(name string) []string {
	for line := range strings.Lines(styleTable) {
		if f := strings.Fields(line); f[0] == name {
			return f
		}
	}
	return styleFields(defaultDark)
}

func parseColour(s string) Style {
	if s == "-" {
		return Style{}
	}
	n, err := strconv.ParseUint(s[:6], 16, 32)
	if err != nil {
		return Style{}
	}
	st := fg(rgb{uint8(n >> 16), uint8(n >> 8), uint8(n)})
	for _, c := range s[6:] {
		st.sgr += map[rune]string{'b': ";1", 'i': ";3"}[c]
	}
	return st
}
