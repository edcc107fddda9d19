package cli

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"creel/capture"
	"creel/capture/provider"
	"creel/forward/edit"
)

// triggerFlags say which sample is sent, and how.
type triggerFlags struct {
	to, secret string
	set        []string
	list       bool
	fail       bool
}

func newTrigger(p *program) *cobra.Command {
	var f triggerFlags
	cmd := p.command(&cobra.Command{
		Use:   "trigger PROVIDER[/EVENT]",
		Short: "Send a sample event of a provider",
		Long: `Send a sample event of a provider, with fresh ids and times, to --to, else to the
running creel; signed when a secret is known, else with one that is thrown away.`,
		Example: `creel trigger stripe
creel trigger github/pull_request --secret s --set 'action = "closed"' --to 3000/hooks
creel trigger --list`,
		ValidArgsFunction: completeSamples,
		RunE: func(cmd *cobra.Command, args []string) error {
			set, err := p.providers()
			if err != nil {
				return err
			}
			if f.list {
				return p.listSamples(set)
			}
			if len(args) != 1 {
				return usagef("needs a provider, such as stripe or github/push: creel trigger --list shows all")
			}
			return p.trigger(cmd.Context(), set, args[0], f)
		},
	}, []string{"public-url", "max-answer", "forward-timeout", "connect-timeout", "keep-host", "forwarded", "insecure", "cacert"})
	fl := cmd.Flags()
	fl.StringVar(&f.to, "to", "", "the URL or port to send to")
	fl.StringVar(&f.secret, "secret", "", "the secret, also as env:NAME, file:PATH or PROVIDER=... (default: those configured)")
	fl.StringArrayVar(&f.set, "set", nil, "'PATH = VALUE': replace that JSON value before signing; repeatable")
	fl.BoolVar(&f.list, "list", false, "list the samples")
	fl.BoolVar(&f.fail, "fail", false, "exit 5 when the status is 400 or more, or no answer comes")
	return cmd
}

func (p *program) listSamples(set *provider.Set) error {
	w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	for _, s := range set.Samples() {
		signed := ""
		if s.Signed {
			signed = "signed"
		}
		fmt.Fprintf(w, "%s/%s\t%s\t%s\n", s.Provider, s.Event, s.Title, signed)
	}
	return w.Flush()
}

func (p *program) trigger(ctx context.Context, set *provider.Set, what string, f triggerFlags) error {
	name, event, _ := strings.Cut(what, "/")
	o := provider.SampleOptions{Event: event, Now: time.Now(), Rand: rand.Reader, URL: p.opts.publicURL}
	o.Edit = func(req *capture.Request) error { return spliceAll(ctx, req, f.set) }
	// Whether there is such a sample is said before it is asked where it goes.
	if err := set.HasSample(name, event); err != nil {
		return usagef("%w", err)
	}
	_, secret, err := oneSecret(set, name, f.secret)
	if err != nil {
		return err
	}
	o.Secret = secret
	to, err := p.toCreel(ctx, f.to)
	if err != nil {
		return err
	}
	if o.URL == "" {
		path, err := set.SamplePath(name, event)
		if err != nil {
			return err
		}
		o.URL = to.Resolve(path).String()
	}
	req, note, err := set.Sample(ctx, name, o)
	if err != nil {
		return err
	}
	if note != "" {
		p.talk("%s", note)
	}
	sender := p.opts.sender(nil)
	defer sender.Close()
	a, err := p.sendOne(ctx, sender, req, to)
	switch {
	case err != nil:
		return err
	case f.fail && a.Failed():
		return &exitError{code: exitFailed}
	case a.Cause != "":
		return &exitError{code: exitFailure}
	}
	return nil
}

// spliceAll replaces JSON values of the body.
func spliceAll(ctx context.Context, req *capture.Request, sets []string) error {
	body, err := req.Body.Bytes(ctx)
	if err != nil {
		return err
	}
	d := &draft{req: req, body: body}
	for _, s := range sets {
		set, err := edit.ParseSet(s)
		if err != nil {
			return usagef("--set: %w", err)
		}
		next, err := edit.Apply(d.body, req.Fields, set)
		if err != nil {
			return fmt.Errorf("--set %q: %w", s, err)
		}
		d.setBody(next)
	}
	return nil
}
