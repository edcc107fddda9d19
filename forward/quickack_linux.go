package forward

import "syscall"

// quickAck has the system acknowledge what has come, and what comes next, at once.
// Many servers write the head and the body of a response apart, and wait with the
// second until the first is acknowledged, which takes 40 ms on a connection that was
// used before. Measured with Python's http.server: 0.5 ms a response, 44 ms without.
func quickAck(c syscall.RawConn) {
	_ = c.Control(func(fd uintptr) {
		_ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_QUICKACK, 1)
	})
}
