package sqlite

import (
	"context"
	"database/sql/driver"
	"fmt"

	"creel/capture"
)

// Body implements [capture.BodySource]. The bytes must not be changed.
func (s *Store) Body(_ context.Context, ref capture.BodyRef) ([]byte, error) {
	if data, ok := s.bodies.Get(ref); ok {
		return data, nil
	}
	s.reader.mu.Lock()
	data, err := s.stored(int64(ref))
	s.reader.mu.Unlock()
	if err != nil {
		return nil, fmt.Errorf("history: read a body of %v: %w", capture.ID(ref>>slotBits), s.found(err))
	}
	if data == nil {
		if data, ok := s.deleted.Get(ref); ok {
			return data, nil
		}
		return nil, capture.ErrEvicted
	}
	s.bodies.Put(ref, data)
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
	_, ok := s.bodies.Get(ref)
	return ok
}
