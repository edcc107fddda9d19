package tomlfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Replace writes data to a file next to name and moves it there, so that a crash
// leaves one or the other. A link stays a link, and the file keeps its owner
// and, as far as the mask allows, its mode; a new one is its owner's alone.
func Replace(name string, data []byte, mask fs.FileMode) error {
	if to, err := filepath.EvalSymlinks(name); err == nil {
		name = to
	}
	if f, err := os.OpenFile(name, os.O_WRONLY, 0); err == nil {
		f.Close()
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err // moving a file there would not ask whether it may be written
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".creel-*") // CreateTemp makes it 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // gone already when all went well
	_, err = f.Write(data)
	if was, e := os.Stat(name); e == nil && err == nil {
		err = errors.Join(keepOwner(f, was), f.Chmod(was.Mode().Perm()&mask))
	}
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	return err
}
