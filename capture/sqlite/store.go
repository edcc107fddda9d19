package sqlite

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"sync/atomic"

	"creel/capture"
	"creel/capture/lru"

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
	token  int64    // says in the table of changes who wrote
	lock   *os.File // closing it releases it; nil for guests
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
	waiting         waiting
	tidying, moving bool
	logPages        int // written to the log since it was last moved, about

	background sync.WaitGroup
	closing    atomic.Bool

	checkpoint sync.Mutex // one at a time; locked before the connections

	bodies, deleted lru.Cache[capture.BodyRef]
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
		bodies: lru.Cache[capture.BodyRef]{Limit: cacheBytes}, deleted: lru.Cache[capture.BodyRef]{Limit: undoBytes},
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
	if err == nil && exists(s.path+damagedMark) {
		err = errRow
	}
	if damaged(err) || errors.Is(err, errRow) || errors.Is(err, errNewer) || errors.Is(err, errOlder) {
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
	if errors.Is(err, errOlder) {
		return fmt.Errorf("history: %s was written by an older creel: start creel to bring it up to date", s.path)
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

// Why a file that is in order is copied: it has other tables.
var (
	errNewer = errors.New("it was written by a newer creel")
	errOlder = errors.New("it was written by an older creel")
)

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
	s.place.mu.Lock() // who watches the file may look at the claim still
	claim := s.place.claim
	s.place.claim = nil
	s.place.mu.Unlock()
	var err error
	if claim != nil {
		err = claim.f.Close()
	}
	if s.lock != nil {
		err = errors.Join(err, s.lock.Close())
		s.lock = nil
	}
	return err
}
