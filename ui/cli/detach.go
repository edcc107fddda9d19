package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"creel/ui/control"
)

func newStop(p *program) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "stop",
		Short: "End the creel that runs in the background",
		Example: `creel --detach 3000
creel stop`,
		Long: `End a creel that runs without a screen, as a signal would: it finishes what is in
flight. Returns when it has ended.`,
		Args: none,
	}
	return p.live(cmd, func(ctx context.Context, c *control.Client, _ []string) error {
		if err := c.Stop(ctx); err != nil {
			return err
		}
		p.infof("pid %d has ended", c.Status.PID)
		return nil
	})
}

// The times of a start in the background.
const (
	startTime = 15 * time.Second // the most it may take until it captures
	startLook = 20 * time.Millisecond
)

// detach starts this command line in the background, without a screen, and returns once it captures.
func (p *program) detach(ctx context.Context) error {
	dir := stateDir(p.env)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	// A file of its own, also for a second start within a second.
	log, err := os.CreateTemp(dir, time.Now().UTC().Format("detached-20060102-150405-*.log"))
	if err != nil {
		return err
	}
	name := log.Name()
	defer log.Close()
	program, err := os.Executable()
	if err != nil {
		return err
	}
	args := slices.DeleteFunc(slices.Clone(p.args), func(a string) bool { return a == "--detach" || strings.HasPrefix(a, "--detach=") })
	cmd := exec.Command(program, args...)
	cmd.Stderr, cmd.SysProcAttr = log, ownSession()
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start in the background: %w", err)
	}
	s, err := p.started(ctx, cmd)
	if err != nil {
		said, _ := os.ReadFile(name)
		return startError(err, said, name)
	}
	p.infof("capturing in the background with pid %d; its messages are in %s; creel attach shows it, creel stop ends it", s.PID, name)
	return p.printText("%s", s.URL)
}

func (p *program) started(ctx context.Context, cmd *exec.Cmd) (control.Status, error) {
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	over := time.After(startTime)
	socket := filepath.Join(p.controlDir(), strconv.Itoa(cmd.Process.Pid)+".sock")
	for {
		if c, err := control.Connect(ctx, p.clientConfig(socket)); err == nil {
			defer c.Close()
			return c.Status, nil
		}
		select {
		case err := <-ended:
			if err == nil {
				err = errors.New("it ended at once")
			}
			return control.Status{}, err
		case <-over:
			_ = cmd.Process.Kill()
			return control.Status{}, fmt.Errorf("it did not capture within %v", startTime)
		case <-ctx.Done():
			_ = cmd.Process.Kill()
			return control.Status{}, context.Cause(ctx)
		case <-time.After(startLook):
		}
	}
}

// startError is why nothing runs in the background: what was printed, and how it ended.
func startError(err error, said []byte, log string) error {
	e := &exitError{code: exitFailure, err: fmt.Errorf("nothing runs in the background: %w: see %s", err, log)}
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		e.code = exit.ExitCode()
		if text := strings.TrimSpace(strings.ReplaceAll(string(bytes.TrimSpace(said)), "creel: ", "")); text != "" {
			e.err = errors.New(text)
		}
	}
	return e
}
