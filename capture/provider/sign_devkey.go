package provider

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
)

// DevKey is a key pair for development: creel signs with the private half what
// an asymmetric provider would have signed, and the app is given the public
// half in place of the provider's.
type DevKey struct {
	// Secret holds the private half, PKCS 8 in PEM; it signs and verifies.
	Secret Secret
	// Public is the public half, as the provider writes it in its dashboard.
	Public string
	How    string // what to do with it, in one sentence
}

// NewDevKey makes a key for an asymmetric provider. It fails for the others, and
// for those whose receivers fetch a certificate from the provider.
func (s *Set) NewDevKey(provider string) (DevKey, error) {
	row := s.scheme(provider)
	switch {
	case row == nil:
		return DevKey{}, unknownProvider(provider, s.rows)
	case row.symmetric() || !row.signs():
		return DevKey{}, fmt.Errorf("development key: %s needs none: it signs with a shared secret", row.Title)
	case !row.takesDevKey():
		return DevKey{}, fmt.Errorf("development key: receivers of %s fetch the certificate from there, so no other key can stand in", row.Title)
	}
	private, err := privateKey(row.alg())
	if err != nil {
		return DevKey{}, fmt.Errorf("development key: %w", err)
	}
	return s.DevKeyOf(provider, private)
}

// DevKeyOf is the development key whose private half was kept, in PEM.
func (s *Set) DevKeyOf(provider, private string) (DevKey, error) {
	row := s.scheme(provider)
	if row == nil {
		return DevKey{}, unknownProvider(provider, s.rows)
	}
	k, err := row.key(private, row.alg())
	if err != nil || k.sign == nil {
		return DevKey{}, errors.New("development key: not a private key in PEM (PKCS 8)")
	}
	public, err := row.publicText(k.pub)
	return DevKey{
		Secret: Secret{Provider: row.Provider, Value: private},
		Public: public,
		How:    fmt.Sprintf("give this to the app as the public key of %s while you develop", row.Title),
	}, err
}

// takesDevKey reports whether receivers take another public key than the
// provider's. Those that fetch the provider's certificate do not.
func (s *Scheme) takesDevKey() bool {
	return s.signs() && asymmetric(s.alg()) && !s.certificate
}

// renewable reports whether one of the secrets makes signatures: a shared one,
// or the private half of a development key. Without any it is the scheme's nature.
func (s *Scheme) renewable(secrets []Secret) bool {
	for i := range secrets {
		k, err := s.keyOfSecret(secrets[i], s.alg())
		if k.sign != nil || s.symmetric() && (err != nil || k.pub == nil) {
			return true
		}
	}
	return len(secrets) == 0 && s.symmetric()
}

// privateKey makes a key for an asymmetric algorithm: PKCS 8 in PEM.
func privateKey(alg string) (string, error) {
	signer, err := generate(alg)
	if err != nil {
		return "", err
	}
	der, err := x509.MarshalPKCS8PrivateKey(signer)
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})), err
}

// onlyPrivate reports whether all secrets are halves of development keys.
func (s *Scheme) onlyPrivate(secrets []Secret) bool {
	for i := range secrets {
		if k, err := s.keyOfSecret(secrets[i], s.alg()); err != nil || k.sign == nil {
			return false
		}
	}
	return asymmetric(s.alg())
}

func generate(alg string) (crypto.Signer, error) {
	switch alg {
	case algEd25519:
		_, priv, err := ed25519.GenerateKey(rand.Reader)
		return priv, err
	case algECDSA, algES256:
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case algRSA256, algRSA1:
		return rsa.GenerateKey(rand.Reader, 2048)
	}
	return nil, errors.New("no key is made for " + alg)
}

// sampleSecret is the secret that samples are signed with while none is known,
// written as the scheme's are. What it signs has all that a real delivery has, and
// fits no secret of a user. A shared one is always the same, so that a sample can be
// told from a delivery that does not fit; it is public.
func (s *Scheme) sampleSecret() (string, error) {
	if asymmetric(s.alg()) {
		private, err := privateKey(s.alg())
		return "sample\n" + private, err // PayPal's has an id before the key
	}
	b := sha256.Sum256([]byte("a sample of creel"))
	if s.Key == "base64" {
		return s.Strip + base64.StdEncoding.EncodeToString(b[:]), nil
	}
	return hex.EncodeToString(b[:]), nil
}

// publicText writes a public key as the provider does: Discord in hex, Telnyx
// and SendGrid in base64, Plaid as a JWK, the others in PEM.
func (s *Scheme) publicText(pub crypto.PublicKey) (string, error) {
	switch p := pub.(type) {
	case ed25519.PublicKey:
		if s.Out == "base64" {
			return base64.StdEncoding.EncodeToString(p), nil
		}
		return hex.EncodeToString(p), nil
	case *ecdsa.PublicKey:
		if s.alg() == algES256 {
			point, err := p.Bytes()
			if err != nil {
				return "", fmt.Errorf("development key: %w", err)
			}
			b64 := base64.RawURLEncoding.EncodeToString
			return fmt.Sprintf(`{"kty":"EC","crv":"P-256","x":"%s","y":"%s","alg":"ES256","use":"sig","kid":"creel"}`, b64(point[1:33]), b64(point[33:])), nil
		}
	}
	der, err := x509.MarshalPKIXPublicKey(pub)
	if err != nil {
		return "", fmt.Errorf("development key: %w", err)
	}
	if s.alg() == algECDSA {
		return base64.StdEncoding.EncodeToString(der), nil
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})), nil
}
