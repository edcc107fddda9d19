package sqlite

import (
	"database/sql/driver"
	"iter"
	"slices"
	"strings"

	"creel/capture"
)

// insert collects rows for one table and writes many with a statement, which
// costs a third of writing each with its own.
type insert struct {
	sql, tail string // around the list of rows
	columns   int
	args      []driver.Value
	bytes     int // of all rows that were added
}

// add puts a row with those that are inserted together.
func (in *insert) add(row ...driver.Value) {
	in.args = append(in.args, row...)
	for _, v := range row {
		in.bytes += len(blob(v))
	}
}

// flush writes the rows in the order in which they were added.
func (in *insert) flush(c *conn) error {
	for _, n := range [...]int{32, 16, 8, 4, 2, 1} {
		sql := ""
		for len(in.args) >= n*in.columns {
			if sql == "" {
				sql = in.statement(n)
			}
			if err := c.exec(sql, in.args[:n*in.columns]...); err != nil {
				return err
			}
			in.args = in.args[n*in.columns:]
		}
	}
	in.args = nil
	return nil
}

func (in *insert) statement(rows int) string {
	row := "(" + strings.Repeat("?,", in.columns-1) + "?)"
	return in.sql + strings.Repeat(row+",", rows-1) + row + in.tail
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
