package sqlite

import (
	"errors"
	"fmt"
	"os"
)

// connect connects to the file, and makes the tables when it is new.
func (s *Store) connect() error {
	s.writer.mu.Lock()
	defer s.writer.mu.Unlock()
	s.reader.mu.Lock()
	defer s.reader.mu.Unlock()
	return s.reconnect()
}

// reconnect is connect with both connections locked.
func (s *Store) reconnect() error {
	s.waiting = waiting{}
	err := s.writer.connect(s.path, "mode=rw", "busy_timeout = 5000")
	if err == nil {
		err = s.setUp(s.writer)
	}
	if err == nil {
		err = s.makePrivate()
	}
	if err == nil {
		err = s.reader.connect(s.path, "mode=rw", "busy_timeout = 5000", "query_only = 1", "cache_size = -2000")
	}
	if err != nil {
		err = errors.Join(err, s.writer.disconnect())
		if isReadOnly(s.path) {
			return s.connectReadOnly()
		}
		return fmt.Errorf("history: open %s: %w", s.path, err)
	}
	s.place.log, _ = os.Stat(s.path + "-wal")
	return nil
}

// setUp checks whose file it is, makes the tables of a new one, and sets what a
// connection that writes needs.
func (s *Store) setUp(w *conn) error {
	fresh, err := w.checkVersion()
	if err == nil && fresh {
		err = w.create()
	}
	if err != nil {
		return err
	}
	for _, p := range [...]string{
		"journal_mode = wal", "synchronous = full", "fullfsync = 1", "checkpoint_fullfsync = 1",
		"secure_delete = 1", "journal_size_limit = 16777216", "cache_size = -8000",
		fmt.Sprintf("wal_autocheckpoint = %d", maxLogPages), "temp_store = memory",
	} {
		if err := w.pragma(p); err != nil {
			return err
		}
	}
	return nil
}
