package sqlite

import (
	"fmt"
	"os"

	"creel/capture"
)

// applicationID marks the file as creel's in its header: "cree".
const applicationID = 0x63726565

// steps bring a file from one user_version to the next: a file is at the
// version that says how many of them it has seen. Steps are only ever appended.
var steps = [...]string{`
CREATE TABLE change (              -- one row for each commit; the newest also has the counters
	rev INTEGER PRIMARY KEY,
	writer INTEGER NOT NULL,       -- which process
	ids BLOB NOT NULL,             -- which exchanges
	next INTEGER NOT NULL,         -- the next id
	keep INTEGER NOT NULL, keep_bytes INTEGER NOT NULL,
	kept INTEGER NOT NULL, used INTEGER NOT NULL,
	pinned INTEGER NOT NULL, pinned_bytes INTEGER NOT NULL,
	pending INTEGER NOT NULL
);
INSERT INTO change VALUES (0, 0, x'', 1, 0, 0, 0, 0, 0, 0, 0);
CREATE TABLE owner (
	one INTEGER PRIMARY KEY CHECK (one = 1),
	pid INTEGER NOT NULL, url TEXT NOT NULL, targets TEXT NOT NULL,
	started INTEGER NOT NULL,      -- nanoseconds since 1970
	first INTEGER NOT NULL         -- the first id of its run
);
CREATE TABLE exchange (
	id INTEGER PRIMARY KEY,
	head BLOB NOT NULL,
	crc INTEGER, body BLOB         -- when it is small, else it is in body
);
CREATE TABLE reply (id INTEGER PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE meta (id INTEGER PRIMARY KEY, pinned INTEGER NOT NULL, data BLOB NOT NULL);
CREATE TABLE attempt (id INTEGER PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE body (id INTEGER PRIMARY KEY, crc INTEGER NOT NULL, data BLOB NOT NULL);
`}

// changeColumns is how many columns table change has; no other has as many.
const changeColumns = 11

// version returns what the file says of itself.
func (c *conn) version() (app, version int64, err error) {
	if _, err = c.ints("PRAGMA application_id", &app); err != nil {
		return 0, 0, err
	}
	_, err = c.ints("PRAGMA user_version", &version)
	return app, version, err
}

// upgrade brings the file to the newest version, after a copy of what was there.
func (c *conn) upgrade(path string, from int, steps []string) error {
	if from > 0 {
		backup := fmt.Sprintf("%s.v%d.bak", path, from)
		if _, err := os.Lstat(backup); err != nil {
			if err := c.exec("VACUUM INTO ?", backup); err != nil {
				return fmt.Errorf("back up to %s: %w", backup, err)
			}
			if err := os.Chmod(backup, 0o600); err != nil {
				return err
			}
		}
	}
	return c.tx("BEGIN IMMEDIATE", func() error {
		for _, step := range steps[from:] {
			if err := c.script(step); err != nil {
				return err
			}
		}
		if err := c.pragma(fmt.Sprintf("application_id = %d", applicationID)); err != nil {
			return err
		}
		return c.pragma(fmt.Sprintf("user_version = %d", len(steps)))
	})
}

// script runs several statements.
func (c *conn) script(sql string) error {
	err := c.exec(sql)
	if s := c.stmts[sql]; s != nil {
		s.Close()
		delete(c.stmts, sql)
	}
	return err
}

// inlineBody is the largest body, in bytes, that is kept beside its head: small
// enough that reading all heads is not slowed down, large enough for most, which
// then cost one row and not two.
const inlineBody = 2 << 10

// inlineAnswer is the largest body of an answer, in bytes, that is kept in its row
// and in memory: most say only that the webhook was taken.
const inlineAnswer = 256

// slotBits is how many attempts an exchange can have: 2^24.
const slotBits = 24

// slot numbers the attempt n of an exchange, or one of its bodies.
func slot(id capture.ID, n int) int64 { return int64(id)<<slotBits | int64(n) }

// The bodies of an exchange; those of attempt n are 2n and 2n+1.
const (
	bodyRequest = 0
	bodyReply   = 1
)

// slots returns the first and the last number of the exchanges first to last.
func slots(first, last capture.ID) (int64, int64) {
	return slot(first, 0), slot(last, 1<<slotBits-1)
}
