package provider

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // several providers sign with it
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
)

// key is a secret made ready for an algorithm.
type key struct {
	raw  []byte
	pub  crypto.PublicKey
	sign crypto.Signer // the private half, when the secret is one
}

var errNoPublicKey = errors.New("not a public key: PEM, base64 or hex is needed")

// keyOfSecret makes the key of a configured secret, whose name may say how it is
// written.
func (s *Scheme) keyOfSecret(sec Secret, alg string) (key, error) {
	if slices.Contains(s.textNames, sec.Provider) && !strings.HasPrefix(sec.Value, s.Strip) {
		return key{raw: []byte(sec.Value)}, nil
	}
	return s.key(sec.Value, alg)
}

// key makes the key that algorithm alg uses from the secret.
func (s *Scheme) key(secret, alg string) (key, error) {
	if s.keyOf != nil {
		return s.keyOf(secret)
	}
	if asymmetric(alg) {
		return publicKey(secret)
	}
	return s.symmetricKey(secret, s.Key)
}

func (s *Scheme) symmetricKey(secret, encoding string) (key, error) {
	text := secret
	// Supabase writes v1, before whsec_.
	if i := strings.Index(secret, s.Strip); i == 0 || i == len("v1,") {
		text = secret[i+len(s.Strip):]
	}
	var raw []byte
	var err error
	switch encoding {
	case "base64":
		raw, err = decodeBase64(text)
	case "hex":
		raw, err = hex.DecodeString(text)
	case "sha1":
		sum := sha1.Sum([]byte(text)) //nolint:gosec // Braintree's rule
		raw = sum[:]
	default:
		raw = []byte(secret)
	}
	if err != nil {
		return key{}, fmt.Errorf("the secret is not %s, as %s writes it", encoding, s.Title)
	}
	return key{raw: raw}, nil
}

// publicKey reads a public key, a certificate or a private key: PEM, a JWK, DER
// in base64, or the bare 32 bytes of Ed25519 in hex or base64.
func publicKey(secret string) (key, error) {
	text := strings.TrimSpace(secret)
	if strings.HasPrefix(text, "{") {
		return jwk([]byte(text))
	}
	if block, _ := pem.Decode([]byte(text)); block != nil {
		return derKey(block.Bytes)
	}
	if raw, err := hex.DecodeString(text); err == nil && len(raw) == ed25519.PublicKeySize {
		return key{pub: ed25519.PublicKey(raw)}, nil
	}
	raw, err := decodeBase64(strings.TrimPrefix(text, "whpk_"))
	if err != nil {
		return key{}, errNoPublicKey
	}
	if len(raw) == ed25519.PublicKeySize {
		return key{pub: ed25519.PublicKey(raw)}, nil
	}
	return derKey(raw)
}

func derKey(der []byte) (key, error) {
	if c, err := x509.ParseCertificate(der); err == nil {
		return key{pub: c.PublicKey}, nil
	}
	if p, err := x509.ParsePKIXPublicKey(der); err == nil {
		return key{pub: p}, nil
	}
	if p, err := x509.ParsePKCS8PrivateKey(der); err == nil {
		if s, ok := p.(crypto.Signer); ok {
			return key{pub: s.Public(), sign: s}, nil
		}
	}
	if p, err := x509.ParsePKCS1PublicKey(der); err == nil {
		return key{pub: p}, nil
	}
	return key{}, errNoPublicKey
}

// jwk reads a public key of RFC 7517: EC P-256, RSA or OKP Ed25519.
func jwk(doc []byte) (key, error) {
	var k struct{ Kty, Crv, X, Y, N, E string }
	if err := json.Unmarshal(doc, &k); err != nil {
		return key{}, fmt.Errorf("read the public JWK: %w", err)
	}
	x, _ := decodeBase64(k.X)
	y, _ := decodeBase64(k.Y)
	switch {
	case k.Kty == "EC" && k.Crv == "P-256" && len(x) <= 32 && len(y) <= 32:
		point := append([]byte{4}, leftPad(x)...)
		p, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), append(point, leftPad(y)...))
		if err != nil {
			return key{}, fmt.Errorf("read the public JWK: %w", err)
		}
		return key{pub: p}, nil
	case k.Kty == "OKP" && len(x) == ed25519.PublicKeySize:
		return key{pub: ed25519.PublicKey(x)}, nil
	case k.Kty == "RSA":
		n, _ := decodeBase64(k.N)
		e, _ := decodeBase64(k.E)
		if len(n) >= 128 && len(e) > 0 && len(e) <= 4 {
			return key{pub: &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(new(big.Int).SetBytes(e).Int64())}}, nil
		}
	}
	return key{}, errNoPublicKey
}

// algFor is the algorithm, or where it is left open the one the key is for.
func algFor(alg string, k key) string {
	if alg != "" {
		return alg
	}
	switch k.pub.(type) {
	case ed25519.PublicKey:
		return algEd25519
	case *ecdsa.PublicKey:
		return algES256
	case *rsa.PublicKey:
		return algRSA256
	}
	return "sha256"
}

func leftPad(b []byte) []byte { return append(make([]byte, 32-len(b)), b...) }

// decodeBase64 reads any of the four spellings of base64.
func decodeBase64(s string) ([]byte, error) {
	s = strings.TrimRight(s, "=")
	if strings.ContainsAny(s, "-_") {
		return base64.RawURLEncoding.DecodeString(s)
	}
	return base64.RawStdEncoding.DecodeString(s)
}
