package reply

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"creel/capture"

	"github.com/pelletier/go-toml/v2"
)

// CheckPresetName says why a preset cannot have this name, or nil. What there is
// of them stands in presets.
func CheckPresetName(name string, presets []Spec) error {
	switch at := slices.IndexFunc(presets, func(p Spec) bool { return p.Preset == name }); {
	case name == "":
		return errors.New("a preset needs a name, such as down")
	case strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsGraphic(r) || unicode.IsSpace(r) || r == '@' }):
		return errors.New("the name of a preset is one word without @")
	case at >= 0:
		return fmt.Errorf("there is a %s already: take another name", presets[at].Words())
	}
	return nil
}

// AddPreset returns the text of a configuration with s, under its name, as a
// [[preset]] more at the end. What stood there stays byte for byte.
func AddPreset(text []byte, s Spec) ([]byte, error) {
	was, err := presetTexts(text)
	if err != nil {
		return nil, err
	}
	for i := range was {
		if was[i].Name == s.Preset {
			return nil, fmt.Errorf("there is a preset %s already: take another name", s.Preset)
		}
	}
	var b strings.Builder
	b.Write(text)
	if len(text) > 0 {
		if text[len(text)-1] != '\n' {
			b.WriteByte('\n')
		}
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "[[preset]]\nname = %s\n%s\n", QuoteTOML(s.Preset), strings.Join(s.keys(), "\n"))
	out := []byte(b.String())
	// Read back: what was there may be written in a way that this does not fit into.
	is, err := presetTexts(out)
	if err != nil || len(is) != len(was)+1 {
		return nil, errors.New("the presets in it are not written as [[preset]]: write this one there yourself")
	}
	got, _, err := is[len(was)].Spec("")
	got.Preset = is[len(was)].Name
	want := s
	want.Fields = slices.Clone(s.Fields)
	slices.SortStableFunc(want.Fields, func(a, b capture.Field) int { return strings.Compare(a.Name, b.Name) })
	if err != nil || !reflect.DeepEqual(got, want) {
		return nil, errors.New("it has bytes that TOML cannot hold: take a body file")
	}
	return out, nil
}

// presetTexts are the presets of a configuration.
func presetTexts(text []byte) ([]PresetText, error) {
	var file struct {
		Presets []PresetText `toml:"preset"`
	}
	err := toml.Unmarshal(text, &file)
	if at := (*toml.DecodeError)(nil); errors.As(err, &at) {
		line, col := at.Position()
		return nil, fmt.Errorf("line %d, column %d: %s: mend that first", line, col, decodeMessage(at))
	}
	return file.Presets, err
}

// keys are the lines that say the reply in a file.
func (s *Spec) keys() []string {
	keys := []string{fmt.Sprintf("status = %d", s.Status(0))}
	if len(s.Statuses) > 1 {
		list := make([]string, len(s.Statuses))
		for i, code := range s.Statuses {
			list[i] = strconv.Itoa(code)
		}
		keys[0] = "statuses = [" + strings.Join(list, ", ") + "]"
	}
	if s.PerRule {
		keys = append(keys, `per = "rule"`)
	}
	if len(s.Fields) > 0 {
		keys = append(keys, "headers = { "+strings.Join(headerKeys(s.Fields), ", ")+" }")
	}
	for _, f := range []struct{ key, value string }{{"body", s.Body}, {"body_file", s.BodyFile}, {"template", s.Template}, {"template_file", s.TemplateFile}} {
		if f.value != "" {
			keys = append(keys, f.key+" = "+QuoteTOML(f.value))
		}
	}
	if s.Delay > 0 {
		keys = append(keys, fmt.Sprintf("delay = %q", s.Delay))
	}
	return keys
}

var bareKey = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// headerKeys write each name once, with the list of its values where it has
// several.
func headerKeys(fields []capture.Field) []string {
	var names []string
	values := map[string][]string{}
	for _, f := range fields {
		if values[f.Name] == nil {
			names = append(names, f.Name)
		}
		values[f.Name] = append(values[f.Name], QuoteTOML(f.Value))
	}
	for i, name := range names {
		key, value := name, values[name][0]
		if !bareKey.MatchString(name) {
			key = QuoteTOML(name)
		}
		if list := values[name]; len(list) > 1 {
			value = "[" + strings.Join(list, ", ") + "]"
		}
		names[i] = key + " = " + value
	}
	return names
}

// QuoteTOML writes s as a basic string of TOML. What does not print is escaped, so
// that the file shows what it holds; bytes that are not UTF-8, which TOML cannot
// hold, become U+FFFD.
func QuoteTOML(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range strings.ToValidUTF8(s, string(utf8.RuneError)) {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case !strconv.IsPrint(r) && r <= 0xffff:
			fmt.Fprintf(&b, `\u%04X`, r)
		case !strconv.IsPrint(r):
			fmt.Fprintf(&b, `\U%08X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
