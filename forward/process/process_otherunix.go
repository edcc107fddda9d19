//go:build unix && !linux

package process

import "syscall"

// dieWithParent does nothing: only Linux kills a child when its parent is killed.
func dieWithParent(*syscall.SysProcAttr) {}
