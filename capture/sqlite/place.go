package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// claim is the file itself that a process captures into, whatever names it has.
// Two names of one file have two logs, so a second process that captured under
// the other name would undo what the first one wrote.
//
// It holds the file open. Closing it takes away the locks that this process has on
// the file, those of SQLite among them, so it is closed after the connections.
type claim struct {
	f    *os.File
	info fs.FileInfo
}

// takeClaim claims the file with that name, or gives errLocked.
func takeClaim(path string) (*claim, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil {
		err = lockFile(f, info)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return &claim{f, info}, nil
}

// isAt reports whether the file of that info has that name.
func isAt(info fs.FileInfo, path string) bool {
	now, err := os.Stat(path)
	return err == nil && os.SameFile(info, now)
}

// resolve follows symbolic links, since the log and the locks are named after the
// file that they lead to.
func resolve(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	return path
}

// place is where the history of a capturing process is, and what is known when it
// is no longer there.
type place struct {
	mu      sync.Mutex
	claim   *claim
	log     fs.FileInfo   // of the log of the connections
	lost    error         // the file is no longer there; nil when it is
	writing chan struct{} // closed when it is written again; nil while it is not

	rename func(from, to string) error // os.Rename, but in tests that let it fail
}

// commitWait is how long a commit waits for the history to be written again.
const commitWait = time.Second

// inPlace returns an error while the history is not the file with its name. The
// first time, and when an earlier try has failed, it starts to write it again.
func (s *Store) inPlace(ctx context.Context) error {
	writing := s.recover()
	if writing == nil {
		return nil
	}
	select {
	case <-writing:
	case <-time.After(commitWait):
	case <-ctx.Done():
	}
	s.place.mu.Lock()
	defer s.place.mu.Unlock()
	return s.place.lost
}

// recover starts to write the history again when it is not in its place, unless
// that is under way. The channel is closed at the end; nil when all is well.
func (s *Store) recover() <-chan struct{} {
	p := &s.place
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.claim == nil || p.lost == nil && s.isThere() {
		return nil
	}
	if p.lost == nil {
		p.lost = fmt.Errorf("the history %s was deleted or replaced while creel was running", s.given)
		s.problem(p.lost.Error() + ": senders get 503 until it is written again")
	}
	if p.writing == nil {
		writing := make(chan struct{})
		p.writing = writing
		s.background.Go(func() {
			defer close(writing)
			_ = s.writeAgain() // it stays lost
		})
	}
	return p.writing
}

// missing reports whether the history is not where it was.
func (s *Store) missing() bool {
	p := &s.place
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.claim != nil && (p.lost != nil || !s.isThere())
}

// isThere reports whether file and log have their names.
func (s *Store) isThere() bool {
	p := &s.place
	return isAt(p.claim.info, s.given) && (p.log == nil || isAt(p.log, s.path+"-wal"))
}

// writeAgain writes the history to its name from the file that this process still
// has open, which holds all that was ever committed. What has the name by now is
// moved away. Nothing is committed meanwhile.
func (s *Store) writeAgain() error {
	err := s.copyAway()
	p := &s.place
	p.mu.Lock()
	defer p.mu.Unlock()
	p.writing = nil
	if err == nil {
		p.lost = nil
		s.problem("the history was written again to " + s.given + ": no request is lost")
		return nil
	}
	p.lost = fmt.Errorf("the history %s was deleted or replaced while creel was running, and cannot be written again: %w", s.given, err)
	return p.lost
}

// copyAway puts a whole copy in the place of the history and connects to it. When a
// step fails, the old connections still hold all of it, or the copy has its name: the
// next call goes on from there.
func (s *Store) copyAway() error {
	s.checkpoint.Lock()
	defer s.checkpoint.Unlock()
	for _, c := range [...]*conn{s.reader, s.writer} {
		c.mu.Lock()
		defer c.mu.Unlock()
	}
	if s.writer.stmts == nil { // the copy has its name, and connecting to it failed
		claimed, err := takeClaim(s.path)
		if err != nil {
			return err
		}
		return s.adopt(claimed)
	}
	if err := os.MkdirAll(filepath.Dir(s.path), 0o700); err != nil {
		return err
	}
	fresh, err := s.emptyCopy()
	if err != nil {
		return err
	}
	if err := s.writer.exec("VACUUM INTO ?", fresh); err != nil {
		return err
	}
	claimed, err := takeClaim(fresh)
	if err != nil {
		return err
	}
	for _, step := range [...]func() error{
		s.lockAgain, claimed.f.Sync, s.moveAway, func() error { return s.place.named(fresh, s.path) },
	} {
		if err := step(); err != nil {
			claimed.f.Close()
			return err
		}
	}
	for _, c := range [...]*conn{s.reader, s.writer} {
		_ = c.disconnect() // its file has no name, so there is nothing to leave in order
	}
	return s.adopt(claimed)
}

// named gives a file another name.
func (p *place) named(from, to string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.rename != nil {
		return p.rename(from, to)
	}
	return os.Rename(from, to)
}

// adopt connects to the file that has the name of the history.
func (s *Store) adopt(claimed *claim) error {
	if err := s.reconnect(); err != nil {
		claimed.f.Close()
		return err
	}
	s.place.mu.Lock()
	defer s.place.mu.Unlock()
	old := s.place.claim
	s.place.claim = claimed
	s.place.log, _ = os.Stat(s.path + "-wal")
	return old.f.Close()
}

// lockAgain takes the lock of the name when its file is gone, too.
func (s *Store) lockAgain() error {
	if exists(s.path + "-owner") {
		return nil
	}
	l, err := takeLock(s.path + "-owner")
	if err != nil {
		return err
	}
	old := s.lock
	s.lock = l
	return old.Close()
}

// moveAway gives what has the name of the history another one.
func (s *Store) moveAway() error {
	if s.place.log != nil && isAt(s.place.log, s.path+"-wal") {
		// It is that of the file that is gone, of which all is copied.
		if err := errors.Join(os.Remove(s.path+"-wal"), removeIfThere(s.path+"-shm")); err != nil {
			return err
		}
	}
	if !exists(s.path) || isAt(s.place.claim.info, s.path) {
		return removeIfThere(s.path + "-shm")
	}
	other := freeName(s.path + ".replaced")
	for _, suffix := range [...]string{"-wal", "-shm", ""} {
		if err := os.Rename(s.path+suffix, other+suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	s.problem("the file that was in the place of the history is kept as " + other)
	return nil
}

func removeDatabase(path string) error {
	return errors.Join(removeIfThere(path), removeIfThere(path+"-wal"), removeIfThere(path+"-shm"))
}

// emptyCopy makes the file that is to become a copy, in place of one that was not
// finished.
func (s *Store) emptyCopy() (path string, err error) {
	path = s.path + copying
	if err = removeDatabase(path); err == nil {
		_, err = create(path)
	}
	return path, err
}

func removeIfThere(path string) error {
	if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// freeName returns a name that no file has: path, path.2, ...
func freeName(path string) string {
	name := path
	for n := 2; exists(name); n++ {
		name = fmt.Sprintf("%s.%d", path, n)
	}
	return name
}

// exists reports whether a file has that name, whatever it is.
func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
