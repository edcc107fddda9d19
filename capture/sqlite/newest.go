package sqlite

import (
	"database/sql/driver"
	"fmt"
	"slices"

	"creel/capture"
)

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

var newestSQL = fmt.Sprintf(`SELECT id, (SELECT max(id) FROM attempt WHERE id BETWEEN exchange.id << %[1]d AND (exchange.id + 1 << %[1]d) - 1)
	FROM exchange WHERE id IN (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, slotBits)

func (n newest) row(row []driver.Value) error {
	id := row[0].(int64)
	n[capture.ID(id)] = 0
	if last, ok := row[1].(int64); ok {
		n[capture.ID(id)] = int(last - slot(capture.ID(id), 0))
	}
	return nil
}
