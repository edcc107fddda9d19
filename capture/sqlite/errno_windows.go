package sqlite

import "golang.org/x/sys/windows"

// The errors of disks, as Windows numbers them.
const (
	errDiskFull   = windows.ERROR_DISK_FULL
	errHandleFull = windows.ERROR_HANDLE_DISK_FULL
	errReadOnly   = windows.ERROR_WRITE_PROTECT
)
