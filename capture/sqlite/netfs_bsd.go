//go:build darwin || freebsd

package sqlite

import "golang.org/x/sys/unix"

// networkFS reports whether a directory is on another machine, and how.
func networkFS(dir string) (kind string, network bool) {
	var st unix.Statfs_t
	if unix.Statfs(dir, &st) != nil {
		return "", false // the open says what is wrong
	}
	switch kind = unix.ByteSliceToString(st.Fstypename[:]); kind {
	case "nfs", "smbfs", "afpfs", "webdav", "ftp", "cifs":
		return kind, true
	}
	return kind, false
}
