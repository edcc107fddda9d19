package ui

import (
	"io"
	"os/exec"
	"time"

	tea "charm.land/bubbletea/v2"
)

// leastExec is how long a program has the terminal at least. Bubble Tea (v2.1.1,
// startRenderer) stops the ticker of its renderer in a goroutine that ends by itself:
// when that comes after the renderer was started again, nothing is ever drawn again.
// An editor that ends at once is enough for it on a busy machine.
const leastExec = 100 * time.Millisecond

// onTerminal runs c on the terminal, as [tea.ExecProcess] does.
func onTerminal(c *exec.Cmd, done tea.ExecCallback) tea.Cmd {
	return tea.Exec(terminalCommand{c}, done)
}

type terminalCommand struct{ *exec.Cmd }

// Run implements [tea.ExecCommand].
func (c terminalCommand) Run() error {
	least := time.After(leastExec)
	err := c.Cmd.Run()
	<-least
	return err
}

// SetStdin implements [tea.ExecCommand].
func (c terminalCommand) SetStdin(r io.Reader) { c.Stdin = r }

// SetStdout implements [tea.ExecCommand].
func (c terminalCommand) SetStdout(w io.Writer) { c.Stdout = w }

// SetStderr implements [tea.ExecCommand].
func (c terminalCommand) SetStderr(w io.Writer) { c.Stderr = w }
