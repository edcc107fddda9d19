package cli

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"creel/capture"
	"creel/capture/export"
	"creel/capture/provider"
)

// signFlags say how a request is signed.
type signFlags struct {
	provider, at  string
	secrets       []string
	newID, devKey bool
}

func newSign(p *program) *cobra.Command {
	var f signFlags
	cmd := p.command(&cobra.Command{
		Use:   "sign ID|FILE",
		Short: "Sign a request again",
		Long: `Sign a captured request, or those in a file, again: a fresh time, the same
delivery, every signature field that the provider sends. The result is printed as
JSON lines, which creel send and creel import take. Schemes that sign the URL
sign --public-url.`,
		Example: `creel sign 412 --provider stripe --secret env:STRIPE_WEBHOOK_SECRET | creel send - --to 3000
creel sign body.http --provider github --secret s --at 2026-11-23T13:37:00Z`,
		Args: exactly(1, "one id (412, #412, or @1 for the newest) or a file"),
		RunE: func(cmd *cobra.Command, args []string) error { return p.signAll(cmd.Context(), args[0], f) },
	}, []string{"public-url", "max-body"})
	fl := cmd.Flags()
	fl.StringVar(&f.provider, "provider", "", "sign as this provider does (default: recognise it)")
	cmd.ValidArgsFunction = p.completeIDsOrFiles
	_ = cmd.RegisterFlagCompletionFunc("provider", completeProviders)
	fl.StringArrayVar(&f.secrets, "secret", nil, "the secret, also as env:NAME, file:PATH or PROVIDER=...; repeatable (default: those configured)")
	fl.StringVar(&f.at, "at", "", "the time that is signed (RFC 3339; default now)")
	fl.BoolVar(&f.newID, "new-id", false, "a new delivery id as well: a new event, not a retry of this one")
	fl.BoolVar(&f.devKey, "dev-key", false, "for asymmetric providers: sign with a key of creel's own, and print its public half for the app")
	return cmd
}

func (p *program) signAll(ctx context.Context, arg string, f signFlags) error {
	var err error
	if f.secrets, err = p.secretsOfRequest(f.secrets); err != nil {
		return err
	}
	set, err := p.providers()
	if err != nil {
		return err
	}
	o := provider.SignOptions{NewID: f.newID}
	if o.Provider, o.Secret, err = ownSecrets(set, f.provider, f.secrets); err != nil {
		return err
	}
	if o.At, err = clock(f.at, time.Now()); err != nil {
		return err
	}
	if f.devKey {
		if o.Provider == "" {
			return usagef("--dev-key needs --provider")
		}
		key, err := p.devKey(set, o.Provider)
		if err != nil {
			return usagef("--dev-key: %w", err)
		}
		if err := p.sayDevKey(key); err != nil {
			return err
		}
		o.Secret = key.Secret.Value
	}
	return p.eachOf(ctx, arg, func(ex *capture.Exchange) error {
		o := o
		var err error
		if o.Provider, o.Secret, err = secretFor(ctx, set, ex, f.provider, o.Provider, o.Secret); err != nil {
			return err
		}
		o.Captured = ex
		signed, err := set.Sign(ctx, &ex.Request, o)
		if err != nil {
			return err
		}
		// It is a request of its own: what happened to the old one is not its story.
		return p.writeLine(export.JSONLine(ctx, nil, p.fresh(set, signed, ex, o)))
	})
}

// fresh is the signed request as an exchange that nothing has happened to yet.
func (p *program) fresh(set *provider.Set, signed *provider.Signed, ex *capture.Exchange, o provider.SignOptions) *capture.Exchange {
	out := &capture.Exchange{ID: ex.ID, At: o.At, Request: *signed.Apply(&ex.Request)}
	set.Identify(out)
	out.Sender.Provider = signed.Provider
	r, err := set.Check(context.Background(), out, provider.Options{Provider: signed.Provider, Secret: o.Secret})
	if err == nil {
		out.Signature = r.Signature
	}
	return out
}
