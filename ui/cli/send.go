package cli

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"creel/capture"
	"creel/forward"
)

func newSend(p *program) *cobra.Command {
	var to string
	cmd := p.command(&cobra.Command{
		Use:   "send FILE",
		Short: "Send the requests of a file",
		Long: `Send the requests of a file (whatever import reads; - is standard input) to
--to, else to the running creel. The URLs in the file say the path and query,
never where a request goes.`,
		Args: exactly(1, "a file, or - for standard input"),
		RunE: func(cmd *cobra.Command, args []string) error { return p.send(cmd.Context(), args[0], to) },
	}, whenSending, []string{"max-body"})
	cmd.Flags().StringVar(&to, "to", "", "the URL or port to send to")
	return cmd
}

func (p *program) send(ctx context.Context, file, to string) error {
	list, err := p.readFile(ctx, file)
	if err != nil {
		return err
	}
	target, err := p.toCreel(ctx, to)
	if err != nil {
		return err
	}
	sender := p.opts.sender(nil)
	defer sender.Close()
	failed := false
	for _, ex := range list {
		a, err := p.sendOne(ctx, sender, &ex.Request, target)
		if err != nil {
			return err
		}
		failed = failed || a.Cause != ""
	}
	if failed {
		return &exitError{code: exitFailure}
	}
	return nil
}

// sendOne sends a request and prints the attempt.
func (p *program) sendOne(ctx context.Context, s *forward.Sender, r *capture.Request, to forward.Target) (capture.Attempt, error) {
	a := capture.Attempt{At: time.Now(), To: to.Resolve(r.Target).String(), Method: r.Method, Target: r.Target, Cause: capture.CauseProtocol}
	if err := forward.Sendable(r); err != nil {
		a.Err = err.Error()
	} else {
		a = s.Send(ctx, r, to)
	}
	if ctx.Err() != nil {
		return a, context.Cause(ctx)
	}
	return a, p.printAttempt(0, &a, false)
}

// toCreel is where to send: what was said, else the running creel itself.
func (p *program) toCreel(ctx context.Context, to string) (forward.Target, error) {
	own := to == ""
	if own {
		h, err := p.read()
		if err != nil {
			return forward.Target{}, err
		}
		defer h.close()
		o, live, err := h.owner(ctx)
		if err != nil {
			return forward.Target{}, err
		}
		if !live || o.URL == "" {
			return forward.Target{}, usagef("creel is not running: start it, or give --to URL")
		}
		to = o.URL
	}
	t, err := p.opts.target(to)
	if err != nil {
		return t, usagef("--to: %w", err)
	}
	t.Insecure = t.Insecure || own // its certificate may be self-signed
	return t, nil
}
