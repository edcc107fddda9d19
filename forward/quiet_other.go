//go:build !unix

package forward

import "syscall"

// quiet says no where a connection cannot be looked at without waiting: each
// delivery then has a connection of its own.
func quiet(syscall.RawConn) bool { return false }
