package control

import (
	"errors"

	"golang.org/x/sys/windows"
)

// ownDir checks nothing: the directory is in the user's profile.
func ownDir(string) error { return nil }

// isRefused reports whether nothing listens on a socket.
func isRefused(err error) bool { return errors.Is(err, windows.WSAECONNREFUSED) }
