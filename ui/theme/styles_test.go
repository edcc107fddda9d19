package theme

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/alecthomas/chroma/v2"
	"github.com/alecthomas/chroma/v2/styles"
	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite styles.txt from chroma's styles")

// tokens gives for each kind the chroma token whose colour it takes.
var tokens = [syntaxKinds]chroma.TokenType{
	SyntaxKey: chroma.NameTag, SyntaxString: chroma.LiteralString, SyntaxNumber: chroma.LiteralNumber,
	SyntaxConstant: chroma.KeywordConstant, SyntaxKeyword: chroma.Keyword, SyntaxPunct: chroma.Punctuation,
	SyntaxComment: chroma.Comment, SyntaxTag: chroma.NameTag, SyntaxAttr: chroma.NameAttribute,
	SyntaxName: chroma.NameFunction, SyntaxError: chroma.Error,
}

func TestStylesAreChromas(t *testing.T) {
	var b strings.Builder
	for _, name := range styles.Names() {
		s := styles.Get(name)
		if strings.Contains(name, " ") {
			t.Fatalf("style name with a space: %q", name)
		}
		fmt.Fprintf(&b, "%s %s %s", name, s.Mode(), or(strings.ToLower(s.Counterpart), "-"))
		for _, tok := range tokens[1:] {
			b.WriteString(" " + cell(s, tok))
		}
		b.WriteByte('\n')
	}
	if *update {
		if err := os.WriteFile("styles.txt", []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if d := cmp.Diff(b.String(), styleTable); d != "" {
		t.Errorf("styles.txt differs from chroma's styles; run with -update (-chroma +ours):\n%s", d)
	}
}

func cell(s *chroma.Style, tok chroma.TokenType) string {
	e := s.Get(tok)
	if !e.Colour.IsSet() || e.Colour == s.Get(chroma.Background).Colour {
		return "-"
	}
	c := fmt.Sprintf("%02x%02x%02x", e.Colour.Red(), e.Colour.Green(), e.Colour.Blue())
	if e.Bold == chroma.Yes {
		c += "b"
	}
	if e.Italic == chroma.Yes {
		c += "i"
	}
	return c
}

func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
