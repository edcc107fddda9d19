//go:build !linux

package forward

import "syscall"

// hurry does nothing: other systems have no such switch.
func hurry(syscall.RawConn) {}
