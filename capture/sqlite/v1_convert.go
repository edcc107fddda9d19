package sqlite

import (
	"database/sql/driver"
	"hash/crc32"

	"creel/capture"
)

// v1ChangeColumns is how many columns table change had in version 1; no other had
// as many.
const v1ChangeColumns = 11

// tableRow is a row for a table, without its checksum.
type tableRow struct {
	table *table
	row   []driver.Value
}

// convertV1 turns a row of a file of version 1 into rows of today; none when its
// checksum is wrong.
func convertV1(id int64, row []driver.Value) []tableRow {
	data, first := bytesOf(row[len(row)-1]), []driver.Value{id}
	switch number, _ := row[1].(int64); len(row) {
	case 2: // reply, attempt
		if r, ok := readV1Reply(id, data); ok {
			return []tableRow{{&replies, appendValues(first, replyColumns, r)}}
		}
		if r, ok := readV1Attempt(id, data); ok {
			return []tableRow{{&attempts, appendValues(first, attemptColumns, r)}}
		}
	case 3: // meta, body
		if m, ok := readV1Meta(id, data); ok {
			return []tableRow{{&metas, appendValues(first, metaColumns, m)}}
		}
		if len(data) > 0 && int64(crc32.Checksum(data, castagnoli)) == number {
			return []tableRow{{&bodies, append(first, data)}}
		}
	case 4: // exchange
		r, ok := readV1Exchange(id, bytesOf(row[1]))
		if !ok {
			return nil
		}
		rows := []tableRow{{&requests, appendValues(first, requestColumns, r)}}
		if sum, _ := row[2].(int64); data != nil && int64(crc32.Checksum(data, castagnoli)) == sum {
			rows = append(rows, tableRow{&bodies, []driver.Value{slot(capture.ID(id), bodyRequest), data}})
		}
		return rows
	}
	return nil
}
