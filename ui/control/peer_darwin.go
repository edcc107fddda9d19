package control

import (
	"net"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// checkPeer compares the user on the other side with this process's.
func checkPeer(c net.Conn) error {
	raw, err := c.(syscall.Conn).SyscallConn()
	if err != nil {
		return err
	}
	var cred *unix.Xucred
	if cerr := raw.Control(func(fd uintptr) {
		cred, err = unix.GetsockoptXucred(int(fd), unix.SOL_LOCAL, unix.LOCAL_PEERCRED)
	}); cerr != nil {
		return cerr
	}
	if err == nil && int(cred.Uid) != os.Geteuid() {
		err = errOtherUser
	}
	return err
}
