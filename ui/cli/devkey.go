package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"creel/capture/provider"
)

// devKey is the private half of the development key for an asymmetric provider:
// made once, kept in the state directory for its owner alone to read. What the
// app must be given is said each time.
func (p *program) devKey(set *provider.Set, name string) (string, error) {
	key, err := set.NewDevKey(name)
	if err != nil {
		return "", usagef("--%w", err)
	}
	dir := filepath.Join(stateDir(p.env), "keys")
	file := filepath.Join(dir, key.Secret.Provider+".pem")
	old, err := os.ReadFile(file)
	switch {
	case err == nil:
		if key, err = set.DevKeyOf(name, string(old)); err != nil {
			return "", fmt.Errorf("%s: %w", file, err)
		}
	case !errors.Is(err, fs.ErrNotExist):
		return "", err
	default:
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return "", err
		}
		if err := replaceFile(file, []byte(key.Secret.Value)); err != nil {
			return "", err
		}
	}
	p.talk("%s; creel itself knows it with --secret %s=file:%s", key.How, key.Secret.Provider, file)
	_, err = fmt.Fprintln(p.stderr, strings.TrimSpace(key.Public))
	return key.Secret.Value, err
}
