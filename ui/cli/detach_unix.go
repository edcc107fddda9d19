//go:build unix

package cli

import "syscall"

// ownSession starts a program that the end of this terminal does not end.
func ownSession() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }
