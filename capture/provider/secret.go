package provider

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"creel/capture"
	"creel/capture/tomlfile"
)

// maxSecret is the size a secret in a file may have: a chain of certificates fits.
const maxSecret = 64 << 10

// Secret is what signatures of one provider are checked with: a shared secret,
// or for asymmetric schemes the public key or certificate.
type Secret struct {
	Provider string // the provider's name, or another name of its row
	Path     string // pins it to this path and below; empty: any path
	Value    string
}

// String names the secret without telling it.
func (s Secret) String() string {
	if s.Path == "" {
		return s.Provider
	}
	return s.Provider + "@" + s.Path
}

// GoString keeps the value out of %#v.
func (s Secret) GoString() string { return "provider.Secret{" + s.String() + "}" }

// ParseSecret reads PROVIDER=VALUE, PROVIDER=env:NAME, PROVIDER=file:PATH or
// PROVIDER@/path=..., the spelling of --secret. Its errors do not tell the value.
func ParseSecret(spec string) (Secret, error) {
	name, value, ok := strings.Cut(spec, "=")
	if !ok || name == "" {
		return Secret{}, fmt.Errorf("secret: PROVIDER=VALUE is needed, such as stripe=env:STRIPE_WEBHOOK_SECRET")
	}
	return NewSecret(name, value)
}

// NewSecret makes the secret of name, which is PROVIDER or PROVIDER@/path, from
// value, which is the secret, env:NAME or file:PATH.
func NewSecret(name, value string) (Secret, error) {
	s := Secret{Provider: name}
	s.Provider, s.Path, _ = strings.Cut(name, "@")
	if s.Path != "" && s.Path[0] != '/' {
		return Secret{}, fmt.Errorf("secret %s: the path after @ begins with /", s.Provider)
	}
	var err error
	if s.Value, err = secretValue(value); err != nil {
		return Secret{}, fmt.Errorf("%s: %w", strings.TrimSpace("secret "+s.String()), err)
	}
	return s, nil
}

func secretValue(value string) (string, error) {
	if name, ok := strings.CutPrefix(value, "env:"); ok {
		v, ok := os.LookupEnv(name)
		if !ok || v == "" {
			return "", fmt.Errorf("the environment variable %s is not set", name)
		}
		return v, nil
	}
	if name, ok := strings.CutPrefix(value, "file:"); ok {
		name = tomlfile.Path(name)
		info, err := os.Stat(name)
		if err != nil {
			return "", err
		}
		if info.Size() > maxSecret {
			return "", fmt.Errorf("%s is larger than a secret: %d bytes", name, info.Size())
		}
		b, err := os.ReadFile(name)
		if err != nil {
			return "", err
		}
		// Editors end a file with a newline; no secret ends with one.
		value = strings.TrimRight(string(b), "\r\n")
	}
	if value == "" {
		return "", fmt.Errorf("it is empty")
	}
	return value, nil
}

// covers reports whether the secret holds for requests to the target.
func (s *Secret) covers(target string) bool {
	return s.Path == "" || capture.PathUnder(capture.SplitTarget(target).Path, s.Path)
}

// split parts the list of secrets that Supabase shows as one, v1,whsec_A|v1,whsec_B.
func split(sec Secret) []Secret {
	if !strings.HasPrefix(sec.Value, "v1,") || !strings.Contains(sec.Value, "|") {
		return []Secret{sec}
	}
	var all []Secret
	for value := range strings.SplitSeq(sec.Value, "|") {
		all = append(all, Secret{Provider: sec.Provider, Path: sec.Path, Value: strings.TrimSpace(value)})
	}
	return all
}

// goesBy reports whether secrets under name are for the scheme.
func (s *Scheme) goesBy(name string) bool {
	return s.Provider == name || slices.Contains(s.Names, name)
}

// secretsFor are the secrets to try for a request: those pinned to its path when
// there are any, else those that are not pinned.
func (s *Set) secretsFor(row *Scheme, target string) []Secret {
	all := *s.secrets.Load()
	var pinned, free []Secret
	for i := range all {
		switch {
		case !row.goesBy(all[i].Provider):
		case all[i].Path == "":
			free = append(free, split(all[i])...)
		case all[i].covers(target):
			pinned = append(pinned, split(all[i])...)
		}
	}
	if len(pinned) > 0 {
		return pinned
	}
	return free
}
