package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"creel/capture"

	"modernc.org/sqlite"
)

// Role is what a process wants of a history.
type Role uint8

// The roles.
const (
	Capture Role = iota // captures into it: one process at a time
	Write               // reads and writes along; the file is made when there is none
	Read                // the same, but there has to be a file
)

// What is kept in memory of bodies, in bytes.
const (
	cacheBytes = 24 << 20 // that were just written or read
	undoBytes  = 64 << 20 // that were just deleted
)

// Store is a history in a file. It is safe for concurrent use.
type Store struct {
	given  string // the name that Open got
	path   string // the same with symbolic links followed
	role   Role
	token  int64 // says in the table of changes who wrote
	lock   *lock // nil for guests
	place  place
	made   bool // the file was not there before
	traces bool // other files showed that there was a history

	problem, progress func(string)
	// report says what happened to the file when it was opened.
	report []string

	writer *conn
	reader *conn        // bodies, and what other commands ask for
	seen   atomic.Int64 // the revision up to which Changes was read

	// Guarded by the writer's mutex.
	inserts         *inserts
	tidying, moving bool
	logPages        int // written to the log since it was last moved, about

	background sync.WaitGroup
	closing    atomic.Bool

	checkpoint sync.Mutex // one at a time; locked before the connections

	bodies, deleted *cache
	preload         atomic.Pointer[[]*capture.Exchange]
}

var (
	_ capture.Journal = (*Store)(nil)
	_ capture.Peeker  = (*Store)(nil)
)

// Options say how a history is opened.
type Options struct {
	Role Role
	// Problem is called with what goes wrong with the file while it is open,
	// Progress with how far a damaged file is read, once a second: one line of
	// text, from any goroutine. Both may be nil.
	Problem, Progress func(string)
}

// Open opens the history in a file, making it and its directory when the role
// allows. It fails when another process captures into it, with a sentence that
// says which; when the file is not a history, or on a network file system.
// A damaged one is kept under another name, and what can be read of it is saved:
// see Report. That ends with the context.
func Open(ctx context.Context, path string, o Options) (*Store, error) {
	s := &Store{
		given: path, path: resolve(path), role: o.Role, token: rand.Int64(), inserts: newInserts(),
		problem: o.Problem, progress: o.Progress,
		bodies: newCache(cacheBytes), deleted: newCache(undoBytes),
		writer: &conn{}, reader: &conn{},
	}
	for _, f := range [...]*func(string){&s.problem, &s.progress} {
		if *f == nil {
			*f = func(string) {}
		}
	}
	if err := s.start(ctx); err != nil {
		s.disconnect()
		if s.lock != nil && s.made && wasEmptied(s.path) {
			_ = os.Remove(s.path) // or it would look like one that lost its requests
		}
		if s.lock != nil && !s.traces {
			_ = os.Remove(s.path + "-owner") // or what is there would look like a history
		}
		s.release()
		return nil, s.explain(err)
	}
	return s, nil
}

func (s *Store) start(ctx context.Context) error {
	if err := s.prepare(); err != nil {
		return err
	}
	if s.role == Capture {
		if err := s.own(); err != nil {
			return err
		}
		if err := s.finish(); err != nil {
			return err
		}
	}
	return s.open(ctx)
}

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
	if s.unfinished() {
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
	return fmt.Errorf("history in use by creel%s: use --ephemeral or --history FILE", who)
}

// open connects, and for the capturing process reads what there is.
func (s *Store) open(ctx context.Context) error {
	// Linux: a commit waits for the data and the size, not for the time stamp.
	_, _ = sqlite.Fdatasync(true)
	if s.role != Capture {
		return s.openGuest()
	}
	if logDamaged(s.path) || s.isStub() {
		return s.restore(ctx, errRow) // a connection would cut the log off
	}
	err := s.connect()
	if err == nil {
		err = s.load()
	}
	if err == nil && s.marked() {
		err = errRow
	}
	if damaged(err) || errors.Is(err, errRow) || errors.Is(err, errNewer) {
		return s.restore(ctx, err)
	}
	return err
}

// openGuest connects to a file that another process rescues when it is damaged.
func (s *Store) openGuest() error {
	err := fmt.Errorf("%w in its log", errRow)
	if isLocked(s.path+"-owner") || !logDamaged(s.path) { // a first connection would cut the log off
		err = s.connect()
	}
	if damaged(err) || errors.Is(err, errRow) {
		if err := s.checkTraces(); err != nil {
			return err
		}
		return fmt.Errorf("history: %s is damaged, start creel to save what can be read: %w", s.path, err)
	}
	return err
}

