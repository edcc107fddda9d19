package sqlite

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"creel/capture"
	"creel/capture/ringtest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// varied writes exchanges with and without replies, attempts and what is set later, with
// gaps between their ids, and heads longer than a page, and closes the history.
func varied(t *testing.T, path string, n int) {
	t.Helper()
	s := openTest(t, path, Capture)
	var ops []capture.Op
	var gone []capture.ID
	for i := range n {
		ex := typical(i, 10)
		switch i % 5 {
		case 0:
			ex = ringtest.Example(i)
		case 1:
			ex.State, ex.Reply = capture.StateWaiting, capture.Reply{}
		case 2:
			ex.Note = "seen"
		}
		if i%97 == 3 {
			ex.Request.Fields[1].Value = strings.Repeat(fmt.Sprint(i), 200*(i%30))
			ex.Request.Head = bytes.Repeat([]byte{0xff, byte(i)}, 9000)
		}
		if i%7 == 0 || i > n/3 && i < n/2 {
			gone = append(gone, capture.ID(i+1))
		}
		ops = append(ops, capture.Op{Add: ex})
	}
	mustCommit(t, s, ops...)
	mustCommit(t, s, capture.Op{Delete: gone})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// What is read from the file is what SQLite reads.
func TestFileIsReadAsSQLiteReadsIt(t *testing.T) {
	for _, n := range []int{0, 1, 2, 20, 800} {
		path := filepath.Join(t.TempDir(), "h.db")
		varied(t, path, n)
		s := openTest(t, path, Capture)
		want, err := s.readSlowly(s.reader)
		if err != nil {
			t.Fatal(err)
		}
		got, err := s.readFile(s.reader)
		if err != nil || len(got) != len(want) || n > 2 && len(got) < n/2 {
			t.Fatalf("%d: %d of %d are read, %v", n, len(got), len(want), err)
		}
		for i, ex := range got {
			if d := cmp.Diff(want[i], ex, ringtest.Equal(t)); d != "" {
				t.Fatalf("%d: %s", n, d)
			}
		}
		left := len(want)
		for c, err := range s.Changes(t.Context(), 0) {
			if left = max(left-1, 0); c.Left != left || err != nil {
				t.Fatalf("%d: %v says that %d follow, want %d, %v", n, c.Exchange, c.Left, left, err)
			}
		}
		if d := cmp.Diff(want, ringtest.Load(t, s), ringtest.Equal(t), cmpopts.EquateEmpty()); d != "" || len(s.Report()) > 0 {
			t.Errorf("%d: loaded: %v, %s", n, s.Report(), d)
		}
	}
}

// What stands in the log is read, too, and what another reader keeps there.
func TestLoadWithALog(t *testing.T) {
	db, log := crashed(t, 30)
	for _, reading := range []bool{false, true} {
		path := filepath.Join(t.TempDir(), "h.db")
		if err := errors.Join(os.WriteFile(path, db, 0o600), os.WriteFile(path+"-wal", log, 0o600)); err != nil {
			t.Fatal(err)
		}
		if reading {
			c, err := dial(path)
			if err != nil {
				t.Fatal(err)
			}
			defer c.close()
			if err := c.exec("BEGIN"); err != nil {
				t.Fatal(err)
			}
			if _, err := readCounters(c); err != nil {
				t.Fatal(err)
			}
		}
		s := openTest(t, path, Capture)
		if n := len(ringtest.Load(t, s)); n != 30 || len(s.Report()) > 0 {
			t.Errorf("another reads: %v: %d are loaded, %v", reading, n, s.Report())
		}
		note := "in the log"
		mustCommit(t, s, capture.Op{Meta: &capture.Meta{ID: 1, Note: &note}})
		if all, _, err := s.readAll(); err != nil || len(all) != 30 || all[0].Note != note {
			t.Errorf("another reads: %v: %d are read, %v", reading, len(all), err)
		}
	}
}

// leaves are the root of table request and the pages that it leads to.
func leaves(t *testing.T, s *Store) (root int64, children []int64) {
	t.Helper()
	if err := s.reader.ints("SELECT rootpage FROM sqlite_schema WHERE name = 'request'", &root); err != nil {
		t.Fatal(err)
	}
	page := (&pages{db: s.place.claim.f, last: 1 << 20}).read(root)
	if page[0] != interiorTable {
		t.Fatal("one page holds all")
	}
	for i := range int(binary.BigEndian.Uint16(page[3:])) {
		children = append(children, int64(binary.BigEndian.Uint32(page[binary.BigEndian.Uint16(page[12+2*i:]):])))
	}
	return root, children
}

// A tree that leads in circles, or to the wrong pages, is damaged: it is read to no other
// result, and what can be read is saved.
func TestDamagedTree(t *testing.T) {
	path := filepath.Join(t.TempDir(), "h.db")
	const n = 400
	fill(t, path, n, 10)
	s := openTest(t, path, Capture)
	root, children := leaves(t, s)
	s.Close()
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	page := func(file []byte, number int64) []byte { return file[(number-1)*pageBytes : number*pageBytes] }
	child := func(file []byte, i int) []byte {
		root := page(file, root)
		return root[binary.BigEndian.Uint16(root[12+2*i:]):]
	}
	for what, change := range map[string]func(file []byte){
		"in circles":            func(file []byte) { binary.BigEndian.PutUint32(child(file, 1), uint32(root)) },
		"to another twice":      func(file []byte) { binary.BigEndian.PutUint32(child(file, 1), uint32(children[2])) },
		"beyond the file":       func(file []byte) { binary.BigEndian.PutUint32(child(file, 1), 1<<30) },
		"to page 0":             func(file []byte) { binary.BigEndian.PutUint32(child(file, 1), 0) },
		"to what is no page":    func(file []byte) { page(file, children[1])[0] = 7 },
		"to cells that are not": func(file []byte) { binary.BigEndian.PutUint16(page(file, children[1])[3:], 0xffff) },
		"to a cell at the end":  func(file []byte) { binary.BigEndian.PutUint16(page(file, children[1])[8:], pageBytes-1) },
		"by a smaller number":   func(file []byte) { child(file, 1)[4] ^= 1 },
		"by a larger number":    func(file []byte) { child(file, 1)[5] ^= 1 },
	} {
		damaged := bytes.Clone(file)
		change(damaged)
		path := filepath.Join(t.TempDir(), "h.db")
		if err := os.WriteFile(path, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		l := load{s: s, pages: pages{db: f, last: pagesIn(int64(len(file)))}}
		r := newTree(l.pages, &requests, root, 0, lastID)
		read := 0
		for r.next() {
			read++
		}
		if !errors.Is(r.err, errRow) || read >= n {
			t.Errorf("%s: %d rows are read, %v", what, read, r.err)
		}
		f.Close()
		s := openTest(t, path, Capture)
		if got := ringtest.Load(t, s); len(got) < n*9/10 || len(got) < n && len(s.Report()) == 0 {
			t.Errorf("%s: %d requests are there, %q", what, len(got), s.Report())
		}
	}
}
