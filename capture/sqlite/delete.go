package sqlite

import (
	"database/sql/driver"

	"creel/capture"
)

// delete removes exchanges; their bodies are kept for an undo when it is the
// user who does.
func (t *commit) delete(ids []capture.ID, undo bool) error {
	for _, id := range ids {
		delete(t.s.waiting.attempts, id)
	}
	for first, last := range runs(ids) {
		from, to := slots(first, last)
		if undo {
			if err := t.remember(first, last); err != nil {
				return err
			}
		}
		n, err := t.c.change("DELETE FROM request WHERE id BETWEEN ? AND ?", int64(first), int64(last))
		if err != nil {
			return err
		}
		t.now.Kept -= int(n)
		for _, rows := range [...]struct {
			table    string
			from, to int64
		}{{"reply", int64(first), int64(last)}, {"meta", int64(first), int64(last)}, {"attempt", from, to}, {"body", from, to}} {
			if err := t.c.exec("DELETE FROM "+rows.table+" WHERE id BETWEEN ? AND ?", rows.from, rows.to); err != nil {
				return err
			}
		}
	}
	t.touched = append(t.touched, ids...)
	return nil
}

// remember keeps the bodies of exchanges that are about to be deleted.
func (t *commit) remember(first, last capture.ID) error {
	from, to := slots(first, last)
	return t.c.query(func(row []driver.Value) error {
		t.deleted = append(t.deleted, stored{capture.BodyRef(row[0].(int64)), bytesOf(row[1])})
		return nil
	}, "SELECT id, data FROM body WHERE id BETWEEN ? AND ?", from, to)
}
