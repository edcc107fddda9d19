package sqlite

import (
	"bytes"
	"database/sql/driver"
	"encoding/binary"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"creel/capture"

	"github.com/google/go-cmp/cmp"
)

// FuzzV1Row reads rows of version 1 whose checksum is right whatever they say: never
// a panic.
func FuzzV1Row(f *testing.F) {
	for _, tag := range []byte{v1Exchange, v1Reply, v1Meta, v1Attempt} {
		f.Add(append([]byte{tag, 1, 2, 3}, "some bytes"...))
	}
	f.Fuzz(func(_ *testing.T, data []byte) {
		for _, id := range []int64{7, slot(7, 1)} {
			row := binary.LittleEndian.AppendUint32(bytes.Clone(data), v1Sum(id, data))
			convertV1(id, []driver.Value{nil, row})
			convertV1(id, []driver.Value{nil, int64(0), row})
			convertV1(id, []driver.Value{nil, row, nil, nil})
		}
	})
}

// FuzzFields keeps any header fields and lists in text.
func FuzzFields(f *testing.F) {
	f.Add("Host", "a")
	f.Add("\x00\"\\],[", "\xff\xc3\xa9\u2028\xed\xb2\x80")
	f.Fuzz(func(t *testing.T, a, b string) {
		list := []capture.Field{{Name: a, Value: b}, {Name: "n", Value: a}}
		text := fieldsText(list)
		if diff := cmp.Diff(list, parseFields([]byte(text), newInterner())); diff != "" || !json.Valid([]byte(text)) {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
		if diff := cmp.Diff([]string{b, a}, parseList([]byte(listText([]string{b, a})), newInterner())); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
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

// TestRowsThatCannotBe reads rows that are cut off, or longer than the file: they are left
// out, and no memory is taken for what they say they are.
func TestRowsThatCannotBe(t *testing.T) {
	p := &pages{last: 1}
	for what, data := range map[string][]byte{
		"nothing": {}, "a length that is cut off": {0x80}, "no length": {0, 1, 2, 3}, "a length alone": {1}, "a number that is cut off": {1, 0x80},
		"a byte too few":       {2, 1, 7},
		"longer than the file": {0x80 | (pageBytes+1)>>14, 0x80 | (pageBytes+1)>>7&0x7f, (pageBytes + 1) & 0x7f, 1},
		"the longest there is": {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1},
	} {
		if c, ok := p.cell(data); ok {
			t.Errorf("%s: a row of %d bytes", what, len(c.record))
		}
	}
	if c, ok := p.cell([]byte{2, 1, 7, 8, 9}); !ok || c.id != 1 || string(c.record) != "\x07\x08" {
		t.Errorf("a row that is whole: %+v, %v", c, ok)
	}
	follows := append([]byte{0x80 | pageBytes>>14, 0x80 | pageBytes>>7&0x7f, pageBytes & 0x7f, 1}, make([]byte, local(pageBytes)+3)...)
	if _, ok := p.cell(follows); ok {
		t.Error("where it goes on is cut off")
	}
}

// TestAnyByteOfARowIsAnother changes each byte of rows and of a page that has some, and
// cuts them off: what cannot be is left out.
func TestAnyByteOfARowIsAnother(t *testing.T) {
	path := filepath.Join(t.TempDir(), "h.db")
	s := openTest(t, path, Capture)
	for i := range 3 {
		mustCommit(t, s, capture.Op{Add: typical(i, 10)})
	}
	s.Close()
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	p, err := openPages(path)
	if err != nil {
		t.Fatal(err)
	}
	defer p.close()
	rows, leaf, step := 0, int64(0), 1
	if testing.Short() {
		step = 17
	}
	for number := int64(1); number <= p.last; number++ {
		for _, c := range p.cells(number) {
			row, ok := values(c.record)
			if !ok {
				t.Fatalf("page %d has a row that is none", number)
			}
			if tableOf(c.id, row) == &requests {
				rows, leaf = rows+1, number
			}
			for at := range c.record {
				values(c.record[:at])
				record := bytes.Clone(c.record)
				for b := 0; b < 256; b += step {
					record[at] = byte(b)
					if row, ok := values(record); ok && b != int(c.record[at]) && tableOf(c.id, row) != nil && at > 1 {
						t.Fatalf("a row of page %d counts although byte %d is another", number, at)
					}
				}
			}
		}
	}
	if rows != 3 {
		t.Fatalf("%d rows", rows)
	}
	damaged, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer damaged.Close()
	for at := (leaf - 1) * pageBytes; at < leaf*pageBytes; at++ {
		if file[at] == 0 {
			continue // mostly what is free
		}
		for _, b := range []byte{0, 0x80, 0xff} {
			if _, err := damaged.WriteAt([]byte{b}, at); err != nil {
				t.Fatal(err)
			}
			p.follow = 10
			p.cells(leaf)
		}
		if _, err := damaged.WriteAt(file[at:at+1], at); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(p.cells(leaf)); n != 3 {
		t.Errorf("%d rows are there", n)
	}
}

// TestRowInCircles follows a row over a page that leads to itself: the pages that may
// be read are counted.
func TestRowInCircles(t *testing.T) {
	const last = 40
	file := make([]byte, last*pageBytes)
	binary.BigEndian.PutUint32(file[pageBytes:], 2) // page 2 goes on at page 2
	path := filepath.Join(t.TempDir(), "h.db")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := openPages(path)
	if err != nil {
		t.Fatal(err)
	}
	defer p.close()
	const length = (last - 1) * pageBytes
	cell := []byte{0x80 | length>>14, 0x80 | length>>7&0x7f, length & 0x7f, 1} // and the number of the row
	cell = append(cell, make([]byte, local(length))...)
	cell = binary.BigEndian.AppendUint32(cell, 2)
	read := 0
	for ; read < 100; read++ {
		if _, ok := p.cell(cell); !ok {
			break
		}
	}
	if read == 0 || read > 4 {
		t.Errorf("%d such rows of a file of %d pages are read", read, last)
	}
}
