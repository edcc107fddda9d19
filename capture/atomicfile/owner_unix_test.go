//go:build unix

package atomicfile

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
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

// A named pipe is written to, and stays one; a socket, which cannot be, is named by the error.
func TestWriteToWhatIsNoFile(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(name, 0o600); err != nil {
		t.Skip(err)
	}
	pipe, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer pipe.Close()
	if err := Write(name, []byte("x"), fs.ModePerm); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Lstat(name); err != nil {
		t.Fatal(err)
	} else if info.Mode().Type() != fs.ModeNamedPipe {
		t.Fatalf("it is %v", info.Mode())
	}
	var got [2]byte
	if err := pipe.SetReadDeadline(time.Now().Add(time.Second)); err != nil {
		t.Fatal(err)
	}
	if n, err := pipe.Read(got[:]); err != nil || string(got[:n]) != "x" {
		t.Errorf("%q was written, %v", got[:n], err)
	}
	name = filepath.Join(dir, "socket")
	ln, err := net.Listen("unix", name)
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	var at *fs.PathError
	if err := Write(name, []byte("x"), fs.ModePerm); !errors.As(err, &at) || at.Path != name {
		t.Errorf("a socket: %v", err)
	}
}
