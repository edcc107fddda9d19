package theme

import (
	_ "embed"
	"fmt"
	"slices"
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

// Auto names no style: one that suits the ground is used.
const Auto = "auto"

// The styles that are used when none is named.
const (
	defaultDark  = "github-dark"
	defaultLight = "github"
)

// styleTable has a line for each style of chroma, sorted by name: the name, whether
// it is dark or light, its counterpart for the other ground or -, and the looks of
// the tokens. The test writes it with -update. Chroma's own files cost 5 ms at
// every start.
//
//go:embed styles.txt
var styleTable string

// named is a style as the table has it.
type named struct {
	name, ground, counterpart string
	looks                     []string // from SyntaxText + 1 on; - is plain
}

// allStyles reads the table.
func allStyles() []named {
	var list []named
	for line := range strings.Lines(styleTable) {
		f := strings.Fields(line)
		list = append(list, named{f[0], f[1], f[2], f[3:]})
	}
	return list
}

// styleFor is the style with a name, or its counterpart where that is for the other ground.
func styleFor(name, ground string) named {
	s := findStyle(name)
	if other := findStyle(s.counterpart); s.ground != ground && other.ground == ground {
		return other
	}
	return s
}

// findStyle is the style with a name; zero when there is none.
func findStyle(name string) named {
	for _, s := range allStyles() {
		if strings.EqualFold(s.name, name) {
			return s
		}
	}
	return named{}
}

// Names returns Auto and the names of all styles, sorted: they are chroma's.
func Names() []string {
	names := []string{Auto}
	for _, s := range allStyles() {
		names = append(names, s.name)
	}
	return names
}

func knownStyle(name string) error {
	if name == "" || slices.Contains(Names(), strings.ToLower(name)) {
		return nil
	}
	return fmt.Errorf("theme: no style %q: one of %s", name, strings.Join(Names(), " "))
}

// colourSyntax fills the syntax styles, those of a counterpart where the ground is the other.
func (t *Theme) colourSyntax(o Options) error {
	err := knownStyle(o.Style)
	if o.Colors == Colors16 {
		t.syntax16()
		return err
	}
	name, ground := o.Style, "dark"
	if o.Light {
		ground = "light"
	}
	switch {
	case name != "" && !strings.EqualFold(name, Auto) && err == nil:
	case o.Light:
		name = defaultLight
	default:
		name = defaultDark
	}
	for i, look := range styleFor(name, ground).looks {
		if look != "-" {
			t.syntax[int(SyntaxText)+1+i] = Style{look}
		}
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
