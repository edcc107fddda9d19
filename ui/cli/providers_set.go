package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"creel/capture"
	"creel/capture/atomicfile"
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

// splitSecrets divides the secrets of --secret into those that name a provider and those that do not.
func (p *program) splitSecrets() (named, bare []string, err error) {
	set, err := provider.New(provider.Config{Schemes: p.opts.file.Schemes})
	if err != nil {
		return nil, nil, usagef("%w", err)
	}
	for _, spec := range p.opts.secret.values {
		key, _, ok := strings.Cut(spec, "=")
		of, _, _ := strings.Cut(key, "@")
		if ok && set.Known(of) == nil {
			named = append(named, spec)
		} else {
			bare = append(bare, spec)
		}
	}
	return named, bare, nil
}

// nameSecrets makes the secrets that are given without a provider those of one.
func (p *program) nameSecrets(name string) error {
	named, bare, err := p.splitSecrets()
	for _, value := range bare {
		named = append(named, name+"="+value)
	}
	p.opts.secret.values = named
	return err
}

// secretsOfRequest are the --secret flags of a command about a request, else the
// secrets that a variable or the configuration gives without a provider. The latter
// are no settings then.
func (p *program) secretsOfRequest(flags []string) ([]string, error) {
	named, bare, err := p.splitSecrets()
	p.opts.secret.values = named
	if len(flags) > 0 {
		return flags, err
	}
	return bare, err
}

// decoded undoes the Content-Encoding of a body, whole or not at all.
func decoded(raw []byte, fields []capture.Field) ([]byte, []string) {
	d := body.Decode(raw, fields)
	if d.Cut || d.Err != nil {
		return nil, nil
	}
	return d.Data, d.Layers
}

// devKey is the development key for an asymmetric provider: made once, its
// private half kept in the state directory for its owner alone to read.
func (p *program) devKey(set *provider.Set, name string) (provider.DevKey, error) {
	key, err := set.NewDevKey(name)
	if err != nil {
		return key, err
	}
	file := filepath.Join(p.keyDir(), key.Secret.Provider+".pem")
	old, err := os.ReadFile(file)
	switch {
	case err == nil:
		if key, err = set.DevKeyOf(name, string(old)); err != nil {
			return key, fmt.Errorf("%s: %w", file, err)
		}
		return key, nil
	case !errors.Is(err, fs.ErrNotExist):
		return key, err
	}
	if err := os.MkdirAll(p.keyDir(), 0o700); err != nil {
		return key, err
	}
	return key, atomicfile.Write(file, []byte(key.Secret.Value), 0o600)
}

func (p *program) sayDevKey(key provider.DevKey) error {
	p.infof("%s:", key.How)
	_, err := fmt.Fprintln(p.stderr, strings.TrimSpace(key.Public))
	return err
}

func (p *program) keyDir() string { return filepath.Join(stateDir(p.env), "keys") }

// devKeys are the private halves that were kept: what they signed is known again.
func (p *program) devKeys() ([]provider.Secret, error) {
	files, err := filepath.Glob(filepath.Join(p.keyDir(), "*.pem"))
	if err != nil {
		return nil, err
	}
	var out []provider.Secret
	for _, file := range files {
		s, err := provider.NewSecret(strings.TrimSuffix(filepath.Base(file), ".pem"), "file:"+file)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}
