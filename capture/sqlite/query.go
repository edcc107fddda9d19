package sqlite

import (
	"context"
	"database/sql/driver"
	"iter"
	"strings"

	"creel/capture"
)

// Query says which exchanges are read: those that meet all conditions. One whose key the
// tables do not have narrows nothing.
type Query struct {
	Where       []capture.Condition
	NewestFirst bool
}

// columnTests are for each key how a row of table request meets a text or a range.
var columnTests = map[string]string{
	"method":   "method = ? COLLATE NOCASE",
	"host":     "host = ? COLLATE NOCASE",
	"provider": "provider = ?",
	"event":    "event = ?",
	"delivery": "delivery = ?",
	"path":     "(substr(target, 1, length(?1)) = ?1 OR substr(target, 1, 1) <> '/' OR instr(target, '%') > 0)",
	"id":       "request.id BETWEEN ? AND ?",
	"status":   "EXISTS (SELECT 1 FROM reply WHERE reply.id = request.id AND status BETWEEN ? AND ?)",
}

// where returns the conditions as SQL with its values.
func (q *Query) where() (sql string, args []driver.Value) {
	for _, c := range q.Where {
		test := columnTests[c.Key]
		if test == "" {
			continue
		}
		var tests []string
		for _, text := range c.Texts {
			if strings.Contains(test, "?1") {
				args = append(args, text)
			}
			args = append(args, text)
			tests = append(tests, strings.ReplaceAll(test, "?1", "?"))
		}
		for _, r := range c.Ranges {
			args = append(args, r[0], r[1])
			tests = append(tests, test)
		}
		sql += " AND (" + strings.Join(tests, " OR ") + ")"
	}
	return sql, args
}

// Select yields the exchanges of a query, oldest first or newest first. It reads them
// in short transactions: what is deleted meanwhile may be missing, what comes
// meanwhile may be there.
func (s *Store) Select(ctx context.Context, q Query) iter.Seq2[*capture.Exchange, error] {
	return func(yield func(*capture.Exchange, error) bool) {
		live, first := s.liveRun(ctx)
		for ex, err := range s.pages(ctx, q) {
			if err == nil {
				interrupt(ex, live, first)
			}
			if !yield(ex, err) {
				return
			}
		}
	}
}

// pages yields the exchanges of a query, a page per transaction, the first of them
// small: the reader may want only a few.
func (s *Store) pages(ctx context.Context, q Query) iter.Seq2[*capture.Exchange, error] {
	return func(yield func(*capture.Exchange, error) bool) {
		where, args := q.where()
		after, order, size := int64(0), " AND request.id > ?"+where+" ORDER BY request.id", pageSize
		if q.NewestFirst {
			after, order, size = lastID+1, " AND request.id < ?"+where+" ORDER BY request.id DESC", pageSize/16
		}
		for {
			if err := ctx.Err(); err != nil {
				yield(nil, err)
				return
			}
			s.reader.mu.Lock()
			page, err := s.page(s.reader, "TRUE"+order, append([]driver.Value{after}, args...), size)
			s.reader.mu.Unlock()
			if err != nil {
				yield(nil, s.found(err))
				return
			}
			for _, ex := range page {
				if !yield(ex, nil) {
					return
				}
			}
			if len(page) < size {
				return
			}
			after, size = int64(page[len(page)-1].ID), pageSize
		}
	}
}

// page reads at most limit exchanges in one transaction, each with all that belongs
// to it; c is locked.
func (s *Store) page(c *conn, where string, args []driver.Value, limit int) ([]*capture.Exchange, error) {
	var page []*capture.Exchange
	in := newInterner()
	err := c.tx("BEGIN", func() error {
		err := each(c, func(id int64, columns [][]value) error {
			ex := s.request(id, columns[0], in)
			if columns[1] != nil {
				s.reply(ex, columns[1], in)
			}
			page = append(page, ex)
			return nil
		}, []*table{&requests, &replies}, where+" LIMIT ?", append(args, int64(limit))...)
		if err != nil || len(page) == 0 {
			return err
		}
		return s.complete(c, page, in)
	})
	return page, err
}
