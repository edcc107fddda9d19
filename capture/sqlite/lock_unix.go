//go:build unix

package sqlite

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// The kinds of locks.
const (
	exclusive = unix.LOCK_EX
	shared    = unix.LOCK_SH
)

// tryLock locks a file until it is closed, or gives errLocked.
func tryLock(f *os.File, kind int) error {
	err := unix.Flock(int(f.Fd()), kind|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		return errLocked
	}
	return err
}
