package body

import (
	"strings"

	"creel/capture/safe"
)

// language is what must be known of a language to tell comments, strings,
// numbers and words apart: enough to read by, not to parse by.
type language struct {
	name     string
	types    string   // media types, or suffixes such as +yaml
	comments []string // that go to the end of the line
	block    [2]string
	quotes   string // characters that begin and end strings
	multi    byte   // the quote whose strings go over lines; 0 for none
	words    string
	consts   string
	keys     bool   // a word before a colon is a name
	marks    string // characters that begin a name: $x, @media, &anchor

	dict map[string]Kind // words and consts, made by languageOf
}

var languages = []language{
	{
		name: "javascript", types: "text/javascript application/javascript application/x-javascript application/ecmascript text/ecmascript",
		comments: []string{"//"}, block: [2]string{"/*", "*/"}, quotes: "\"'`", multi: '`', consts: "true false null undefined NaN Infinity",
		words: "async await break case catch class const continue debugger default delete do else export extends finally for from function get if import in instanceof let new of return set static super switch this throw try typeof var void while with yield",
	},
	{
		name: "css", types: "text/css", block: [2]string{"/*", "*/"}, quotes: "\"'", keys: true, marks: "@#.",
		words: "important", consts: "inherit initial unset revert none auto",
	},
	{
		name: "yaml", types: "application/yaml text/yaml application/x-yaml text/x-yaml +yaml",
		comments: []string{"#"}, quotes: "\"'", keys: true, marks: "&*!", consts: "true false null yes no on off True False Null ~",
	},
	{
		name: "graphql", types: "application/graphql", comments: []string{"#"}, quotes: "\"", keys: true, marks: "$@",
		words: "query mutation subscription fragment on type input enum interface union scalar schema extend directive implements", consts: "true false null",
	},
	{
		name: "toml", types: "application/toml", comments: []string{"#"}, quotes: "\"'", consts: "true false inf nan",
	},
	{
		name: "ini", types: "text/x-ini text/x-java-properties", comments: []string{"#", ";"}, consts: "true false",
	},
	{
		name: "sql", types: "application/sql", comments: []string{"--"}, block: [2]string{"/*", "*/"}, quotes: "'\"", consts: "NULL TRUE FALSE null true false",
		words: "SELECT FROM WHERE INSERT INTO UPDATE DELETE SET VALUES AND OR NOT JOIN LEFT RIGHT INNER OUTER ON AS ORDER GROUP BY HAVING LIMIT CREATE TABLE INDEX DROP ALTER BEGIN COMMIT ROLLBACK UNION DISTINCT select from where insert into update delete set values and or not join left right inner outer on as order group by having limit create table index drop alter begin commit rollback union distinct",
	},
}

// languageOf is the language that the media type names; nil for plain text.
func languageOf(c *Content) *language {
	for i := range languages {
		if c.is(strings.Fields(languages[i].types)...) {
			l := languages[i]
			l.dict = map[string]Kind{}
			for _, w := range strings.Fields(l.words) {
				l.dict[w] = Keyword
			}
			for _, w := range strings.Fields(l.consts) {
				l.dict[w] = Constant
			}
			return &l
		}
	}
	return nil
}

// inside is what the beginning of a line is within.
type inside uint8

const (
	inText inside = iota
	inComment
	inString // of the quote that goes over lines
)

// token is a piece of a line in one kind.
type token struct {
	kind Kind
	end  int
}

// lex parts a line into tokens that cover it, and says what its end is within.
func (l *language) lex(line string, in inside) ([]token, inside) {
	var tokens []token
	add := func(k Kind, end int) {
		if n := len(tokens); n > 0 && tokens[n-1].kind == k {
			tokens[n-1].end = end
		} else {
			tokens = append(tokens, token{k, end})
		}
	}
	i := 0
	if in != inText {
		end, ok := l.leave(line, in)
		kind := Comment
		if in == inString {
			kind = String
		}
		if add(kind, end); !ok {
			return tokens, in
		}
		i = end
	}
	for i < len(line) {
		kind, n, now := l.token(line, i)
		i += n
		if add(kind, i); now != inText {
			return tokens, now
		}
	}
	return tokens, inText
}

