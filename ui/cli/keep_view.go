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

type viewConfig struct {
	Name   string `toml:"name"`
	Filter string `toml:"filter"`
}

func (c *config) views() ([]ui.View, error) {
	var out []ui.View
	for i, v := range c.Views {
		view := ui.View(v)
		if key, err := ui.CheckView(view, out); err != nil {
			return nil, usagef("%s: view %d: %w", c.place("view", i, key), i+1, err)
		}
		out = append(out, view)
	}
	return out, nil
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
