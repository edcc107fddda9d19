package detail

import (
	"context"
	"slices"
	"sort"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/alecthomas/chroma/v2"

	"creel/capture/body"
	"creel/capture/safe"
	"creel/ui/highlight"
	"creel/ui/theme"
)

// Limits of what is coloured: chroma reads about a megabyte in a second.
const (
	mostColoured = 256 << 10 // from the beginning of a body
	colourTime   = 3 * time.Second
	keptColours  = 8 // sources whose colours are kept
)

// source is a stretch of a body's view in a language, as it is shown.
type source struct {
	language string
	text     string
	row      int   // of the view, with nothing folded, where it begins
	starts   []int // where each row begins in text, and past the last one
	tints    tints // nil until they are there
}

// tints are the colours of a text, in order; the rest of it has none.
type tints []tint

// tint is a colour that ends at a byte.
type tint struct {
	end  int
	kind theme.Syntax
}

// key is what colours are kept by.
func (s *source) key() string { return s.language + "\n" + s.text }

// sourcesOf takes what is to be coloured out of a view.
func sourcesOf(v *body.View) []source {
	var out []source
	room := mostColoured
	for _, c := range v.Code {
		s := source{language: c.Language, row: c.From}
		var b strings.Builder
		for row := c.From; row < c.To && b.Len() < room; row++ {
			l := v.Row(row)
			if row > c.From && l.Num > 0 { // else it continues the line above
				b.WriteByte('\n')
			}
			s.starts = append(s.starts, b.Len())
			b.WriteString(l.Text().String())
		}
		b.WriteByte('\n') // some lexers do without the last line, else
		s.text = b.String()
		s.starts = append(s.starts, len(s.text))
		room -= len(s.text)
		out = append(out, s)
	}
	return out
}

// colour gives a page its colours: at once where they are known, else in a command.
func (p *Pane) colour(s *sheet) tea.Cmd {
	ctx := s.colours.begin(p.deps.Ctx)
	var cmds []tea.Cmd
	for i := range s.sources {
		src := &s.sources[i]
		if src.tints = p.tints[src.key()]; src.tints != nil || len(src.starts) < 2 {
			continue
		}
		key, language, text := src.key(), src.language, src.text
		cmds = append(cmds, p.later(func() func() tea.Cmd {
			t := tintsOf(ctx, language, text)
			if ctx.Err() != nil {
				return nil
			}
			return func() tea.Cmd { p.coloured(key, t); return nil }
		}))
	}
	return tea.Sequence(cmds...)
}

// coloured sets colours, and keeps them for when the same is shown again.
func (p *Pane) coloured(key string, t tints) {
	if len(p.tints) >= keptColours {
		p.tints = nil
	}
	if p.tints == nil {
		p.tints = map[string]tints{}
	}
	p.tints[key] = t
	for i := range p.sheets {
		for j := range p.sheets[i].sources {
			if src := &p.sheets[i].sources[j]; src.key() == key {
				src.tints = t
			}
		}
	}
}

// tintsOf reads a text, as far as colourTime allows, up to a fault of the lexer.
func tintsOf(ctx context.Context, language, text string) (out tints) {
	out = tints{}
	lexer := highlight.Lexer(language)
	if lexer == nil {
		return out
	}
	defer func() {
		_ = recover() // a lexer that meets what it was not made for panics
	}()
	tokens, err := lexer.Tokenise(nil, text)
	if err != nil {
		return out
	}
	ctx, cancel := context.WithTimeout(ctx, colourTime)
	defer cancel()
	at := 0
	for t := tokens(); t != chroma.EOF && ctx.Err() == nil; t = tokens() {
		if !strings.HasPrefix(text[at:], t.Value) {
			return out // it changed the text
		}
		at += len(t.Value)
		kind := kindOf(t)
		if n := len(out); n > 0 && out[n-1].kind == kind {
			out[n-1].end = at
		} else {
			out = append(out, tint{at, kind})
		}
	}
	return out
}

// kinds say which syntax a kind of chroma's tokens is; for others their category says it.
var kinds = map[chroma.TokenType]theme.Syntax{
	chroma.Keyword:           theme.SyntaxKeyword,
	chroma.KeywordConstant:   theme.SyntaxConstant,
	chroma.NameTag:           theme.SyntaxTag,
	chroma.NameAttribute:     theme.SyntaxAttr,
	chroma.NameProperty:      theme.SyntaxKey,
	chroma.NameBuiltin:       theme.SyntaxName,
	chroma.NameClass:         theme.SyntaxName,
	chroma.NameDecorator:     theme.SyntaxName,
	chroma.NameEntity:        theme.SyntaxConstant,
	chroma.NameFunction:      theme.SyntaxName,
	chroma.NameVariable:      theme.SyntaxName,
	chroma.Literal:           theme.SyntaxString,
	chroma.LiteralNumber:     theme.SyntaxNumber,
	chroma.Operator:          theme.SyntaxPunct,
	chroma.OperatorWord:      theme.SyntaxKeyword,
	chroma.Punctuation:       theme.SyntaxPunct,
	chroma.Comment:           theme.SyntaxComment,
	chroma.GenericDeleted:    theme.SyntaxError,
	chroma.GenericInserted:   theme.SyntaxString,
	chroma.GenericHeading:    theme.SyntaxKey,
	chroma.GenericSubheading: theme.SyntaxKey,
	chroma.GenericStrong:     theme.SyntaxKeyword,
}

func kindOf(t chroma.Token) theme.Syntax {
	if strings.TrimSpace(t.Value) == "" {
		return theme.SyntaxText
	}
	for _, k := range []chroma.TokenType{t.Type, t.Type.SubCategory(), t.Type.Category()} {
		if kind, ok := kinds[k]; ok {
			return kind
		}
	}
	return theme.SyntaxText
}

// tinted gives the spans of row i their colours, as far as they are known. What
// a folded row has more than the row itself stays as it is.
func (p *page) tinted(i int, spans []span) []span {
	if len(p.sources) == 0 || i < len(p.head) {
		return spans
	}
	row := p.view.RowOf(i - len(p.head))
	n := sort.Search(len(p.sources), func(i int) bool { return p.sources[i].row > row }) - 1
	if n < 0 || p.sources[n].tints == nil || row-p.sources[n].row >= len(p.sources[n].starts)-1 {
		return spans
	}
	src := &p.sources[n]
	at, end := src.starts[row-src.row], src.starts[row-src.row+1]
	var out []span
	for i, s := range spans {
		text := s.text.String()
		if at+len(text) > end || src.text[at:at+len(text)] != text {
			return append(out, spans[i:]...)
		}
		out = append(out, src.tints.parts(s, at)...)
		at += len(text)
	}
	return out
}

// parts parts a span, which begins at a byte of the source, by its colours.
func (t tints) parts(s span, at int) []span {
	text := s.text.String()
	i, found := slices.BinarySearchFunc(t, at, func(t tint, at int) int { return t.end - at })
	if found {
		i++
	}
	var out []span
	for ; text != "" && i < len(t); i++ {
		n := min(t[i].end-at, len(text))
		piece := safe.Line(text[:n])
		if piece.String() != text[:n] { // characters that combine are cut apart
			return []span{s}
		}
		out = append(out, span{syntax(t[i].kind), piece})
		text, at = text[n:], at+n
	}
	if text != "" {
		out = append(out, span{s.look, safe.Line(text)})
	}
	return out
}
