package cli

import (
	"bytes"
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"creel/capture"
	"creel/capture/export"
	"creel/capture/safe"
)

func newResend(p *program) *cobra.Command {
	var f sendFlags
	cmd := p.command(&cobra.Command{
		Use:   "resend ID...",
		Short: "Send requests again",
		Long: `Send requests again, byte for byte unless told otherwise, and print the attempts.
They go to --to, else to the configured forward, else to the target of the
running creel; never to the captured Host. A running creel sends them itself, with
its secrets, unless a flag or variable says how (--secret, CREEL_SECRET, --timeout
and the like), or the configuration has a secret that it lacks.`,
		Example: `creel resend 412
creel resend @1 --to 3000 --set 'data.object.amount = 0' --sign always
creel resend 410 411 412 -n 100 --concurrency 10 --fail`,
		Args: atLeast(1, "at least one id: 412, #412, or @1 for the newest"),
		RunE: func(cmd *cobra.Command, args []string) error { return p.resend(cmd.Context(), args, &f) },
	}, whenSending)
	cmd.ValidArgsFunction = p.completeIDs
	f.register(cmd.Flags())
	return p.addAt(cmd)
}

func (p *program) resend(ctx context.Context, args []string, f *sendFlags) error {
	set, err := p.providers()
	if err != nil {
		return err
	}
	return p.withIDs(ctx, args, p.open, func(h *history, list []*capture.Exchange) error {
		s := p.newSending(f, set, h.capturing(ctx))
		s.by = fmt.Sprintf("pid %d", os.Getpid())
		if itself, err := p.sendsItself(ctx, f, set, h.running, list); err != nil {
			return err
		} else if !itself {
			s.elsewhere = h.running
		}
		s.keep = func(id capture.ID, a capture.Attempt) (int, error) {
			return h.addAttempt(context.Background(), id, a)
		}
		for _, ex := range list {
			to, err := p.destination(ctx, f.to, ex.Request.Target, h)
			if err != nil && len(list) > 1 {
				err = fmt.Errorf("%s: nothing was sent: %w", ex.Name(), err)
			}
			if err == nil {
				err = s.add(ctx, ex.Name(), ex, to)
			}
			if err != nil {
				return fmt.Errorf("resend: %w", err)
			}
		}
		return s.do(ctx)
	})
}

// printAttempt prints an attempt and, for people, how its answer begins.
func (p *program) printAttempt(id capture.ID, name string, a *capture.Attempt, asJSON bool) error {
	ctx := context.Background()
	if asJSON {
		return p.writeLine(export.JSONAttempt(ctx, nil, id, a))
	}
	mine := *a
	mine.By = "" // it is this command's
	line := attemptLine(name, &mine, p.paint())
	if body, err := a.Reply.Body.Bytes(ctx); err == nil {
		first, _, _ := bytes.Cut(body, []byte("\n"))
		if begins := safe.Short(bytes.TrimSuffix(first, []byte("\r")), 200); !begins.Empty() {
			line += "  " + begins.String()
		}
	}
	return p.print(line + "\n")
}
