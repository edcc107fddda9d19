package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"strings"
	"sync"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"
)

// conn is one connection with its prepared statements. Its methods need mu held.
type conn struct {
	mu sync.Mutex

	db    driver.Conn
	stmts map[string]driver.Stmt
	args  []driver.NamedValue
	inTx  bool
}

// dial opens a connection to a file that exists.
func dial(path string, pragmas ...string) (*conn, error) {
	c := &conn{}
	return c, c.connect(path, "mode=rw", pragmas...)
}

// connect connects a conn that is not. The query is that of an SQLite URI.
func (c *conn) connect(path, query string, pragmas ...string) error {
	abs, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	slashed := filepath.ToSlash(abs)
	if !strings.HasPrefix(slashed, "/") {
		slashed = "/" + slashed // C:/...
	}
	uri := url.URL{Scheme: "file", Path: slashed, RawQuery: query}
	c.db, err = (&sqlite.Driver{}).Open(uri.String())
	if err != nil {
		return err
	}
	c.stmts = map[string]driver.Stmt{}
	for _, p := range pragmas {
		if err := c.pragma(p); err != nil {
			return errors.Join(fmt.Errorf("pragma %s: %w", p, err), c.disconnect())
		}
	}
	return nil
}

func (c *conn) close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.disconnect()
}

func (c *conn) disconnect() error {
	if c.stmts == nil {
		return nil // it is closed
	}
	for _, s := range c.stmts {
		s.Close()
	}
	c.stmts = nil
	return c.db.Close()
}

func (c *conn) stmt(sql string) (driver.Stmt, error) {
	if s := c.stmts[sql]; s != nil {
		return s, nil
	}
	if c.stmts == nil {
		return nil, errors.New("the history is closed")
	}
	s, err := c.db.Prepare(sql)
	if err != nil {
		return nil, err
	}
	c.stmts[sql] = s
	return s, nil
}

func (c *conn) named(args []driver.Value) []driver.NamedValue {
	c.args = c.args[:0]
	for i, a := range args {
		c.args = append(c.args, driver.NamedValue{Ordinal: i + 1, Value: a})
	}
	return c.args
}

// exec runs a statement that gives no rows.
func (c *conn) exec(sql string, args ...driver.Value) error {
	_, err := c.change(sql, args...)
	return err
}

// change runs a statement and returns how many rows it changed.
func (c *conn) change(sql string, args ...driver.Value) (int64, error) {
	s, err := c.stmt(sql)
	if err != nil {
		return 0, err
	}
	result, err := s.(driver.StmtExecContext).ExecContext(context.Background(), c.named(args))
	clear(c.args) // holds on to no body
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// query calls f with each row, whose slice is used again for the next.
func (c *conn) query(f func(row []driver.Value) error, sql string, args ...driver.Value) (err error) {
	s, err := c.stmt(sql)
	if err != nil {
		return err
	}
	rows, err := s.(driver.StmtQueryContext).QueryContext(context.Background(), c.named(args))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	row := make([]driver.Value, len(rows.Columns()))
	for {
		switch err := rows.Next(row); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		if err := f(row); err != nil {
			return err
		}
	}
}

// ints reads a row of integers, if there is one.
func (c *conn) ints(sql string, into ...*int64) error {
	return c.query(func(row []driver.Value) error {
		for i, p := range into {
			*p, _ = row[i].(int64)
		}
		return nil
	}, sql)
}

// pragma runs a pragma and forgets what it says.
func (c *conn) pragma(p string) error {
	defer c.drop("PRAGMA " + p)
	return c.query(func([]driver.Value) error { return nil }, "PRAGMA "+p)
}

// drop closes a statement that is not used again.
func (c *conn) drop(sql string) {
	if s := c.stmts[sql]; s != nil {
		s.Close()
		delete(c.stmts, sql)
	}
}

// tx runs f within a transaction that starts with begin, or within the one that
// is under way.
func (c *conn) tx(begin string, f func() error) error {
	if c.inTx {
		return f()
	}
	if err := c.exec(begin); err != nil {
		return err
	}
	c.inTx = true
	done := false
	defer func() {
		c.inTx = false
		if !done { // a panic too must not leave it open
			_ = c.exec("ROLLBACK") // says only that it was rolled back already
		}
	}()
	err := f()
	if err == nil {
		err = c.exec("COMMIT")
	}
	done = err == nil
	return err
}

// damaged reports whether err, of opening and reading, says that the file is not
// what it was. An SQL error does: the statements are right, so the schema is not.
func damaged(err error) bool {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Code() & 0xff {
	case lib.SQLITE_NOTADB, lib.SQLITE_FORMAT, lib.SQLITE_ERROR, lib.SQLITE_MISMATCH, lib.SQLITE_CONSTRAINT:
		return true
	case lib.SQLITE_IOERR:
		return e.Code() == lib.SQLITE_IOERR_SHORT_READ
	}
	return corrupt(err)
}

// corrupt reports whether err says that the structure of the file is damaged.
func corrupt(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && e.Code()&0xff == lib.SQLITE_CORRUPT
}
