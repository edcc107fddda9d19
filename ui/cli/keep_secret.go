package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"
)

// secretsFile is the configuration file that secrets are kept in.
func (p *program) secretsFile() string {
	if p.opts.file.path != "" {
		return p.opts.file.path
	}
	return filepath.Join(configDir(p.env), "config.toml")
}

// keepSecret writes a secret into the table [secrets] of the configuration file,
// which is made if need be and is then for its owner alone to read. All else in
// the file stays byte for byte.
func (p *program) keepSecret(name, value string) error {
	file := p.secretsFile()
	if real, err := filepath.EvalSymlinks(file); err == nil {
		file = real
	}
	old, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	text, err := withSecret(old, name, value)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	return replaceFile(file, text)
}

// replaceFile writes a file of mode 0600 as a whole or not at all.
func replaceFile(file string, text []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(file), ".creel-*") // CreateTemp makes it 0600
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(text)
	if err = errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), file)
}

var (
	anyTable     = regexp.MustCompile(`^[ \t]*\[`)
	secretsTable = regexp.MustCompile(`^[ \t]*\[[ \t]*secrets[ \t]*\][ \t]*(#.*)?$`)
)

// withSecret is the text of a configuration with one secret set.
func withSecret(old []byte, name, value string) ([]byte, error) {
	line := tomlString(name) + " = " + tomlString(value) + "\n"
	var out bytes.Buffer
	in, done := false, false
	for l := range bytes.Lines(old) {
		trimmed := strings.TrimRight(string(l), "\r\n")
		switch {
		case secretsTable.MatchString(trimmed):
			in = true
			out.Write(l)
			if !bytes.HasSuffix(l, []byte("\n")) {
				out.WriteByte('\n')
			}
			out.WriteString(line)
			done = true
			continue
		case anyTable.MatchString(trimmed):
			in = false
		case in && setsKey(trimmed, name):
			continue // its new line stands above
		}
		out.Write(l)
	}
	if !done {
		if out.Len() > 0 && !bytes.HasSuffix(out.Bytes(), []byte("\n")) {
			out.WriteByte('\n')
		}
		if out.Len() > 0 {
			out.WriteByte('\n')
		}
		out.WriteString("[secrets]\n" + line)
	}
	return out.Bytes(), checkSecret(out.Bytes(), name, value)
}

// setsKey reports whether a line of TOML sets that key.
func setsKey(line, name string) bool {
	var kv map[string]any
	if toml.Unmarshal([]byte(line), &kv) != nil {
		return false
	}
	_, ok := kv[name]
	return ok
}

// checkSecret reads the text back: what it was before may be written in a way
// that a line more does not fit into.
func checkSecret(text []byte, name, value string) error {
	var c struct {
		Secrets map[string]string `toml:"secrets"`
	}
	if err := toml.Unmarshal(text, &c); err != nil {
		return fmt.Errorf("the secret cannot be added: %w", err)
	}
	if c.Secrets[name] != value {
		return errors.New("the secret cannot be added: write it under [secrets] yourself")
	}
	return nil
}

// tomlString is s as a basic string of TOML.
func tomlString(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r < 0x20 || r == 0x7f || r == utf8.RuneError:
			b.WriteString(`\u` + fmt.Sprintf("%04X", r))
		case !strconv.IsPrint(r):
			b.WriteString(`\U` + fmt.Sprintf("%08X", r))
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
