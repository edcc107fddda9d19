package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// prepare makes directory and file with their modes, before SQLite does.
func (s *Store) prepare() error {
	dir := filepath.Dir(s.path)
	if s.role != Read {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return fmt.Errorf("history: %w", err)
		}
	}
	if kind, bad := networkFS(dir); bad {
		return fmt.Errorf("history: %s is on a network file system (%s), where locks cannot be trusted: use --history FILE on a local disk, or --ephemeral", s.path, kind)
	}
	s.traces = leftTraces(s.path)
	if exists(s.path + copied) { // creel ended before a copy was in place
		if s.role != Capture {
			return fmt.Errorf("history: %s is damaged, start creel to save what can be read", s.path)
		}
		return nil // a file made here would be taken for the damaged one
	}
	if s.role == Read {
		if _, err := os.Stat(s.path); err != nil {
			if errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("history: none at %s yet: %w", s.path, err)
			}
			return fmt.Errorf("history: %w", err)
		}
		return s.checkKind()
	}
	if s.role == Capture && wasEmptied(s.path) {
		s.report = append(s.report, "the history "+s.path+" was an empty file: if there were requests in it, they are lost")
	}
	var err error
	if s.made, err = create(s.path); err != nil || s.made {
		return err
	}
	return s.checkKind()
}

// create makes an empty file that only its user can read, and reports whether it
// was not there before.
func create(path string) (made bool, err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	switch {
	case err == nil:
		return true, f.Close()
	case !errors.Is(err, fs.ErrExist):
		return false, fmt.Errorf("history: %w", err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return false, fmt.Errorf("history: %w", err)
	}
	if !info.Mode().IsRegular() {
		return false, fmt.Errorf("history: %s is not a file", path)
	}
	return false, nil
}

// makePrivate takes the history away from other users.
func (s *Store) makePrivate() error {
	info, err := os.Stat(s.path)
	if err == nil && info.Mode().Perm()&0o077 != 0 {
		err = os.Chmod(s.path, 0o600)
	}
	return err
}

// wasEmptied reports whether the file is there but nothing is in it, nor in its
// log.
func wasEmptied(path string) bool {
	db, err := os.Stat(path)
	if err != nil || db.Size() > 0 {
		return false
	}
	log, err := os.Stat(path + "-wal")
	return err != nil || log.Size() == 0
}

// own takes the locks of the capturing process: that of the name, which other
// commands look at, and that of the file.
func (s *Store) own() error {
	l, err := takeLock(s.path + "-owner")
	if err == nil {
		s.lock = l
		if !exists(s.path) {
			return nil // a copy takes its place
		}
		s.place.claim, err = takeClaim(s.path)
	}
	switch {
	case err == nil:
		return nil
	case deniesWriting(err):
		return s.notWritable()
	case !errors.Is(err, errLocked):
		return fmt.Errorf("history: lock %s: %w", s.path, err)
	}
	return s.inUse()
}

// inUse says who captures into the history.
func (s *Store) inUse() error {
	who := ""
	if c, err := dial(s.path, "busy_timeout = 1000"); err == nil {
		if o, err := owner(c); err == nil && o.PID != 0 {
			who = fmt.Sprintf(" (pid %d)", o.PID)
			if o.URL != "" {
				who += " at " + o.URL
			}
		}
		c.close()
	}
	return fmt.Errorf("history in use by creel%s: use --ephemeral or --history FILE; creel attach opens its screen", who)
}
