package sqlite

import (
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"slices"
)

// magic is how every database of SQLite begins.
const magic = "SQLite format 3\x00"

// fileHead is the part of a database that says what it is.
const fileHead = 100

// checkKind refuses a file that is neither a database nor the rest of a history:
// it belongs to another program, and SQLite takes a short one for an empty database.
func (s *Store) checkKind() error {
	f, err := os.Open(s.path)
	if err != nil {
		return fmt.Errorf("history: %w", err)
	}
	defer f.Close()
	head := make([]byte, fileHead)
	n, err := io.ReadFull(f, head)
	if n == 0 || err == nil && string(head[:len(magic)]) == magic {
		return nil
	}
	return s.checkTraces()
}

// checkTraces refuses a file in which nothing shows that it was a history: it must
// not be moved away as a damaged one.
func (s *Store) checkTraces() error {
	if s.traces || s.hasOurMark() || s.hasRow() {
		return nil
	}
	return fmt.Errorf("history: %s is not a history of creel: use --history with the name of a new file, or of a history", s.path)
}

// hasOurMark reports whether the file says in its head that it is creel's.
func (s *Store) hasOurMark() bool {
	f, err := os.Open(s.path)
	if err != nil {
		return false
	}
	defer f.Close()
	var id [4]byte
	_, err = f.ReadAt(id[:], 68)
	return err == nil && binary.BigEndian.Uint32(id[:]) == applicationID
}

// lookForRows is how many pages are searched for a row of creel.
const lookForRows = 64 << 20 / pageBytes

// hasRow reports whether there is a row with a right checksum in the file or its log.
func (s *Store) hasRow() bool {
	p, err := openPages(s.path)
	if err != nil {
		return false
	}
	defer p.close()
	for number := int64(1); number <= min(p.last, lookForRows); number++ {
		if slices.ContainsFunc(p.cells(number), isRow) {
			return true
		}
	}
	return false
}

// isStub reports whether the file is shorter than any history, but not empty: SQLite
// would write over it.
func (s *Store) isStub() bool {
	info, err := os.Stat(s.path)
	return err == nil && info.Size() > 0 && info.Size() < pageBytes
}

// leftTraces reports whether files are there that only a history has.
func leftTraces(path string) bool {
	marks := []string{"-wal", "-owner", damagedMark, copied, ".bad"}
	return slices.ContainsFunc(marks, func(suffix string) bool { return exists(path + suffix) })
}