// restore opens what can be read of a file that cannot be used.
func (s *Store) restore(ctx context.Context, why error) error {
	s.disconnect()
	if err := s.checkTraces(); err != nil {
		return err
	}
	if err := s.rescue(ctx, why); err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return fmt.Errorf("history: %s is damaged, and what can be read could not be saved: %w", s.path, err)
	}
	if err := s.connect(); err != nil {
		return err
	}
	return s.load()
}

// errNewer is a file of a creel to come.
var errNewer = errors.New("it was written by a newer creel")

func (s *Store) connect() error {
	s.writer.mu.Lock()
	defer s.writer.mu.Unlock()
	s.reader.mu.Lock()
	defer s.reader.mu.Unlock()
	return s.reconnect()
}

// reconnect is connect with both connections locked.
func (s *Store) reconnect() error {
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

// setUp checks whose file it is and brings it up to date.
func (s *Store) setUp(w *conn) error {
	app, version, err := w.version()
	if err != nil {
		return err
	}
	fresh := app == 0 && version == 0
	switch {
	case fresh:
		var tables int64
		if _, err := w.ints("SELECT count(*) FROM sqlite_schema", &tables); err != nil {
			return err
		}
		if tables > 0 {
			return errors.New("it is a database of another program")
		}
		if err := w.pragma(fmt.Sprintf("page_size = %d", pageBytes)); err != nil {
			return err
		}
		if err := w.pragma("auto_vacuum = incremental"); err != nil {
			return err
		}
	case app != applicationID:
		return errors.New("it is a database of another program")
	case version > int64(len(steps)):
		return fmt.Errorf("%w (version %d)", errNewer, version)
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
	if version < int64(len(steps)) {
		return s.upgrade(w, int(version))
	}
	return nil
}

// upgrade is for the capturing process, or when there is none.
func (s *Store) upgrade(w *conn, from int) error {
	if s.role != Capture && from > 0 {
		l, err := takeLock(s.path + "-owner")
		if err != nil {
			return errors.New("an older creel captures into it: end that first")
		}
		defer l.release()
	}
	return w.upgrade(s.path, from, steps[:])
}

// load reads what there is, for the first Changes, and says who captures now.
func (s *Store) load() error {
	var all []*capture.Exchange
	var now counters
	c := s.reader
	c.mu.Lock()
	err := c.tx("BEGIN", func() (err error) {
		if now, err = readCounters(c); err != nil {
			return err
		}
		for after := capture.ID(0); ; after = all[len(all)-1].ID {
			page, err := s.page(c, after, lastID, pageSize)
			all = append(all, page...)
			if err != nil || len(page) < pageSize {
				return err
			}
		}
	})
	c.mu.Unlock()
	if err != nil {
		return err
	}
	if len(all) != now.Kept {
		return fmt.Errorf("%w: %d of %d requests are there", errRow, len(all), now.Kept)
	}
	s.seen.Store(now.rev)
	s.preload.Store(&all)
	s.writer.mu.Lock()
	defer s.writer.mu.Unlock()
	return setOwner(s.writer, Owner{PID: os.Getpid(), Started: time.Now(), First: capture.ID(now.next)})
}

// Report says in sentences what happened to the file when it was opened: that it
// was damaged, what was kept, where the old one is. Empty when all is well.
func (s *Store) Report() []string { return s.report }

// Close closes the file. Bodies that are not in memory can no longer be read. It
// fails when the file is no longer there and cannot be written again.
func (s *Store) Close() error {
	s.closing.Store(true)
	s.background.Wait()
	var err error
	if s.missing() {
		err = s.writeAgain()
	}
	err = errors.Join(err, s.disconnect())
	return errors.Join(err, s.release())
}

func (s *Store) disconnect() error { return errors.Join(s.reader.close(), s.writer.close()) }

// release gives up the locks of the capturing process.
func (s *Store) release() error {
	var err error
	if s.place.claim != nil {
		err = s.place.claim.release()
		s.place.claim = nil
	}
	if s.lock != nil {
		err = errors.Join(err, s.lock.release())
		s.lock = nil
	}
	return err
}
