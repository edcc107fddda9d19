package theme

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/alecthomas/chroma/v2"
	"github.com/alecthomas/chroma/v2/styles"
	"github.com/google/go-cmp/cmp"

	"creel/capture/golden"
)

// tokens gives for each kind the chroma token whose colour it takes.
var tokens = [syntaxKinds]chroma.TokenType{
	SyntaxKey: chroma.NameTag, SyntaxString: chroma.LiteralString, SyntaxNumber: chroma.LiteralNumber,
	SyntaxConstant: chroma.KeywordConstant, SyntaxKeyword: chroma.Keyword, SyntaxPunct: chroma.Punctuation,
	SyntaxComment: chroma.Comment, SyntaxTag: chroma.NameTag, SyntaxAttr: chroma.NameAttribute,
	SyntaxName: chroma.NameFunction, SyntaxError: chroma.Error,
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

// The table has what chroma's styles have. go test ./ui/theme -run StyleTable
// -update writes it.
func TestStyleTable(t *testing.T) {
	var b strings.Builder
	for _, name := range styles.Names() {
		s := styles.Get(name)
		ground, counterpart := "dark", "-"
		if s.Mode() == chroma.Light {
			ground = "light"
		}
		if s.Counterpart != "" {
			counterpart = s.Counterpart
		}
		fmt.Fprint(&b, name, " ", ground, " ", counterpart)
		for k := SyntaxText + 1; k < syntaxKinds; k++ {
			look := styleOf(s, tokens[k]).sgr
			if look == "" {
				look = "-"
			}
			fmt.Fprint(&b, " ", look)
		}
		fmt.Fprintln(&b)
	}
	if *golden.Update {
		if err := os.WriteFile("styles.txt", []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(b.String(), styleTable); diff != "" {
		t.Error(diff)
	}
}
