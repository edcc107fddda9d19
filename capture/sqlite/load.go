package sqlite

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"time"

	"creel/capture"
)

// loadGC is how much garbage, in per cent of what is in use, is collected while a
// history is read. More than a third of what is read stays, so that the heap grows no
// larger for it, and 150,000 requests are there after three quarters of the time.
const loadGC = 400

// load reads what there is, for the first Changes, and says who captures now.
func (s *Store) load() error {
	if before := debug.SetGCPercent(loadGC); before >= 0 {
		defer debug.SetGCPercent(before)
	}
	all, now, err := s.readAll()
	for range 10 {
		if !errors.Is(err, errMoved) {
			break
		}
		all, now, err = s.readAll()
	}
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

// errMoved says that another process committed between the starts of two readers.
var errMoved = errors.New("the history changed meanwhile")

// readAll reads all exchanges as of one commit. Where they are many, the newer half is
// read by a connection of its own, which saves nearly half of the time.
func (s *Store) readAll() (all []*capture.Exchange, now counters, err error) {
	c := s.reader
	c.mu.Lock()
	defer c.mu.Unlock()
	err = c.tx("BEGIN", func() error {
		if now, err = readCounters(c); err != nil {
			return err
		}
		if now.Kept < 4*pageSize {
			all, err = s.readRange(c, 0, lastID)
			return err
		}
		var first, last int64
		if err := c.ints("SELECT min(id), max(id) FROM request", &first, &last); err != nil {
			return err
		}
		middle := first + (last-first)/2
		newer := make(chan error, 1)
		var rest []*capture.Exchange
		other, err := s.sameAs(now.rev)
		if err != nil {
			return err
		}
		defer other.close()
		go func() {
			var err error
			rest, err = s.readRange(other, middle, lastID)
			newer <- err
		}()
		all, err = s.readRange(c, 0, middle)
		if err := errors.Join(err, <-newer); err != nil {
			return err
		}
		all = append(all, rest...)
		return nil
	})
	return all, now, err
}

// sameAs returns a connection that reads the history as of that revision, or errMoved.
func (s *Store) sameAs(rev int64) (*conn, error) {
	c, err := dial(s.path, "busy_timeout = 5000", "query_only = 1", "cache_size = -2000")
	if err != nil {
		return nil, err
	}
	if err = c.exec("BEGIN"); err == nil {
		c.inTx = true // until it is closed
		var now counters
		if now, err = readCounters(c); err == nil && now.rev != rev {
			err = errMoved
		}
	}
	if err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

// readRange reads the exchanges with ids above after, up to last.
func (s *Store) readRange(c *conn, after, last int64) (all []*capture.Exchange, err error) {
	in := newInterner()
	for {
		page, err := s.page(c, "request.id > ? AND request.id <= ? ORDER BY request.id", []driver.Value{after, last}, pageSize)
		for _, ex := range page {
			in.exchange(ex)
		}
		all = append(all, page...)
		if err != nil || len(page) < pageSize {
			return all, err
		}
		after = int64(page[len(page)-1].ID)
	}
}
