//go:build !unix

package forward

import "syscall"

// idleAlive says no where a connection cannot be looked at without waiting: each
// delivery then has a connection of its own.
func idleAlive(syscall.RawConn) bool { return false }
