package sqlite

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"time"

	"creel/capture"
)

// Owner is the process that captures into a history, or was the last to.
type Owner struct {
	PID     int
	URL     string   // where it listens; empty before it does
	Targets []string // what it forwards to: URL, or PATH=URL
	Started time.Time
	First   capture.ID // the first id of its run
}

// Owner returns who captures into the history, and whether that process is still
// alive.
func (s *Store) Owner(context.Context) (Owner, bool, error) {
	s.reader.mu.Lock()
	o, err := owner(s.reader)
	s.reader.mu.Unlock()
	return o, s.lock != nil || isLocked(s.path+"-owner"), err
}

func owner(c *conn) (o Owner, err error) {
	err = c.query(func(row []driver.Value) error {
		pid, _ := row[0].(int64)
		url, _ := row[1].(string)
		targets, _ := row[2].(string)
		started, _ := row[3].(int64)
		first, _ := row[4].(int64)
		o = Owner{PID: int(pid), URL: url, Started: time.Unix(0, started), First: capture.ID(first)}
		return json.Unmarshal([]byte(targets), &o.Targets)
	}, "SELECT pid, url, targets, started, first FROM owner")
	return o, err
}

// Announce tells other processes where this one listens and what it forwards
// to. It is for the capturing process.
func (s *Store) Announce(_ context.Context, url string, targets []string) error {
	s.writer.mu.Lock()
	defer s.writer.mu.Unlock()
	o, err := owner(s.writer)
	if err != nil {
		return err
	}
	o.URL, o.Targets = url, targets
	return setOwner(s.writer, o)
}

func setOwner(c *conn, o Owner) error {
	targets, err := json.Marshal(o.Targets)
	if err != nil {
		return err
	}
	return c.exec("INSERT OR REPLACE INTO owner (one, pid, url, targets, started, first) VALUES (1, ?, ?, ?, ?, ?)",
		int64(o.PID), o.URL, string(targets), o.Started.UnixNano(), int64(o.First))
}
