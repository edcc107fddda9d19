package tomlfile

import (
	"fmt"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"creel/capture/lazy"
)

var (
	mismatch  = lazy.Regexp(`cannot decode TOML ([\w ]+?) into (?:.* of type )?(\S+)`)
	character = lazy.Regexp(`U\+([0-9A-F]{4,6})( '.')?`)
)

// wanted are Go's types in words. Any other is a table.
var wanted = map[string]string{
	"string": "a text", "[]string": "a list of texts", "int": "a number", "int64": "a number", "float64": "a number",
	"[]int": "a list of numbers", "bool": "true or false",
}

// given are TOML's types in words.
var given = map[string]string{
	"string": "a text", "integer": "a number", "float": "a number with a fraction", "boolean": "true or false",
	"array": "a list", "inline table": "a table",
}

// Message says what is wrong where text cannot be decoded: in the file's words, not in
// Go's.
func Message(text []byte, e *toml.DecodeError) string {
	msg := strings.TrimPrefix(e.Error(), "toml: ")
	m := mismatch().FindStringSubmatch(msg)
	switch {
	case strings.Contains(msg, "expected value") || strings.Contains(msg, "U+000A at start of value"):
		return "a value is missing"
	case m == nil:
		return character().ReplaceAllStringFunc(msg, quoted)
	}
	is, ok := given[m[1]]
	if !ok {
		is = "a time"
	}
	want, ok := wanted[strings.TrimPrefix(m[2], "*")]
	switch {
	case !ok && strings.HasPrefix(m[2], "[]"):
		want = fmt.Sprintf("a table: write it below [[%s]]", strings.Join(e.Key(), "."))
	case !ok:
		want = "a table"
	}
	key := keyAt(text, e)
	if len(key) == 0 {
		return fmt.Sprintf("this is %s, not %s", is, want)
	}
	return fmt.Sprintf("%s is %s, not %s", key[len(key)-1], is, want)
}

// keyAt is the key whose value the error is about. The decoder knows that of an inline
// table only, not of what is in it.
func keyAt(text []byte, e *toml.DecodeError) []string {
	line, col := e.Position()
	doc := Parse(text)
	for i := range doc.Tables {
		for _, k := range doc.Tables[i].Keys {
			if l, c := doc.LineCol(k.Value); k.End > 0 && l == line && c == col {
				return k.Path
			}
		}
	}
	return e.Key()
}

// quoted is a character as people know it, of what the decoder says: U+003D '='.
func quoted(s string) string {
	if _, char, ok := strings.Cut(s, " "); ok {
		return char
	}
	return s
}
