package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"creel/capture"
	"creel/capture/provider"
	"creel/capture/safe"
	"creel/capture/words"
)

// keyFlags say whose signature a command is about, with which secret and which clock.
type keyFlags struct {
	provider, at string
	secrets      []string
}

func (f *keyFlags) register(p *program, cmd *cobra.Command, provider, at string) {
	cmd.ValidArgsFunction = p.completeIDsOrFiles
	fl := cmd.Flags()
	fl.StringVar(&f.provider, "provider", "", provider+" (default: recognise it)")
	_ = cmd.RegisterFlagCompletionFunc("provider", completeProviders)
	fl.StringArrayVar(&f.secrets, "secret", nil, "the secret, also as env:NAME, file:PATH or PROVIDER=...; repeatable (default: those configured)")
	fl.StringVar(&f.at, "at", "", at)
}

func newVerify(p *program) *cobra.Command {
	var f keyFlags
	var asJSON bool
	cmd := p.command(&cobra.Command{
		Use:   "verify ID|FILE",
		Short: "Check the signature of a request",
		Long: `Check the signature of a captured request, or of those in a file (creel's JSON
lines, raw HTTP, HAR or curl; - is standard input), and say why it does not fit.
The clock is the time of arrival for an ID, now for a file. The exit code is 0
only when every signature is valid, and every entry of the file can be read.`,
		Example: `creel verify @1 --secret stripe=env:STRIPE_WEBHOOK_SECRET
creel verify request.http --provider github --secret "It's a Secret to Everybody"
creel verify 412 --at now`,
		Args: exactly(1, "one id (412, #412, or @1 for the newest) or a file"),
		RunE: func(cmd *cobra.Command, args []string) error { return p.verify(cmd.Context(), args[0], f, asJSON) },
	}, []string{"public-url", "max-body"})
	f.register(p, cmd, "take it for this provider's", "the clock: a time (RFC 3339), or now")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON lines")
	return cmd
}

func (p *program) verify(ctx context.Context, arg string, f keyFlags, asJSON bool) error {
	key, err := p.key(f)
	if err != nil {
		return err
	}
	o := provider.Options{PublicURL: p.opts.publicURL}
	var now time.Time // that of arrival
	if _, id := p.parseName(arg); !id {
		now = time.Now()
	}
	if o.Now, err = clock(f.at, now); err != nil {
		return err
	}
	good := true
	err = p.eachOf(ctx, arg, func(ex *capture.Exchange) error {
		if o.Provider, o.Secret, err = key.of(ctx, ex); err != nil {
			return err
		}
		r, err := key.set.Check(ctx, ex, o)
		if err != nil {
			return err
		}
		good = good && r.Signature.Verdict == capture.Valid
		return p.printVerdict(r, asJSON)
	})
	if err == nil && !good {
		return &exitError{code: exitFailure}
	}
	return err
}

// signingKey is whose signature is meant, and with which secret; both may be empty.
type signingKey struct {
	set              *provider.Set
	given            string // --provider
	provider, secret string
}

func (p *program) key(f keyFlags) (k signingKey, err error) {
	k.given = f.provider
	if f.secrets, err = p.secretsOfRequest(f.secrets); err != nil {
		return k, err
	}
	if k.set, err = p.providers(); err != nil {
		return k, err
	}
	k.provider, k.secret, err = ownSecrets(k.set, f.provider, f.secrets)
	return k, err
}

