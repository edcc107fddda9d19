package sqlite

import (
	"errors"
	"fmt"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"
)

// explain puts what to do in place of an error that says only that the disk is
// full, in one of several ways: a connection needs room even to read.
func (s *Store) explain(err error) error {
	if !diskFull(err) {
		return err
	}
	todo := "free some space"
	if s.role == Capture {
		todo += ", or use --history FILE on another disk, or --ephemeral"
	}
	return fmt.Errorf("history: the disk with %s is full: %s", s.path, todo)
}

// diskFull reports whether err says that the disk is full. SQLite says so itself
// only of the file and its log; of the index of its log, that it cannot be made
// large enough.
func diskFull(err error) bool {
	if errors.Is(err, errDiskFull) || errors.Is(err, errHandleFull) {
		return true
	}
	var e *sqlite.Error
	return errors.As(err, &e) && (e.Code() == lib.SQLITE_FULL || e.Code() == lib.SQLITE_IOERR_SHMSIZE)
}
