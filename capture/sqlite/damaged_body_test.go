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

// Who reads a body that is damaged hears of which request it is and what to do, and
// the next start does it; all others are read.
func TestADamagedBodyIsSavedFromAtTheNextStart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "h.db")
	s := openTest(t, path, Capture)
	for id := range 5 {
		ex := ringtest.Example(id + 1)
		ex.Request.Body = capture.NewBody(bytes.Repeat([]byte{'a' + byte(id)}, 10*pageBytes))
		if _, err := s.Commit(t.Context(), capture.Op{Add: ex}); err != nil {
			t.Fatal(err)
		}
	}
	s.Close()
	breakChain(t, path, 'c')
	s = openTest(t, path, Capture)
	read := func() (n int, failed error) {
		for ex, err := range s.Select(t.Context(), Query{}) {
			if err != nil {
				t.Fatal(err)
			}
			if _, err := ex.Request.Body.Bytes(t.Context()); err != nil {
				failed = err
				continue
			}
			n++
		}
		return n, failed
	}
	n, err := read()
	if err == nil || n != 4 || !strings.Contains(err.Error(), "a body of #3") || !strings.Contains(err.Error(), "start creel again") {
		t.Fatal(n, err)
	}
	s.Close()
	s = openTest(t, path, Capture)
	if report := strings.Join(s.Report(), "\n"); !strings.Contains(report, "1 of them without their body") {
		t.Error(report)
	}
	if n, err := read(); n != 4 || !errors.Is(err, capture.ErrEvicted) {
		t.Error(n, err)
	}
}

// breakChain leads the pages that hold a body of one letter out of the file.
func breakChain(t *testing.T, path string, letter byte) {
	t.Helper()
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for at := 0; at < len(file); at += pageBytes {
		if bytes.Equal(file[at+100:at+200], bytes.Repeat([]byte{letter}, 100)) {
			copy(file[at:], "\x7f\xff\xff\x00")
			if err := os.WriteFile(path, file, 0o600); err != nil {
				t.Fatal(err)
			}
			return
		}
	}
	t.Fatal("no page of that body")
}