// ownSecrets reads --provider and the --secret flags of a command about a request:
// PROVIDER=VALUE, as everywhere, or the value alone, which is for the provider
// that the request is of. It adds the former to set; one secret alone names the
// provider, too. Those of other providers do no harm.
func ownSecrets(set *provider.Set, name string, specs []string) (of, secret string, err error) {
	if name != "" {
		if err := set.Known(name); err != nil {
			return "", "", usagef("--provider: %w", err)
		}
	}
	var own, named []string // the values for name, and the providers that are named
	for _, spec := range specs {
		key, value, given := strings.Cut(spec, "=")
		if base, _, _ := strings.Cut(key, "@"); !given || set.Known(base) != nil {
			key, value = name, spec
		}
		s, err := provider.NewSecret(key, value)
		if err == nil && key != "" {
			err = set.CheckSecret(s)
		}
		if err != nil {
			return "", "", usagef("--%w", err)
		}
		if value != spec {
			named = append(named, s.Provider)
			if err := set.AddSecret(s); err != nil {
				return "", "", usagef("--%w", err)
			}
		}
		if value == spec || name != "" && sameProvider(set, s.Provider, name) {
			own = append(own, s.Value)
		} else if name == "" && len(specs) == 1 && s.Path == "" {
			return s.Provider, s.Value, nil
		}
	}
	switch {
	case len(own) == 1:
		return name, own[0], nil
	case len(own) > 1 && len(named) < len(specs):
		return "", "", usagef("--secret: several for one request: name the provider with each, as %s=...", cmp.Or(name, "stripe"))
	}
	return name, "", nil
}

// of returns provider and secret where they are for this exchange: not when only the
// secret names the provider, and the exchange is of another one.
func (k *signingKey) of(ctx context.Context, ex *capture.Exchange) (name, secret string, err error) {
	if k.given != "" || k.provider == "" {
		return k.provider, k.secret, nil
	}
	as, err := k.set.Check(ctx, ex, provider.Options{Provider: k.provider})
	if err != nil || as.Signature.Verdict != capture.Unsigned {
		return k.provider, k.secret, err
	}
	is, err := k.set.Check(ctx, ex, provider.Options{})
	if is.Provider != "" && !sameProvider(k.set, is.Provider, k.provider) {
		return "", "", err
	}
	return k.provider, k.secret, err
}

func sameProvider(set *provider.Set, a, b string) bool {
	x, okX := set.About(a)
	y, okY := set.About(b)
	return okX && okY && x.Name == y.Name
}

// clock reads --at, which is otherwise when it is not given.
func clock(at string, otherwise time.Time) (time.Time, error) {
	switch at {
	case "now":
		return time.Now(), nil
	case "":
		return otherwise, nil
	}
	t, err := time.Parse(time.RFC3339, at)
	if err != nil {
		return t, usagef("--at %q: write it as 2026-11-23T13:37:00Z, or now", at)
	}
	return t, nil
}

// eachOf calls f with the exchange of an id, or with those of a file.
func (p *program) eachOf(ctx context.Context, arg string, f func(*capture.Exchange) error) error {
	if _, ok := p.parseName(arg); ok {
		return p.withOne(ctx, arg, f)
	}
	return p.withFile(ctx, arg, func(list []*capture.Exchange) (err error) {
		for i := 0; i < len(list) && err == nil; i++ {
			err = f(list[i])
		}
		return err
	})
}

type verdictLine struct {
	Type        string          `json:"type"`
	Provider    string          `json:"provider"`
	Verdict     capture.Verdict `json:"verdict"`
	Reason      capture.Reason  `json:"reason"`
	Explanation string          `json:"explanation"`
	Age         int64           `json:"age_s"`
}

func (p *program) printVerdict(r provider.Result, asJSON bool) error {
	why := safe.Line(r.Explanation).String()
	if asJSON {
		return p.printJSON(verdictLine{typeVerdict, r.Provider, r.Verdict, r.Reason, why, int64(r.Age / time.Second)})
	}
	line := ""
	if r.Provider != "" {
		line = safe.Line(r.Provider).String() + ": "
	}
	line += p.paint().verdict(r.Verdict, string(r.Verdict))
	if r.Reason != "" {
		line += " (" + safe.Line(r.Reason).String() + ")"
	}
	if r.HasTime && r.Signature.Verdict == capture.Valid {
		line += ", " + ageWords(r.Age)
	}
	if why != "" {
		line += ": " + why
	}
	return p.print(line + "\n")
}

func ageWords(d time.Duration) string {
	if d < 0 {
		return words.Duration(d) + " ahead"
	}
	return words.Duration(d) + " old"
}

// printJSON prints a value as a JSON line. Its strings are safe text.
func (p *program) printJSON(v any) error {
	e := json.NewEncoder(p.out)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
