package sqlite

import (
	"errors"
	"os"
	"time"
)

// errLocked is why a lock could not be taken: another process has it.
var errLocked = errors.New("locked")

// takeLock takes the lock that the capturing process holds for as long as it lives, or
// gives errLocked: the system releases it however the process ends. A process that only
// looks has it for a moment, so it tries for a while.
func takeLock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	for range 20 {
		if err = tryLock(f, exclusive); !errors.Is(err, errLocked) {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// isLocked reports whether another process has the lock.
func isLocked(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	return errors.Is(tryLock(f, shared), errLocked)
}
