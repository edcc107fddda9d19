package cli

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/spf13/pflag"

	"creel/capture/provider"
	"creel/capture/redact"
	"creel/capture/reply"
	"creel/capture/tomlfile"
	"creel/ui"
)

// config is what the configuration file holds beside the settings that are flags, too.
type config struct {
	path    string
	text    []byte
	Targets []targetConfig     `toml:"target"`
	Presets []reply.PresetText `toml:"preset"`
	Views   []ui.View          `toml:"view"`
	Schemes []provider.Scheme  `toml:"scheme"`
	Secrets map[string]string  `toml:"secrets"`
	Redact  []redact.Rule      `toml:"redact"`
	Tunnel  struct {
		Via string `toml:"via"` // what --tunnel without a value starts
	} `toml:"tunnel"`
	Team teamTable `toml:"team"`
	// Rules are read, with their places in the file, by the package reply.
	Rules []map[string]any `toml:"rule"`
}

type targetConfig struct {
	Name        string            `toml:"name"`
	URL         string            `toml:"url"`
	Path        string            `toml:"path"`
	StripPrefix bool              `toml:"strip_prefix"`
	Host        string            `toml:"host"`
	Headers     map[string]string `toml:"headers"`
	Insecure    *bool             `toml:"insecure"`
	CACert      string            `toml:"cacert"`
	Ordered     *bool             `toml:"ordered"`
	Enabled     *bool             `toml:"enabled"`
}

// loadFile reads the configuration file. Only one that was named must exist.
func (o *options) loadFile(env func(string) (string, bool)) error {
	path := cmp.Or(o.config, filepath.Join(configDir(env), "config.toml"))
	data, err := tomlfile.Read(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && o.config == "":
		return nil
	case err != nil:
		return exitf(exitFailure, "read configuration: %w", err)
	}
	o.file.path, o.file.text = path, data
	if err := o.decodeFile(path, data); err != nil {
		return err
	}
	if err := checkRedact(path, data, o.file.Redact); err != nil {
		return err
	}
	if err := o.file.checkViews(); err != nil {
		return err
	}
	return o.teamOfFile()
}

// decodeFile reads the tables strictly. The keys that are left over must be settings.
func (o *options) decodeFile(path string, data []byte) error {
	dec := toml.NewDecoder(bytes.NewReader(data)).DisallowUnknownFields()
	err := dec.Decode(&o.file)
	unknown, ok := errors.AsType[*toml.StrictMissingError](err)
	if err == nil {
		return nil
	} else if !ok {
		return fileError(path, data, err)
	}
	var values map[string]any
	if err := toml.Unmarshal(data, &values); err != nil {
		return fileError(path, data, err)
	}
	for i := range unknown.Errors {
		e := &unknown.Errors[i]
		line, col := e.Position()
		place := fmt.Sprintf("%s:%d:%d", path, line, col)
		if err := o.fileSetting(e.Key(), values); err != nil {
			return usagef("%s: %w", place, err)
		}
		o.places[strings.Join(e.Key(), ".")] = place
	}
	return nil
}

// place says where the i-th table of a name stands in the file, or a key of it, such as headers.A.
func (c *config) place(table string, i int, key string) string {
	return placeOf(c.path, c.text, table, i, key)
}

// placeOf is config.place for a file with that text.
func placeOf(path string, text []byte, table string, i int, key string) string {
	doc := tomlfile.Parse(text)
	for _, t := range doc.Tables {
		if !slices.Equal(t.Path, []string{table}) {
			continue
		}
		if i--; i >= 0 {
			continue
		}
		at := t.Name
		for name := key; name != ""; name = name[:max(0, strings.LastIndexByte(name, '.'))] {
			i := slices.IndexFunc(t.Keys, func(k tomlfile.Key) bool { return strings.Join(k.Path, ".") == name })
			if i >= 0 {
				at = t.Keys[i].At
				break
			}
		}
		line, col := doc.LineCol(at)
		return fmt.Sprintf("%s:%d:%d", path, line, col)
	}
	return path
}

