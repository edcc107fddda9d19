package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// isReadOnly reports whether this process may read a file but not write to it. No
// connection has it open.
func isReadOnly(path string) bool {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err == nil {
		f.Close()
		return false
	}
	return deniesWriting(err)
}

func deniesWriting(err error) bool {
	return errors.Is(err, errReadOnly) || errors.Is(err, fs.ErrPermission)
}

func (s *Store) notWritable() error {
	return fmt.Errorf("history: %s cannot be written to: use --history FILE in a directory that can, or --ephemeral", s.path)
}

// connectReadOnly connects to a file that cannot be written to, for those who only
// read. SQLite can do so when there is no log: it could not keep the index of one.
func (s *Store) connectReadOnly() error {
	if s.role != Read {
		return s.notWritable()
	}
	if log, err := os.Stat(s.path + "-wal"); err == nil && log.Size() > 0 {
		return fmt.Errorf("history: %s cannot be written to, and its newest requests are in %s: copy both to a directory that can be written to, and use --history with the copy",
			s.path, filepath.Base(s.path)+"-wal")
	}
	for _, c := range [...]*conn{s.writer, s.reader} {
		if err := c.connect(s.path, "mode=ro&immutable=1"); err != nil {
			return fmt.Errorf("history: open %s: %w", s.path, errors.Join(err, s.writer.disconnect()))
		}
	}
	if _, err := s.reader.checkVersion(); err != nil {
		return fmt.Errorf("history: open %s: %w", s.path, err)
	}
	return nil
}
