//go:build !windows

package sqlite

import "syscall"

// The errors of disks, as this system numbers them.
const (
	errDiskFull   = syscall.ENOSPC
	errHandleFull = syscall.EDQUOT
	errReadOnly   = syscall.EROFS
)
