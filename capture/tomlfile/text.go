package tomlfile

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"creel/capture/atomicfile"
)

// mark is the byte order mark that some editors begin a file in UTF-8 with.
var mark = []byte("\xef\xbb\xbf")

// Text is what a file holds without the byte order mark that it may begin with.
// Places in it are those that editors show.
func Text(data []byte) []byte { return bytes.TrimPrefix(data, mark) }

// Path is the file that a name in a configuration means: ~/ begins one in the home
// directory.
func Path(name string) string {
	if below, ok := strings.CutPrefix(name, "~/"); ok {
		if home, err := os.UserHomeDir(); err == nil {
			return filepath.Join(home, below)
		}
	}
	return name
}

// Read reads the text of a file, without the byte order mark.
func Read(name string) ([]byte, error) {
	data, err := os.ReadFile(name)
	return Text(data), err
}

// Write replaces the text of a file as [atomicfile.Write] does. A byte order mark
// stays.
func Write(name string, text []byte, mask fs.FileMode) error {
	if old, err := os.ReadFile(name); err == nil && bytes.HasPrefix(old, mark) {
		text = slices.Concat(mark, text)
	}
	return atomicfile.Write(name, text, mask)
}
