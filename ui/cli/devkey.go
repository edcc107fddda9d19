package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"creel/capture/atomicfile"
	"creel/capture/provider"
)

// devKey is the development key for an asymmetric provider: made once, its
// private half kept in the state directory for its owner alone to read.
func (p *program) devKey(set *provider.Set, name string) (provider.DevKey, error) {
	key, err := set.NewDevKey(name)
	if err != nil {
		return key, err
	}
	file := filepath.Join(p.keyDir(), key.Secret.Provider+".pem")
	old, err := os.ReadFile(file)
	switch {
	case err == nil:
		if key, err = set.DevKeyOf(name, string(old)); err != nil {
			return key, fmt.Errorf("%s: %w", file, err)
		}
		return key, nil
	case !errors.Is(err, fs.ErrNotExist):
		return key, err
	}
	if err := os.MkdirAll(p.keyDir(), 0o700); err != nil {
		return key, err
	}
	return key, atomicfile.Write(file, []byte(key.Secret.Value), 0o600)
}

func (p *program) sayDevKey(key provider.DevKey) error {
	p.infof("%s:", key.How)
	_, err := fmt.Fprintln(p.stderr, strings.TrimSpace(key.Public))
	return err
}

func (p *program) keyDir() string { return filepath.Join(stateDir(p.env), "keys") }

// devKeys are the private halves that were kept: what they signed is known again.
func (p *program) devKeys() ([]provider.Secret, error) {
	files, err := filepath.Glob(filepath.Join(p.keyDir(), "*.pem"))
	if err != nil {
		return nil, err
	}
	var out []provider.Secret
	for _, file := range files {
		s, err := provider.NewSecret(strings.TrimSuffix(filepath.Base(file), ".pem"), "file:"+file)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}
