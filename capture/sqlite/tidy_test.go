package sqlite

import (
	"database/sql/driver"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"creel/capture"
	"creel/capture/ring"
)

// onDisk is what a history takes, with its log.
func onDisk(t testing.TB, path string) int64 {
	t.Helper()
	var n int64
	for _, suffix := range []string{"", "-wal"} {
		if info, err := os.Stat(path + suffix); err == nil {
			n += info.Size()
		}
	}
	return n
}

func TestDiskIsBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("writes 200 MB")
	}
	const bound = 16 << 20
	path := filepath.Join(t.TempDir(), "h.db")
	s := openTest(t, path, Capture)
	if err := s.writer.pragma("synchronous = off"); err != nil {
		t.Fatal(err)
	}
	r := openRing(t, s, capture.Bounds{Count: 1 << 20, Bytes: bound})
	random := rand.New(rand.NewPCG(1, 2))
	for _, size := range []int{100, 3000, 30_000, 900_000, 100} {
		for written := 0; written < 40<<20; {
			tickets := make([]*ring.Ticket, 0, 64)
			for range 64 {
				n := 1 + random.IntN(2*size)
				written += n + 2000
				tickets = append(tickets, r.Submit(typical(n, n)))
			}
			for _, ticket := range tickets {
				if _, err := ticket.Wait(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			if got, most := onDisk(t, path), int64(bound*3/2+64<<20); got > most {
				t.Fatalf("%d bytes on disk with bodies of about %d, at most %d", got, size, most)
			}
		}
		t.Logf("bodies of about %d: %d in the ring, %d on disk", size, r.Stats().Bytes, onDisk(t, path))
	}
	var ids []capture.ID
	for _, ex := range r.Snapshot() {
		ids = append(ids, ex.ID)
	}
	if err := r.Apply(t.Context(), capture.Op{Delete: ids}); err != nil {
		t.Fatal(err)
	}
	for start := time.Now(); onDisk(t, path) > 17<<20 && time.Since(start) < 10*time.Second; {
		time.Sleep(time.Millisecond)
	}
	if got := onDisk(t, path); got > 17<<20 {
		t.Errorf("%d bytes on disk when all is deleted", got)
	}
}

// TestCloseEndsTidying: closing does not wait until all that is free is given back.
func TestCloseEndsTidying(t *testing.T) {
	path := filepath.Join(t.TempDir(), "h.db")
	fill(t, path, 24, 1<<20)
	s := openTest(t, path, Capture)
	if err := s.writer.pragma("synchronous = off"); err != nil {
		t.Fatal(err)
	}
	ids, err := s.IDs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.checkpoint.Lock() // nothing is given back before Close has begun
	if _, err := s.Commit(t.Context(), capture.Op{Delete: ids}); err != nil {
		t.Fatal(err)
	}
	closed := make(chan error, 1)
	go func() { closed <- s.Close() }()
	for end := time.Now().Add(10 * time.Second); !s.closing.Load() && time.Now().Before(end); {
		runtime.Gosched()
	}
	s.checkpoint.Unlock()
	if err := <-closed; err != nil {
		t.Fatal(err)
	}
	if got := onDisk(t, path); got < 24<<20 {
		t.Errorf("%d bytes on disk", got)
	}
}

func TestDeleteInParts(t *testing.T) {
	path := filepath.Join(t.TempDir(), "h.db")
	fill(t, path, 700, 10)
	s := openTest(t, path, Write)
	ids, err := s.IDs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Delete(t.Context(), ids[:650]); err != nil {
		t.Fatal(err)
	}
	if left, err := s.IDs(t.Context()); err != nil || len(left) != 50 || left[0] != ids[650] {
		t.Errorf("%d are left, %v", len(left), err)
	}
	for range 6 {
		mustCommit(t, s, capture.Op{Add: typical(1, 3<<20)})
	}
	if ids, err = s.IDs(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.Delete(t.Context(), ids[50:]); err != nil {
		t.Fatal(err)
	}
	var parts []int
	if err := s.reader.query(func(row []driver.Value) error {
		ids, err := unpackIDs(bytesOf(row[0]))
		parts = append(parts, len(ids))
		return err
	}, "SELECT ids FROM change WHERE writer = ? ORDER BY id", s.token); err != nil {
		t.Fatal(err)
	}
	if want := []int{256, 256, 138, 1, 1, 1, 1, 1, 1, 3, 3}; !slices.Equal(parts, want) {
		t.Errorf("commits of %d, want %d", parts, want)
	}
}
