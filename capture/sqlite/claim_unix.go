//go:build unix && !linux

package sqlite

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// lockFile refuses a file with several names. A lock on the file itself would keep
// SQLite out, too, since on this system its locks are seen by those of flock(2).
func lockFile(_ *os.File, info fs.FileInfo) error {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok && stat.Nlink > 1 {
		return errors.New("the file has several names (hard links): remove the others, or copy it")
	}
	return nil
}
