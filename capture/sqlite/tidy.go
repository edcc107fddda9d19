package sqlite

import (
	"context"
	"fmt"

	"creel/capture"
)

// The file is made smaller when more than a quarter of it, and more than
// slackPages, is free.
const (
	slackPages  = 16 << 20 / pageBytes
	tidyPages   = 512 // given back at a time, so that captures need not wait long
	tidyEvery   = 64  // commits
	deleteBytes = 8 << 20
)

var incrementalVacuum = fmt.Sprintf("PRAGMA incremental_vacuum(%d)", tidyPages)

// tidyLater gives free pages back to the system in the background. The
// writer is locked.
func (s *Store) tidyLater() {
	if s.tidying || !s.loose() {
		return
	}
	s.tidying = true
	s.background.Go(func() {
		for s.tidyOnce() {
		}
	})
}

// loose reports whether too much of the file is free; the writer is locked.
func (s *Store) loose() bool {
	var free, all int64
	if err := s.writer.ints("PRAGMA freelist_count", &free); err != nil {
		return false
	}
	err := s.writer.ints("PRAGMA page_count", &all)
	return err == nil && free > slackPages && free > all/4
}

// tidyOnce gives some pages back and reports whether there is more to do.
func (s *Store) tidyOnce() bool {
	s.checkpoint.Lock() // or the log could not be cut off
	defer s.checkpoint.Unlock()
	w := s.writer
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.stmts == nil || s.closing.Load() {
		return false
	}
	if err := w.exec(incrementalVacuum); err == nil && s.loose() {
		return true
	}
	s.tidying = false
	// What was deleted leaves the log too.
	_ = w.pragma("wal_checkpoint(truncate)")
	return false
}

// Delete deletes exchanges, a few at a time, so that captures of another process
// go on meanwhile. When it fails, some may be deleted already.
func (s *Store) Delete(ctx context.Context, ids []capture.ID) error {
	for len(ids) > 0 {
		n, err := s.someOf(ids)
		if err != nil {
			return err
		}
		if _, err := s.Commit(ctx, capture.Op{Delete: ids[:n]}); err != nil {
			return err
		}
		ids = ids[n:]
	}
	return nil
}

// someOf returns how many of the ids make up about deleteBytes.
func (s *Store) someOf(ids []capture.ID) (int, error) {
	s.reader.mu.Lock()
	defer s.reader.mu.Unlock()
	var bytes int64
	for n, id := range ids {
		ex, err := s.get(s.reader, id)
		if err != nil {
			return 0, err
		}
		if ex != nil {
			bytes += ex.Footprint()
		}
		if bytes > deleteBytes || n == 255 {
			return n + 1, nil
		}
	}
	return len(ids), nil
}
