package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"creel/forward"
)

func newSend(p *program) *cobra.Command {
	var f sendFlags
	cmd := p.command(&cobra.Command{
		Use:   "send FILE",
		Short: "Send the requests of a file",
		Long: `Send the requests of a file (whatever import reads; - is standard input) to
--to, else to the running creel. The URLs in the file say the path and query,
never where a request goes.`,
		Example: `creel send request.http --to 3000
creel send deliveries.jsonl --to 3000/hooks --set 'livemode = false' --fail`,
		Args: exactly(1, "a file, or - for standard input"),
		RunE: func(cmd *cobra.Command, args []string) error { return p.send(cmd.Context(), args[0], &f) },
	}, whenSending, []string{"max-body"})
	f.register(cmd.Flags())
	return cmd
}

func (p *program) send(ctx context.Context, file string, f *sendFlags) error {
	if err := f.check(); err != nil {
		return err
	}
	list, err := p.readFile(ctx, file)
	if err != nil {
		return err
	}
	to, err := p.toCreel(ctx, f.to)
	if err != nil {
		return err
	}
	set, err := p.providers()
	if err != nil {
		return err
	}
	s := p.newSending(f, set, nil)
	for i, ex := range list {
		ex.ID = 0        // it is of another history, if of any
		set.Identify(ex) // what a file says of its signatures is not believed
		if err := s.add(ctx, fmt.Sprintf("request %d of %s", i+1, file), ex, to); err != nil {
			return fmt.Errorf("send: %w", err)
		}
	}
	return s.do(ctx)
}

// toCreel is where to send: what was given, else the running creel itself.
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
