// Package atomicfile writes files that are as they were until they are written whole.
package atomicfile

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Write writes data to a file as [WriteFrom] does.
func Write(name string, data []byte, mask fs.FileMode) error {
	return WriteFrom(name, mask, func(w io.Writer) error { _, err := w.Write(data); return err })
}

// WriteFrom writes to a file next to name and moves it there when it is whole, so that
// an error or a crash leaves what was there. A link stays a link, and the file keeps
// its owner and, as far as the mask allows, its mode; a new one is its owner's alone.
// What is no regular file, such as a device or a named pipe, is written to directly.
func WriteFrom(name string, mask fs.FileMode, write func(io.Writer) error) error {
	was, err := os.Stat(name)
	if err == nil && was.IsDir() {
		return errors.New("it is a directory")
	}
	if err == nil && !was.Mode().IsRegular() {
		f, err := os.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		return errors.Join(write(f), f.Close())
	}
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
	err = write(f)
	if was != nil && err == nil {
		err = errors.Join(keepOwner(f, was), f.Chmod(was.Mode().Perm()&mask))
	}
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	return err
}
