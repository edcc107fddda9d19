package sqlite

import (
	"os"
	"path/filepath"
	"testing"

	"creel/capture"
)

// TestLogIsMovedBeside sees to it that the file grows, and its log does not,
// before a commit has to move the log.
func TestLogIsMovedBeside(t *testing.T) {
	path := filepath.Join(t.TempDir(), "h.db")
	s, err := Open(t.Context(), path, Options{Role: Capture})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	body := capture.NewBody(make([]byte, 3*pageBytes))
	const pages = 3 * maxLogPages / 4
	for range pages / 4 / 16 {
		var ops []capture.Op
		for range 16 {
			ops = append(ops, capture.Op{Add: &capture.Exchange{Request: capture.Request{Method: "POST", Target: "/", Body: body}}})
		}
		if _, err := s.Commit(t.Context(), ops...); err != nil {
			t.Fatal(err)
		}
	}
	s.background.Wait()
	db, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if db.Size() < movePages*pageBytes/2 {
		t.Errorf("of about %d pages the file has %d", pages, db.Size()/pageBytes)
	}
}
