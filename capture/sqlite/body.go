package sqlite

import (
	"container/list"
	"context"
	"database/sql/driver"
	"fmt"
	"sync"

	"creel/capture"
)

// Body implements [capture.BodySource]. The bytes must not be changed.
func (s *Store) Body(_ context.Context, ref capture.BodyRef) ([]byte, error) {
	if data, ok := s.bodies.get(ref); ok {
		return data, nil
	}
	s.reader.mu.Lock()
	data, err := s.stored(int64(ref))
	s.reader.mu.Unlock()
	if err != nil {
		return nil, fmt.Errorf("history: read a body of %v: %w", capture.ID(ref>>slotBits), s.found(err))
	}
	if data == nil {
		if data, ok := s.deleted.get(ref); ok {
			return data, nil
		}
		return nil, capture.ErrEvicted
	}
	s.bodies.put(ref, data)
	return data, nil
}

// stored reads a body, nil when there is none.
func (s *Store) stored(ref int64) (data []byte, err error) {
	err = s.reader.query(func(row []driver.Value) error {
		columns, err := bodies.check(row)
		if err == nil {
			data = bytesOf(columns[0])
		}
		return err
	}, bodies.sql("SELECT $ FROM body WHERE id = ?"), ref)
	return data, err
}

// Peek implements [capture.Peeker].
func (s *Store) Peek(ref capture.BodyRef) bool {
	_, ok := s.bodies.get(ref)
	return ok
}

// cache keeps the bodies that were used last, within a number of bytes. It is
// safe for concurrent use.
type cache struct {
	mu sync.Mutex

	limit, size int64
	order       list.List // of stored, the last used first
	byRef       map[capture.BodyRef]*list.Element
}

// bodyOverhead is what a cached body takes besides its bytes.
const bodyOverhead = 160

func newCache(limit int64) *cache {
	return &cache{limit: limit, byRef: map[capture.BodyRef]*list.Element{}}
}

func (c *cache) get(ref capture.BodyRef) ([]byte, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.byRef[ref]
	if !ok {
		return nil, false
	}
	c.order.MoveToFront(e)
	return e.Value.(stored).data, true
}

// put keeps a body; one larger than an eighth of the cache would push out too
// much of the rest, unless there is no other place for it.
func (c *cache) put(ref capture.BodyRef, data []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.byRef[ref]; ok {
		c.drop(e)
	}
	size := int64(len(data)) + bodyOverhead
	if size > c.limit {
		return
	}
	c.byRef[ref] = c.order.PushFront(stored{ref, data})
	for c.size += size; c.size > c.limit; {
		c.drop(c.order.Back())
	}
}

func (c *cache) drop(e *list.Element) {
	s := c.order.Remove(e).(stored)
	delete(c.byRef, s.ref)
	c.size -= int64(len(s.data)) + bodyOverhead
}
