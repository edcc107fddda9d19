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

var (
	requests = table{'r', "request", names(requestColumns)}
	replies  = table{'y', "reply", names(replyColumns)}
	metas    = table{'m', "meta", names(metaColumns)}
	attempts = table{'a', "attempt", names(attemptColumns)}
	bodies   = table{'b', "body", names(dataColumns)}
	changes  = table{'c', "change", []string{
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
	scratch := scratches.Get().(*[]byte)
	buf := append((*scratch)[:0], t.tag)
	var sum uint32
	for _, v := range row {
		switch v := v.(type) {
		case int64:
			buf = binary.LittleEndian.AppendUint64(append(buf, 'i'), uint64(v))
		case string:
			buf = binary.LittleEndian.AppendUint32(append(buf, 't'), uint32(len(v)))
			buf = append(buf, v...)
		case []byte:
			buf = binary.LittleEndian.AppendUint32(append(buf, 'b'), uint32(len(v)))
			sum = crc32.Update(sum, castagnoli, v)
		default:
			buf = append(buf, 'n')
		}
	}
	sum = crc32.Update(sum, castagnoli, buf)
	*scratch = buf
	scratches.Put(scratch)
	return int64(sum)
}

var scratches = sync.Pool{New: func() any { return new([]byte) }}

// check returns the columns of a row as it was read: its number, the columns, and
// the checksum.
func (t *table) check(row []driver.Value) ([]driver.Value, error) {
	last := len(row) - 1
	if last != len(t.columns)+1 || row[last] != t.sum(row[:last]) {
		return nil, fmt.Errorf("%w of table %s: %v", errRow, t.name, row[0])
	}
	return row[1:last], nil
}
