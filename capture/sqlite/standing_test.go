package sqlite

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"creel/capture"
	"creel/capture/ringtest"
)

// Where no process captures, what a history holds is counted, also what others changed
// since, within the bounds of the last one that captured.
func TestStatsWhenNobodyCaptures(t *testing.T) {
	path := filepath.Join(t.TempDir(), "h.db")
	s := openTest(t, path, Capture)
	bounds := capture.Bounds{Count: 10, Bytes: 1 << 20}
	for i := range 3 {
		mustCommit(t, s, capture.Op{Add: typical(i, 1000)})
	}
	mustCommit(t, s, capture.Op{Gauge: &capture.Gauge{Bounds: bounds, Kept: 3, Pinned: 7, Used: 5}})
	guest := openTest(t, path, Write)
	if g, err := guest.Stats(t.Context()); err != nil || g != (capture.Gauge{Bounds: bounds, Kept: 3, Pinned: 7, Used: 5}) {
		t.Errorf("while one captures: %+v, %v", g, err)
	}
	s.Close()
	yes := true
	mustCommit(t, guest, capture.Op{Delete: []capture.ID{1}}, capture.Op{Meta: &capture.Meta{ID: 2, Pinned: &yes}})
	g, err := guest.Stats(t.Context())
	headers := int64(len(fieldsText(typical(0, 1000).Request.Fields)))
	if err != nil || g.Bounds != bounds || g.Kept != 2 || g.Pinned != 1 || g.Used != 2*(1000+headers) {
		t.Errorf("when it is gone: %+v, %v", g, err)
	}
}

// Into a history that nobody has captured into, any number may be pinned.
func TestPinsBeforeAnyoneCaptures(t *testing.T) {
	s := openTest(t, filepath.Join(t.TempDir(), "h.db"), Write)
	yes := true
	for i := range 3 {
		id := mustCommit(t, s, capture.Op{Add: typical(i, 10)})[0].Add.ID
		mustCommit(t, s, capture.Op{Meta: &capture.Meta{ID: id, Pinned: &yes}})
	}
	for _, ex := range ringtest.Load(t, s) {
		if !ex.Pinned {
			t.Errorf("%v is not pinned", ex.ID)
		}
	}
}

// A history that lacks a request which was kept is damaged, and says so.
func TestARequestIsMissing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "h.db")
	fill(t, path, 3, 10)
	s := openTest(t, path, Write)
	if err := s.writer.exec("DELETE FROM request WHERE id = 2"); err != nil {
		t.Fatal(err)
	}
	s.Close()
	s = openTest(t, path, Capture)
	if left := ringtest.Load(t, s); len(left) != 2 || !strings.Contains(strings.Join(s.Report(), "\n"), "2 of 3 requests could be saved") {
		t.Errorf("%d are left: %q", len(left), s.Report())
	}
}

// A history that cannot be opened the first time leaves nothing that would look like one
// that lost its requests.
func TestFirstStartThatFails(t *testing.T) {
	for suffix, left := range map[string]int{"-shm": 3, "-journal": 1} { // a file in which SQLite wrote stays
		path := filepath.Join(t.TempDir(), "h.db")
		if err := os.Mkdir(path+suffix, 0o700); err != nil {
			t.Fatal(err)
		}
		if s, err := Open(t.Context(), path, Options{Role: Capture}); err == nil {
			s.Close()
			t.Fatal("opened")
		}
		if files, _ := filepath.Glob(path + "*"); len(files) != left {
			t.Errorf("%s: left %q", suffix, files)
		}
		if err := os.Remove(path + suffix); err != nil {
			t.Fatal(err)
		}
		if s := openTest(t, path, Capture); len(s.Report()) > 0 {
			t.Errorf("%s: the next start says %q", suffix, s.Report())
		}
	}
}
