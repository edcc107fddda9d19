package sqlite

import "golang.org/x/sys/unix"

// networkTypes are the magic numbers of statfs(2) for file systems whose locks
// or shared memory do not hold between machines.
var networkTypes = map[uint32]string{
	0x6969: "nfs", 0x517B: "smb", 0xFE534D42: "smb2", 0xFF534D42: "cifs", 0x01021997: "9p",
	0x00C36400: "ceph", 0x5346414F: "afs", 0x6B414653: "afs", 0x73757245: "coda", 0x564C: "ncp",
	0x0BD00BD0: "lustre", 0x7461636F: "ocfs2", 0x01161970: "gfs2",
}

// networkFS reports whether a directory is on another machine, and how.
func networkFS(dir string) (kind string, network bool) {
	var st unix.Statfs_t
	if unix.Statfs(dir, &st) != nil {
		return "", false // the open says what is wrong
	}
	kind, network = networkTypes[uint32(st.Type)]
	return kind, network
}
