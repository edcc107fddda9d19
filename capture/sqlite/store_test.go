package sqlite

import (
	"path/filepath"
	"testing"

	"creel/capture"
	"creel/capture/ringtest"
)

func openTest(t testing.TB, path string, role Role) *Store {
	t.Helper()
	s, err := Open(t.Context(), path, Options{Role: role})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestContract(t *testing.T) {
	ringtest.Contract(t, func(t testing.TB) ringtest.Open {
		path, role := filepath.Join(t.TempDir(), "h.db"), Capture
		return func(t testing.TB) capture.Journal {
			s := openTest(t, path, role)
			role = Write
			return s
		}
	})
}
