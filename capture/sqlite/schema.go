package sqlite

import (
	"errors"
	"fmt"

	"creel/capture"
)

// applicationID marks the file as creel's in its header: "cree".
const applicationID = 0x63726565

// schemaVersion is the user_version of the file. A file of version 1, which had
// rows in an encoding of their own, is copied like a damaged one, see v1.go.
const schemaVersion = 2

// schema makes the tables. NULL stands for an empty text, for zero and for no. The
// view exchange is for people; the rest of the program reads the tables.
const schema = `
CREATE TABLE request (           -- what arrived
	id INTEGER PRIMARY KEY,
	at INTEGER,                  -- nanoseconds since 1970
	method TEXT, target TEXT, host TEXT,
	provider TEXT, event TEXT, delivery TEXT, verdict TEXT,
	size INTEGER,                -- bytes of the body that were announced or read
	headers TEXT,                -- JSON: [["Host","example.com"],["X-A","1"]]
	more TEXT,                   -- JSON: {"remote":"127.0.0.1:53122","proto":"HTTP/1.1"}
	sum INTEGER NOT NULL         -- checksum of the row
);
CREATE TABLE reply (             -- what the sender got
	id INTEGER PRIMARY KEY,
	state TEXT NOT NULL, status INTEGER, headers TEXT,
	body BLOB,                   -- when it is small, else it is in table body
	more TEXT, sum INTEGER NOT NULL
);
CREATE TABLE meta (              -- what was set later
	id INTEGER PRIMARY KEY,
	pinned INTEGER, note TEXT, pending TEXT,
	checked INTEGER, verdict TEXT, reason TEXT, explanation TEXT,
	renamed INTEGER, handshake TEXT,
	trim INTEGER,                -- attempts up to this one have no bodies
	sum INTEGER NOT NULL
);
CREATE TABLE attempt (
	id INTEGER PRIMARY KEY,
	exchange INTEGER AS (id >> 24) VIRTUAL, n INTEGER AS (id & 16777215) VIRTUAL,
	at INTEGER, url TEXT, method TEXT, status INTEGER, cause TEXT,
	took INTEGER,                -- nanoseconds
	headers TEXT, response_headers TEXT,
	response_body BLOB,          -- when it is small, else it is in table body
	more TEXT, sum INTEGER NOT NULL
);
CREATE TABLE body (
	id INTEGER PRIMARY KEY,      -- exchange << 24, + 1 of its reply, + 2n of attempt n, + 2n+1 of the response
	data BLOB NOT NULL,
	sum INTEGER NOT NULL
);
CREATE TABLE change (            -- one row for each commit; the newest also has the counters
	id INTEGER PRIMARY KEY,      -- revision
	writer INTEGER,              -- which process
	ids BLOB,                    -- which exchanges
	next INTEGER,                -- the next id
	keep INTEGER, keep_bytes INTEGER, kept INTEGER, used INTEGER,
	pinned INTEGER, pinned_bytes INTEGER, pending INTEGER,
	sum INTEGER NOT NULL
);
CREATE TABLE owner (             -- the process that captures, or was the last to
	one INTEGER PRIMARY KEY CHECK (one = 1),
	pid INTEGER NOT NULL, url TEXT NOT NULL, targets TEXT NOT NULL,
	started INTEGER NOT NULL,    -- nanoseconds since 1970
	first INTEGER NOT NULL       -- the first id of its run
);
CREATE VIEW exchange AS SELECT
	r.id, strftime('%Y-%m-%dT%H:%M:%fZ', r.at / 1e9, 'unixepoch') AS time,
	r.method, r.target, r.host, y.status, coalesce(y.state, 'waiting') AS state,
	r.provider, r.event, r.delivery,
	coalesce(CASE WHEN m.checked THEN m.verdict ELSE r.verdict END, 'unsigned') AS verdict,
	coalesce(r.size, 0) AS size, r.headers, CAST(b.data AS TEXT) AS body,
	coalesce(m.pinned, 0) AS pinned, m.note, m.pending, r.more, y.more AS reply_more
FROM request r LEFT JOIN reply y ON y.id = r.id LEFT JOIN meta m ON m.id = r.id
	LEFT JOIN body b ON b.id = r.id << 24;
`

// checkVersion returns whether the file is new, or why it cannot be used.
func (c *conn) checkVersion() (fresh bool, err error) {
	var app, version, tables int64
	for sql, into := range map[string]*int64{
		"PRAGMA application_id": &app, "PRAGMA user_version": &version, "SELECT count(*) FROM sqlite_schema": &tables,
	} {
		if err := c.ints(sql, into); err != nil {
			return false, err
		}
	}
	switch {
	case app == 0 && version == 0 && tables == 0:
		return true, nil
	case app != applicationID:
		return false, errors.New("it is a database of another program")
	case version > schemaVersion:
		return false, fmt.Errorf("%w (version %d)", errNewer, version)
	case version < schemaVersion:
		return false, errOlder
	}
	return false, nil
}

// create makes the tables.
func (c *conn) create() error {
	for _, p := range [...]string{fmt.Sprintf("page_size = %d", pageBytes), "auto_vacuum = incremental"} {
		if err := c.pragma(p); err != nil {
			return err
		}
	}
	if err := c.pragma("journal_mode = wal"); err != nil { // before there is a page, or the size would be the usual
		return err
	}
	return c.tx("BEGIN IMMEDIATE", func() error {
		if err := c.script(schema); err != nil {
			return err
		}
		if err := (&counters{next: 1}).write(c, 0, nil); err != nil {
			return err
		}
		if err := c.pragma(fmt.Sprintf("application_id = %d", applicationID)); err != nil {
			return err
		}
		return c.pragma(fmt.Sprintf("user_version = %d", schemaVersion))
	})
}

// script runs several statements.
func (c *conn) script(sql string) error {
	defer c.drop(sql)
	return c.exec(sql)
}

// inlineResponse is the largest body of a reply or a response, in bytes, that is
// kept in its row and in memory: most say only that the webhook was taken.
const inlineResponse = 256

// slotBits is how many attempts an exchange can have: 2^24.
const slotBits = 24

// slot numbers the attempt n of an exchange, or one of its bodies.
func slot(id capture.ID, n int) int64 { return int64(id)<<slotBits | int64(n) }

// The bodies of an exchange; those of attempt n are 2n and 2n+1.
const (
	bodyRequest = 0
	bodyReply   = 1
)

// responseRef is the body of the response to attempt n.
func responseRef(id capture.ID, n int) capture.BodyRef { return capture.BodyRef(slot(id, 2*n+1)) }

// slots returns the first and the last number of the exchanges first to last.
func slots(first, last capture.ID) (int64, int64) {
	return slot(first, 0), slot(last, 1<<slotBits-1)
}
