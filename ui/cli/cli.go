package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"creel/ui"
)

// Main runs creel with the arguments, streams and environment of the process
// and returns its exit code.
func Main() int { return newProgram().run() }

func newProgram() *program {
	return &program{
		opts: newOptions(), args: os.Args[1:], env: os.LookupEnv, variables: os.Environ(),
		stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, out: os.Stdout, errs: os.Stderr, draw: ui.Run,
	}
}

// program is one run of the command line: what all commands share.
type program struct {
	opts *options
	args []string
	at   string // the creel that --at names
	by   string // what other creels call this process; empty for its number
	env  func(string) (string, bool)

	variables []string // all of the environment, as NAME=VALUE

	stdin          *os.File
	stdout, stderr *os.File
	out, errs      io.Writer                            // what prints to them writes here
	selfTest       *http.Client                         // of public URLs; nil is the usual one
	draw           func(context.Context, ui.Deps) error // the screen
}

func (p *program) run() int {
	ctx, stop := onSignal()
	defer stop()
	p.out, p.errs = newOutputs(ctx, p.stdout, p.stderr)
	return exitCode(p.errs, interruption(ctx, p.execute(ctx)))
}

// execute runs the command that the arguments name.
func (p *program) execute(ctx context.Context) error {
	args := joinTunnel(p.args)
	root := rootFor(p, args)
	root.SetArgs(args)
	root.SetIn(p.stdin)
	root.SetOut(p.stdout)
	root.SetErr(p.stderr)
	root.SilenceErrors, root.SilenceUsage = true, true
	root.SetFlagErrorFunc(flagError)
	var unwritten error
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) { _, unwritten = fmt.Fprint(p.out, helpText(cmd, p.styled())) })
	if err := root.ExecuteContext(ctx); err != nil {
		return err
	}
	return unwritten
}

// interruption returns the signal that ended ctx when err is what came of it,
// unless the command chose an exit code itself; else err.
func interruption(ctx context.Context, err error) error {
	_, chosen := errors.AsType[*exitError](err)
	if cause := context.Cause(ctx); cause != nil && !chosen && (errors.Is(err, context.Canceled) || errors.Is(err, errNotRead)) {
		return cause
	}
	return err
}

// styled reports whether text on standard output may be bold and coloured.
func (p *program) styled() bool {
	kind, _ := p.env("TERM")
	none, _ := p.env("NO_COLOR")
	return isTerminal(p.stdout) && kind != "dumb" && none == ""
}

// onSignal returns a context that SIGINT, SIGTERM or SIGHUP ends, with the
// signal as its cause. A second SIGINT or SIGTERM kills. A second SIGHUP does
// not: a terminal that is closed often sends two, from its kernel and its shell.
func onSignal() (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	c := make(chan os.Signal, 1)
	signal.Notify(c, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		select {
		case s := <-c:
			signal.Reset(os.Interrupt, syscall.SIGTERM)
			cancel(interrupted{s})
		case <-ctx.Done():
		}
	}()
	return ctx, func() { signal.Stop(c); cancel(nil) }
}

// command completes a command: the settings it takes, and loading them before it runs.
func (p *program) command(cmd *cobra.Command, groups ...[]string) *cobra.Command {
	p.opts.register(cmd.Flags(), append(slices.Clip(groups), everywhere)...)
	cmd.PreRunE = func(*cobra.Command, []string) error {
		if err := p.opts.load(p.env); err != nil {
			return err
		}
		p.unknownVariables()
		return nil
	}
	return cmd
}

// exactly, atLeast, atMost and none check the number of arguments.

func exactly(n int, what string) cobra.PositionalArgs {
	return needs(what, func(given int) bool { return given == n })
}

func atLeast(n int, what string) cobra.PositionalArgs {
	return needs(what, func(given int) bool { return given >= n })
}

// needs says which arguments are needed. An id with a # that a shell took for a
// comment never comes here.
func needs(what string, enough func(given int) bool) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		switch {
		case enough(len(args)):
			return nil
		case len(args) > 0:
			return usagef("needs %s, but was given %q", what, args)
		case strings.Contains(what, "#412"):
			return &exitError{exitUsage, fmt.Errorf("needs %s", what), "shells take #412 for a comment: write 412, or '#412' in quotes"}
		}
		return usagef("needs %s", what)
	}
}

func atMost(n int, what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) > n {
			return usagef("takes %s, but was given %q", what, args)
		}
		return nil
	}
}

func none(_ *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usagef("takes no argument, but was given %q", args[0])
	}
	return nil
}

// exclusive refuses two of these flags at once.
func exclusive(cmd *cobra.Command, names ...string) error {
	given := slices.DeleteFunc(names, func(name string) bool { return !cmd.Flags().Changed(name) })
	if len(given) > 1 {
		return usagef("--%s and --%s exclude each other", given[0], given[1])
	}
	return nil
}

// isTerminal reports whether text on w is looked at rather than read by a program.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(f.Fd())
}

// canAsk reports whether there is someone who sees a question and answers it.
func (p *program) canAsk() bool { return isTerminal(p.stdin) && isTerminal(p.stderr) }

// confirm asks a question; anything but yes is no.
func (p *program) confirm(question string) bool {
	fmt.Fprintf(p.stderr, "%s [y/N] ", question)
	answer, _ := bufio.NewReader(p.stdin).ReadString('\n')
	answer = strings.ToLower(strings.TrimSpace(answer))
	return answer == "y" || answer == "yes"
}
