package sqlite

import (
	"database/sql/driver"
	"fmt"
	"iter"
	"slices"
	"strings"

	"creel/capture"
)

// inserts is what commits insert, each list of rows with one statement, and memory
// for it that every commit uses again.
type inserts struct {
	exchanges, bodies, replies, replyBodies, attempts insert

	rows, free []byte // for packed rows: all of it, and what is left of it
}

// rowBytes is how much memory for rows is kept: most commits need no more.
const rowBytes = 64 << 10

func newInserts() *inserts {
	const exists = ") WHERE EXISTS (SELECT 1 FROM exchange WHERE id = column1"
	return &inserts{
		// What is new needs no REPLACE, for which SQLite would keep a copy of each
		// page to go back to: whatever fails ends the whole transaction.
		exchanges: insert{columns: 4, sql: "INSERT OR FAIL INTO exchange (id, head, crc, body) VALUES "},
		bodies:    insert{columns: 3, sql: "INSERT OR FAIL INTO body (id, crc, data) VALUES "},
		attempts:  insert{columns: 2, sql: "INSERT OR FAIL INTO attempt (id, data) VALUES "},
		replies: insert{
			columns: 2, sql: "INSERT OR REPLACE INTO reply (id, data) SELECT * FROM (VALUES ",
			tail: exists + ")",
		},
		replyBodies: insert{
			columns: 3, sql: "INSERT OR REPLACE INTO body (id, crc, data) SELECT * FROM (VALUES ",
			tail: fmt.Sprintf("%s >> %d)", exists, slotBits),
		},
		rows: make([]byte, 0, rowBytes),
	}
}

// all are in the order in which they are inserted.
func (in *inserts) all() [5]*insert {
	return [...]*insert{&in.exchanges, &in.bodies, &in.replies, &in.replyBodies, &in.attempts}
}

// reset makes them ready for a commit. Rows of the one before are no longer valid.
func (in *inserts) reset() {
	for _, one := range in.all() {
		one.drop()
		one.bytes = 0
	}
	in.free = in.rows
}

// room is memory for a row to be packed into.
func (in *inserts) room() []byte {
	if cap(in.free) < 1<<10 {
		in.free = make([]byte, 0, rowBytes)
	}
	return in.free
}

// packed takes the memory of a row that was packed into the room.
func (in *inserts) packed(row []byte) []byte {
	n := len(row)
	in.free = row[n:]
	return row[:n:n]
}

// insert collects rows for one table and writes many with a statement, which
// costs a third of writing each with its own.
type insert struct {
	sql, tail  string // around the list of rows
	columns    int
	statements [len(lots)]string // made when they are needed first
	args       []driver.Value
	bytes      int // of all rows that were added
}

// lots are how many rows a statement writes.
var lots = [...]int{32, 16, 8, 4, 2, 1}

// add puts a row with those that are inserted together.
func (in *insert) add(row ...driver.Value) {
	in.args = append(in.args, row...)
	for _, v := range row {
		in.bytes += len(blob(v))
	}
}

// flush writes the rows in the order in which they were added.
func (in *insert) flush(c *conn) error {
	defer in.drop()
	args := in.args
	for i, rows := range lots {
		for n := rows * in.columns; len(args) >= n; args = args[n:] {
			if err := c.exec(in.statement(i), args[:n]...); err != nil {
				return err
			}
		}
	}
	return nil
}

// drop forgets the rows.
func (in *insert) drop() {
	clear(in.args)
	in.args = in.args[:0]
}

// statement writes as many rows as the lot has.
func (in *insert) statement(lot int) string {
	if in.statements[lot] == "" {
		row := "(" + strings.Repeat("?,", in.columns-1) + "?)"
		in.statements[lot] = in.sql + strings.Repeat(row+",", lots[lot]-1) + row + in.tail
	}
	return in.statements[lot]
}

// pages is about how many pages of the log the rows take, with those that
// lead to them.
func (in *insert) pages() int { return in.bytes/pageBytes*5/4 + 2 }

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