// spans are the tokens of a line as text.
func (l *language) spans(line string, in inside) []Span {
	tokens, _ := l.lex(line, in)
	spans := make([]Span, len(tokens))
	from, col := 0, 0
	for i, t := range tokens {
		spans[i] = Span{t.kind, safe.Tabbed(line[from:t.end], col)}
		from, col = t.end, col+spans[i].Text.Width()
	}
	return spans
}

// leave finds where a comment or a string ends that began on a line before.
func (l *language) leave(line string, in inside) (end int, ok bool) {
	if in == inComment {
		if i := strings.Index(line, l.block[1]); i >= 0 {
			return i + len(l.block[1]), true
		}
		return len(line), false
	}
	end, ok = stringEndIn(line, 0, l.multi)
	return end, ok
}

// token reads the token at i, and says what the rest of the line is within when
// the token goes on over its end.
func (l *language) token(line string, i int) (Kind, int, inside) {
	rest := line[i:]
	c := rest[0]
	switch {
	case l.comment(line, i):
		return Comment, len(rest), inText
	case l.block[0] != "" && strings.HasPrefix(rest, l.block[0]):
		if n := strings.Index(rest[2:], l.block[1]); n >= 0 {
			return Comment, 2 + n + len(l.block[1]), inText
		}
		return Comment, len(rest), inComment
	case strings.IndexByte(l.quotes, c) >= 0:
		end, ok := stringEndIn(rest, 1, c)
		if !ok && c == l.multi {
			return String, end, inString
		}
		return l.named(line, i+end, String), end, inText
	case strings.IndexByte(l.marks, c) >= 0 && wordLen(rest[1:]) > 0:
		return Name, 1 + wordLen(rest[1:]), inText
	case '0' <= c && c <= '9':
		return Number, numberLen(rest), inText
	case isWordByte(c):
		n := l.wordLen(rest)
		return l.word(line, i, rest[:n]), n, inText
	case c == ' ' || c == '\t':
		return Text, 1, inText
	}
	return Punct, 1, inText
}

// comment reports whether a comment begins at i. One that begins with a sign
// that also stands within words needs a blank before it.
func (l *language) comment(line string, i int) bool {
	for _, c := range l.comments {
		if strings.HasPrefix(line[i:], c) && (len(c) > 1 || i == 0 || line[i-1] == ' ' || line[i-1] == '\t') {
			return true
		}
	}
	return false
}

func (l *language) word(line string, i int, w string) Kind {
	if kind := l.dict[w]; kind == Keyword {
		return kind
	}
	return l.named(line, i+len(w), l.dict[w])
}

// named is Key when a colon follows at i in a language that names so, else kind.
func (l *language) named(line string, i int, kind Kind) Kind {
	if l.keys && strings.HasPrefix(line[i:], ":") && (i+1 == len(line) || line[i+1] != '/') {
		return Key
	}
	return kind
}

// wordLen is the length of a word; where names have colons after them, words
// may have hyphens and dots in them.
func (l *language) wordLen(s string) int {
	n := 0
	for n < len(s) && (isWordByte(s[n]) || '0' <= s[n] && s[n] <= '9' || l.keys && (s[n] == '-' || s[n] == '.')) {
		n++
	}
	return n
}

func isWordByte(c byte) bool { return isLetter(c) || c == '_' || c == '~' || c >= 0x80 }

func numberLen(s string) int {
	n := 0
	for n < len(s) && (isLetter(s[n]) || '0' <= s[n] && s[n] <= '9' || s[n] == '.' || s[n] == '_' || s[n] == '%') {
		n++
	}
	return n
}

// stringEndIn finds the end of a string in s from i on, its quote included; ok
// is false when the line ends before.
func stringEndIn(s string, i int, quote byte) (end int, ok bool) {
	for ; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case quote:
			return i + 1, true
		}
	}
	return len(s), false
}
