package sqlite

import (
	"path/filepath"
	"testing"
)

// TestPanicRollsBack has what runs in a transaction panic: the connection works on,
// and nothing of it is kept.
func TestPanicRollsBack(t *testing.T) {
	s := openTest(t, filepath.Join(t.TempDir(), "h.db"), Capture)
	w := s.writer
	w.mu.Lock()
	defer w.mu.Unlock()
	count := func() (n int64) {
		if _, err := w.ints("SELECT count(*) FROM sqlite_schema WHERE name = 'half'", &n); err != nil {
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
