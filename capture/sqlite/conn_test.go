package sqlite

import (
	"path/filepath"
	"testing"
)

// A transaction that cannot begin is an error: nothing of it runs, and the next one
// begins.
func TestWhatCannotBeginDoesNotRun(t *testing.T) {
	path := filepath.Join(t.TempDir(), "h.db")
	s := openTest(t, path, Capture)
	other, err := dial(path, "busy_timeout = 0")
	if err != nil {
		t.Fatal(err)
	}
	defer other.close()
	s.writer.mu.Lock()
	defer s.writer.mu.Unlock()
	ran := false
	run := func() error { return other.tx("BEGIN IMMEDIATE", func() error { ran = true; return nil }) }
	if err := s.writer.tx("BEGIN IMMEDIATE", func() error {
		if err := run(); err == nil || ran {
			t.Errorf("another one writes: %v, ran %v", err, ran)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if err := run(); err != nil || !ran {
		t.Errorf("afterwards: %v, ran %v", err, ran)
	}
}

// TestPanicRollsBack has what runs in a transaction panic: the connection works on,
// and nothing of it is kept.
func TestPanicRollsBack(t *testing.T) {
	s := openTest(t, filepath.Join(t.TempDir(), "h.db"), Capture)
	w := s.writer
	w.mu.Lock()
	defer w.mu.Unlock()
	count := func() (n int64) {
		if err := w.ints("SELECT count(*) FROM sqlite_schema WHERE name = 'half'", &n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	func() {
		defer func() {
			if p := recover(); p != "went wrong" {
				t.Errorf("the panic became %v", p)
			}
		}()
		_ = w.tx("BEGIN IMMEDIATE", func() error {
			if err := w.exec("CREATE TABLE half (x)"); err != nil || count() != 1 {
				t.Fatal(err)
			}
			panic("went wrong")
		})
	}()
	if n := count(); n != 0 {
		t.Error("half a transaction is kept")
	}
	if err := w.tx("BEGIN IMMEDIATE", func() error { return nil }); err != nil {
		t.Errorf("the next transaction: %v", err)
	}
}
