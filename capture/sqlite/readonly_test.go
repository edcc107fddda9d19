package sqlite

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"creel/capture"
	"creel/capture/ringtest"
)

// A file that cannot be written to is read when all of it is in the file, and never
// without what is in its log.
func TestFileThatCannotBeWrittenTo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "h.db")
	s := openTest(t, path, Capture)
	id := mustCommit(t, s, capture.Op{Add: ringtest.Example(1)})[0].Add.ID
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		role Role
		log  []byte // nil for none
		err  string
	}{
		{"no log", Read, nil, ""},
		{"an empty log", Read, []byte{}, ""},
		{"a log", Read, []byte{1}, "its newest requests are in h.db-wal"},
		{"wants to write", Write, nil, "cannot be written to: use --history FILE"},
		{"wants to capture", Capture, nil, "cannot be written to: use --history FILE"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_ = os.Remove(path + "-wal")
			if c.log != nil {
				if err := os.WriteFile(path+"-wal", c.log, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			s := &Store{path: path, role: c.role, writer: &conn{}, reader: &conn{}}
			err := s.connectReadOnly()
			defer s.disconnect()
			if c.err != "" {
				if err == nil || !strings.Contains(err.Error(), c.err) {
					t.Errorf("got %v, want %s", err, c.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if ex, err := s.get(s.reader, id); err != nil || ex == nil {
				t.Errorf("%v: %v", id, err)
			}
		})
	}
}

// What cannot be read is an error, and never taken for what was evicted.
func TestUnreadableIsNotEvicted(t *testing.T) {
	path := filepath.Join(t.TempDir(), "h.db")
	ex := ringtest.Example(1)
	ex.Request.Body = capture.NewBody(bytes.Repeat([]byte("x"), 1<<20))
	s := openTest(t, path, Capture)
	id := mustCommit(t, s, capture.Op{Add: ex})[0].Add.ID
	s.Close()
	s = openTest(t, path, Write) // has nothing in memory
	ex, err := s.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.disconnect(); err != nil {
		t.Fatal(err)
	}
	if _, err := ex.Request.Body.Bytes(t.Context()); err == nil || errors.Is(err, capture.ErrEvicted) {
		t.Errorf("the body: %v", err)
	}
	if _, err := s.Get(t.Context(), id); err == nil || errors.Is(err, capture.ErrEvicted) {
		t.Errorf("the exchange: %v", err)
	}
	for ex, err := range s.Select(t.Context(), Query{}) {
		if err == nil {
			t.Errorf("%v is in a list", ex.ID)
		}
	}
}
