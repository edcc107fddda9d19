package atomicfile

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// A link stays a link, and a file keeps its mode as far as the mask allows.
func TestWriteKeepsMode(t *testing.T) {
	dir := t.TempDir()
	file, link := filepath.Join(dir, "f"), filepath.Join(dir, "link")
	if err := os.Symlink(file, link); err != nil {
		t.Skip(err)
	}
	mode := func(mask, want fs.FileMode) {
		t.Helper()
		if err := Write(link, []byte("x"), mask); err != nil {
			t.Fatal(err)
		}
		info, err := os.Lstat(file)
		if to, e := os.Readlink(link); err != nil || e != nil || to != file || info.Mode() != want {
			t.Errorf("%v, want %v; %v %v", info.Mode(), want, err, e)
		}
	}
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	mode(fs.ModePerm, 0o644)
	mode(0o600, 0o600)
	if os.Getuid() != 0 { // to whom all is allowed
		if err := os.Chmod(file, 0o400); err != nil {
			t.Fatal(err)
		}
		if Write(file, nil, fs.ModePerm) == nil {
			t.Error("what must not be written was replaced")
		}
	}
	if err := Write(filepath.Join(dir, "new"), nil, fs.ModePerm); err != nil {
		t.Error(err)
	}
	if info, err := os.Stat(filepath.Join(dir, "new")); err != nil || info.Mode() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".creel-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// What cannot be written whole leaves the file that was there, and nothing beside it.
func TestWriteThatFails(t *testing.T) {
	dir := t.TempDir()
	file, gone := filepath.Join(dir, "f"), errors.New("gone")
	for _, was := range []string{"", "was there"} {
		if was != "" {
			if err := os.WriteFile(file, []byte(was), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		err := WriteFrom(file, fs.ModePerm, func(w io.Writer) error {
			_, err := io.WriteString(w, "half")
			return errors.Join(err, gone)
		})
		if !errors.Is(err, gone) {
			t.Errorf("%v, want %v", err, gone)
		}
		if is, _ := os.ReadFile(file); string(is) != was {
			t.Errorf("%q is there, want %q", is, was)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".creel-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// A directory that is not there is an error, and a link to nothing is replaced by a file.
func TestWriteWhatIsNotThere(t *testing.T) {
	dir := t.TempDir()
	if Write(filepath.Join(dir, "none", "f"), nil, fs.ModePerm) == nil {
		t.Error("a file is in no directory")
	}
	if err := Write(dir, nil, fs.ModePerm); err == nil {
		t.Error("a directory was replaced")
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(dir), ".creel-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
