package control

import (
	"net"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// checkPeer compares the user on the other side with this process's.
func checkPeer(c net.Conn) error {
	var cred *unix.Ucred
	err := withFD(c, func(fd int) (err error) {
		cred, err = unix.GetsockoptUcred(fd, unix.SOL_SOCKET, unix.SO_PEERCRED)
		return err
	})
	if err == nil && int(cred.Uid) != os.Geteuid() {
		err = errOtherUser
	}
	return err
}

func withFD(c net.Conn, f func(fd int) error) error {
	raw, err := c.(syscall.Conn).SyscallConn()
	if err != nil {
		return err
	}
	var inner error
	if err := raw.Control(func(fd uintptr) { inner = f(int(fd)) }); err != nil {
		return err
	}
	return inner
}
