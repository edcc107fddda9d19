package tomlfile

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

var (
	mismatch  = regexp.MustCompile(`cannot decode TOML ([\w ]+?) into (?:.* of type )?(\S+)`)
	character = regexp.MustCompile(`U\+([0-9A-F]{4,6})( '.')?`)
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

// Message says what is wrong where a text cannot be decoded: in the file's words, not in
// Go's.
func Message(e *toml.DecodeError) string {
	msg := strings.TrimPrefix(e.Error(), "toml: ")
	m := mismatch.FindStringSubmatch(msg)
	switch {
	case strings.Contains(msg, "expected value") || strings.Contains(msg, "U+000A at start of value"):
		return "a value is missing"
	case m == nil:
		return character.ReplaceAllStringFunc(msg, quoted)
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
	if len(e.Key()) == 0 {
		return fmt.Sprintf("this is %s, not %s", is, want)
	}
	return fmt.Sprintf("%s is %s, not %s", e.Key()[len(e.Key())-1], is, want)
}

// quoted is a character as people know it, of what the decoder says: U+003D '='.
func quoted(s string) string {
	if _, char, ok := strings.Cut(s, " "); ok {
		return char
	}
	return s
}
