package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"iter"
	"math"
	"slices"
	"strings"

	"creel/capture"
)

// Get returns an exchange, or [capture.ErrEvicted] when there is none with that
// id.
func (s *Store) Get(_ context.Context, id capture.ID) (*capture.Exchange, error) {
	s.reader.mu.Lock()
	ex, err := s.get(s.reader, id)
	s.reader.mu.Unlock()
	if err == nil && ex == nil {
		return nil, capture.ErrEvicted
	}
	if err != nil {
		return nil, err
	}
	s.settle(ex)
	return ex, nil
}

// get returns an exchange, nil when there is none; c is locked.
func (s *Store) get(c *conn, id capture.ID) (*capture.Exchange, error) {
	p, err := s.page(c, id-1, id, 1)
	if err != nil || len(p) == 0 {
		return nil, err
	}
	return p[0], nil
}

// Newest yields the newest n exchanges, oldest first.
func (s *Store) Newest(ctx context.Context, n int) iter.Seq2[*capture.Exchange, error] {
	return func(yield func(*capture.Exchange, error) bool) {
		after := capture.ID(0)
		s.reader.mu.Lock()
		err := s.reader.query(func(row []driver.Value) error {
			after = capture.ID(row[0].(int64))
			return nil
		}, "SELECT id FROM exchange ORDER BY id DESC LIMIT 1 OFFSET ?", int64(max(n, 0)))
		s.reader.mu.Unlock()
		if err != nil {
			yield(nil, err)
			return
		}
		s.all(ctx, after)(yield)
	}
}

// All yields all exchanges, oldest first. It reads them in short transactions:
// what is deleted meanwhile may be missing, what comes meanwhile may be there.
func (s *Store) All(ctx context.Context) iter.Seq2[*capture.Exchange, error] { return s.all(ctx, 0) }

func (s *Store) all(ctx context.Context, after capture.ID) iter.Seq2[*capture.Exchange, error] {
	return func(yield func(*capture.Exchange, error) bool) {
		live, first := s.liveRun(ctx)
		for ex, err := range s.pages(ctx, s.reader, after) {
			if err == nil {
				interrupt(ex, live, first)
			}
			if !yield(ex, err) {
				return
			}
		}
	}
}

// settle says of an exchange that waits for an answer whether anybody is there
// to give it.
func (s *Store) settle(ex *capture.Exchange) {
	if ex.State == capture.StateWaiting || ex.State == capture.StateHeld {
		live, first := s.liveRun(context.Background())
		interrupt(ex, live, first)
	}
}

func interrupt(ex *capture.Exchange, live bool, first capture.ID) {
	if (ex.State == capture.StateWaiting || ex.State == capture.StateHeld) && (!live || ex.ID < first) {
		ex.State = capture.StateInterrupted
	}
}

// liveRun reports whether a process captures, and the first id of its run.
func (s *Store) liveRun(ctx context.Context) (bool, capture.ID) {
	o, live, err := s.Owner(ctx)
	return err == nil && live, o.First
}

// lastID is the largest id there can be.
const lastID = math.MaxInt64 >> slotBits

// pages yields the exchanges after an id, a page per transaction.
func (s *Store) pages(ctx context.Context, c *conn, after capture.ID) iter.Seq2[*capture.Exchange, error] {
	return func(yield func(*capture.Exchange, error) bool) {
		for {
			if err := ctx.Err(); err != nil {
				yield(nil, err)
				return
			}
			c.mu.Lock()
			page, err := s.page(c, after, lastID, pageSize)
			c.mu.Unlock()
			if err != nil {
				yield(nil, err)
				return
			}
			for _, ex := range page {
				if !yield(ex, nil) {
					return
				}
			}
			if len(page) < pageSize {
				return
			}
			after = page[len(page)-1].ID
		}
	}
}

