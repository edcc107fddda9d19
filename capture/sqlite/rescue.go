package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"time"

	"creel/capture"
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
	if errors.Is(why, errNewer) {
		what = "was written by a newer creel"
	}
	s.report = append(s.report, fmt.Sprintf("the history %s: %s; the old file is kept as %s", what, &r, bad))
	return nil
}

// save makes a whole copy of what can be read.
func (s *Store) save(ctx context.Context, r *rescued) error {
	fresh := s.path + copying
	if err := removeDatabase(fresh); err != nil {
		return err
	}
	if _, err := create(fresh); err != nil {
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
	r.to, r.bodies = w, map[int64]bool{}
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
	said := start
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
		if now.Sub(said) >= time.Second {
			said = now
			progress(fmt.Sprintf("the history is damaged: %d %% of it is read, %d requests are saved", 100*(number-1)/old.last, r.heads))
		}
	}
	return nil
}

// rescued is a rescue under way, and what came of it.
type rescued struct {
	to     *conn
	heads  int
	bodies map[int64]bool // request bodies: false for one that is still missing
	newest int64          // the largest id
	now    counters       // what the newest commit said
	unread int64          // pages for which there was no time
}

// row copies a row whose checksum is right; others are left behind.
func (r *rescued) row(c cell) error {
	row, ok := values(c.record)
	if !ok || len(row) < 2 || row[0] != nil {
		return nil
	}
	data, _ := row[len(row)-1].([]byte)
	switch len(row) {
	case 2:
		return r.small(c.id, data)
	case 3:
		number, _ := row[1].(int64)
		if _, err := unpackMeta(capture.ID(c.id), data); err == nil {
			return r.to.exec("INSERT OR REPLACE INTO meta (id, pinned, data) VALUES (?, ?, ?)", c.id, number, data)
		}
		if len(data) == 0 || int64(crc32.Checksum(data, castagnoli)) != number {
			return nil
		}
		if c.id&(1<<slotBits-1) == bodyRequest {
			r.bodies[c.id] = true
		}
		return r.to.exec("INSERT OR REPLACE INTO body (id, crc, data) VALUES (?, ?, ?)", c.id, number, data)
	case 4:
		return r.head(c.id, row)
	case changeColumns:
		r.counters(c.id, row)
	}
	return nil
}

// isRow reports whether a cell is a row of creel: its checksum is right.
func isRow(c cell) bool {
	row, ok := values(c.record)
	if !ok || len(row) < 2 || row[0] != nil {
		return false
	}
	data, _ := row[len(row)-1].([]byte)
	if len(row) == 4 {
		data, _ = row[1].([]byte)
	}
	for _, tag := range [...]byte{tagExchange, tagReply, tagMeta, tagAttempt} {
		if _, err := unpack(nil, c.id, tag, data); err == nil {
			return true
		}
	}
	return false
}

// small copies a row of table reply or attempt.
func (r *rescued) small(id int64, data []byte) error {
	if _, err := unpack(nil, id, tagReply, data); err == nil {
		return r.to.exec("INSERT OR REPLACE INTO reply (id, data) VALUES (?, ?)", id, data)
	}
	if _, err := unpack(nil, id, tagAttempt, data); err == nil {
		return r.to.exec("INSERT OR REPLACE INTO attempt (id, data) VALUES (?, ?)", id, data)
	}
	return nil
}

// head copies a row of table exchange.
func (r *rescued) head(id int64, row []any) error {
	head, _ := row[1].([]byte)
	ex, err := unpackExchange(nil, capture.ID(id), head)
	if err != nil {
		return nil // left behind
	}
	body, _ := row[3].([]byte)
	var crc, inline driver.Value
	if number, _ := row[2].(int64); body != nil && int64(crc32.Checksum(body, castagnoli)) == number {
		crc, inline = number, body
	} else if ref := slot(ex.ID, bodyRequest); ex.Request.Body.Size() > 0 && !r.bodies[ref] {
		r.bodies[ref] = false
	}
	r.heads++
	r.newest = max(r.newest, id)
	return r.to.exec("INSERT OR REPLACE INTO exchange (id, head, crc, body) VALUES (?, ?, ?, ?)", id, head, crc, inline)
}

// counters takes note of a row of table change, of which the newest counts.
func (r *rescued) counters(rev int64, row []any) {
	if rev <= r.now.rev {
		return
	}
	var n [changeColumns]int64
	for i := range n {
		n[i], _ = row[i].(int64)
	}
	r.now = counters{rev: rev, next: n[3], Gauge: capture.Gauge{
		Bounds: capture.Bounds{Count: int(n[4]), Bytes: n[5]},
		Kept:   int(n[6]), Used: n[7], Pinned: int(n[8]), PinnedBytes: n[9], Pending: int(n[10]),
	}}
}

// finish takes away what belongs to nothing, and writes the counters.
func (r *rescued) finish() error {
	for _, sql := range [...]string{
		"DELETE FROM reply WHERE id NOT IN (SELECT id FROM exchange)",
		"DELETE FROM meta WHERE id NOT IN (SELECT id FROM exchange)",
		fmt.Sprintf("DELETE FROM attempt WHERE id >> %d NOT IN (SELECT id FROM exchange)", slotBits),
		fmt.Sprintf("DELETE FROM body WHERE id >> %d NOT IN (SELECT id FROM exchange)", slotBits),
	} {
		if err := r.to.exec(sql); err != nil {
			return err
		}
	}
	var kept int64
	if _, err := r.to.ints("SELECT count(*) FROM exchange", &kept); err != nil {
		return err
	}
	r.heads = int(kept)
	now := r.now
	now.Kept, now.next = r.heads, max(r.now.next, r.newest+1)
	now.rev++
	return now.write(r.to, 0, nil)
}

// String says it in words.
func (r *rescued) String() string {
	text := fmt.Sprintf("%d requests could be saved", r.heads)
	if r.now.rev > 0 && r.now.Kept >= r.heads {
		text = fmt.Sprintf("%d of %d requests could be saved", r.heads, r.now.Kept)
	}
	missing := 0
	for _, there := range r.bodies {
		if !there {
			missing++
		}
	}
	if missing > 0 {
		text += fmt.Sprintf(", %d of them without their body", missing)
	}
	if r.unread > 0 {
		text += fmt.Sprintf("; reading took too long, so %d MB of the file were not looked at", r.unread*pageBytes>>20)
	}
	return text
}
