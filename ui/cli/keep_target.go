package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"reflect"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"creel/capture/tomlfile"
	"creel/forward"
)

// keepTarget adds a standing target to the configuration file, CACert named from the root.
func (p *program) keepTarget(t forward.Target) error {
	if t.CACert != "" {
		abs, err := filepath.Abs(t.CACert)
		if err != nil {
			return err
		}
		t.CACert = abs
	}
	return p.changeConfig(fs.ModePerm, func(old []byte) ([]byte, error) { return addTarget(old, t, p.opts) })
}

// addTarget returns the text of a configuration with t as one more [[target]] at
// the end. What is there already stays byte for byte.
func addTarget(text []byte, t forward.Target, o *options) ([]byte, error) {
	was, err := targetConfigs(text)
	if err != nil {
		return nil, err
	}
	for i := range was {
		if other, err := was[i].target(o); err == nil && other.Spec() == t.Spec() {
			return nil, fmt.Errorf("it has the target %s already: change it there", t.Spec())
		}
	}
	out := tomlfile.Append(text, "[[target]]\n"+strings.Join(targetKeys(t, o.defaults()), "\n")+"\n")
	// Read back: what was there may be written in a way that this does not fit into.
	is, err := targetConfigs(out)
	if err != nil || len(is) != len(was)+1 {
		return nil, errors.New("the targets in it are not written as [[target]]: write this one there yourself")
	}
	if got, err := is[len(was)].target(o); err != nil || !reflect.DeepEqual(got, t) {
		return nil, fmt.Errorf("the target %s cannot be written as [[target]]", t.Spec())
	}
	return out, nil
}

func targetConfigs(text []byte) ([]targetConfig, error) {
	var file struct {
		Targets []targetConfig `toml:"target"`
	}
	err := toml.Unmarshal(text, &file)
	if at := (*toml.DecodeError)(nil); errors.As(err, &at) {
		line, col := at.Position()
		return nil, fmt.Errorf("line %d, column %d: %s: fix that first", line, col, tomlfile.Message(text, at))
	}
	return file.Targets, err
}

// targetKeys are the lines that describe a target in the configuration file:
// those that differ from a target that is known by its URL alone, and the ones
// that flags of this run have set, so that it is the same without the flags.
func targetKeys(t forward.Target, d forward.Defaults) []string {
	var keys []string
	text := func(needed bool, key, value string) {
		if needed {
			keys = append(keys, key+" = "+tomlfile.Quote(value))
		}
	}
	flag := func(needed bool, key string, value bool) {
		if needed {
			keys = append(keys, fmt.Sprintf("%s = %t", key, value))
		}
	}
	text(t.Name != "", "name", t.Name)
	text(true, "url", t.URL.String())
	text(t.Path != "", "path", t.Path)
	flag(t.StripPrefix, "strip_prefix", true)
	text(t.Host != "" || d.KeepHost, "host", cmp.Or(t.Host, "target"))
	var fields []string
	for _, f := range t.Headers {
		fields = append(fields, tomlfile.QuoteKey(f.Name)+" = "+tomlfile.Quote(f.Value))
	}
	if len(fields) > 0 {
		keys = append(keys, "headers = { "+strings.Join(fields, ", ")+" }")
	}
	flag(t.Insecure || d.Insecure, "insecure", t.Insecure)
	text(t.CACert != "", "cacert", t.CACert)
	flag(t.Ordered || d.Ordered, "ordered", t.Ordered)
	flag(t.Disabled, "enabled", false)
	return keys
}
