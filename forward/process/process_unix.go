//go:build unix

package process

import (
	"os/exec"
	"syscall"
)

// OwnGroup puts a program into a process group of its own, so that what it
// starts ends with it. Where the system can, it is killed when creel dies.
func OwnGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	dieWithParent(cmd.SysProcAttr)
}

// Stop asks the group to end.
func Stop(cmd *exec.Cmd) error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }

// Kill kills what is left of the group.
func Kill(cmd *exec.Cmd) {
	if cmd.Process != nil {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	}
}
