package sqlite

import (
	"cmp"
	"database/sql/driver"
	"fmt"
	"iter"
	"slices"
	"strings"

	"creel/capture"
)

// inserts is what a commit inserts, the rows of each table with one statement.
type inserts struct {
	requests, bodies, firstReplies, replies, laterBodies, attempts insert
}

func newInserts() *inserts {
	const exists = ") WHERE EXISTS (SELECT 1 FROM request WHERE id = column1"
	return &inserts{
		// What is new needs no REPLACE, for which SQLite would keep a copy of each
		// page to go back to: whatever fails ends the whole transaction.
		requests:     insert{table: &requests, sql: "INSERT OR FAIL INTO request ($) VALUES "},
		bodies:       insert{table: &bodies, sql: "INSERT OR FAIL INTO body ($) VALUES "},
		attempts:     insert{table: &attempts, sql: "INSERT OR FAIL INTO attempt ($) VALUES "},
		firstReplies: insert{table: &replies, sql: "INSERT OR FAIL INTO reply ($) VALUES "},
		replies:      insert{table: &replies, sql: "INSERT OR REPLACE INTO reply ($) SELECT * FROM (VALUES ", tail: exists + ")"},
		laterBodies:  insert{table: &bodies, sql: "INSERT OR REPLACE INTO body ($) SELECT * FROM (VALUES ", tail: fmt.Sprintf("%s >> %d)", exists, slotBits)},
	}
}

// all are in the order in which they are inserted.
func (in *inserts) all() [6]*insert {
	return [...]*insert{&in.requests, &in.bodies, &in.firstReplies, &in.replies, &in.laterBodies, &in.attempts}
}

// reset makes them ready for a commit.
func (in *inserts) reset() {
	for _, one := range in.all() {
		one.drop()
		one.bytes = 0
	}
}

// insert collects rows for one table and writes many with a statement, which
// costs a third of writing each with its own.
type insert struct {
	table      *table
	sql, tail  string                  // around the list of rows
	statements [len(batchSizes)]string // made when they are needed first
	args       []driver.Value
	sorted     []driver.Value // used again by sort
	bytes      int            // of all rows that were added
}

// batchSizes are how many rows a statement writes.
var batchSizes = [...]int{32, 8, 1}

// add puts a row with those that are inserted together: its number, and its columns.
func add[T any](in *insert, id int64, columns []column[T], from *T) {
	start := len(in.args)
	in.args = appendValues(append(in.args, id), columns, from)
	row := in.args[start:]
	in.args = append(in.args, in.table.sum(row))
	for _, v := range row {
		switch v := v.(type) {
		case string:
			in.bytes += len(v)
		case []byte:
			in.bytes += len(v)
		}
	}
}

// flush writes the rows in the order of their ids; of several with the same, in the order
// in which they were added.
func (in *insert) flush(c *conn) error {
	defer in.drop()
	args := in.sort()
	for i, rows := range batchSizes {
		for n := rows * in.width(); len(args) >= n; args = args[n:] {
			if err := c.exec(in.statement(i), args[:n]...); err != nil {
				return err
			}
		}
	}
	return nil
}

// sort returns the values of the rows in the order of their ids. Most are in it already;
// replies and attempts come as they end. A row between others splits a page in two that
// are half full, where one at the end begins a page.
func (in *insert) sort() []driver.Value {
	width := in.width()
	id := func(at int) int64 { return in.args[at].(int64) }
	ordered := true
	for at := width; at < len(in.args) && ordered; at += width {
		ordered = id(at-width) <= id(at)
	}
	if ordered {
		return in.args
	}
	starts := make([]int, 0, len(in.args)/width)
	for at := 0; at < len(in.args); at += width {
		starts = append(starts, at)
	}
	slices.SortStableFunc(starts, func(a, b int) int { return cmp.Compare(id(a), id(b)) })
	in.sorted = in.sorted[:0]
	for _, at := range starts {
		in.sorted = append(in.sorted, in.args[at:at+width]...)
	}
	return in.sorted
}

// width is how many values a row has.
func (in *insert) width() int { return len(in.table.columns) + 2 }

// drop forgets the rows.
func (in *insert) drop() {
	clear(in.args)
	clear(in.sorted)
	in.args, in.sorted = in.args[:0], in.sorted[:0]
}

// statement writes as many rows as the batch has.
func (in *insert) statement(batch int) string {
	if in.statements[batch] == "" {
		row := "(" + strings.Repeat("?,", in.width()-1) + "?)"
		in.statements[batch] = in.table.sql(in.sql) + strings.Repeat(row+",", batchSizes[batch]-1) + row + in.tail
	}
	return in.statements[batch]
}

// put writes one row in the place of what was there.
func (t *table) put(c *conn, row ...driver.Value) error {
	row = append(row, t.sum(row))
	marks := strings.Repeat("?,", len(row)-1) + "?"
	return c.exec(t.sql("INSERT OR REPLACE INTO "+t.name+" ($) VALUES ("+marks+")"), row...)
}

// runs yields the first and the last of each run of successive ids.
func runs(ids []capture.ID) iter.Seq2[capture.ID, capture.ID] {
	return func(yield func(first, last capture.ID) bool) {
		sorted := slices.Compact(slices.Sorted(slices.Values(ids)))
		for len(sorted) > 0 {
			n := 1
			for n < len(sorted) && sorted[n] == sorted[n-1]+1 {
				n++
			}
			if !yield(sorted[0], sorted[n-1]) {
				return
			}
			sorted = sorted[n:]
		}
	}
}
