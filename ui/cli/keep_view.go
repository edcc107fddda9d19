package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/pelletier/go-toml/v2"

	"creel/capture/tomlfile"
	"creel/ui"
)

// viewConfig is one [[view]].
type viewConfig struct {
	Name   string `toml:"name"`
	Filter string `toml:"filter"`
}

// savedViews are the saved filters of the configuration file.
func (p *program) savedViews() ([]ui.View, error) {
	var out []ui.View
	for i, v := range p.opts.file.Views {
		view := ui.View(v)
		if err := ui.CheckView(view, out); err != nil {
			return nil, usagef("%s: view %d: %w", p.opts.file.place("view", i, ""), i+1, err)
		}
		out = append(out, view)
	}
	return out, nil
}

// keepView adds a saved filter to the configuration file.
func (p *program) keepView(v ui.View) error {
	return p.changeConfig(fs.ModePerm, func(old []byte) ([]byte, error) { return addView(old, v) })
}

// addView adds [[view]] to the text of a configuration file.
func addView(text []byte, v ui.View) ([]byte, error) {
	was, err := viewsOf(text)
	if err != nil {
		return nil, err
	}
	if err := ui.CheckView(v, was); err != nil {
		return nil, err
	}
	out := tomlfile.Append(text, fmt.Sprintf("[[view]]\nname = %s\nfilter = %s\n", tomlfile.Quote(v.Name), tomlfile.Quote(v.Filter)))
	// Read back: what was there may be written in a way that this does not fit into.
	if is, err := viewsOf(out); err != nil || !slices.Equal(is, append(was, v)) {
		return nil, errors.New("the saved filters in it are not written as [[view]]: write this one there yourself")
	}
	return out, nil
}

func viewsOf(text []byte) ([]ui.View, error) {
	var file struct {
		View []viewConfig `toml:"view"`
	}
	if err := toml.Unmarshal(text, &file); err != nil {
		return nil, err
	}
	var out []ui.View
	for _, v := range file.View {
		out = append(out, ui.View(v))
	}
	return out, nil
}

// dropView takes a saved filter out of the configuration file, where it is there.
func (p *program) dropView(name string) error {
	return p.changeConfig(fs.ModePerm, func(old []byte) ([]byte, error) { return removeView(old, name) })
}

// removeView takes a [[view]] out of the text of a configuration file, with the comments
// right above it.
func removeView(text []byte, name string) ([]byte, error) {
	was, err := viewsOf(text)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(was, func(v ui.View) bool { return v.Name == name })
	if at < 0 {
		return text, nil
	}
	tables := slices.DeleteFunc(tomlfile.Parse(text).Tables, func(t tomlfile.Table) bool {
		return !t.Array || !slices.Equal(t.Path, []string{"view"})
	})
	if len(tables) != len(was) {
		return nil, errors.New("the saved filters in it are not written as [[view]]: remove this one there yourself")
	}
	out := slices.Concat(text[:tables[at].Start], text[tables[at].End:])
	if is, err := viewsOf(out); err != nil || !slices.Equal(is, slices.Delete(was, at, at+1)) {
		return nil, errors.New("it cannot be removed alone: remove it there yourself")
	}
	return out, nil
}
