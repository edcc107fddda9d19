package sqlite

import (
	"context"
	"database/sql/driver"
	"fmt"
	"slices"

	"creel/capture"
)

// attempt writes an attempt under the next number of its exchange.
func (t *commit) attempt(ctx context.Context, op capture.Op) (capture.Op, error) {
	add := op.Attempt
	n, waits := t.s.waiting.attempts[add.ID]
	if !waits {
		var found bool
		if n, found = t.newest[add.ID]; !found {
			return op, nil
		}
	}
	t.touch(add.ID)
	n++
	if waits {
		t.s.waiting.attempts[add.ID] = n
	} else {
		t.newest[add.ID] = n
	}
	a, err := t.putAttempt(ctx, &t.laterBodies, add.ID, n, &add.Attempt)
	if err != nil {
		return capture.Op{}, err
	}
	if a != &add.Attempt {
		op.Attempt = &capture.AttemptAdd{ID: add.ID, Attempt: *a, Forget: add.Forget}
	}
	return op, t.trim(op.Attempt)
}

// putAttempt writes an attempt under a number, and its bodies into rows of to. It returns
// the attempt itself when nothing of it has to change for that.
func (t *commit) putAttempt(ctx context.Context, to *insert, id capture.ID, n int, a *capture.Attempt) (*capture.Attempt, error) {
	small := a.Reply.Body.Size() <= inlineResponse
	if _, _, stored := a.Reply.Body.Stored(); stored || !small || !a.SameBody || a.N != n {
		c := *a
		a, c.N = &c, n
		var err error
		if !c.SameBody {
			if c.Body, err = t.keep(ctx, to, slot(id, 2*n), c.Body); err != nil {
				return nil, err
			}
		}
		if c.Reply.Body, err = t.keepResponse(ctx, to, slot(id, 2*n+1), c.Reply.Body); err != nil {
			return nil, err
		}
	}
	row := attemptRow{Attempt: a}
	row.response.of(a.Reply.Body)
	if !a.SameBody {
		row.body = bodyColumns{size: a.Body.Size(), trimmed: a.Body.IsForgotten()}
	}
	add(&t.attempts, slot(id, n), attemptColumns, &row)
	return a, nil
}

// trim removes the attempts, and the bodies of attempts, that are too old.
func (t *commit) trim(add *capture.AttemptAdd) error {
	n, id := add.Attempt.N, add.ID
	forget := max(add.Forget, n-capture.KeepBodies)
	if forget <= 0 && n <= capture.KeepAttempts {
		return nil
	}
	t.settle(id)
	if err := t.flush(); err != nil {
		return err
	}
	if old := n - capture.KeepAttempts; old > 0 {
		if err := t.c.exec("DELETE FROM attempt WHERE id BETWEEN ? AND ?", slot(id, 0), slot(id, old)); err != nil {
			return err
		}
	}
	if forget <= 0 {
		return nil
	}
	if forget > n-capture.KeepBodies { // else a reader can tell
		m, err := readMeta(t.c, id)
		if err != nil {
			return err
		}
		m.trim = max(m.trim, forget)
		if err := m.write(t.c, id); err != nil {
			return err
		}
	}
	shared, err := readResponse(t.c, id) // stays, as the body of the reply
	if err != nil {
		return err
	}
	return t.c.exec("DELETE FROM body WHERE id BETWEEN ? AND ? AND id <> ?", slot(id, 2), slot(id, 2*forget+1), shared)
}

// readResponse returns which body of an exchange is that of a response and of the reply;
// zero for none.
func readResponse(c *conn, id capture.ID) (shared int64, err error) {
	err = c.query(func(row []driver.Value) error {
		columns, err := replies.check(row)
		if err != nil {
			return nil //nolint:nilerr // a damaged row says nothing
		}
		var r replyRow
		scan(replyColumns, valuesOf(columns), newInterner(), &r)
		if r.response > 0 {
			shared = int64(responseRef(id, r.response))
		}
		return nil
	}, replies.sql("SELECT $ FROM reply WHERE id = ?"), int64(id))
	return shared, err
}

// findNewest has the newest attempt of each exchange at hand that ops have attempts of,
// the first op one of them.
func (t *commit) findNewest(ops []capture.Op) (err error) {
	if _, waits := t.s.waiting.attempts[ops[0].Attempt.ID]; waits || t.newest != nil {
		return nil
	}
	if err = t.flush(); err == nil {
		t.newest, err = readNewest(t.c, ops)
	}
	return err
}

// newest is the number of the newest attempt of each exchange that is there,
// zero where there is none yet.
type newest map[capture.ID]int

// readNewest reads it for the exchanges that ops have attempts of, many with a
// statement.
func readNewest(c *conn, ops []capture.Op) (newest, error) {
	var ids []driver.Value
	for _, op := range ops {
		if op.Attempt != nil {
			ids = append(ids, int64(op.Attempt.ID))
		}
	}
	found := newest{}
	for part := range slices.Chunk(ids, len(newestOf{})) {
		var of newestOf
		for i := range of {
			of[i] = part[min(i, len(part)-1)]
		}
		if err := c.query(found.row, newestSQL, of[:]...); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// newestOf are the exchanges that one statement asks for.
type newestOf [16]driver.Value

var newestSQL = fmt.Sprintf(`SELECT id, (SELECT max(id) FROM attempt WHERE id BETWEEN request.id << %[1]d AND (request.id + 1 << %[1]d) - 1)
	FROM request WHERE id IN (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, slotBits)

func (n newest) row(row []driver.Value) error {
	id := row[0].(int64)
	n[capture.ID(id)] = 0
	if last, ok := row[1].(int64); ok {
		n[capture.ID(id)] = int(last - slot(capture.ID(id), 0))
	}
	return nil
}
