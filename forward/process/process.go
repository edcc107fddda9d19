package process

import (
	"context"
	"os/exec"
	"runtime"
)

// Program is a program and what it starts: a process group, on Windows a job.
type Program struct {
	*exec.Cmd // made by exec.CommandContext; Cancel is set by Run
	// Stopping is called before the program is asked to end since its context has.
	Stopping func()
	// EndRest ends what the program leaves running when it ends by itself.
	EndRest bool
}

// Run runs the program until it ends or its context ctx does. Then the program is
// asked to end, it and what it started, and killed after WaitDelay; on Windows it is
// killed at once.
func (p *Program) Run(ctx context.Context) error {
	// Linux kills the program when the thread that started it ends.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	g := newGroup(p.Cmd)
	p.Cancel = func() error {
		if p.Stopping != nil {
			p.Stopping()
		}
		return g.stop()
	}
	err := p.Start()
	if err == nil {
		g.started()
		err = p.Wait()
	}
	g.end(p.EndRest || ctx.Err() != nil)
	return err
}
