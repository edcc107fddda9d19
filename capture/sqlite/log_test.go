package sqlite

import (
	"context"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"creel/capture"
	"creel/capture/ringtest"
)

// crashed writes a history of n requests as a crash leaves it, all in its log.
func crashed(t testing.TB, n int) (db, log []byte) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "h.db")
	s := openTest(t, path, Capture)
	for i := range n {
		mustCommit(t, s, capture.Op{Add: typical(i, 3000)})
	}
	for suffix, data := range map[string]*[]byte{"": &db, "-wal": &log} {
		var err error
		if *data, err = os.ReadFile(path + suffix); err != nil {
			t.Fatal(err)
		}
	}
	return db, log
}

// openBytes opens a history with those bytes; it must not take long.
func openBytes(t testing.TB, db, log []byte) *Store {
	t.Helper()
	path := filepath.Join(t.TempDir(), "h.db")
	for name, data := range map[string][]byte{path: db, path + "-wal": log} {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	start := time.Now()
	s := openTest(t, path, Capture)
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
	return s
}

// lastCommit is where the last frame of a log is that ends a transaction.
func lastCommit(log []byte) (at int) {
	const frameSize = frameHead + pageBytes
	for i := logHead; i+frameSize <= len(log); i += frameSize {
		if string(log[i+8:i+16]) == string(log[16:24]) && binary.BigEndian.Uint32(log[i+4:]) != 0 {
			at = i
		}
	}
	return at
}

// TestWrongPageNumber flips each bit of a page number in a log: a number that the
// file cannot have is not believed.
func TestWrongPageNumber(t *testing.T) {
	const n = 5
	db, log := crashed(t, n)
	at := lastCommit(log)
	for bit := range 32 {
		flipped := append([]byte(nil), log...)
		flipped[at+bit/8] ^= 1 << (bit % 8)
		s := openBytes(t, db, flipped)
		if left := len(ringtest.Load(t, s)); left < n-1 || len(s.Report()) == 0 {
			t.Errorf("bit %d: %d are left, %q", bit, left, s.Report())
		}
		if page := int64(binary.BigEndian.Uint32(flipped[at:])); page > pagesIn(int64(len(db)+len(log))) {
			p, err := openPages(s.path + ".bad")
			if err != nil {
				t.Fatal(err)
			}
			if p.last > pagesIn(int64(len(db)+len(log))) {
				t.Errorf("bit %d: page %d is believed", bit, p.last)
			}
			p.close()
		}
		s.Close()
	}
}

func TestGarbageLog(t *testing.T) {
	const n = 40
	path := filepath.Join(t.TempDir(), "h.db")
	fill(t, path, n, 3000)
	db, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 1))
	for range 5 {
		log := make([]byte, 6<<20)
		for i := range log {
			log[i] = byte(random.Uint32())
		}
		s := openBytes(t, db, log)
		if left := len(ringtest.Load(t, s)); left != n {
			t.Errorf("%d of %d are left: %q", left, n, s.Report())
		}
		s.Close()
	}
}

// TestRescueEnds ends the context of a start that saves what can be read: the
// start fails, and the next one finds everything.
func TestRescueEnds(t *testing.T) {
	path := filepath.Join(t.TempDir(), "h.db")
	db, log := damagedHistory(t, path, 30)
	ended := errors.New("a signal")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(ended)
	if s, err := Open(ctx, path, Options{Role: Capture}); !errors.Is(err, ended) {
		t.Errorf("opened: %v, %v", s, err)
	}
	s := openTest(t, path, Capture)
	if left := len(ringtest.Load(t, s)); left < 24 {
		t.Errorf("%d are left", left)
	}
	checkAside(t, path, db, log)
}
