package highlight

import (
	"strings"
	"sync"
	"testing"

	"github.com/alecthomas/chroma/v2"
)

// Every language reads a text into tokens that are the text, and finds something
// to colour.
func TestLexers(t *testing.T) {
	samples := map[string]string{
		"bash": "if true; then echo \"x\"; fi\n", "css": "a { color: red }\n", "diff": "--- a\n+++ b\n-x\n+y\n",
		"graphql": "query { user(id: 1) { name } }\n", "html": "<script>var x = 1</script><style>a{b:c}</style>\n",
		"ini": "[a]\nb = c\n", "javascript": "const x = 'y' // z\n", "python": "def f(x):\n    return 'y'\n",
		"sql": "SELECT a FROM b WHERE c = 1\n", "toml": "a = \"b\"\n", "typescript": "let x: number = 1\n",
		"xml": "<a b=\"c\">d</a>\n", "yaml": "a: 1\nb: [x]\n",
	}
	for _, language := range languages() {
		text := samples[language]
		lexer := Lexer(language)
		if lexer == nil || text == "" {
			t.Errorf("%s: no lexer or no sample", language)
			continue
		}
		tokens, err := lexer.Tokenise(nil, text)
		if err != nil {
			t.Fatal(err)
		}
		var all strings.Builder
		kinds := map[chroma.TokenType]bool{}
		for _, tok := range tokens.Tokens() {
			all.WriteString(tok.Value)
			kinds[tok.Type] = true
			if tok.Type == chroma.Error {
				t.Errorf("%s: %q is an error", language, tok.Value)
			}
		}
		if all.String() != text || len(kinds) < 2 {
			t.Errorf("%s: %q, kinds %v", language, all.String(), kinds)
		}
	}
}

// HTML colours the scripts and style sheets in it.
func TestLanguagesInLanguages(t *testing.T) {
	tokens, err := Lexer("html").Tokenise(nil, "<script>const x = 1</script>\n")
	if err != nil {
		t.Fatal(err)
	}
	for _, tok := range tokens.Tokens() {
		if tok.Value == "const" && tok.Type.InCategory(chroma.Keyword) {
			return
		}
	}
	t.Error("const in a script is no keyword")
}

// A language is read once, whoever asks for it.
func TestLanguagesAreReadOnce(t *testing.T) {
	html, css := Lexer("html"), Lexer("css")
	if Lexer("html") != html || Lexer("css") != css {
		t.Error("a language was read again")
	}
}

func TestUnknownLanguages(t *testing.T) {
	for _, name := range []string{"", "cobol", "../highlight", "lexers/yaml"} {
		if l := Lexer(name); l != nil && name != "lexers/yaml" {
			t.Errorf("%q: %v", name, l.Config().Name)
		}
	}
}

func TestConcurrentUse(t *testing.T) {
	var all sync.WaitGroup
	for range 8 {
		for _, name := range languages() {
			all.Go(func() {
				if Lexer(name) == nil {
					t.Errorf("%s: no lexer", name)
				}
			})
		}
	}
	all.Wait()
}

// languages are the languages that [Lexer] knows: the names of the files.
func languages() []string {
	entries, err := files.ReadDir("lexers")
	if err != nil {
		panic(err) // they are embedded
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = strings.TrimSuffix(e.Name(), ".xml")
	}
	return names
}
