package sqlite

import (
	"context"
	"database/sql/driver"

	"creel/capture"
)

// meta changes what is said about an exchange.
func (t *commit) meta(ctx context.Context, change *capture.Meta) error {
	found, err := t.exists(change.ID)
	if err != nil || !found {
		return err
	}
	m, err := t.getMeta(change.ID)
	if err != nil {
		return err
	}
	if change.Pinned != nil {
		if *change.Pinned && !m.pinned && t.s.role != Capture {
			if err := t.checkPin(ctx, change.ID); err != nil {
				return err
			}
		}
		m.pinned = *change.Pinned
	}
	if change.Note != nil {
		m.note = *change.Note
	}
	if change.Pending != nil {
		m.pending = *change.Pending
	}
	if change.Verdict != nil {
		m.verdict = change.Verdict
	}
	if change.Handshake != nil {
		m.handshake = change.Handshake
	}
	t.touch(change.ID)
	return t.putMeta(change.ID, m)
}

// getMeta returns what is said, or an empty meta. A damaged one is empty too:
// it is about to be replaced.
func (t *commit) getMeta(id capture.ID) (*meta, error) {
	m := &meta{}
	err := t.c.query(func(row []driver.Value) error {
		if got, err := unpackMeta(id, row[0].([]byte)); err == nil {
			m = got
		}
		return nil
	}, "SELECT data FROM meta WHERE id = ?", int64(id))
	return m, err
}

func (t *commit) putMeta(id capture.ID, m *meta) error {
	var pinned int64
	if m.pinned {
		pinned = 1
	}
	return t.c.exec("INSERT OR REPLACE INTO meta (id, pinned, data) VALUES (?, ?, ?)", int64(id), pinned, packMeta(nil, id, m))
}

// checkPin holds a guest to the bounds of the ring, which it does not have.
func (t *commit) checkPin(ctx context.Context, id capture.ID) error {
	ex, err := t.s.get(t.c, id)
	if err != nil {
		return err
	}
	if t.now.Count == 0 { // nobody captured into it yet: no bounds
		return nil
	}
	g, pinned := t.now.Gauge, int64(0)
	if _, err := t.c.ints("SELECT count(*) FROM meta WHERE pinned = 1", &pinned); err != nil {
		return err
	}
	g.Pinned = int(pinned)
	return g.CheckPin(id, ex.Footprint())
}

// exists reports whether an exchange is there.
func (t *commit) exists(id capture.ID) (found bool, err error) {
	err = t.c.query(func([]driver.Value) error { found = true; return nil },
		"SELECT 1 FROM exchange WHERE id = ?", int64(id))
	return found, err
}
