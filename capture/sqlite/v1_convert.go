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
	data := bytesOf(row[len(row)-1])
	switch number, _ := row[1].(int64); len(row) {
	case 2: // reply, attempt
		return convertV1Small(id, data)
	case 3: // meta, body
		if m, err := readV1Meta(capture.ID(id), data); err == nil {
			return []tableRow{{&metas, appendValues([]driver.Value{id}, metaColumns, m)}}
		}
		if len(data) > 0 && int64(crc32.Checksum(data, castagnoli)) == number {
			return []tableRow{{&bodies, []driver.Value{id, data}}}
		}
	case 4: // exchange
		ex, err := readV1Exchange(capture.ID(id), bytesOf(row[1]))
		if err != nil {
			return nil
		}
		body := ex.Request.Body
		r := requestRow{Exchange: ex, body: bodyColumns{size: body.Size(), trimmed: body.IsForgotten()}}
		rows := []tableRow{{&requests, r.values([]driver.Value{id})}}
		if sum, _ := row[2].(int64); data != nil && int64(crc32.Checksum(data, castagnoli)) == sum {
			rows = append(rows, tableRow{&bodies, []driver.Value{slot(ex.ID, bodyRequest), data}})
		}
		return rows
	}
	return nil
}

func convertV1Small(id int64, data []byte) []tableRow {
	ex := &capture.Exchange{ID: capture.ID(id)}
	if readV1Reply(ex, data) == nil {
		r := replyRow{state: ex.State, reply: ex.Reply}
		r.body.of(ex.Reply.Body)
		return []tableRow{{&replies, r.values([]driver.Value{id})}}
	}
	ex.ID = capture.ID(id >> slotBits)
	if readV1Attempt(ex, id, data) != nil {
		return nil
	}
	a := ex.Attempts[0]
	r := attemptRow{Attempt: a}
	r.response.of(a.Reply.Body)
	if !a.SameBody {
		r.body = bodyColumns{size: a.Body.Size(), trimmed: a.Body.IsForgotten()}
	}
	return []tableRow{{&attempts, r.values([]driver.Value{id})}}
}
