package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"math"
	"slices"

	"creel/capture"
)

// Get returns an exchange, or [capture.ErrEvicted] when there is none with that
// id.
func (s *Store) Get(ctx context.Context, id capture.ID) (*capture.Exchange, error) {
	s.reader.mu.Lock()
	ex, err := s.get(s.reader, id)
	s.reader.mu.Unlock()
	if err == nil && ex == nil {
		return nil, capture.ErrEvicted
	}
	if err != nil {
		return nil, s.found(err)
	}
	if ex.State == capture.StateWaiting || ex.State == capture.StateHeld {
		live, first := s.liveRun(ctx)
		interrupt(ex, live, first)
	}
	return ex, nil
}

// get returns an exchange, nil when there is none; c is locked.
func (s *Store) get(c *conn, id capture.ID) (*capture.Exchange, error) {
	p, err := s.page(c, "request.id = ?", []driver.Value{int64(id)}, 1)
	if err != nil || len(p) == 0 {
		return nil, err
	}
	return p[0], nil
}

// interrupt marks an exchange that waits for a reply as interrupted when no process is
// there to give it.
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

// complete adds what happened to exchanges after they were captured. Where they are
// few among many it reads the rows of each, else those of all in between.
func (s *Store) complete(c *conn, page []*capture.Exchange, in *interner) error {
	if n := len(page); page[0].ID > page[n-1].ID {
		slices.Reverse(page)
		defer slices.Reverse(page)
	}
	if n := len(page); int(page[n-1].ID-page[0].ID) < 8*n {
		return s.completeRange(c, page, in)
	}
	for i := range page {
		if err := s.completeRange(c, page[i:i+1], in); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) completeRange(c *conn, page []*capture.Exchange, in *interner) error {
	first, last := page[0].ID, page[len(page)-1].ID
	from, to := slots(first, last)
	err := eachRow(c, &attempts, page, from, to, slotBits, func(ex *capture.Exchange, id int64, columns []value) {
		ex.Attempts = append(ex.Attempts, s.attempt(ex, id, columns, in))
	})
	if err != nil {
		return err
	}
	for _, ex := range page {
		trimOld(ex)
	}
	return eachRow(c, &metas, page, int64(first), int64(last), 0, func(ex *capture.Exchange, _ int64, columns []value) {
		putMeta(ex, columns, in)
	})
}

// request reads the columns of a request.
func (s *Store) request(id int64, columns []value, in *interner) *capture.Exchange {
	ex := &capture.Exchange{ID: capture.ID(id)}
	r := requestRow{Exchange: ex}
	scan(requestColumns, columns, in, &r)
	ex.Request.Body = r.body.body(s, slot(ex.ID, bodyRequest))
	return ex
}

// reply reads the columns of the reply of ex.
func (s *Store) reply(ex *capture.Exchange, columns []value, in *interner) {
	var r replyRow
	scan(replyColumns, columns, in, &r)
	ex.State, ex.Reply = r.state, r.reply
	ex.Reply.Body = r.body.body(s, r.ref(ex.ID))
}

// putMeta reads the columns of what was set later.
func putMeta(ex *capture.Exchange, columns []value, in *interner) {
	var m metaRow
	scan(metaColumns, columns, in, &m)
	m.put(ex)
}

// trimOld removes the bodies of attempts that are too many to keep theirs.
func trimOld(ex *capture.Exchange) {
	if n := len(ex.Attempts); n > 0 {
		ex.Attempts = capture.Trim(ex.Attempts, ex.Attempts[n-1].N-capture.KeepBodies)
	}
}

// attempt reads the columns of an attempt of ex.
func (s *Store) attempt(ex *capture.Exchange, id int64, columns []value, in *interner) *capture.Attempt {
	n := int(id & (1<<slotBits - 1))
	r := attemptRow{Attempt: &capture.Attempt{N: n}}
	scan(attemptColumns, columns, in, &r)
	r.Body = r.body.body(s, slot(ex.ID, 2*n))
	if r.SameBody {
		r.Body = ex.Request.Body
	}
	r.Reply.Body = r.response.body(s, slot(ex.ID, 2*n+1))
	return r.Attempt
}

// eachRow calls f with the columns of each row of a table from one number to
// another that belongs to an exchange of page: the one whose id is its number
// without the lowest bits.
func eachRow(c *conn, t *table, page []*capture.Exchange, from, to int64, bits int, f func(ex *capture.Exchange, id int64, columns []value)) error {
	i := 0
	return each(c, func(number int64, columns [][]value) error {
		id := capture.ID(number >> bits)
		for i < len(page) && page[i].ID < id {
			i++
		}
		if i < len(page) && page[i].ID == id {
			f(page[i], number, columns[0])
		}
		return nil
	}, []*table{t}, "id BETWEEN ? AND ? ORDER BY id", from, to)
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

// count counts what the rows of the file hold; bytes are those of the bodies and of
// the header fields.
func count(c *conn, g *capture.Gauge) error {
	var kept, pinned, bodies, heads int64
	err := c.ints("SELECT count(*), CAST(total(length(headers)) AS INTEGER) FROM request", &kept, &heads)
	errBodies := c.ints("SELECT CAST(total(length(data)) AS INTEGER) FROM body", &bodies)
	errPinned := c.ints("SELECT count(*) FROM meta WHERE pinned = 1", &pinned)
	g.Kept, g.Pinned, g.Used = int(kept), int(pinned), heads+bodies
	return errors.Join(err, errBodies, errPinned)
}

// IDs returns the ids of all exchanges, oldest first.
func (s *Store) IDs(context.Context) ([]capture.ID, error) {
	var ids []capture.ID
	s.reader.mu.Lock()
	defer s.reader.mu.Unlock()
	err := s.reader.query(func(row []driver.Value) error {
		ids = append(ids, capture.ID(row[0].(int64)))
		return nil
	}, "SELECT id FROM request ORDER BY id")
	return slices.Clip(ids), err
}
