package server

import "golang.org/x/sys/windows"

// The errors of sockets, as Windows numbers them.
const (
	errBusy         = windows.WSAEADDRINUSE
	errNotPermitted = windows.WSAEACCES
	errNoAddress    = windows.WSAEADDRNOTAVAIL
	errNoFamily     = windows.WSAEAFNOSUPPORT
	errNoProtocol   = windows.WSAEPROTONOSUPPORT
	errTooMany      = windows.WSAEMFILE
	errTooManyInAll = windows.WSAENOBUFS

	notPermitted = "another program has that port for itself, or Windows has reserved it"
)
