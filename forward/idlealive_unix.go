//go:build unix

package forward

import (
	"errors"
	"syscall"
)

// idleAlive reports whether a connection that waits for a request is open and has
// nothing to read. When the target has closed it, or has sent something that nothing
// asked for, a request on it would be lost, and must not be sent a second time. It
// looks without taking or waiting, at no cost that can be measured.
func idleAlive(c syscall.RawConn) bool {
	var peek error
	err := c.Read(func(fd uintptr) bool {
		var b [1]byte
		_, _, peek = syscall.Recvfrom(int(fd), b[:], syscall.MSG_PEEK)
		return true
	})
	return err == nil && (errors.Is(peek, syscall.EAGAIN) || errors.Is(peek, syscall.EWOULDBLOCK))
}