// page reads at most limit exchanges from after up to last in one transaction,
// each with all that belongs to it; c is locked.
func (s *Store) page(c *conn, after, last capture.ID, limit int) ([]*capture.Exchange, error) {
	var page []*capture.Exchange
	err := c.tx("BEGIN", func() error {
		err := c.query(func(row []driver.Value) error {
			ex, err := unpackExchange(s, capture.ID(row[0].(int64)), blob(row[1]))
			page = append(page, ex)
			return err
		}, "SELECT id, head FROM exchange WHERE id > ? AND id <= ? ORDER BY id LIMIT ?", int64(after), int64(last), int64(limit))
		if err != nil || len(page) == 0 {
			return err
		}
		return s.complete(c, page)
	})
	return page, err
}

func blob(v driver.Value) []byte { b, _ := v.([]byte); return b }

// complete adds what happened to exchanges after they were captured.
func (s *Store) complete(c *conn, page []*capture.Exchange) error {
	first, last := page[0].ID, page[len(page)-1].ID
	i := 0
	// at returns the exchange with that id; ids only rise between two resets of i.
	at := func(id capture.ID) *capture.Exchange {
		for i < len(page) && page[i].ID < id {
			i++
		}
		if i < len(page) && page[i].ID == id {
			return page[i]
		}
		return nil
	}
	err := c.query(func(row []driver.Value) error {
		if ex := at(capture.ID(row[0].(int64))); ex != nil {
			return unpackReply(s, ex, blob(row[1]))
		}
		return nil
	}, "SELECT id, data FROM reply WHERE id BETWEEN ? AND ? ORDER BY id", int64(first), int64(last))
	if err != nil {
		return err
	}
	i = 0
	from, to := slots(first, last)
	err = c.query(func(row []driver.Value) error {
		n := row[0].(int64)
		if ex := at(capture.ID(n >> slotBits)); ex != nil {
			return unpackAttempt(s, ex, n, blob(row[1]))
		}
		return nil
	}, "SELECT id, data FROM attempt WHERE id BETWEEN ? AND ? ORDER BY id", from, to)
	if err != nil {
		return err
	}
	for _, ex := range page {
		if n := len(ex.Attempts); n > 0 {
			ex.Attempts = capture.Trim(ex.Attempts, ex.Attempts[n-1].N-capture.KeepBodies)
		}
	}
	i = 0
	return c.query(func(row []driver.Value) error {
		ex := at(capture.ID(row[0].(int64)))
		if ex == nil {
			return nil
		}
		m, err := unpackMeta(ex.ID, blob(row[1]))
		if err == nil {
			m.put(ex)
		}
		return err
	}, "SELECT id, data FROM meta WHERE id BETWEEN ? AND ? ORDER BY id", int64(first), int64(last))
}

// Stats returns what the history holds, as the capturing process counts it, or
// counted now when none does. Bounds are those of the last one that captured.
func (s *Store) Stats(ctx context.Context) (capture.Gauge, error) {
	live, _ := s.liveRun(ctx)
	c := s.reader
	c.mu.Lock()
	defer c.mu.Unlock()
	n, err := readCounters(c)
	if err == nil && !live {
		err = count(c, &n.Gauge)
	}
	return n.Gauge, err
}

// count counts what the rows of the file hold.
func count(c *conn, g *capture.Gauge) error {
	var kept, pinned, bytes int64
	g.Used = 0
	_, err := c.ints("SELECT count(*) FROM exchange", &kept)
	for _, column := range [...]string{"head) FROM exchange", "body) FROM exchange", "data) FROM reply", "data) FROM attempt", "data) FROM body"} {
		_, more := c.ints("SELECT CAST(total(length("+strings.Replace(column, ")", "))  AS INTEGER)", 1), &bytes)
		err = errors.Join(err, more)
		g.Used += bytes
	}
	_, more := c.ints("SELECT count(*) FROM meta WHERE pinned = 1", &pinned)
	g.Kept, g.Pinned = int(kept), int(pinned)
	return errors.Join(err, more)
}

// IDs returns the ids of all exchanges, oldest first.
func (s *Store) IDs(context.Context) ([]capture.ID, error) {
	var ids []capture.ID
	s.reader.mu.Lock()
	defer s.reader.mu.Unlock()
	err := s.reader.query(func(row []driver.Value) error {
		ids = append(ids, capture.ID(row[0].(int64)))
		return nil
	}, "SELECT id FROM exchange ORDER BY id")
	return slices.Clip(ids), err
}
