package cli

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"creel/capture"
	"creel/capture/export"
	"creel/capture/provider"
)

func newSign(p *program) *cobra.Command {
	var f keyFlags
	var newID, devKey bool
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
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.signAll(cmd.Context(), args[0], f, newID, devKey)
		},
	}, []string{"public-url", "max-body"})
	f.register(p, cmd, "sign as this provider does", "the time that is signed (RFC 3339; default now)")
	cmd.Flags().BoolVar(&newID, "new-id", false, "a new delivery id as well: a new event, not a retry of this one")
	cmd.Flags().BoolVar(&devKey, "dev-key", false, "for asymmetric providers: sign with a key of creel's own, and print its public half for the app")
	return cmd
}

func (p *program) signAll(ctx context.Context, arg string, f keyFlags, newID, devKey bool) error {
	key, err := p.key(f)
	if err != nil {
		return err
	}
	o := provider.SignOptions{NewID: newID}
	if o.At, err = clock(f.at, time.Now()); err != nil {
		return err
	}
	if devKey {
		if key.provider == "" {
			return usagef("--dev-key needs --provider")
		}
		own, err := p.devKey(key.set, key.provider)
		if err != nil {
			return usagef("--dev-key: %w", err)
		}
		if err := p.sayDevKey(own); err != nil {
			return err
		}
		key.secret = own.Secret.Value
	}
	return p.eachOf(ctx, arg, func(ex *capture.Exchange) error {
		if o.Provider, o.Secret, err = key.of(ctx, ex); err != nil {
			return err
		}
		o.Captured = ex
		signed, err := key.set.Sign(ctx, &ex.Request, o)
		if err != nil {
			return err
		}
		return p.writeLine(export.JSONLine(ctx, nil, fresh(ctx, key.set, signed, ex, o)))
	})
}

// fresh is the signed request as an exchange of its own: what happened to the old one is not its.
func fresh(ctx context.Context, set *provider.Set, signed *provider.Signed, ex *capture.Exchange, o provider.SignOptions) *capture.Exchange {
	out := &capture.Exchange{ID: ex.ID, At: o.At, Request: *signed.Apply(&ex.Request)}
	set.Identify(out)
	out.Sender.Provider = signed.Provider
	r, err := set.Check(ctx, out, provider.Options{Provider: signed.Provider, Secret: o.Secret})
	if err == nil {
		out.Signature = r.Signature
	}
	return out
}
