//go:build darwin || freebsd

package sqlite

import (
	"bytes"

	"golang.org/x/sys/unix"
)

// networkFS reports whether a directory is on another machine, and how.
func networkFS(dir string) (kind string, network bool) {
	var st unix.Statfs_t
	if unix.Statfs(dir, &st) != nil {
		return "", false // the open says what is wrong
	}
	name := make([]byte, 0, len(st.Fstypename))
	for _, c := range st.Fstypename {
		name = append(name, byte(c))
	}
	name, _, _ = bytes.Cut(name, []byte{0})
	switch kind = string(name); kind {
	case "nfs", "smbfs", "afpfs", "webdav", "ftp", "cifs":
		return kind, true
	}
	return kind, false
}
