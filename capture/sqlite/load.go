package sqlite

import (
	"cmp"
	"database/sql/driver"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"creel/capture"
)

// load reads what there is, for the first Changes, and says who captures now.
func (s *Store) load() error {
	s.emptyLog()
	all, now, err := s.readAll()
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

// emptyLog moves what a crash left in the log into the file, unless others read just now.
func (s *Store) emptyLog() {
	if s.isLogEmpty() {
		return
	}
	s.writer.mu.Lock()
	defer s.writer.mu.Unlock()
	for _, p := range [...]string{"busy_timeout = 100", "wal_checkpoint(truncate)", "busy_timeout = 5000"} {
		_ = s.writer.pragma(p) // else what is there is read by SQLite
	}
}

func (s *Store) isLogEmpty() bool {
	log, err := os.Stat(s.path + "-wal")
	return err == nil && log.Size() == 0
}

// readAll reads all exchanges as of one commit.
func (s *Store) readAll() (all []*capture.Exchange, now counters, err error) {
	c := s.reader
	c.mu.Lock()
	defer c.mu.Unlock()
	err = c.tx("BEGIN", func() error {
		if now, err = readCounters(c); err != nil {
			return err
		}
		// While this transaction reads, and there is no log, nobody writes to the file:
		// moving a log into it has to wait.
		if s.isLogEmpty() && s.place.claim != nil {
			if all, err = s.readFile(c); err == nil && len(all) == now.Kept {
				return nil
			}
		}
		all, err = s.readSlowly(c)
		return err
	})
	return all, now, err
}

// readSlowly reads all exchanges with SQLite.
func (s *Store) readSlowly(c *conn) (all []*capture.Exchange, err error) {
	for after := int64(0); ; after = int64(all[len(all)-1].ID) {
		page, err := s.page(c, "request.id > ? AND request.id <= ? ORDER BY request.id", []driver.Value{after, int64(lastID)}, pageSize)
		all = append(all, page...)
		if err != nil || len(page) < pageSize {
			return all, err
		}
	}
}

// loadParts is in how many parts, of as many ids each, a history is read by all processors.
const loadParts = 16

// readFile reads all exchanges from the pages of the file. No garbage is collected
// meanwhile: there is little, nearly all that is read stays. It saves a tenth of the CPU.
func (s *Store) readFile(c *conn) ([]*capture.Exchange, error) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	f := s.place.claim.f
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	l := load{s: s, pages: pages{db: f, last: pagesIn(info.Size())}}
	l.pages.follow = l.pages.last
	for i, t := range loaded {
		if err := c.ints("SELECT rootpage FROM sqlite_schema WHERE name = '"+t.name+"'", &l.roots[i]); err != nil {
			return nil, err
		}
	}
	var first, last int64
	// Where both are asked of one table, SQLite looks at every row.
	if err := c.ints("SELECT (SELECT min(id) FROM request), (SELECT max(id) FROM request)", &first, &last); err != nil {
		return nil, err
	}
	var parts [loadParts][]*capture.Exchange
	var errs [loadParts]error
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), loadParts) {
		workers.Go(func() {
			in := newInterner()
			for i := next.Add(1) - 1; i < loadParts; i = next.Add(1) - 1 {
				end := func(i int64) int64 { return first - 1 + (last-first+1)/loadParts*i }
				to := end(i + 1)
				if i == loadParts-1 {
					to = last
				}
				parts[i], errs[i] = l.read(end(i), to, in)
			}
		})
	}
	workers.Wait()
	return slices.Concat(parts[:]...), cmp.Or(errs[:]...)
}

// loaded are the tables that are read at a start.
var loaded = [...]*table{&requests, &replies, &attempts, &metas}

// load is a history that is read from its file.
type load struct {
	s     *Store
	pages pages
	roots [len(loaded)]int64 // of the tables
}

// read reads the exchanges with ids above after, up to last.
func (l *load) read(after, last int64, in *interner) (all []*capture.Exchange, err error) {
	var trees [len(loaded)]*tree
	for i, t := range loaded {
		from, to := after, last
		if t == &attempts {
			from, to = slot(capture.ID(after), 1<<slotBits-1), slot(capture.ID(last), 1<<slotBits-1)
		}
		trees[i] = newTree(l.pages, t, l.roots[i], from, to)
	}
	requests, replies, attempts, metas := trees[0], trees[1], trees[2], trees[3]
	for requests.next() {
		id := requests.id
		ex := l.s.request(id, requests.columns(), in)
		if replies.seek(id); replies.id == id {
			l.s.reply(ex, replies.columns(), in)
		}
		for attempts.seek(slot(ex.ID, 0)); attempts.id>>slotBits == id; attempts.next() {
			ex.Attempts = append(ex.Attempts, l.s.attempt(ex, attempts.id, attempts.columns(), in))
		}
		trimOld(ex)
		if metas.seek(id); metas.id == id {
			putMeta(ex, metas.columns(), in)
		}
		all = append(all, ex)
	}
	return all, cmp.Or(requests.err, replies.err, attempts.err, metas.err)
}
