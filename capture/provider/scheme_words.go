package provider

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"creel/capture/words"
)

// Words says in one line how the provider signs.
func (s *Scheme) Words() string { return s.inWords }

func (s *Scheme) describe() string {
	switch {
	case s.words != "":
		return s.words
	case !s.signs():
		return "not signed"
	case s.alg() == algToken:
		return "shared token in " + s.fields()
	}
	w := fmt.Sprintf("%s of %s, %s, in %s", algWords(s.alg()), cmp.Or(s.Template, "{body}"), s.outWords(), s.fields())
	if s.Tol > 0 {
		w += fmt.Sprintf(", within %s", words.Exact(s.tolerance()))
	}
	return w
}

func (s *Scheme) fields() string { return strings.Join(s.Sig[:min(2, len(s.Sig))], " or ") }

func (s *Scheme) outWords() string { return cmp.Or(s.Out, "hex") }

func algWords(alg string) string {
	switch alg {
	case algPlain:
		return "plain SHA-256"
	case algEd25519:
		return "Ed25519"
	case algECDSA, algES256:
		return "ECDSA P-256"
	case algRSA256:
		return "RSA with SHA-256"
	case algRSA1:
		return "RSA with SHA-1"
	}
	return "HMAC-" + strings.ToUpper(alg)
}

// missing says which field is not there.
func (s *Scheme) missing(m *message) string {
	var want []string
	isThere := func(field string) bool { _, ok := m.req.Get(field); return ok }
	if s.read == nil && !slices.ContainsFunc(s.Sig, isThere) {
		want = append(want, s.Sig[0])
	}
	for _, ref := range s.signedFields() {
		if !isThere(ref) {
			want = append(want, ref)
		}
	}
	if len(want) == 0 {
		return s.Title + "'s signature is not there"
	}
	return fmt.Sprintf("%s signs with %s, which is not there", s.Title, strings.Join(want, " and "))
}

// signedFields are the fields besides the signature that are signed.
func (s *Scheme) signedFields() []string {
	var names []string
	if name, ok := strings.CutPrefix(s.TS, "h:"); ok {
		names = append(names, name)
	}
	for _, p := range s.tmpl {
		if name, ok := strings.CutPrefix(p.text, "h:"); ok && p.token {
			names = append(names, name)
		}
	}
	return names
}

// unreadable says why the signature cannot be read.
func (s *Scheme) unreadable(c *claim, t *mismatch) string {
	for _, h := range []func(t *mismatch) string{otherOut, damagedSignature} {
		if why := h(t); why != "" {
			return why
		}
	}
	if c.reason == NoKnown {
		return fmt.Sprintf("no signature of a version that %s is known to use: %s", s.Title, s.form())
	}
	return fmt.Sprintf("the signature is not written as %s writes it: %s", s.Title, s.form())
}

// form is the look of the signature field.
func (s *Scheme) form() string {
	if s.read != nil || len(s.Sig) == 0 {
		return s.Words()
	}
	v := s.Prefix + "<" + s.outWords() + ">"
	if s.KV != "" {
		v = s.Field + s.KV + v
	}
	if ts, ok := strings.CutPrefix(s.TS, "f:"); ok {
		v = ts + s.KV + "<time>" + s.Item + v
	}
	return s.Sig[0] + ": " + v
}

// wanted says what is needed to check the signature.
func (s *Scheme) wanted() string {
	what := "the " + string(s.secretKind())
	return fmt.Sprintf("signed, but %s of %s is not known%s%s=VALUE", what, s.Title, secretHint, s.Provider)
}

// secretHint begins the end of an explanation that says how to give a secret.
const secretHint = ": --secret "

// WithoutHint is the explanation of a verdict without how a command is given the secret
// that is not known; false where it says no such thing.
func WithoutHint(explanation string) (string, bool) {
	what, _, ok := strings.Cut(explanation, secretHint)
	return what, ok
}

// unknownProvider is the error for a name in no row, with the nearest that is.
func unknownProvider(name string, rows []*Scheme) error {
	best, near := min(3, len(name)/2+1), "" // of a short name little must be right
	for _, r := range rows {
		for _, n := range append([]string{r.Provider}, r.Names...) {
			if d := words.Distance(name, n); d < best {
				best, near = d, n
			}
		}
	}
	if near != "" {
		return fmt.Errorf("provider %q is not known: did you mean %s?", name, near)
	}
	return fmt.Errorf("provider %q is not known: creel providers lists them", name)
}
