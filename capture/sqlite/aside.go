package sqlite

import (
	"errors"
	"fmt"
	"os"
)

// The ends of the names of files that a damaged history has next to it.
const (
	damagedMark = "-damaged" // what reads well cannot be written, so the next one to capture has to rescue it
	copying     = ".rescue"  // a copy of what can be read, being made
	copied      = ".rescued" // the same when all is there: it is the history from now on
)

// move gives a file another name.
type move struct{ from, to string }

// moves are the steps that put a whole copy in the place of the history. creel
// may be killed after any of them: as long as there is a copy, the next start
// goes on. The log goes before its file, or it would be taken for that of the copy.
func (s *Store) moves(bad string) []move {
	return []move{
		{s.path + "-wal", bad + "-wal"},
		{s.path + "-shm", bad + "-shm"},
		{s.path, bad},
		{s.path + copied, s.path},
	}
}

// badName is a name for the damaged file that is free, or the one it already has.
func (s *Store) badName() string {
	bad, before := s.path+".bad", ""
	for n := 2; exists(bad); n++ {
		bad, before = fmt.Sprintf("%s.bad.%d", s.path, n), bad
	}
	if before != "" && !exists(s.path) {
		return before
	}
	return bad
}

// replace puts a whole copy in the place of the history and returns how the old
// file is called now. It is not connected.
func (s *Store) replace() (bad string, err error) {
	bad = s.badName()
	if err := removeIfThere(s.path + damagedMark); err != nil {
		return "", err
	}
	claimed, err := takeClaim(s.path + copied)
	if err != nil {
		return "", err
	}
	old := s.place.claim
	s.place.claim = claimed
	if old != nil {
		_ = old.f.Close()
	}
	for _, m := range s.moves(bad) {
		if err := os.Rename(m.from, m.to); err != nil && !errors.Is(err, os.ErrNotExist) {
			return "", err
		}
	}
	return bad, nil
}

// finish puts a copy in place that an earlier start has left.
func (s *Store) finish() error {
	if !exists(s.path + copied) {
		return nil
	}
	bad, err := s.replace()
	if err != nil {
		return fmt.Errorf("history: put %s in place: %w", s.path+copied, err)
	}
	s.report = append(s.report, "the history was damaged, and creel ended while it saved what could be read: that is done now; the old file is kept as "+bad)
	return nil
}

// found leaves the mark when err, of a commit or of reading, says that the file is
// damaged.
func (s *Store) found(err error) error {
	if !corrupt(err) && !errors.Is(err, errRow) {
		return err
	}
	if f, markErr := os.OpenFile(s.path+damagedMark, os.O_CREATE|os.O_WRONLY, 0o600); markErr == nil {
		f.Close()
	}
	return fmt.Errorf("the history is damaged, start creel again to save what can be read: %w", err)
}
