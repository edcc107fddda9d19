package sqlite

import (
	"database/sql/driver"

	"creel/capture"
)

// meta changes what is known of an exchange.
func (t *commit) meta(change *capture.Meta) error {
	found, err := t.exists(change.ID)
	if err != nil || !found {
		return err
	}
	m, err := readMeta(t.c, change.ID)
	if err != nil {
		return err
	}
	if change.Pinned != nil && *change.Pinned && !m.Pinned && t.s.role != Capture {
		if err := t.checkPin(change.ID); err != nil {
			return err
		}
	}
	change.Put(&m.Exchange)
	m.checked = m.checked || change.Signature != nil
	m.renamed = m.renamed || change.Handshake != nil
	t.touch(change.ID)
	return m.write(t.c, change.ID)
}

// readMeta returns the row of an exchange, an empty one when it has none. A damaged
// one is empty too: it is about to be replaced.
func readMeta(c *conn, id capture.ID) (*metaRow, error) {
	m := &metaRow{}
	err := c.query(func(row []driver.Value) error {
		if columns, err := metas.check(row); err == nil {
			scan(metaColumns, valuesOf(columns), newInterner(), m)
		}
		return nil
	}, metas.sql("SELECT $ FROM meta WHERE id = ?"), int64(id))
	return m, err
}

func (m *metaRow) write(c *conn, id capture.ID) error {
	return metas.put(c, appendValues([]driver.Value{int64(id)}, metaColumns, m)...)
}

// checkPin holds a guest to the bounds of the ring, which it does not have.
func (t *commit) checkPin(id capture.ID) error {
	ex, err := t.s.get(t.c, id)
	if err != nil {
		return err
	}
	if t.now.Count == 0 { // no process captured into it yet: no bounds
		return nil
	}
	g, pinned := t.now.Gauge, int64(0)
	if err := t.c.ints("SELECT count(*) FROM meta WHERE pinned = 1", &pinned); err != nil {
		return err
	}
	g.Pinned = int(pinned)
	return g.CheckPin(id, ex.Footprint())
}

// exists reports whether an exchange is there.
func (t *commit) exists(id capture.ID) (found bool, err error) {
	err = t.c.query(func([]driver.Value) error { found = true; return nil },
		"SELECT 1 FROM request WHERE id = ?", int64(id))
	return found, err
}
