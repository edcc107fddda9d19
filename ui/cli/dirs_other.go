//go:build !windows

package cli

import (
	"os"
	"path/filepath"
)

// usualDir is where files are when no variable says so: below the home directory.
func usualDir(_ func(string) (string, bool), below string) string {
	home, err := os.UserHomeDir()
	if err != nil {
		home = os.TempDir()
	}
	return filepath.Join(home, below)
}
