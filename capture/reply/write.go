package reply

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"creel/capture"
	"creel/capture/tomlfile"

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
	if slices.ContainsFunc(was, func(p PresetText) bool { return p.Name == s.Preset }) {
		return nil, fmt.Errorf("there is a preset %s already: take another name", s.Preset)
	}
	out := tomlfile.Append(text, fmt.Sprintf("[[preset]]\nname = %s\n%s\n", tomlfile.Quote(s.Preset), strings.Join(s.keys(), "\n")))
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
	if at, ok := errors.AsType[*toml.DecodeError](err); ok {
		line, col := at.Position()
		return nil, fmt.Errorf("line %d, column %d: %s: fix that first", line, col, tomlfile.Message(text, at))
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
			keys = append(keys, f.key+" = "+tomlfile.Quote(f.value))
		}
	}
	if s.Delay > 0 {
		keys = append(keys, fmt.Sprintf("delay = %q", s.Delay))
	}
	return keys
}

// headerKeys write each name once, with the list of its values where it has
// several.
func headerKeys(fields []capture.Field) []string {
	var names []string
	values := map[string][]string{}
	for _, f := range fields {
		if values[f.Name] == nil {
			names = append(names, f.Name)
		}
		values[f.Name] = append(values[f.Name], tomlfile.Quote(f.Value))
	}
	for i, name := range names {
		key, value := tomlfile.QuoteKey(name), values[name][0]
		if list := values[name]; len(list) > 1 {
			value = "[" + strings.Join(list, ", ") + "]"
		}
		names[i] = key + " = " + value
	}
	return names
}
