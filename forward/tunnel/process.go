package tunnel

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"sync"
	"time"

	"creel/forward/process"
)

// stopTime is how long a program may take to end when it is asked to.
const stopTime = 3 * time.Second

// runProgram runs a program until it ends or ctx does, and calls line with each
// line of its output. The program, and what it started, ends with creel.
func runProgram(ctx context.Context, line func(string), file string, args ...string) error {
	cmd := exec.CommandContext(ctx, file, args...)
	cmd.WaitDelay = stopTime
	r, w := io.Pipe()
	cmd.Stdout, cmd.Stderr = w, w
	var reading sync.WaitGroup
	reading.Go(func() { eachLine(r, line) })
	p := process.Program{Cmd: cmd, EndRest: true}
	err := p.Run(ctx)
	_ = w.Close()
	reading.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return fmt.Errorf("%s ended: %w", cmd.Args[0], cmp.Or(err, errors.New("exit status 0")))
}

// lookUp finds a program, or says how to get it.
func lookUp(program, how string) (string, error) {
	file, err := exec.LookPath(program)
	if err != nil {
		return "", fmt.Errorf("%s is not installed: %s", program, how)
	}
	return file, nil
}
