package sqlite

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"creel/capture"
	"creel/capture/ringtest"

	"github.com/google/go-cmp/cmp"
)

// writeHistory makes a history of n requests and returns its bytes and what is
// in it.
func writeHistory(t testing.TB, n int) (file []byte, all map[capture.ID]*capture.Exchange) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "h.db")
	s := openTest(t, path, Capture)
	all = map[capture.ID]*capture.Exchange{}
	for i := range n {
		ex := ringtest.Example(i)
		size := []int{0, 10, 1500, 5000, 40000}[i%5]
		ex.Request.Body = capture.NewBody(bytes.Repeat([]byte{byte(i), 'x'}, size/2))
		r, err := s.Commit(t.Context(), capture.Op{Add: ex}, capture.Op{Gauge: &capture.Gauge{}})
		if err != nil {
			t.Fatal(err)
		}
		ex.ID = r.Kept[0].Add.ID
		ex.Attempts[0].Body = ex.Request.Body
		all[ex.ID] = ex
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return file, all
}

// openDamaged opens a history with those bytes and returns what is left of it.
func openDamaged(t testing.TB, file []byte) (s *Store, left []*capture.Exchange) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "h.db")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	s = openTest(t, path, Capture)
	return s, ringtest.Load(t, s)
}

// checkLeft compares what is left with what was there.
func checkLeft(t testing.TB, s *Store, left []*capture.Exchange, all map[capture.ID]*capture.Exchange, file []byte) {
	t.Helper()
	report := strings.Join(s.Report(), "\n")
	if len(left) < len(all) && report == "" {
		t.Errorf("%d of %d are left, and nothing is said", len(left), len(all))
	}
	for _, ex := range left {
		was := all[ex.ID]
		if was == nil {
			t.Errorf("%v was never there", ex.ID)
			continue
		}
		got, err := ex.Request.Body.Bytes(t.Context())
		want, _ := was.Request.Body.Bytes(t.Context())
		if err == nil && !bytes.Equal(got, want) {
			t.Errorf("the body of %v is another", ex.ID)
		}
		if diff := cmp.Diff(was.Request.Fields, ex.Request.Fields); diff != "" {
			t.Errorf("%v (-want +got):\n%s", ex.ID, diff)
		}
	}
	if len(file) > 0 && report != "" {
		if bad, err := os.ReadFile(s.path + ".bad"); err != nil || !bytes.Equal(bad, file) {
			t.Errorf("the old file is not kept as it was: %v", err)
		}
	}
}

func TestCutHistory(t *testing.T) {
	file, all := writeHistory(t, 100)
	before := 0
	for tenth := range 10 {
		cut := file[:len(file)*tenth/10+tenth*37]
		t.Run(fmt.Sprintf("%d tenths", tenth), func(t *testing.T) {
			s, left := openDamaged(t, cut)
			checkLeft(t, s, left, all, cut)
			if tenth == 9 && len(left) < 70 {
				t.Errorf("%d of %d are left of nine tenths", len(left), len(all))
			}
			if len(left) < before-5 {
				t.Errorf("%d are left of more, %d of less", len(left), before)
			}
			before = len(left)
			if tenth > 0 {
				t.Log(len(left), s.Report())
			}
		})
	}
}

// flipSeeds are enough to hit every kind of page; 240 hits what only a commit
// reads.
var flipSeeds = []uint64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 37, 240}

func TestFlippedHistory(t *testing.T) {
	file, all := writeHistory(t, 60)
	for _, seed := range flipSeeds {
		random := rand.New(rand.NewPCG(seed, 1))
		flipped := bytes.Clone(file)
		for range 1 + random.IntN(20) {
			at := random.IntN(len(file))
			if at >= 60 && at < 72 {
				continue // whose file it is, and of which version
			}
			flipped[at] ^= 1 << random.IntN(8)
		}
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			s, left := openDamaged(t, flipped)
			checkLeft(t, s, left, all, flipped)
			if len(left) < len(all)/2 {
				t.Errorf("%d of %d are left", len(left), len(all))
			}
			// It can be used again, and is rescued once more only when more damage was found.
			if _, err := s.Commit(t.Context(), capture.Op{Add: ringtest.Example(1)}); err != nil {
				if !strings.Contains(err.Error(), "start creel again") {
					t.Fatal(err)
				}
				s.Close()
				s = openTest(t, s.path, Capture)
				if _, err := s.Commit(t.Context(), capture.Op{Add: ringtest.Example(1)}); err != nil || len(s.Report()) == 0 {
					t.Fatal(err, s.Report())
				}
			}
			found := exists(s.path + damagedMark) // by who read a body that is damaged
			s.Close()
			again := openTest(t, s.path, Capture)
			if len(again.Report()) > 0 != found {
				t.Errorf("found %v, again: %v", found, again.Report())
			}
			again.Close()
			if last := openTest(t, s.path, Capture); len(last.Report()) > 0 {
				t.Errorf("once more: %v", last.Report())
			}
		})
	}
}

func TestZeroedTreeRoots(t *testing.T) {
	file, all := writeHistory(t, 100)
	for page := 1; page < 12; page++ { // the schema, and the roots of the tables
		clear(file[page*pageBytes : (page+1)*pageBytes])
	}
	s, left := openDamaged(t, file)
	checkLeft(t, s, left, all, file)
	if len(left) < 80 {
		t.Errorf("%d are left", len(left))
	}
	if o, live, err := s.Owner(t.Context()); err != nil || !live || o.PID != os.Getpid() {
		t.Errorf("what was saved is captured into by %+v, live %v: %v", o, live, err)
	}
}

func TestLogIsRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "h.db")
	s := openTest(t, path, Capture)
	if _, err := s.Commit(t.Context(), capture.Op{Add: ringtest.Example(1)}, capture.Op{Add: ringtest.Example(2)}); err != nil {
		t.Fatal(err)
	}
	// As after a crash: what was committed is in the log only. The file itself
	// is gone bad.
	dir := t.TempDir()
	for _, suffix := range []string{"", "-wal"} {
		data, err := os.ReadFile(path + suffix)
		if err != nil {
			t.Fatal(err)
		}
		if suffix == "" {
			copy(data, "garbage garbage garbage")
		}
		if err := os.WriteFile(filepath.Join(dir, "h.db"+suffix), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	damaged := openTest(t, filepath.Join(dir, "h.db"), Capture)
	if left := ringtest.Load(t, damaged); len(left) != 2 {
		t.Errorf("%d are left: %v", len(left), damaged.Report())
	}
}

// TestDamagedLog flips bits in the log that a crash left: SQLite would silently
// ignore what comes after.
func TestDamagedLog(t *testing.T) {
	path := filepath.Join(t.TempDir(), "h.db")
	s := openTest(t, path, Capture)
	const n = 30
	for i := range n {
		mustCommit(t, s, capture.Op{Add: typical(i, 500)})
	}
	db, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	log, err := os.ReadFile(path + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	for tenth := range 10 {
		flipped := bytes.Clone(log)
		flipped[len(log)*tenth/10+pageBytes/2] ^= 4
		copied := filepath.Join(t.TempDir(), "h.db")
		for name, data := range map[string][]byte{copied: db, copied + "-wal": flipped} {
			if err := os.WriteFile(name, data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		damaged := openTest(t, copied, Capture)
		left := len(ringtest.Load(t, damaged))
		if left < n && len(damaged.Report()) == 0 {
			t.Errorf("%d tenths: %d are left, and nothing is said", tenth, left)
		}
		if left < n-6 {
			t.Errorf("%d tenths: %d are left: %v", tenth, left, damaged.Report())
		}
	}
}

func TestNewerHistory(t *testing.T) {
	file, all := writeHistory(t, 5)
	file[63] = 99 // user_version
	s, left := openDamaged(t, file)
	checkLeft(t, s, left, all, file)
	if len(left) != 5 || !strings.Contains(strings.Join(s.Report(), ""), "newer creel: 5 of 5") {
		t.Errorf("%d are left: %q", len(left), s.Report())
	}
}

func TestAnotherProgramsFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "h.db")
	if _, err := create(path); err != nil {
		t.Fatal(err)
	}
	c, err := dial(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.script("CREATE TABLE precious (a)"); err != nil {
		t.Fatal(err)
	}
	c.close()
	if s, err := Open(t.Context(), path, Options{Role: Capture}); err == nil {
		s.Close()
		t.Error("opened")
	} else if !strings.Contains(err.Error(), "another program") {
		t.Error(err)
	}
}

// While a damaged history is read, the user sees how far it is.
func TestProgressOfARescue(t *testing.T) {
	for unread, want := range map[int64]string{8: "0 %", 6: "25 %", 1: "87 %", 0: "100 %"} {
		r := rescued{unread: unread, heads: 3}
		if got := r.soFar(8); got != "the history is damaged: "+want+" of it is read, 3 requests are saved" {
			t.Errorf("%d of 8 pages to be read: %s", unread, got)
		}
	}
}

// slowDisk is a context that is asked after every batch of pages, and takes its time.
type slowDisk struct{ context.Context }

func (slowDisk) Err() error {
	time.Sleep(3 * time.Second)
	return nil
}

// A rescue for which there is no more time says how much it has not looked at; one
// that reads all in time does not.
func TestRescueTakesNoLongerThanItMay(t *testing.T) {
	for _, tt := range []struct {
		pages, unread int64
		progress      []string
		text          string
	}{
		{1000, 600, []string{"20 %"}, "0 requests could be saved; reading took too long, so 4 MB of the file were not looked at"},
		{400, 0, []string{"50 %"}, "0 requests could be saved"},
		{200, 0, []string{"100 %"}, "0 requests could be saved"},
		{rescuePagesPerSecond, rescuePagesPerSecond - 400, []string{"9 %"}, "0 requests could be saved; reading took too long, so 12 MB of the file were not looked at"},
		{2 * rescuePagesPerSecond, 2*rescuePagesPerSecond - 600, []string{"4 %", "9 %"}, "0 requests could be saved; reading took too long, so 27 MB of the file were not looked at"},
	} {
		synctest.Test(t, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "fresh.db")
			if _, err := create(path); err != nil {
				t.Fatal(err)
			}
			to, err := dial(path)
			if err != nil {
				t.Fatal(err)
			}
			defer to.close()
			empty, err := os.Open(os.DevNull)
			if err != nil {
				t.Fatal(err)
			}
			old := &pages{db: empty, last: tt.pages}
			defer old.close()
			r := rescued{to: to}
			var progress []string
			if err := r.readAll(slowDisk{t.Context()}, old, func(s string) { progress = append(progress, s) }); err != nil {
				t.Fatal(err)
			}
			for i, s := range progress {
				progress[i] = strings.TrimSuffix(strings.TrimPrefix(s, "the history is damaged: "), " of it is read, 0 requests are saved")
			}
			if diff := cmp.Diff(tt.progress, progress); diff != "" || r.unread != tt.unread || r.String() != tt.text {
				t.Errorf("%d pages: %d unread: %q (-want +got):\n%s", tt.pages, r.unread, r.String(), diff)
			}
		})
	}
}
