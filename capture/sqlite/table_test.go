package sqlite

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"creel/capture"

	"github.com/google/go-cmp/cmp"
)

// What is read is what was written, whatever is in its texts.
func TestTextsAsWritten(t *testing.T) {
	s := openTest(t, filepath.Join(t.TempDir(), "h.db"), Capture)
	for _, text := range []string{"\x1f", "\x00", "a\x00b", "\xff\xfe", "é\u2028"} {
		ex := typical(1, 3)
		ex.Request.Method, ex.Request.Target, ex.Request.Host = text, "/"+text, text
		ex.Sender.Event, ex.Handshake, ex.Request.Head = text, text, []byte(text)
		ex.Request.Fields[1].Value = text
		ex.Reply.Fields = []capture.Field{{Name: text, Value: text}}
		ex.Note, ex.Pending = text, []string{text}
		ex.Attempts = []*capture.Attempt{{N: 1, To: text, Err: text, Fields: ex.Request.Fields, Changes: []string{text}}}
		want := mustCommit(t, s, capture.Op{Add: ex})[0].Add
		got, err := s.Get(t.Context(), want.ID)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		ignore := cmp.FilterPath(func(p cmp.Path) bool { return strings.HasSuffix(p.String(), "Body") }, cmp.Ignore())
		if d := cmp.Diff(want, got, ignore); d != "" {
			t.Errorf("%q: %s", text, d)
		}
	}
}

// A row that is not what was written is an error that names it, whether its exchange is
// read by its request, its reply or what was set later.
func TestDamagedRows(t *testing.T) {
	for _, tt := range []struct{ change, table string }{
		{"UPDATE request SET host = 'x'", "request"},
		{"UPDATE request SET size = 9", "request"},
		{"UPDATE request SET host = host || char(31)", "request"},
		{"UPDATE reply SET status = 500", "reply"},
		{"UPDATE reply SET more = more || char(31)", "reply"},
		{"UPDATE meta SET note = 'x'", "meta"},
	} {
		s := openTest(t, filepath.Join(t.TempDir(), "h.db"), Capture)
		ex := typical(1, 3)
		ex.Note = "seen"
		id := mustCommit(t, s, capture.Op{Add: ex})[0].Add.ID
		if err := s.writer.exec(tt.change); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Get(t.Context(), id); !errors.Is(err, errRow) || !strings.Contains(err.Error(), "of table "+tt.table+": 1") {
			t.Errorf("%s: %v", tt.change, err)
		}
	}
}

// Changes that cannot say as of when they are fail.
func TestChangesWithoutARevision(t *testing.T) {
	s := openTest(t, filepath.Join(t.TempDir(), "h.db"), Capture)
	mustCommit(t, s, capture.Op{Add: typical(1, 3)})
	for range s.Changes(t.Context(), 0) { // what was read at the start
	}
	if err := s.writer.exec("DROP TABLE change"); err != nil {
		t.Fatal(err)
	}
	var err error
	for _, err = range s.Changes(t.Context(), 0) {
		if err != nil {
			break
		}
	}
	if err == nil {
		t.Error("no error")
	}
}

// A lock in a directory that is not there says so.
func TestLockWithoutADirectory(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none", "lock")
	if _, err := takeLock(path); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if isLocked(path) {
		t.Error("what is not there is locked")
	}
}

// The head of a log says no more than its frames: they are read with any bit of it flipped,
// but for the order of the bytes in the checksums.
func TestLogWithADamagedHead(t *testing.T) {
	_, log := crashed(t, 3)
	for at := range logHead {
		damaged := bytes.Clone(log)
		damaged[at] ^= 0x10
		path := filepath.Join(t.TempDir(), "wal")
		if err := os.WriteFile(path, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for range frames(f) {
			n++
		}
		f.Close()
		if want := (len(log) - logHead) / (frameHead + pageBytes); n != want {
			t.Errorf("byte %d: %d frames, want %d", at, n, want)
		}
	}
}
