package sqlite

import (
	"bytes"
	"encoding/binary"
	"testing"

	"creel/capture"
	"creel/capture/ringtest"
)

// FuzzRow reads rows whose checksum is right whatever they say: never a panic,
// and what was read is written the same way again.
func FuzzRow(f *testing.F) {
	ex := ringtest.Example(1)
	for _, row := range [][]byte{
		packExchange(nil, 7, ex), packReply(nil, 7, ex.State, &ex.Reply), packAttempt(nil, 7, ex.Attempts[1]),
		packMeta(nil, 7, &meta{note: "n", pending: []string{"http://a"}, verdict: &ex.Verdict, handshake: &ex.Note, forget: 3}),
	} {
		f.Add(row[:len(row)-4])
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		row := func(id int64) []byte {
			return binary.LittleEndian.AppendUint32(bytes.Clone(data), checksum(id, data))
		}
		if ex, err := unpackExchange(nil, 7, row(7)); err == nil {
			again, err := unpackExchange(nil, 7, packExchange(nil, 7, ex))
			if err != nil || !bytes.Equal(packExchange(nil, 7, again), packExchange(nil, 7, ex)) {
				t.Errorf("%+v is read back as %+v, %v", ex, again, err)
			}
		}
		var into capture.Exchange
		into.ID = 7
		_ = unpackReply(nil, &into, row(7))
		_ = unpackAttempt(nil, &into, slot(7, 1), row(slot(7, 1)))
		_, _ = unpackMeta(7, row(7))
	})
}

// FuzzRecord reads what may be a row of a table from a file that may be anything.
func FuzzRecord(f *testing.F) {
	f.Add([]byte{5, 7, 3, 0, 16, 1, 2})
	f.Add([]byte{0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0xff, 1})
	f.Fuzz(func(t *testing.T, data []byte) {
		p := &pages{last: 1}
		record := data
		if c, ok := p.cell(data); ok {
			record = c.record
		}
		if row, ok := values(record); ok {
			for _, v := range row {
				if b, isBytes := v.([]byte); isBytes && len(b) > len(record) {
					t.Errorf("a column of %d bytes in a record of %d", len(b), len(record))
				}
			}
		}
	})
}
