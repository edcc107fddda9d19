package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"creel/capture"
	"creel/capture/atomicfile"
	"creel/capture/reply"
	"creel/capture/sqlite"
	"creel/capture/tomlfile"
	"creel/forward"
	"creel/ui"
	"creel/ui/layout"
)

// keepRequests adds exchanges that are in memory only to the history, and returns its file.
func (p *program) keepRequests(ctx context.Context, list []*capture.Exchange) (file string, err error) {
	file = p.opts.historyPath(p.env)
	store, err := sqlite.Open(ctx, file, sqlite.Options{Role: sqlite.Write})
	if err != nil {
		return file, err
	}
	defer store.Close()
	kept := 0
	for some := range slices.Chunk(list, 256) { // in one commit
		var ops []capture.Op
		for _, ex := range some {
			c := *ex
			c.ID, c.ImportedFrom = 0, ex.ID
			ops = append(ops, capture.Op{Add: &c})
		}
		if _, err := store.Commit(ctx, ops...); err != nil {
			return file, fmt.Errorf("%d of %d were kept: %w", kept, len(list), err)
		}
		kept += len(some)
	}
	return file, nil
}

// keepSecret writes a secret into [secrets] of the configuration file, then for its owner alone.
func (p *program) keepSecret(name, value string) error {
	return p.changeConfig(0o600, func(old []byte) ([]byte, error) { return tomlfile.Set(old, "secrets", name, value) })
}

// keepTheme makes a theme that of the next start, too.
func (p *program) keepTheme(name string) error {
	return p.changeConfig(fs.ModePerm, func(old []byte) ([]byte, error) { return tomlfile.Set(old, "", "theme", name) })
}

// keepPreset adds a named reply to the configuration file. Files are named there
// from the root, since they are looked for beside that file else.
func (p *program) keepPreset(s reply.Spec) error {
	for _, name := range []*string{&s.BodyFile, &s.TemplateFile} {
		if *name != "" {
			abs, err := filepath.Abs(*name)
			if err != nil {
				return err
			}
			*name = abs
		}
	}
	return p.changeConfig(fs.ModePerm, func(old []byte) ([]byte, error) { return reply.AddPreset(old, s) })
}

// configFile is the configuration file that was read, else the one that the next start reads.
func (p *program) configFile() string {
	return cmp.Or(p.opts.file.path, filepath.Join(configDir(p.env), "config.toml"))
}

// changeConfig gives the text of the configuration file to change and writes what
// it returns. The file keeps its owner and its mode, as far as the mask allows; it
// is made if need be, and is then for its owner alone to read, since it may come
// to hold secrets.
func (p *program) changeConfig(mask fs.FileMode, change func(old []byte) ([]byte, error)) error {
	file := p.configFile()
	old, err := tomlfile.Read(file)
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
	return tomlfile.Write(file, text, mask)
}

// splitFile says how far the line between list and detail was moved.
func (p *program) splitFile() string { return filepath.Join(stateDir(p.env), "screen.json") }

// split is how far the line between list and detail was moved in an earlier run.
func (p *program) split() layout.Shift {
	var s layout.Shift
	text, err := os.ReadFile(p.splitFile())
	if err != nil || json.Unmarshal(text, &s) != nil {
		return layout.Shift{}
	}
	return s
}

// keepSplit keeps that for the next run.
func (p *program) keepSplit(s layout.Shift) {
	text, err := json.Marshal(s)
	if err == nil {
		err = os.MkdirAll(stateDir(p.env), 0o700)
	}
	if err == nil {
		err = atomicfile.Write(p.splitFile(), append(text, '\n'), 0o600)
	}
	if err != nil {
		p.infof("where the line between list and detail stood is not kept: %v", err)
	}
}

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

func (c *config) checkViews() error {
	for i, v := range c.Views {
		if key, err := ui.CheckView(v, c.Views[:i]); err != nil {
			return usagef("%s: view %d: %w", c.place("view", i, key), i+1, err)
		}
	}
	return nil
}

// keepView writes to the configuration file what became of the saved filter of a name:
// a new one had none, one that was removed is empty.
func (p *program) keepView(name string, is ui.View) error {
	return p.changeConfig(fs.ModePerm, func(old []byte) ([]byte, error) { return changeView(old, name, is) })
}

// changeView is keepView for a text. One that is removed goes with the comments right above it.
func changeView(text []byte, name string, is ui.View) ([]byte, error) {
	was, err := viewsOf(text)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(was, func(v ui.View) bool { return v.Name == name })
	removed := is == ui.View{}
	if at < 0 && removed {
		return text, nil
	}
	want, place := slices.Clone(was), len(was)
	if at >= 0 {
		want, place = slices.Delete(want, at, at+1), at
	}
	if !removed {
		if _, err := ui.CheckView(is, want); err != nil {
			return nil, err
		}
		want = slices.Insert(want, place, is)
	}
	out, ok := writeView(text, at, len(was), is)
	// Read back: what was there may be written in a way that this does not fit into.
	if got, err := viewsOf(out); !ok || err != nil || !slices.Equal(got, want) {
		return nil, errors.New("the saved filters in it are not written as [[view]]: change this one there yourself")
	}
	return out, nil
}

// writeView writes a view in the place of the one at some place of n, or below where
// that is -1; false where that is not written as [[view]].
func writeView(text []byte, at, n int, v ui.View) ([]byte, bool) {
	if at < 0 {
		return tomlfile.Append(text, fmt.Sprintf("[[view]]\nname = %s\nfilter = %s\n", tomlfile.Quote(v.Name), tomlfile.Quote(v.Filter))), true
	}
	tables := slices.DeleteFunc(tomlfile.Parse(text).Tables, func(t tomlfile.Table) bool {
		return !t.Array || !slices.Equal(t.Path, []string{"view"})
	})
	if len(tables) != n {
		return nil, false
	}
	if v == (ui.View{}) {
		return slices.Concat(text[:tables[at].Start], text[tables[at].End:]), true
	}
	k := tables[at].Find("name")
	if k == nil || k.End == 0 {
		return nil, false
	}
	return slices.Concat(text[:k.Value], []byte(tomlfile.Quote(v.Name)), text[k.End:]), true
}

func viewsOf(text []byte) ([]ui.View, error) {
	var file struct {
		Views []ui.View `toml:"view"`
	}
	err := toml.Unmarshal(text, &file)
	return file.Views, err
}
