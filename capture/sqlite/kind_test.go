package sqlite

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// otherDatabase writes a database of another program; broken, its schema cannot be
// read.
func otherDatabase(t *testing.T, path string, broken bool) {
	t.Helper()
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
	if broken {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		data[fileHead] ^= 0xff
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestOtherFiles names files as the history that are none: no role opens, changes
// or renames them.
func TestOtherFiles(t *testing.T) {
	write := func(data []byte) func(*testing.T, string) {
		return func(t *testing.T, path string) {
			if err := os.WriteFile(path, data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, c := range map[string]struct {
		make func(t *testing.T, path string)
		want string
	}{
		"a short text":           {write([]byte("# notes\n")), "is not a history"},
		"a long text":            {write(bytes.Repeat([]byte("notes\n"), 9000)), "is not a history"},
		"another database":       {func(t *testing.T, path string) { otherDatabase(t, path, false) }, "another program"},
		"a broken database":      {func(t *testing.T, path string) { otherDatabase(t, path, true) }, "is not a history"},
		"the start of a history": {write([]byte(magic)), "is not a history"},
	} {
		for _, role := range []Role{Capture, Write, Read} {
			path := filepath.Join(t.TempDir(), "notes.md")
			c.make(t, path)
			before, _ := os.ReadFile(path)
			mode, _ := os.Stat(path)
			if name == "the start of a history" && role != Capture {
				continue
			}
			if s, err := Open(t.Context(), path, Options{Role: role}); err == nil {
				s.Close()
				t.Errorf("%s: role %d opened it", name, role)
			} else if !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s, role %d: %v", name, role, err)
			}
			if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
				t.Errorf("%s, role %d: it is not as it was: %v", name, role, err)
			}
			if now, err := os.Stat(path); err != nil || now.Mode() != mode.Mode() {
				t.Errorf("%s, role %d: its mode is another", name, role)
			}
			if files, _ := filepath.Glob(path + "*"); len(files) != 1 {
				t.Errorf("%s, role %d: left %q", name, role, files)
			}
		}
	}
}

// TestGarbageInPlaceOfHistory overwrites all of a history: files beside it show
// that it was one, so it is kept under another name and creel starts.
func TestGarbageInPlaceOfHistory(t *testing.T) {
	path := filepath.Join(t.TempDir(), "h.db")
	fill(t, path, 10, 10)
	garbage := bytes.Repeat([]byte("garbage "), 5000)
	if err := os.WriteFile(path, garbage, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, kept := range []string{".bad", ".bad.2"} { // the second time beside what was kept before
		s := openTest(t, path, Capture)
		if report := strings.Join(s.Report(), "\n"); !strings.Contains(report, "was damaged: 0 requests could be saved") || !strings.HasSuffix(report, "h.db"+kept) {
			t.Errorf("it says %q", report)
		}
		if bad, err := os.ReadFile(path + kept); err != nil || !bytes.Equal(bad, garbage) {
			t.Errorf("the old file is not kept as it was: %v", err)
		}
		s.Close()
		garbage = append(garbage, "more"...)
		if err := os.WriteFile(path, garbage, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestStartThatEndsEarly ends the start that saves what can be read of a history: the
// files beside it still show the next one that it was one.
func TestStartThatEndsEarly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "h.db")
	fill(t, path, 10, 10)
	if err := os.WriteFile(path, bytes.Repeat([]byte("garbage "), 5000), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if s, err := Open(ctx, path, Options{Role: Capture}); !errors.Is(err, context.Canceled) {
		if err == nil {
			s.Close()
		}
		t.Fatalf("it ended with %v", err)
	}
	s := openTest(t, path, Capture)
	if report := strings.Join(s.Report(), "\n"); !strings.Contains(report, "was damaged") {
		t.Errorf("it says %q", report)
	}
}

// TestNoFile names a directory as the history.
func TestNoFile(t *testing.T) {
	dir := t.TempDir()
	for _, role := range []Role{Capture, Write, Read} {
		if s, err := Open(t.Context(), dir, Options{Role: role}); err == nil {
			s.Close()
			t.Errorf("role %d opened a directory", role)
		} else if want := "history: " + dir + " is not a file"; role != Read && err.Error() != want {
			t.Errorf("role %d: %v, want %s", role, err, want)
		} else if !strings.Contains(err.Error(), dir) {
			t.Errorf("role %d: %v", role, err)
		}
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) > 0 {
		t.Errorf("left %v, %v", files, err)
	}
}

// TestTracesInTheFile damages the head of a history of which no other file is there:
// its rows, or the mark in its head, show what it is.
func TestTracesInTheFile(t *testing.T) {
	full, _ := writeHistory(t, 10)
	empty, _ := writeHistory(t, 0)
	for name, c := range map[string]struct {
		file   []byte
		damage int // bytes of the head
		left   int
	}{
		"rows":     {full, pageBytes, 10},
		"the mark": {empty[:pageBytes], len(magic), 0}, // of which no row is left
	} {
		file := bytes.Clone(c.file)
		copy(file[:c.damage], bytes.Repeat([]byte{'x'}, c.damage))
		s, left := openDamaged(t, file)
		if len(left) != c.left {
			t.Errorf("%s: %d are left: %q", name, len(left), s.Report())
		}
		if bad, err := os.ReadFile(s.path + ".bad"); err != nil || !bytes.Equal(bad, file) {
			t.Errorf("%s: the old file is not kept as it was: %v", name, err)
		}
	}
}

// TestEmptiedFile: a file is empty only when there is nothing in its log, either.
func TestEmptiedFile(t *testing.T) {
	for _, tt := range []struct {
		file, log string // "-" for none
		want      bool
	}{
		{"-", "-", false}, {"", "-", true}, {"", "", true}, {"", "x", false}, {"x", "-", false}, {"x", "", false}, {"-", "", false},
	} {
		path := filepath.Join(t.TempDir(), "h.db")
		for name, text := range map[string]string{path: tt.file, path + "-wal": tt.log} {
			if text == "-" {
				continue
			}
			if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if got := wasEmptied(path); got != tt.want {
			t.Errorf("file %q, log %q: %v", tt.file, tt.log, got)
		}
	}
}
