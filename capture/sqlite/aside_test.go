package sqlite

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"creel/capture"
	"creel/capture/ringtest"
)

// damagedHistory writes a history of n requests as a crash leaves it, with a
// wrong bit in its log, and returns its files.
func damagedHistory(t *testing.T, path string, n int) (db, log []byte) {
	t.Helper()
	first := filepath.Join(t.TempDir(), "h.db")
	s := openTest(t, first, Capture)
	for i := range n {
		mustCommit(t, s, capture.Op{Add: typical(i, 500)})
	}
	for suffix, data := range map[string]*[]byte{"": &db, "-wal": &log} {
		var err error
		if *data, err = os.ReadFile(first + suffix); err != nil {
			t.Fatal(err)
		}
	}
	log[len(log)/2+pageBytes/2] ^= 4
	for name, data := range map[string][]byte{path: db, path + "-wal": log, path + damagedMark: nil} {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return db, log
}

// TestRescueCutOff ends a rescue after each of its steps: the next start goes on,
// says so, and neither the copy nor the old file is lost.
func TestRescueCutOff(t *testing.T) {
	const n = 30
	steps := len((&Store{}).moves(""))
	for done := range steps {
		t.Run(fmt.Sprint(done, " moves"), func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "h.db")
			db, log := damagedHistory(t, path, n)
			cut := &Store{path: path, role: Capture}
			if err := cut.save(t.Context(), &rescued{}); err != nil {
				t.Fatal(err)
			}
			for _, m := range cut.moves(cut.badName())[:done] {
				if err := os.Rename(m.from, m.to); err != nil && !os.IsNotExist(err) {
					t.Fatal(err)
				}
			}
			guestIsRefused(t, path)
			s := openTest(t, path, Capture)
			if report := strings.Join(s.Report(), "\n"); !strings.HasSuffix(report, "kept as "+path+".bad") {
				t.Errorf("it says %q", report)
			}
			checkAside(t, path, db, log)
			if left := len(ringtest.Load(t, s)); left < n-6 {
				t.Errorf("%d of %d are left", left, n)
			}
			s.Close()
			if again := openTest(t, path, Capture); len(again.Report()) > 0 {
				t.Errorf("again: %v", again.Report())
			}
		})
	}
}

// TestCopyCutOff ends a rescue while it copies: the next start begins again.
func TestCopyCutOff(t *testing.T) {
	const n = 30
	path := filepath.Join(t.TempDir(), "h.db")
	db, log := damagedHistory(t, path, n)
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.WriteFile(path+copying+suffix, db[:len(db)/2], 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := openTest(t, path, Capture)
	if left := len(ringtest.Load(t, s)); left < n-6 || len(s.Report()) != 1 {
		t.Errorf("%d of %d are left: %v", left, n, s.Report())
	}
	checkAside(t, path, db, log)
}

// TestGuestLeavesDamagedLog has other commands come before the one that can save
// what is in a log: SQLite would have them cut it off.
func TestGuestLeavesDamagedLog(t *testing.T) {
	path := filepath.Join(t.TempDir(), "h.db")
	db, log := damagedHistory(t, path, 10)
	guestIsRefused(t, path)
	openTest(t, path, Capture)
	checkAside(t, path, db, log)
}

// guestIsRefused checks that no other command takes what is there for the history.
func guestIsRefused(t *testing.T, path string) {
	t.Helper()
	for _, role := range []Role{Write, Read} {
		if s, err := Open(t.Context(), path, Options{Role: role}); err == nil {
			s.Close()
			t.Errorf("role %d opened it", role)
		} else if !strings.Contains(err.Error(), "start creel to save what can be read") {
			t.Error(err)
		}
	}
}

// checkAside checks that the old file is there as it was, once, and that nothing
// else is left beside the history.
func checkAside(t *testing.T, path string, db, log []byte) {
	t.Helper()
	for name, want := range map[string][]byte{path + ".bad": db, path + ".bad-wal": log} {
		if got, err := os.ReadFile(name); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not what it was: %v", filepath.Base(name), err)
		}
	}
	for _, suffix := range []string{".bad.2", damagedMark, copying, copied} {
		if exists(path + suffix) {
			t.Errorf("%s is there", suffix)
		}
	}
}
