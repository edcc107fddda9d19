package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"creel/capture"
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
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.withFile(cmd.Context(), args[0], func(list []*capture.Exchange) error {
				return p.send(cmd.Context(), args[0], list, &f)
			})
		},
	}, whenSending, []string{"max-body"})
	f.register(cmd.Flags())
	return p.addAt(cmd)
}

func (p *program) send(ctx context.Context, file string, list []*capture.Exchange, f *sendFlags) error {
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
		url, err := p.runningURL(ctx)
		if err != nil {
			return forward.Target{}, err
		}
		to = url
	}
	t, err := p.opts.target(to)
	if err != nil {
		return t, usagef("--to: %w", err)
	}
	t.Insecure = t.Insecure || own // its certificate may be self-signed
	return t, nil
}

// runningURL is where the creel listens that --at names, else the one that captures
// into the history, else the only one that runs.
func (p *program) runningURL(ctx context.Context) (string, error) {
	h, err := p.read(ctx)
	if err != nil {
		return "", err
	}
	defer h.close()
	o, live, err := h.store.Owner(ctx)
	if err != nil {
		return "", err
	}
	if live && o.URL != "" {
		return o.URL, nil
	}
	if all, err := p.findRunning(ctx); err != nil || len(all) == 0 {
		return "", errors.Join(err, usagef("creel is not running: start it, or give --to URL"))
	}
	r, err := p.pick(ctx, "")
	return r.URL, err
}
