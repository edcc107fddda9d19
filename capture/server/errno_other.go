//go:build !windows

package server

import "syscall"

// The errors of sockets, as this system numbers them.
const (
	errBusy         = syscall.EADDRINUSE
	errNotPermitted = syscall.EACCES
	errNoAddress    = syscall.EADDRNOTAVAIL
	errNoFamily     = syscall.EAFNOSUPPORT
	errNoProtocol   = syscall.EPROTONOSUPPORT
	errTooMany      = syscall.EMFILE
	errTooManyInAll = syscall.ENFILE

	notPermitted = "ports below 1024 need more rights"
)
