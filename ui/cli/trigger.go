package cli

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"creel/capture"
	"creel/capture/provider"
	"creel/forward"
)

func newTrigger(p *program) *cobra.Command {
	var f sendFlags
	var list bool
	cmd := p.command(&cobra.Command{
		Use:   "trigger PROVIDER[/EVENT]",
		Short: "Send a sample event of a provider",
		Long: `Send a sample event of a provider, with fresh ids and times, to --to, else to the
running creel; signed when a secret is known, else with one of creel's own.
Where the URL is signed, it is the one that the sample goes to, or --public-url.`,
		Example: `creel trigger stripe
creel trigger github/pull_request --secret s --set 'action = "closed"' --to 3000/hooks
creel trigger --list`,
		ValidArgsFunction: completeSamples,
		RunE: func(cmd *cobra.Command, args []string) error {
			name := ""
			if len(args) == 1 {
				name, _, _ = strings.Cut(args[0], "/")
			}
			if err := p.nameSecrets(name); err != nil {
				return err
			}
			set, err := p.providers()
			switch {
			case err != nil:
				return err
			case list:
				return p.listSamples(set, args, f.asJSON)
			case len(args) == 2:
				return usagef("needs one name: did you mean creel trigger %s/%s?", args[0], args[1])
			case len(args) != 1:
				return usagef("needs a provider, such as stripe or github/push: creel trigger --list shows all")
			}
			return p.trigger(cmd.Context(), set, args[0], &f)
		},
	}, whenSending)
	f.register(cmd.Flags())
	p.addAt(cmd)
	cmd.Flags().BoolVar(&list, "list", false, "list the samples")
	return cmd
}

type sampleLine struct {
	Type     string `json:"type"`
	Provider string `json:"provider"`
	Event    string `json:"event"`
	Title    string `json:"title"`
	Signed   bool   `json:"signed"`
}

// listSamples lists the samples of the provider that is named, or of all.
func (p *program) listSamples(set *provider.Set, names []string, asJSON bool) error {
	name, event := "", ""
	switch len(names) {
	case 0:
	case 1:
		name, event, _ = strings.Cut(names[0], "/")
		if _, err := set.SamplePath(name, event); err != nil {
			return usagef("%w", err)
		}
	default:
		return usagef("--list takes one provider, but was given %q", names)
	}
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	for _, s := range set.Samples() {
		if name != "" && s.Provider != name && !sameProvider(set, s.Provider, name) || event != "" && s.Event != event {
			continue
		}
		if asJSON {
			if err := p.printJSON(sampleLine{typeSample, s.Provider, s.Event, s.Title, s.Signed}); err != nil {
				return err
			}
			continue
		}
		signed := ""
		if s.Signed {
			signed = "signed"
		}
		fmt.Fprintf(w, "%s/%s\t%s\t%s\n", s.Provider, s.Event, s.Title, signed)
	}
	return w.Flush()
}

func (p *program) trigger(ctx context.Context, set *provider.Set, what string, f *sendFlags) error {
	name, event, _ := strings.Cut(what, "/")
	// Whether there is such a sample is said before it is asked where it goes.
	path, err := set.SamplePath(name, event)
	if of, event, ok := strings.Cut(what, "."); err != nil && ok && set.Known(of) == nil {
		return usagef("%w: did you mean %s/%s?", err, of, event)
	}
	if err != nil {
		return usagef("%w", err)
	}
	to, err := p.toCreel(ctx, f.to)
	if err != nil {
		return err
	}
	t := &triggering{p: p, set: set, name: name, event: event, url: to.Resolve(path), flags: f}
	first, made, err := t.sample(ctx, forward.Resend{To: to})
	if err != nil {
		return err
	}
	if made.Note != "" {
		p.infof("%s", made.Note)
	}
	s := p.newSending(f, set, nil)
	s.runs = []forward.Resend{first}
	s.sample = t.sample
	if f.times == 1 || f.edit {
		s.sample = func(context.Context, forward.Resend) (forward.Resend, provider.Sample, error) {
			return first, made, nil
		}
	}
	return s.do(ctx)
}

// triggering makes the samples of one trigger command.
type triggering struct {
	p           *program
	set         *provider.Set
	name, event string
	url         forward.URL // where they go
	flags       *sendFlags
}

// sample makes a sample in the place of x, changed as the flags ask for and then signed.
func (t *triggering) sample(ctx context.Context, x forward.Resend) (forward.Resend, provider.Sample, error) {
	o := provider.SampleOptions{
		Event: t.event, Now: time.Now(), Rand: rand.Reader, Target: t.url.Target(), URL: t.called().String(),
		Unsigned: t.p.opts.sign.value == string(forward.SignNever),
	}
	o.Edit = func(req *capture.Request) error {
		d, err := newDraft(ctx, t.name, *req)
		if err != nil {
			return err
		}
		err = t.p.changeDraft(ctx, d, t.flags)
		*req, x.Edited, x.To = *d.Req, d.Edited, d.sentTo(x.To)
		return err
	}
	made, err := t.set.Sample(ctx, t.name, o)
	if err != nil {
		return x, made, err
	}
	x.Exchange = &capture.Exchange{At: o.Now, Request: *made.Request}
	x.To, x.Sign = x.To.At(made.Request.Target), forward.SignNever // it is signed
	return x, made, nil
}

// called is the URL that the receiver sees: with the Host that was asked for.
func (t *triggering) called() forward.URL {
	u := t.url
	u.Host = cmp.Or(t.flags.host(), u.Host)
	return u
}