func fileError(path string, text []byte, err error) error {
	if d, ok := errors.AsType[*toml.DecodeError](err); ok {
		line, col := d.Position()
		return usagef("%s:%d:%d: %s", path, line, col, tomlfile.Message(text, d))
	}
	return usagef("%s: %w", path, err)
}

// fileSetting takes over one key that must be the name of a setting.
func (o *options) fileSetting(key []string, values map[string]any) error {
	name := strings.Join(key, ".")
	f := o.set.Lookup(name)
	if f == nil || name == "config" {
		return unknownKey(name, o.set)
	}
	if o.from[name] != fromDefault {
		return nil
	}
	texts, err := settingTexts(f, values[name])
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	for _, v := range texts {
		if err := o.assign(name, v, fromFile); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func settingTexts(f *pflag.Flag, v any) ([]string, error) {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	} else if _, repeatable := f.Value.(*texts); !repeatable {
		return nil, errors.New("takes one value, not a list")
	}
	var out []string
	for _, v := range list {
		switch v := v.(type) {
		case string, int64, float64, bool:
			out = append(out, fmt.Sprint(v))
		default:
			return nil, errors.New("takes a text, a number, true or false")
		}
	}
	return out, nil
}

func unknownKey(name string, set *pflag.FlagSet) error {
	known := []string{"target", "preset", "view", "rule", "scheme", "secrets", "redact", "tunnel", "team"}
	set.VisitAll(func(f *pflag.Flag) {
		if f.Name != "config" {
			known = append(known, f.Name)
		}
	})
	return fmt.Errorf("unknown key %s%s", name, meant(strings.ReplaceAll(name, "_", "-"), known))
}

// configDir and stateDir follow the XDG base directory specification; on Windows
// both are in %LOCALAPPDATA% when no variable says so.

func configDir(env func(string) (string, bool)) string {
	return xdg(env, "XDG_CONFIG_HOME", ".config")
}

func stateDir(env func(string) (string, bool)) string {
	return xdg(env, "XDG_STATE_HOME", filepath.Join(".local", "state"))
}

func xdg(env func(string) (string, bool), name, below string) string {
	if dir, _ := env(name); filepath.IsAbs(dir) {
		return filepath.Join(dir, "creel")
	}
	local, _ := env("LOCALAPPDATA")
	if runtime.GOOS == "windows" && filepath.IsAbs(local) {
		return filepath.Join(local, "creel")
	}
	home, err := os.UserHomeDir()
	if err != nil {
		home = os.TempDir()
	}
	if runtime.GOOS == "windows" {
		below = filepath.Join("AppData", "Local")
	}
	return filepath.Join(home, below, "creel")
}

// teamTable is [team] of the configuration file: with whom what is captured is shared.
type teamTable struct {
	URL     string `toml:"url"`
	Creds   string `toml:"creds"`
	Who     string `toml:"who"`
	Ack     string `toml:"ack"`
	Redact  bool   `toml:"redact"`
	Private bool   `toml:"private"`
}

// teamOfFile takes over the table for the flags that were not given.
func (o *options) teamOfFile() error {
	t := &o.file.Team
	for name, value := range map[string]string{"team": t.URL, "team-creds": t.Creds, "team-who": t.Who, "team-ack": t.Ack, "team-redact": yes(t.Redact), "private": yes(t.Private)} {
		if value == "" || o.from[name] != fromDefault {
			continue
		}
		if err := o.assign(name, value, fromFile); err != nil {
			return usagef("%s: [team]: %w", o.file.path, err)
		}
		o.places[name] = o.file.path + ": [team]"
	}
	return nil
}

// yes is the text of a switch that is on.
func yes(on bool) string {
	if !on {
		return ""
	}
	return strconv.FormatBool(on)
}
