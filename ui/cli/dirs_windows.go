package cli

import (
	"os"
	"path/filepath"
)

// usualDir is where files are when no variable says so: %LOCALAPPDATA%.
func usualDir(env func(string) (string, bool), _ string) string {
	if dir, _ := env("LOCALAPPDATA"); filepath.IsAbs(dir) {
		return dir
	}
	home, err := os.UserHomeDir()
	if err != nil {
		home = os.TempDir()
	}
	return filepath.Join(home, "AppData", "Local")
}
