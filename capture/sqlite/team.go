package sqlite

import (
	"context"
	"database/sql/driver"

	"creel/capture"
)

// The table is made when a team is first published to: most histories have none.
const teamTable = "CREATE TABLE IF NOT EXISTS team (one INTEGER PRIMARY KEY CHECK (one = 1), node TEXT NOT NULL, id INTEGER NOT NULL)"

// Published returns under which name the history is published to a team, and up to
// which exchange; the name is empty when it never was.
func (s *Store) Published(context.Context) (node string, id capture.ID, err error) {
	s.writer.mu.Lock()
	defer s.writer.mu.Unlock()
	if err := s.writer.exec(teamTable); err != nil {
		return "", 0, err
	}
	err = s.writer.query(func(row []driver.Value) error {
		node, _ = row[0].(string)
		n, _ := row[1].(int64)
		id = capture.ID(n)
		return nil
	}, "SELECT node, id FROM team")
	return node, id, err
}

// SetPublished keeps what Published returns. It is for the capturing process.
func (s *Store) SetPublished(_ context.Context, node string, id capture.ID) error {
	s.writer.mu.Lock()
	defer s.writer.mu.Unlock()
	return s.writer.exec("INSERT OR REPLACE INTO team (one, node, id) VALUES (1, ?, ?)", node, int64(id))
}
