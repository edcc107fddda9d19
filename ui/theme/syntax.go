package theme

import (
	"fmt"
	"slices"
	"strings"

	"github.com/alecthomas/chroma/v2"
	"github.com/alecthomas/chroma/v2/styles"
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

// tokens gives for each kind the chroma token whose colour it takes.
var tokens = [syntaxKinds]chroma.TokenType{
	SyntaxKey: chroma.NameTag, SyntaxString: chroma.LiteralString, SyntaxNumber: chroma.LiteralNumber,
	SyntaxConstant: chroma.KeywordConstant, SyntaxKeyword: chroma.Keyword, SyntaxPunct: chroma.Punctuation,
	SyntaxComment: chroma.Comment, SyntaxTag: chroma.NameTag, SyntaxAttr: chroma.NameAttribute,
	SyntaxName: chroma.NameFunction, SyntaxError: chroma.Error,
}

// Names returns Auto and the names of all styles, sorted: they are chroma's.
func Names() []string { return append([]string{Auto}, styles.Names()...) }

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
	name, mode := o.Style, chroma.Dark
	if o.Light {
		mode = chroma.Light
	}
	switch {
	case name != "" && !strings.EqualFold(name, Auto) && err == nil:
	case o.Light:
		name = defaultLight
	default:
		name = defaultDark
	}
	s := styles.GetForMode(name, mode)
	for k := SyntaxText + 1; k < syntaxKinds; k++ {
		t.syntax[k] = styleOf(s, tokens[k])
	}
	return err
}

// styleOf is the look of a token. The colour of plain text is left to the
// terminal.
func styleOf(s *chroma.Style, token chroma.TokenType) Style {
	e := s.Get(token)
	var st Style
	if e.Colour.IsSet() && e.Colour != s.Get(chroma.Background).Colour {
		st = fg(rgb{e.Colour.Red(), e.Colour.Green(), e.Colour.Blue()})
	}
	if e.Bold == chroma.Yes {
		st = Style{"1"}.On(st)
	}
	if e.Italic == chroma.Yes {
		st = Style{"3"}.On(st)
	}
	return st
}

// syntax16 is for terminals whose 16 colours are their user's own.
func (t *Theme) syntax16() {
	t.syntax = [syntaxKinds]Style{
		SyntaxKey: {"34"}, SyntaxString: {"32"}, SyntaxNumber: {"36"}, SyntaxConstant: {"35"},
		SyntaxKeyword: {"35"}, SyntaxComment: {"2"}, SyntaxTag: {"34"}, SyntaxAttr: {"36"},
		SyntaxError: {"31"},
	}
}
