//go:build unix

package forward

import (
	"errors"
	"syscall"
)

// quiet reports whether a connection that waits for a request is open and has
// nothing to read. The end of the connection, an error, or an answer to nothing
// can be read; all of them make it useless, and so does that the limit of its last
// delivery has passed. It looks without taking or waiting.
func quiet(c syscall.RawConn) bool {
	var peek error
	err := c.Read(func(fd uintptr) bool {
		var b [1]byte
		_, _, peek = syscall.Recvfrom(int(fd), b[:], syscall.MSG_PEEK)
		return true
	})
	return err == nil && (errors.Is(peek, syscall.EAGAIN) || errors.Is(peek, syscall.EWOULDBLOCK))
}
