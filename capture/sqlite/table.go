package sqlite

import (
	"database/sql/driver"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"strings"
	"sync"
)

// errRow says that a row is not what was written.
var errRow = errors.New("a damaged row")

// table is a table of the history. Its rows have a number, the id, some columns,
// and a checksum of all of it: SQLite does not notice a flipped bit, and in a file
// whose trees are destroyed the checksum tells what a row is.
type table struct {
	tag     byte // goes into the checksums
	name    string
	columns []string // without id and sum
}

func newTable[T any](tag byte, name string, columns []column[T]) table {
	t := table{tag: tag, name: name}
	for i := range columns {
		t.columns = append(t.columns, columns[i].name)
	}
	return t
}

var (
	requests = newTable('r', "request", requestColumns)
	replies  = newTable('y', "reply", replyColumns)
	metas    = newTable('m', "meta", metaColumns)
	attempts = newTable('a', "attempt", attemptColumns)
	bodies   = newTable('b', "body", dataColumns)
	changes  = table{tag: 'c', name: "change", columns: []string{
		"writer", "ids", "next", "keep", "keep_bytes", "kept", "used", "pinned", "pinned_bytes", "pending",
	}}

	tables = [...]*table{&requests, &replies, &metas, &attempts, &bodies, &changes}
)

// sql returns a statement with the columns, in the order of a row's values, in the place
// of each $.
func (t *table) sql(statement string) string {
	return strings.ReplaceAll(statement, "$", "id, "+strings.Join(t.columns, ", ")+", sum")
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// sum is the checksum of a row, whose values begin with its number: of their kinds,
// lengths and bytes.
func (t *table) sum(row []driver.Value) int64 {
	sum := t.startSum()
	for _, v := range row {
		switch v := v.(type) {
		case int64:
			sum.number(v)
		case string:
			sum.length('t', len(v))
			sum.buf = append(sum.buf, v...)
		case []byte:
			sum.blob(v)
		default:
			sum.null()
		}
	}
	return sum.end()
}

// sumOf is sum of a row that was read.
func (t *table) sumOf(row []value) int64 {
	sum := t.startSum()
	for i := range row {
		switch v := &row[i]; v.kind {
		case kindNumber:
			sum.number(v.number)
		case kindText:
			sum.length('t', len(v.data))
			sum.buf = append(sum.buf, v.data...)
		case kindBlob:
			sum.blob(v.data)
		default:
			sum.null()
		}
	}
	return sum.end()
}

// rowSum is a checksum on the way: of what is in buf after the blobs.
type rowSum struct {
	buf   []byte
	blobs uint32
}

var rowSums = sync.Pool{New: func() any { return new(rowSum) }}

func (t *table) startSum() *rowSum {
	s := rowSums.Get().(*rowSum)
	s.buf, s.blobs = append(s.buf[:0], t.tag), 0
	return s
}

func (s *rowSum) null() { s.buf = append(s.buf, 'n') }

func (s *rowSum) number(n int64) {
	s.buf = binary.LittleEndian.AppendUint64(append(s.buf, 'i'), uint64(n))
}

func (s *rowSum) length(kind byte, n int) {
	s.buf = binary.LittleEndian.AppendUint32(append(s.buf, kind), uint32(n))
}

func (s *rowSum) blob(data []byte) {
	s.length('b', len(data))
	s.blobs = crc32.Update(s.blobs, castagnoli, data)
}

func (s *rowSum) end() int64 {
	sum := crc32.Update(s.blobs, castagnoli, s.buf)
	rowSums.Put(s)
	return int64(sum)
}

// check returns the columns of a row as it was read: its number, the columns, and
// the checksum.
func (t *table) check(row []driver.Value) ([]driver.Value, error) {
	last := len(row) - 1
	if last != len(t.columns)+1 || row[last] != t.sum(row[:last]) {
		return nil, fmt.Errorf("%w of table %s: %v", errRow, t.name, row[0])
	}
	return row[1:last], nil
}

// each calls f with the number of each row of the first table that meets a condition, its
// columns, and those of the rows of the other tables with the same number; nil where
// there is none.
func each(c *conn, f func(id int64, columns [][]value) error, tables []*table, where string, args ...driver.Value) error {
	var read []string
	from := tables[0].name
	for i, t := range tables {
		if i > 0 {
			from += " LEFT JOIN " + t.name + " ON " + t.name + ".id = " + tables[0].name + ".id"
		}
		read = append(read, t.name+".id")
		for _, name := range t.columns {
			read = append(read, t.name+"."+name)
		}
		read = append(read, t.name+".sum")
	}
	columns := make([][]value, len(tables))
	return c.query(func(row []driver.Value) error {
		id, _ := row[0].(int64)
		for i, t := range tables {
			one := row[:len(t.columns)+2]
			row = row[len(one):]
			if columns[i] = nil; one[0] == nil {
				continue
			}
			checked, err := t.check(one)
			if err != nil {
				return err
			}
			columns[i] = valuesOf(checked)
		}
		return f(id, columns)
	}, "SELECT "+strings.Join(read, ", ")+" FROM "+from+" WHERE "+where, args...)
}
