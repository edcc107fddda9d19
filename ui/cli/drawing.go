package cli

import (
	"context"
	"time"

	"github.com/charmbracelet/x/term"

	"creel/ui"
)

// drawWithin is how long after a signal the screen has to end. A terminal that takes
// nothing any more, such as that of a connection which hangs, would keep it for
// ever; it is shorter than readWithin since what was captured is drained then.
const drawWithin = 2 * time.Second

// show draws until the user quits or ctx ends. A screen that does not end then is
// left as it is, its terminal without raw mode.
func (p *program) show(ctx context.Context, d ui.Deps) error {
	state, _ := term.GetState(p.stdin.Fd()) // nil where it is no terminal
	ended := make(chan error, 1)
	go func() { ended <- p.draw(ctx, d) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	select {
	case err := <-ended:
		return err
	case <-time.After(drawWithin):
	}
	if state != nil {
		_ = term.Restore(p.stdin.Fd(), state)
	}
	return nil
}
