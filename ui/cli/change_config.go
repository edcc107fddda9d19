package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"creel/capture/tomlfile"
)

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
