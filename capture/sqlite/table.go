package sqlite

import (
	"cmp"
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
	texts   []bool   // which of them hold texts
}

func newTable[T any](tag byte, name string, columns []column[T]) table {
	t := table{tag: tag, name: name}
	for i := range columns {
		t.columns, t.texts = append(t.columns, columns[i].name), append(t.texts, columns[i].text)
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

// separator stands between the texts that are read as one.
const separator = "\x1f"

// each calls f with the number of each row of the first table that meets a condition, its
// columns, and those of the rows of the other tables with the same number; nil where
// there is none. The slices are used again. All texts are read as one: SQLite takes as
// long for each value that it is asked for as for finding a row. It saves a sixth of the
// CPU of a start.
func each(c *conn, f func(id int64, columns [][]driver.Value) error, tables []*table, where string, args ...driver.Value) error {
	var read, texts []string
	from := tables[0].name
	columns, rows := make([][]driver.Value, len(tables)), make([][]driver.Value, len(tables))
	for i, t := range tables {
		if i > 0 {
			from += " LEFT JOIN " + t.name + " ON " + t.name + ".id = " + tables[0].name + ".id"
		}
		read = append(read, t.name+".id", t.name+".sum")
		for j, name := range t.columns {
			if t.texts[j] {
				texts = append(texts, "ifnull("+t.name+"."+name+", '')")
			} else {
				read = append(read, t.name+"."+name)
			}
		}
		rows[i] = make([]driver.Value, len(t.columns)+2)
	}
	sql := "SELECT " + strings.Join(read, ", ") + ", concat_ws(char(31), " + strings.Join(texts, ", ") + ") FROM " + from + " WHERE " + where
	return c.query(func(values []driver.Value) (err error) {
		text, _ := values[len(values)-1].(string)
		apart := strings.Count(text, separator) == len(texts)-1 // no text has one in it
		for i, t := range tables {
			row, last := rows[i], len(rows[i])-1
			values, text = t.unpack(row, values, text)
			columns[i] = row[1:last]
			if row[0] == nil {
				columns[i] = nil
			} else if !apart || row[last] != t.sum(row[:last]) {
				if columns[i], err = t.one(c, row[0]); err != nil {
					return err
				}
			}
		}
		return f(rows[0][0].(int64), columns)
	}, sql, args...)
}

// unpack takes a row, as it was written, from the values and texts that each reads, and
// returns the rest of them.
func (t *table) unpack(row, values []driver.Value, text string) (restValues []driver.Value, restText string) {
	row[0], row[len(row)-1], values = values[0], values[1], values[2:]
	for i, isText := range t.texts {
		if !isText {
			row[i+1], values = values[0], values[1:]
			continue
		}
		var s string
		s, text, _ = strings.Cut(text, separator)
		if row[i+1] = nil; s != "" {
			row[i+1] = s
		}
	}
	return values, text
}

// one returns the columns of the row with that number, or says that it is damaged.
func (t *table) one(c *conn, id driver.Value) (columns []driver.Value, err error) {
	err = fmt.Errorf("%w of table %s: %v", errRow, t.name, id)
	queryErr := c.query(func(row []driver.Value) error {
		columns, err = t.check(row)
		return nil
	}, t.sql("SELECT $ FROM "+t.name+" WHERE id = ?"), id)
	return columns, cmp.Or(queryErr, err)
}
