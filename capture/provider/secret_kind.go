package provider

import (
	"cmp"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"errors"
	"fmt"
	"strings"
)

// SecretKind is what is asked for to check the signatures of a provider, in the
// words of its dashboard.
type SecretKind string

// The kinds of secrets.
const (
	SharedSecret      SecretKind = "secret"
	PublicKey         SecretKind = "public key"
	Certificate       SecretKind = "certificate"
	Token             SecretKind = "token"
	VerificationToken SecretKind = "verification token"
	Credentials       SecretKind = "user:password"
)

func (s *Scheme) secretKind() SecretKind {
	switch {
	case s.kind != "":
		return s.kind
	case s.certificate:
		return Certificate
	case asymmetric(s.alg()):
		return PublicKey
	case s.alg() == algToken:
		return Token
	}
	return SharedSecret
}

// CheckSecret reports why the value cannot be a secret of that name: an unknown
// provider, a public key that is none or of another kind, a key that does not
// decode. It does not tell whether a signature matches. The error does not show
// the value.
func (s *Set) CheckSecret(sec Secret) error {
	name := strings.TrimSuffix(sec.Provider, verifySuffix)
	if s.scheme(name) == nil {
		return unknownProvider(sec.Provider, s.rows)
	}
	if strings.TrimSpace(sec.Value) == "" {
		return fmt.Errorf("secret %s: it is empty", sec)
	}
	if name != sec.Provider {
		return nil // a verification token is any text
	}
	for _, one := range split(sec) {
		if err := s.checkSecret(one); err != nil {
			return fmt.Errorf("secret %s: %w", sec, err)
		}
	}
	return nil
}

// checkSecret reports why no scheme of that name takes the secret.
func (s *Set) checkSecret(sec Secret) error {
	var first error
	for _, row := range s.rows {
		if !row.goesBy(sec.Provider) {
			continue
		}
		err := row.checkSecret(sec)
		if err == nil {
			return nil
		}
		first = cmp.Or(first, err)
	}
	return first
}

func (s *Scheme) checkSecret(sec Secret) error {
	if !s.signs() {
		return nil
	}
	if strings.HasPrefix(sec.Value, "whpk_") && s.Strip == "whsec_" {
		_, err := publicKey(sec.Value) // it checks v1a signatures
		return err
	}
	k, err := s.keyOfSecret(sec, s.alg())
	switch {
	case s.kind == Credentials && !strings.Contains(sec.Value, ":"):
		return errors.New("write it as user:password")
	case err != nil:
		return err
	case k.pub == nil && len(k.raw) == 0:
		return errors.New("nothing is left of it when it is decoded")
	case k.pub != nil && asymmetric(s.alg()) && !s.takes(k):
		return fmt.Errorf("this is another kind of key: %s signs with %s", s.Title, algWords(s.alg()))
	}
	return nil
}

// takes reports whether the public key is of the kind that the algorithm needs.
func (s *Scheme) takes(k key) bool {
	ok := false
	switch s.alg() {
	case algEd25519:
		_, ok = k.pub.(ed25519.PublicKey)
	case algECDSA, algES256:
		_, ok = k.pub.(*ecdsa.PublicKey)
	case algRSA256, algRSA1:
		_, ok = k.pub.(*rsa.PublicKey)
	}
	return ok
}
