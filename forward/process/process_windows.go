package process

import (
	"os/exec"
	"unsafe"

	"golang.org/x/sys/windows"
)

// group is a job. Windows ends what is in it when its only handle is closed, so also
// when creel dies. What a program starts before it is in the job, right at its
// beginning, is not.
type group struct {
	cmd *exec.Cmd
	job windows.Handle // 0 when there is none: only the program itself is ended
}

func newGroup(cmd *exec.Cmd) group {
	g := group{cmd: cmd}
	if job, err := windows.CreateJobObject(nil, nil); err == nil {
		g.job = job
		g.limit(windows.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE)
	}
	return g
}

func (g group) limit(flags uint32) {
	info := windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION{}
	info.BasicLimitInformation.LimitFlags = flags
	_, _ = windows.SetInformationJobObject(g.job, windows.JobObjectExtendedLimitInformation,
		uintptr(unsafe.Pointer(&info)), uint32(unsafe.Sizeof(info)))
}

func (g group) started() {
	_ = g.cmd.Process.WithHandle(func(h uintptr) {
		_ = windows.AssignProcessToJobObject(g.job, windows.Handle(h))
	})
}

func (g group) stop() error {
	_ = windows.TerminateJobObject(g.job, 1)
	return g.cmd.Process.Kill()
}

// end is called when the program has ended; kill ends the rest of the job, too.
func (g group) end(kill bool) {
	if !kill {
		g.limit(0)
	}
	_ = windows.CloseHandle(g.job)
}
