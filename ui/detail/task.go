package detail

import (
	"context"

	tea "charm.land/bubbletea/v2"
)

// task is work beside the screen, one at a time; the zero value is none.
type task struct{ cancel context.CancelFunc }

func (t *task) runs() bool { return t.cancel != nil }

// begin ends the work before, and returns the context of the next.
func (t *task) begin(ctx context.Context) context.Context {
	t.stop()
	ctx, t.cancel = context.WithCancel(ctx)
	return ctx
}

func (t *task) stop() {
	if t.cancel != nil {
		t.cancel()
	}
	t.cancel = nil
}

// done is what a command of a pane leaves to be done in its Update.
type done struct {
	pane *Pane
	do   func() tea.Cmd
}

// later does work in a command, and in Update what that returns, if anything.
func (p *Pane) later(work func() (then func() tea.Cmd)) tea.Cmd {
	return func() tea.Msg {
		if then := work(); then != nil {
			return done{p, then}
		}
		return nil
	}
}

// run does the work of a task in a command; take gets what it gave, unless the task was stopped.
func run[T any](p *Pane, t *task, work func(context.Context) T, take func(T) tea.Cmd) tea.Cmd {
	ctx := t.begin(p.deps.Ctx)
	return p.later(func() func() tea.Cmd {
		gave := work(ctx)
		return func() tea.Cmd {
			if ctx.Err() != nil {
				return nil
			}
			t.stop()
			return take(gave)
		}
	})
}
