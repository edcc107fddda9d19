package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"creel/capture/provider"
	"creel/capture/safe"
)

func newProviders(p *program) *cobra.Command {
	var asJSON bool
	cmd := p.command(&cobra.Command{
		Use:   "providers [NAME]",
		Short: "List what is known of each provider",
		Long: `List what is known of each provider, or all that is known of one: how it signs,
how long it waits, and where its webhooks are set up.`,
		Example: `creel providers
creel providers stripe --public-url https://name.example/stripe`,
		ValidArgsFunction: completeProviders,
		Args:              atMost(1, "one provider"),
		RunE: func(_ *cobra.Command, args []string) error {
			set, err := p.providers()
			if err != nil {
				return err
			}
			list := set.Providers()
			if len(args) == 1 {
				one, ok := set.About(args[0])
				if !ok {
					return usagef("%w", set.Known(args[0]))
				}
				list = slices.DeleteFunc(list, func(i provider.Info) bool { return i.Name != one.Name })
				if !asJSON {
					return p.printProvider(set, list)
				}
			}
			if asJSON {
				return p.printProvidersJSON(list)
			}
			return p.printProviders(list)
		},
	}, []string{"public-url"})
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON lines")
	return cmd
}

// oneOfEach has each provider once, also one that signs in several ways.
func oneOfEach(list []provider.Info) []provider.Info {
	var out []provider.Info
	for _, i := range list {
		if !slices.ContainsFunc(out, func(o provider.Info) bool { return o.Name == i.Name }) {
			out = append(out, i)
		}
	}
	return out
}

func (p *program) printProviders(list []provider.Info) error {
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NAME\tRE-SIGN\tLIMIT\tHANDSHAKE")
	for _, i := range oneOfEach(list) {
		limit := ""
		if i.Limit > 0 {
			limit = i.Limit.String()
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", safe.Line(i.Name), canSign(i), limit, i.Handshake)
	}
	return w.Flush()
}

// printProvider prints all that is known of one provider; ways are those in which it signs.
func (p *program) printProvider(set *provider.Set, ways []provider.Info) error {
	i := ways[0]
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	row := func(name, value string) {
		if value != "" {
			fmt.Fprintf(w, "%s\t%s\n", name, safe.Line(value))
		}
	}
	row("Name", i.Name+" ("+i.Title+")")
	row("Other names", strings.Join(i.Names, " "))
	row("Signature", i.Scheme)
	for _, other := range ways[1:] {
		row("", "or: "+other.Scheme)
	}
	if i.SignsURL {
		row("", "the URL is signed: give --public-url when senders call another one")
	}
	if i.Signed {
		row("Secret", string(i.Asks)+": --secret "+i.Name+"=VALUE")
		row("Re-sign", canSign(i))
	}
	row("Handshake", i.Handshake)
	if i.Limit > 0 {
		row("Waits", i.Limit.String())
	}
	row("Retries", i.Retries)
	row("Samples", strings.Join(i.Samples, " "))
	if s, ok := set.Setup(i.Name, cmp.Or(p.opts.publicURL, "URL")); ok {
		row("Set up", s.Where)
		row("", s.Command)
	}
	row("Source", i.Source)
	return w.Flush()
}

func canSign(i provider.Info) string {
	switch {
	case !i.Signed:
		return "-"
	case i.CanSign:
		return "yes"
	}
	return "no"
}

type providerLine struct {
	Type      string   `json:"type"`
	Name      string   `json:"name"`
	Title     string   `json:"title"`
	Names     []string `json:"other_names"`
	Scheme    string   `json:"scheme"`
	Signed    bool     `json:"signed"`
	CanSign   bool     `json:"can_sign"`
	Handshake string   `json:"handshake"`
	Limit     float64  `json:"limit_s"`
	Retries   string   `json:"retries"`
	Samples   []string `json:"samples"`
	Source    string   `json:"source"`
}

func (p *program) printProvidersJSON(list []provider.Info) error {
	for _, i := range list {
		line := providerLine{
			typeProvider,
			i.Name, i.Title, append([]string{}, i.Names...), i.Scheme, i.Signed, i.CanSign, i.Handshake,
			float64(i.Limit) / float64(time.Second), i.Retries, append([]string{}, i.Samples...), i.Source,
		}
		for _, s := range []*string{&line.Name, &line.Title, &line.Scheme, &line.Source} {
			*s = strings.TrimSpace(safe.Line(*s).String())
		}
		if err := p.printJSON(line); err != nil {
			return err
		}
	}
	return nil
}

func completeProviders(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return fromTable(func(set *provider.Set) (names []cobra.Completion) {
		for _, i := range oneOfEach(set.Providers()) {
			names = append(names, cobra.CompletionWithDesc(i.Name, i.Title))
		}
		return names
	})
}

func completeSamples(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return fromTable(func(set *provider.Set) (names []cobra.Completion) {
		for _, s := range set.Samples() {
			names = append(names, cobra.CompletionWithDesc(s.Provider+"/"+s.Event, s.Title))
		}
		return names
	})
}

// fromTable completes from the table alone: the settings are not loaded yet.
func fromTable(names func(*provider.Set) []cobra.Completion) ([]cobra.Completion, cobra.ShellCompDirective) {
	set, err := provider.New(provider.Config{})
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	return names(set), cobra.ShellCompDirectiveNoFileComp
}
