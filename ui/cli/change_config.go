package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"creel/capture/reply"
)

// configFile is the configuration file that the screen writes to: the one that
// was read, else the one that the next start reads.
func (p *program) configFile() string {
	if p.opts.file.path != "" {
		return p.opts.file.path
	}
	return filepath.Join(configDir(p.env), "config.toml")
}

// changeConfig gives the text of the configuration file to change and writes what
// it returns. The file keeps its owner and its mode, as far as the mask allows; it
// is made if need be, and is then for its owner alone to read, since it may come
// to hold secrets.
func (p *program) changeConfig(mask fs.FileMode, change func(old []byte) ([]byte, error)) error {
	file := p.configFile()
	old, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	text, err := change(old)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	return reply.ReplaceFile(file, text, mask)
}

var (
	anyTable = regexp.MustCompile(`^[ \t]*\[`)
	// setsText is a line that sets something to a string: what is before it, the
	// string, and what follows.
	setsText = regexp.MustCompile(`^([ \t]*(?:"[^"]*"|'[^']*'|[\w-]+)[ \t]*=[ \t]*)("(?:[^"\\]|\\.)*"|'[^']*')(.*)$`)
	bareKey  = regexp.MustCompile(`^[\w-]+$`)
)

// withText is the text of a configuration in which a key is set to a string, in
// a table or, with no name of one, above all tables. All else stays byte for byte.
func withText(old []byte, table, key, value string) ([]byte, error) {
	lines, at := bytes.SplitAfter(old, []byte("\n")), -1
	here := table == ""
	header := regexp.MustCompile(`^[ \t]*\[[ \t]*` + regexp.QuoteMeta(table) + `[ \t]*\][ \t]*(#.*)?$`)
	for i, line := range lines {
		text := strings.TrimRight(string(line), "\r\n")
		switch {
		case anyTable.MatchString(text):
			if here = table != "" && header.MatchString(text); here {
				at = i + 1
			}
		case here && setsKey(text, key):
			end := string(line[len(text):])
			lines[i] = []byte(setsText.ReplaceAllString(text, "${1}"+strings.ReplaceAll(reply.QuoteTOML(value), "$", "$$")+"${3}") + end)
			return checkedText(old, bytes.Join(lines, nil), table, key, value)
		}
	}
	name := key
	if !bareKey.MatchString(key) {
		name = reply.QuoteTOML(key)
	}
	return checkedText(old, insertText(lines, at, table, name+" = "+reply.QuoteTOML(value)+"\n"), table, key, value)
}

// insertText puts a line into the lines of a configuration: at a place, or where
// that is -1 above all else or in a new table at the end.
func insertText(lines [][]byte, at int, table, line string) []byte {
	before, after := bytes.Join(lines[:max(at, 0)], nil), bytes.Join(lines[max(at, 0):], nil)
	if at < 0 && table != "" {
		before, after = after, nil
	}
	var out bytes.Buffer
	out.Write(before)
	if len(before) > 0 && !bytes.HasSuffix(before, []byte("\n")) {
		out.WriteByte('\n')
	}
	if at < 0 && table != "" {
		if len(before) > 0 {
			out.WriteByte('\n')
		}
		out.WriteString("[" + table + "]\n")
	}
	out.WriteString(line)
	if at < 0 && len(after) > 0 && after[0] != '\n' {
		out.WriteByte('\n')
	}
	out.Write(after)
	return out.Bytes()
}

// setsKey reports whether a line of TOML sets that key.
func setsKey(line, key string) bool {
	var kv map[string]any
	if toml.Unmarshal([]byte(line), &kv) != nil {
		return false
	}
	_, ok := kv[key]
	return ok
}

// checkedText reads the new text back: what it was before may be written in a way
// that this change does not fit into.
func checkedText(old, text []byte, table, key, value string) ([]byte, error) {
	var was, is map[string]any
	if err := toml.Unmarshal(old, &was); err != nil {
		return nil, fmt.Errorf("%s cannot be set: %w", key, err)
	}
	err := toml.Unmarshal(text, &is)
	if was == nil {
		was = map[string]any{}
	}
	in := was
	if table != "" {
		if in, _ = was[table].(map[string]any); in == nil {
			in = map[string]any{}
			was[table] = in
		}
	}
	in[key] = value
	if err == nil && reflect.DeepEqual(was, is) {
		return text, nil
	}
	where := "above all tables"
	if table != "" {
		where = "under [" + table + "]"
	}
	return nil, fmt.Errorf("%s cannot be set: write it %s yourself", key, where)
}
