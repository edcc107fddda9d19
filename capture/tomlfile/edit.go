package tomlfile

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// Set returns a text in which a key is set to a string, in a table or, with no
// name of one, above all tables. All else stays byte for byte. A text that is
// written in a way that the change does not fit into is an error.
func Set(text []byte, table, key, value string) ([]byte, error) {
	doc := Parse(text)
	var path []string
	if table != "" {
		path = []string{table}
	}
	line := QuoteKey(key) + " = " + Quote(value) + "\n"
	out := []byte(nil)
	switch t := doc.Find(path...); {
	case t == nil:
		out = Append(text, "["+QuoteKey(table)+"]\n"+line)
	case t.Find(key) != nil:
		k := t.Find(key) // a list or an inline table has no place: what comes out is refused
		out = slices.Concat(text[:k.Value], []byte(Quote(value)), text[k.End:])
	case table == "" && len(text) > 0 && text[0] != '\n':
		out = slices.Concat([]byte(line+"\n"), text)
	case table == "":
		out = slices.Concat([]byte(line), text)
	default:
		rest := text[t.Header:]
		if len(rest) > 0 {
			rest = rest[1:] // the line break
		}
		out = slices.Concat(text[:t.Header], []byte("\n"+line), rest)
	}
	return out, check(text, out, table, key, value)
}

// Append returns a text with a table more at the end, after an empty line.
func Append(text []byte, table string) []byte {
	out := bytes.Clone(text)
	if len(out) > 0 {
		if out[len(out)-1] != '\n' {
			out = append(out, '\n')
		}
		out = append(out, '\n')
	}
	return append(out, table...)
}

// check reads the new text back.
func check(old, text []byte, table, key, value string) error {
	var was, is map[string]any
	if err := toml.Unmarshal(old, &was); err != nil {
		return fmt.Errorf("%s cannot be set: %s", key, strings.TrimPrefix(err.Error(), "toml: "))
	}
	err := toml.Unmarshal(text, &is)
	in := was
	if table != "" {
		if in, _ = was[table].(map[string]any); in == nil {
			in = map[string]any{}
			was[table] = in
		}
	}
	in[key] = value
	if err == nil && reflect.DeepEqual(was, is) {
		return nil
	}
	where := "above all tables"
	if table != "" {
		where = "under [" + table + "]"
	}
	return fmt.Errorf("%s cannot be set: write it %s yourself", key, where)
}
