package sqlite

import (
	"context"
	"database/sql/driver"

	"creel/capture"
)

// The table is made when a team is first published to: most histories have none.
const teamTable = "CREATE TABLE IF NOT EXISTS team (one INTEGER PRIMARY KEY CHECK (one = 1), node TEXT NOT NULL, id INTEGER NOT NULL, seq INTEGER NOT NULL DEFAULT 0)"

// Published returns under which name the history is published to a team, and up to
// which exchange, and up to which message of the team's what others changed is taken in;
// the name is empty when it never was.
func (s *Store) Published(context.Context) (node string, id capture.ID, seq uint64, err error) {
	s.writer.mu.Lock()
	defer s.writer.mu.Unlock()
	if err := s.writer.exec(teamTable); err != nil {
		return "", 0, 0, err
	}
	err = s.writer.query(func(row []driver.Value) error {
		node, _ = row[0].(string)
		n, _ := row[1].(int64)
		m, _ := row[2].(int64)
		id, seq = capture.ID(n), uint64(m)
		return nil
	}, "SELECT node, id, seq FROM team")
	return node, id, seq, err
}

// SetPublished keeps what Published returns. It is for the capturing process.
func (s *Store) SetPublished(_ context.Context, node string, id capture.ID, seq uint64) error {
	s.writer.mu.Lock()
	defer s.writer.mu.Unlock()
	return s.writer.exec("INSERT OR REPLACE INTO team (one, node, id, seq) VALUES (1, ?, ?, ?)", node, int64(id), int64(seq))
}
