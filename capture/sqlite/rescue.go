package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"os"
	"time"
)

// rescue sets a file aside that cannot be used, and puts one in its place with
// what can be read of it: every row whose checksum is right. It is not connected.
func (s *Store) rescue(ctx context.Context, why error) error {
	var r rescued
	if err := s.save(ctx, &r); err != nil {
		return err
	}
	bad, err := s.replace()
	if err != nil {
		return err
	}
	what := "was damaged"
	switch {
	case errors.Is(why, errNewer):
		what = "was written by a newer creel"
	case errors.Is(why, errOlder):
		what = "was written by an older creel"
	}
	s.report = append(s.report, fmt.Sprintf("the history %s: %s; the old file is kept as %s", what, &r, bad))
	return nil
}

// save makes a whole copy of what can be read.
func (s *Store) save(ctx context.Context, r *rescued) error {
	fresh, err := s.emptyCopy()
	if err != nil {
		return err
	}
	if err := s.copyInto(ctx, fresh, r); err != nil {
		return err
	}
	return os.Rename(fresh, s.path+copied)
}

// copyInto makes a new history of what can be read of the old one.
func (s *Store) copyInto(ctx context.Context, fresh string, r *rescued) (err error) {
	w, err := dial(fresh)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	if err := s.setUp(w); err != nil {
		return err
	}
	old, err := openPages(s.path)
	if err != nil {
		return err
	}
	defer old.close()
	// Nothing counts before all is there: it is synced once, at the end.
	if err := w.pragma("synchronous = off"); err != nil {
		return err
	}
	r.to = w
	if err := r.readAll(ctx, old, s.progress); err != nil {
		return err
	}
	if err := r.finish(); err != nil {
		return err
	}
	if err := w.pragma("synchronous = full"); err != nil {
		return err
	}
	return w.pragma("wal_checkpoint(truncate)")
}

// How long a damaged file may be read: at least rescueTime, and a second more for
// so many pages, which is a fraction of what a slow disk reads.
const (
	rescueTime           = 4 * time.Second
	rescuePagesPerSecond = 16 << 20 / pageBytes
)

// readAll copies what can be read of all pages, within a time.
func (r *rescued) readAll(ctx context.Context, old *pages, progress func(string)) error {
	start := time.Now()
	limit := rescueTime + time.Duration(old.last/rescuePagesPerSecond)*time.Second
	reported := start
	for number := int64(1); number <= old.last; {
		until := number + 200
		err := r.to.tx("BEGIN IMMEDIATE", func() error {
			for ; number <= old.last && number < until; number++ {
				for _, c := range old.cells(number) {
					if err := r.row(c); err != nil {
						return err
					}
				}
			}
			return nil
		})
		if err == nil {
			err = context.Cause(ctx)
		}
		if err != nil {
			return err
		}
		now := time.Now()
		if r.unread = old.last + 1 - number; now.Sub(start) > limit {
			return nil
		}
		if now.Sub(reported) >= time.Second {
			reported = now
			progress(r.soFar(old.last))
		}
	}
	return nil
}

// rescued is a rescue under way, and what came of it.
type rescued struct {
	to     *conn
	heads  int      // requests
	bodies int      // of them, those whose body is missing
	now    counters // what the newest commit reported
	unread int64    // pages for which there was no time
}

// soFar says how much of so many pages is read.
func (r *rescued) soFar(pages int64) string {
	return fmt.Sprintf("the history is damaged: %d %% of it is read, %d requests are saved", 100*(pages-r.unread)/pages, r.heads)
}

// isRow reports whether a cell is a row of creel: its checksum is right.
func isRow(c cell) bool {
	row, ok := values(c.record)
	return ok && (tableOf(c.id, row) != nil || len(row) > 1 && convertV1(c.id, row) != nil)
}

// tableOf returns the table that a row belongs to, by its checksum; nil when it is
// none, or not what was written. The number of the row is put in.
func tableOf(id int64, row []driver.Value) *table {
	if len(row) == 0 || row[0] != nil {
		return nil
	}
	row[0] = id
	for _, t := range tables {
		if _, err := t.check(row); err == nil {
			return t
		}
	}
	row[0] = nil
	return nil
}

// row copies a row whose checksum is right; others are left behind.
func (r *rescued) row(c cell) error {
	row, ok := values(c.record)
	if !ok || len(row) < 2 {
		return nil
	}
	var rows []tableRow
	switch t := tableOf(c.id, row); {
	case t == &changes, t == nil && len(row) == v1ChangeColumns:
		r.counters(c.id, row[1:])
	case t != nil:
		rows = []tableRow{{t, row[:len(row)-1]}}
	default:
		rows = convertV1(c.id, row)
	}
	for _, one := range rows {
		if one.table == &requests {
			r.heads++
		}
		if err := one.table.put(r.to, one.row...); err != nil {
			return err
		}
	}
	return nil
}

// counters takes note of a row of table change, of which the newest counts.
func (r *rescued) counters(rev int64, columns []driver.Value) {
	if rev > r.now.rev {
		r.now.set(rev, columns)
	}
}

// finish removes what belongs to nothing, and writes the counters.
func (r *rescued) finish() error {
	for _, sql := range [...]string{
		"DELETE FROM reply WHERE id NOT IN (SELECT id FROM request)",
		"DELETE FROM meta WHERE id NOT IN (SELECT id FROM request)",
		fmt.Sprintf("DELETE FROM attempt WHERE id >> %d NOT IN (SELECT id FROM request)", slotBits),
		fmt.Sprintf("DELETE FROM body WHERE id >> %d NOT IN (SELECT id FROM request)", slotBits),
	} {
		if err := r.to.exec(sql); err != nil {
			return err
		}
	}
	var kept, newest, missing int64
	if err := r.to.ints("SELECT count(*), max(id) FROM request", &kept, &newest); err != nil {
		return err
	}
	if err := r.to.ints(fmt.Sprintf(`SELECT count(*) FROM request WHERE more ->> 'body_size' > 0 AND more ->> 'body_trimmed' IS NULL
		AND NOT EXISTS (SELECT 1 FROM body WHERE body.id = request.id << %d)`, slotBits), &missing); err != nil {
		return err
	}
	r.heads, r.bodies = int(kept), int(missing)
	now := r.now
	now.Kept, now.next = r.heads, max(r.now.next, newest+1)
	now.rev++
	return now.write(r.to, 0, nil)
}

// String says it in words.
func (r *rescued) String() string {
	text := fmt.Sprintf("%d requests could be saved", r.heads)
	if r.now.rev > 0 && r.now.Kept >= r.heads {
		text = fmt.Sprintf("%d of %d requests could be saved", r.heads, r.now.Kept)
	}
	if r.bodies > 0 {
		text += fmt.Sprintf(", %d of them without their body", r.bodies)
	}
	if r.unread > 0 {
		text += fmt.Sprintf("; reading took too long, so %d MB of the file were not looked at", r.unread*pageBytes>>20)
	}
	return text
}
