package sqlite

import (
	"errors"
	"io/fs"
	"os"

	"golang.org/x/sys/windows"
)

// The kinds of locks.
const (
	exclusive = windows.LOCKFILE_EXCLUSIVE_LOCK
	shared    = 0
)

// tryLock locks the first byte of a file until it is closed, or gives errLocked.
func tryLock(f *os.File, kind uint32) error { return tryByte(f, kind, 0) }

// lockFile locks the file itself until it is closed, or gives errLocked: a byte far
// beyond those that SQLite locks.
func lockFile(f *os.File, _ fs.FileInfo) error { return tryByte(f, exclusive, 1<<30) }

func tryByte(f *os.File, kind, high uint32) error {
	at := windows.Overlapped{OffsetHigh: high}
	err := windows.LockFileEx(windows.Handle(f.Fd()), kind|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, &at)
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
		return errLocked
	}
	return err
}
