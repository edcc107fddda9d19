package sqlite

import (
	"errors"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// lockFile locks the file itself until it is closed, or gives errLocked. On Linux
// this lock and those of SQLite do not see each other.
func lockFile(f *os.File, _ fs.FileInfo) error {
	err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		return errLocked
	}
	return err
}
