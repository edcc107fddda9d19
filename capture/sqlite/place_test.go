package sqlite

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"creel/capture"
	"creel/capture/ringtest"

	"github.com/google/go-cmp/cmp"
)

// said collects what a store says about its file.
type said struct {
	mu    sync.Mutex
	lines []string
}

func (s *said) add(line string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines = append(s.lines, line)
}

func (s *said) has(part string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.ContainsFunc(s.lines, func(line string) bool { return strings.Contains(line, part) })
}

// TestFileTakenAway has the files of a history deleted and replaced while it is
// open: all of it is written to its name again, and what was put there is kept.
func TestFileTakenAway(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("files that are open cannot be renamed")
	}
	other := []byte("what the user put there")
	for name, take := range map[string]func(t *testing.T, path string) error{
		"deleted":               func(_ *testing.T, path string) error { return os.Remove(path) },
		"deleted with its log":  func(_ *testing.T, path string) error { return removeDatabase(path) },
		"its log deleted":       func(_ *testing.T, path string) error { return os.Remove(path + "-wal") },
		"the directory deleted": func(_ *testing.T, path string) error { return os.RemoveAll(filepath.Dir(path)) },
		"renamed":               func(t *testing.T, path string) error { return os.Rename(path, filepath.Join(t.TempDir(), "x.db")) },
		"replaced": func(t *testing.T, path string) error {
			return errors.Join(os.Remove(path), os.WriteFile(path, other, 0o600))
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "creel", "h.db")
			var said said
			s, err := Open(t.Context(), path, Options{Role: Capture, Problem: said.add})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			want := ringtest.Example(1)
			want.Attempts[0].Body = want.Request.Body
			want.Request.Body = capture.NewBody(make([]byte, 100_000))
			want.Attempts[0].Body = want.Request.Body
			want.ID = mustCommit(t, s, capture.Op{Add: want})[0].Add.ID
			watch := s.Watch(t.Context())
			if err := take(t, path); err != nil {
				t.Fatal(err)
			}
			<-watch // the ring finds out although nothing is captured
			after := mustCommit(t, s, capture.Op{Add: ringtest.Example(2)})[0].Add.ID
			if after <= want.ID {
				t.Errorf("%v after %v", after, want.ID)
			}
			for _, part := range []string{"was deleted or replaced", "was written again"} {
				if !said.has(part) {
					t.Errorf("nobody is told that it %s: %q", part, said.lines)
				}
			}
			if second, err := Open(t.Context(), path, Options{Role: Capture}); err == nil {
				second.Close()
				t.Error("a second one captures")
			}
			if _, live, err := openTest(t, path, Read).Owner(t.Context()); err != nil || !live {
				t.Errorf("other commands do not see that it captures: %v", err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			left := ringtest.Load(t, openTest(t, path, Capture))
			if len(left) != 2 {
				t.Fatalf("%d are left", len(left))
			}
			if diff := cmp.Diff(want, left[0], ringtest.Equal(t)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if name == "replaced" {
				if kept, err := os.ReadFile(path + ".replaced"); err != nil || string(kept) != string(other) {
					t.Errorf("what was put there: %q, %v", kept, err)
				}
			}
		})
	}
}

// TestFileTakenAwayForGood has a history that cannot be written again: commits and
// the close fail.
func TestFileTakenAwayForGood(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("directories with open files cannot be removed")
	}
	path := filepath.Join(t.TempDir(), "creel", "h.db")
	s, err := Open(t.Context(), path, Options{Role: Capture})
	if err != nil {
		t.Fatal(err)
	}
	mustCommit(t, s, capture.Op{Add: ringtest.Example(1)})
	if err := errors.Join(os.RemoveAll(filepath.Dir(path)), os.WriteFile(filepath.Dir(path), nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := s.Commit(t.Context(), capture.Op{Add: ringtest.Example(2)}); err == nil {
			t.Error("a commit succeeds")
		}
	}
	if err := s.Close(); err == nil || !strings.Contains(err.Error(), "cannot be written again") {
		t.Errorf("close: %v", err)
	}
}

// TestFileThatCannotBeMovedAway has a history replaced by a file that cannot get another name:
// it stays as it is until it can.
func TestFileThatCannotBeMovedAway(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("files that are open cannot be renamed")
	}
	path := filepath.Join(t.TempDir(), "h.db")
	s, err := Open(t.Context(), path, Options{Role: Capture, Problem: new(said).add})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	mustCommit(t, s, capture.Op{Add: ringtest.Example(1)})
	put := map[string]string{"": "what the user put there", "-wal": "and its log"}
	if err := errors.Join(removeDatabase(path), os.MkdirAll(path+".replaced-wal/in the way", 0o700)); err != nil {
		t.Fatal(err)
	}
	for suffix, text := range put {
		if err := os.WriteFile(path+suffix, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	isAt := func(path string) {
		t.Helper()
		for suffix, want := range put {
			if got, err := os.ReadFile(path + suffix); string(got) != want {
				t.Errorf("%q is in %s, want %q (%v)", got, path+suffix, want, err)
			}
		}
	}
	if _, err := s.Commit(t.Context(), capture.Op{Add: ringtest.Example(3)}); err == nil {
		t.Error("it is committed")
	}
	isAt(path)
	if err := os.RemoveAll(path + ".replaced-wal"); err != nil {
		t.Fatal(err)
	}
	mustCommit(t, s, capture.Op{Add: ringtest.Example(2)})
	isAt(path + ".replaced")
}

// TestFileTakenAwayTwice lets writing a history again fail at its last steps: the
// next try loses nothing.
func TestFileTakenAwayTwice(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("files that are open cannot be renamed")
	}
	for name, fail := range map[string]func(from, to string) error{
		"the name cannot be given": func(string, string) error { return errors.New("no") },
		"no connection": func(from, to string) error {
			return errors.Join(os.Rename(from, to), os.Mkdir(to+"-wal", 0o700))
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "h.db")
			s, err := Open(t.Context(), path, Options{Role: Capture, Problem: new(said).add})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			want := mustCommit(t, s, capture.Op{Add: ringtest.Example(1)})[0].Add
			setRename := func(f func(from, to string) error) {
				s.place.mu.Lock()
				defer s.place.mu.Unlock()
				s.place.rename = f
			}
			setRename(fail)
			if err := removeDatabase(path); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Commit(t.Context(), capture.Op{Add: ringtest.Example(3)}); err == nil {
				t.Fatal("it is committed")
			}
			setRename(nil)
			_ = os.Remove(path + "-wal")
			added := mustCommit(t, s, capture.Op{Add: ringtest.Example(2)})[0].Add
			var got []capture.ID
			for ex, err := range s.Select(t.Context(), Query{}) {
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, ex.ID)
			}
			if diff := cmp.Diff([]capture.ID{want.ID, added.ID}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestOneHistoryWithTwoNames has a second process capture under another name.
func TestOneHistoryWithTwoNames(t *testing.T) {
	for name, link := range map[string]func(old, new string) error{"hard link": os.Link, "symbolic link": os.Symlink} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "h.db")
			other := filepath.Join(t.TempDir(), "other.db")
			s := openTest(t, path, Capture)
			if err := link(path, other); err != nil {
				t.Skip(err)
			}
			if second, err := Open(t.Context(), other, Options{Role: Capture}); err == nil {
				second.Close()
				t.Fatal("a second one captures")
			} else if !strings.Contains(err.Error(), "history in use by creel") && runtime.GOOS == "linux" {
				t.Error(err)
			}
			mustCommit(t, s, capture.Op{Add: ringtest.Example(1)})
			if name == "symbolic link" {
				if list, err := openTest(t, other, Read).IDs(t.Context()); err != nil || len(list) != 1 {
					t.Errorf("another command reads %d by the other name: %v", len(list), err)
				}
			}
		})
	}
}

// Where no directory can be made, the error names what is in its place.
func TestHistoryBelowAFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, role := range []Role{Capture, Write} {
		if s, err := Open(t.Context(), filepath.Join(file, "below", "h.db"), Options{Role: role}); err == nil {
			s.Close()
			t.Error("opened")
		} else if want := "history: mkdir " + file; !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
