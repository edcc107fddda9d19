package cli

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"creel/capture"
	"creel/capture/body"
	"creel/capture/provider"
)

// providers is what is known of senders: the table, the user's own schemes, and
// the secrets of flags, environment and configuration.
func (p *program) providers() (*provider.Set, error) {
	secrets, err := p.secrets()
	if err != nil {
		return nil, err
	}
	for i := range p.opts.file.Schemes {
		if err := p.opts.file.Schemes[i].Validate(); err != nil {
			return nil, usagef("%s: scheme %d: %w", p.opts.file.place("scheme", i, ""), i+1, err)
		}
	}
	set, err := provider.New(provider.Config{
		Secrets: secrets, PublicURL: p.opts.publicURL, Schemes: p.opts.file.Schemes, Decode: decoded,
	})
	if err != nil {
		return nil, p.secretError(err, secrets)
	}
	keys, err := p.devKeys()
	if err != nil {
		return nil, fmt.Errorf("development keys: %w", err)
	}
	for _, k := range keys {
		if set.Known(k.Provider) == nil { // its scheme may be gone from the configuration
			err = errors.Join(err, set.AddSecret(k))
		}
	}
	return set, err
}

// secretError says where the secret stands that the set of providers does not take.
func (p *program) secretError(err error, secrets []provider.Secret) error {
	for i, s := range secrets {
		if _, err := provider.New(provider.Config{Secrets: []provider.Secret{s}, Schemes: p.opts.file.Schemes}); err == nil {
			continue
		} else if i < len(p.opts.secret.values) {
			return usagef("%s: %w", p.opts.origin("secret"), err)
		}
		name := slices.Sorted(maps.Keys(p.opts.file.Secrets))[i-len(p.opts.secret.values)]
		return usagef("%s: [secrets]: %w", p.opts.file.place("secrets", 0, name), err)
	}
	return usagef("%w", err)
}

// secrets are those of --secret, then those of the configuration file.
func (p *program) secrets() ([]provider.Secret, error) {
	var out []provider.Secret
	for _, spec := range p.opts.secret.values {
		s, err := provider.ParseSecret(spec)
		if err != nil {
			return nil, usagef("%s: %w", p.opts.origin("secret"), err)
		}
		out = append(out, s)
	}
	for _, name := range slices.Sorted(maps.Keys(p.opts.file.Secrets)) {
		s, err := provider.NewSecret(name, p.opts.file.Secrets[name])
		if err != nil {
			return nil, usagef("%s: [secrets]: %w", p.opts.file.place("secrets", 0, name), err)
		}
		out = append(out, s)
	}
	return out, nil
}

// decoded undoes the Content-Encoding of a body, whole or not at all.
func decoded(raw []byte, fields []capture.Field) ([]byte, []string) {
	d := body.Decode(raw, fields)
	if d.Cut || d.Err != nil {
		return nil, nil
	}
	return d.Data, d.Layers
}
