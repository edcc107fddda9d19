//go:build unix

package process

import (
	"os/exec"
	"syscall"
)

type group struct{ cmd *exec.Cmd }

// newGroup puts a program that is not started yet into a process group of its own.
func newGroup(cmd *exec.Cmd) group {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	dieWithParent(cmd.SysProcAttr)
	return group{cmd}
}

func (g group) started() {}

func (g group) stop() error { return syscall.Kill(-g.cmd.Process.Pid, syscall.SIGTERM) }

// end is called when the program has ended; kill ends the rest of the group, too.
func (g group) end(kill bool) {
	if kill && g.cmd.Process != nil {
		_ = syscall.Kill(-g.cmd.Process.Pid, syscall.SIGKILL)
	}
}
