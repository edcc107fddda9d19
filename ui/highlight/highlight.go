// Package highlight reads source text into the tokens that a screen colours. Its
// lexers are chroma's, for the languages that bodies are written in; each is read
// when it is first used, since reading chroma's whole collection takes longer than
// everything else at a start.
package highlight

import (
	"embed"
	"path"
	"sync"

	"github.com/alecthomas/chroma/v2"
)

// The files are copied from chroma (MIT, see lexers/LICENSE), unchanged.
//
//go:embed lexers/*.xml
var files embed.FS

// registry has the lexers that were read. Those of HTML look up others in it.
var registry = struct {
	sync.Mutex
	lexers *chroma.LexerRegistry
	read   map[string]bool
}{lexers: chroma.NewLexerRegistry(), read: map[string]bool{}}

// embeds are the languages that a language may hold.
var embeds = map[string][]string{"html": {"javascript", "css"}}

// Lexer returns the lexer of a language, nil if not known. It is safe for concurrent use.
func Lexer(language string) chroma.Lexer {
	registry.Lock()
	defer registry.Unlock()
	for _, name := range append(embeds[language], language) {
		if registry.read[name] {
			continue
		}
		registry.read[name] = true
		if l, err := chroma.NewXMLLexer(files, path.Join("lexers", path.Base(name)+".xml")); err == nil {
			registry.lexers.Register(l)
		}
	}
	return registry.lexers.Get(language)
}
