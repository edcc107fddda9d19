//go:build !linux

package forward

import "syscall"

// quickAck does nothing: other systems have no such switch.
func quickAck(syscall.RawConn) {}
