//go:build unix

package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// A file keeps its owner and group when it is written.
func TestWriteKeepsOwner(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root gives files away")
	}
	file := filepath.Join(t.TempDir(), "f")
	for _, owner := range [][2]int{{1234, 5678}, {1234, 0}, {0, 5678}, {0, 0}} {
		err := errors.Join(os.WriteFile(file, nil, 0o600), os.Chown(file, owner[0], owner[1]), Write(file, []byte("x"), fs.ModePerm))
		if err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		if is := info.Sys().(*syscall.Stat_t); int(is.Uid) != owner[0] || int(is.Gid) != owner[1] {
			t.Errorf("it belongs to %d and %d, want %v", is.Uid, is.Gid, owner)
		}
	}
}
