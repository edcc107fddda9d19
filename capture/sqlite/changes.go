package sqlite

import (
	"context"
	"database/sql/driver"
	"encoding/binary"
	"fmt"
	"iter"
	"slices"
	"time"

	"creel/capture"
)

// pageSize is how many exchanges one short transaction reads.
const pageSize = 500

// pollEvery is how soon what others wrote is seen.
const pollEvery = 250 * time.Millisecond

// Changes implements [capture.Journal].
func (s *Store) Changes(ctx context.Context, after capture.Rev) iter.Seq2[capture.Change, error] {
	if after > 0 {
		return s.later(ctx, after)
	}
	return func(yield func(capture.Change, error) bool) {
		rev, left, all, err := s.everything(ctx)
		if err != nil {
			yield(capture.Change{}, err)
			return
		}
		for ex, err := range all {
			left--
			if !yield(capture.Change{Rev: capture.Rev(rev), Exchange: ex, Left: max(left, 0)}, err) || err != nil {
				return
			}
		}
		s.advance(rev)
		yield(capture.Change{Rev: capture.Rev(rev)}, nil)
	}
}

// everything returns all exchanges as of a revision or later: what was read at the
// start, but to the first who asks. It says how many they are where that is known.
func (s *Store) everything(ctx context.Context) (rev int64, count int, all iter.Seq2[*capture.Exchange, error], err error) {
	if list := s.preload.Swap(nil); list != nil {
		return s.seen.Load(), len(*list), func(yield func(*capture.Exchange, error) bool) {
			for i, ex := range *list {
				(*list)[i] = nil
				if !yield(ex, nil) {
					return
				}
			}
		}, nil
	}
	s.reader.mu.Lock()
	err = s.reader.ints("SELECT max(id) FROM change", &rev)
	s.reader.mu.Unlock()
	return rev, 0, s.pages(ctx, Query{}), err
}

// advance notes how far the reader of Changes is.
func (s *Store) advance(rev int64) {
	for {
		old := s.seen.Load()
		if rev <= old || s.seen.CompareAndSwap(old, rev) {
			return
		}
	}
}

// later yields what others changed after a revision.
func (s *Store) later(ctx context.Context, after capture.Rev) iter.Seq2[capture.Change, error] {
	return func(yield func(capture.Change, error) bool) {
		s.reader.mu.Lock()
		rev, ids, err := s.touched(int64(after))
		s.reader.mu.Unlock()
		if err != nil {
			yield(capture.Change{}, err)
			return
		}
		for _, id := range ids {
			if err := ctx.Err(); err != nil {
				yield(capture.Change{}, err)
				return
			}
			ch := capture.Change{Rev: capture.Rev(rev)}
			s.reader.mu.Lock()
			ex, err := s.get(s.reader, id)
			s.reader.mu.Unlock()
			if ch.Exchange = ex; ex == nil {
				ch.Gone = id
			}
			if !yield(ch, err) || err != nil {
				return
			}
		}
		s.advance(rev)
		yield(capture.Change{Rev: capture.Rev(rev)}, nil)
	}
}

// touched returns which exchanges others changed after a revision, and up to
// which revision that holds.
func (s *Store) touched(after int64) (rev int64, ids []capture.ID, err error) {
	var oldest int64
	c := s.reader
	err = c.tx("BEGIN", func() error {
		if err := c.ints("SELECT (SELECT max(id) FROM change), (SELECT min(id) FROM change)", &rev, &oldest); err != nil {
			return err
		}
		if after > rev || after+1 < oldest {
			return capture.ErrBehind
		}
		return c.query(func(row []driver.Value) error {
			more, err := unpackIDs(bytesOf(row[0]))
			ids = append(ids, more...)
			return err
		}, "SELECT ids FROM change WHERE id > ? AND writer <> ? ORDER BY id", after, s.token)
	})
	slices.Sort(ids)
	return rev, slices.Compact(ids), err
}

func unpackIDs(data []byte) (ids []capture.ID, err error) {
	last := int64(0)
	for len(data) > 0 {
		d, n := binary.Varint(data)
		if n <= 0 {
			return nil, fmt.Errorf("%w in the list of changes", errRow)
		}
		last += d
		ids = append(ids, capture.ID(last))
		data = data[n:]
	}
	return ids, nil
}

// Watch implements [capture.Journal].
func (s *Store) Watch(ctx context.Context) <-chan struct{} {
	ch := make(chan struct{}, 1)
	go func() {
		defer close(ch)
		tick := time.NewTicker(pollEvery)
		defer tick.Stop()
		checked := s.seen.Load()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			wrote, upTo, err := s.othersWrote(max(checked, s.seen.Load()))
			if s.missing() {
				wrote = true // the commit that follows finds out
			} else if err != nil {
				continue // the next look may succeed; commits say what is wrong
			}
			if !wrote {
				checked = upTo
				continue
			}
			capture.Signal(ch)
		}
	}()
	return ch
}

// othersWrote reports whether a commit after rev was not this store's, and how
// far it looked.
func (s *Store) othersWrote(rev int64) (wrote bool, upTo int64, err error) {
	c := s.reader
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.ints("SELECT max(id) FROM change", &upTo); err != nil || upTo == rev {
		return false, upTo, err
	}
	err = c.query(func([]driver.Value) error { wrote = true; return nil },
		"SELECT 1 FROM change WHERE id > ? AND writer <> ? LIMIT 1", rev, s.token)
	return wrote, upTo, err
}
