package sqlite

import (
	"io/fs"
	"os"
)

// lockFile locks the file itself until it is closed, or gives errLocked. On Linux
// this lock and those of SQLite do not see each other.
func lockFile(f *os.File, _ fs.FileInfo) error { return tryLock(f, exclusive) }
