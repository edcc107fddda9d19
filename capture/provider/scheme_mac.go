package provider

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // several providers sign with it
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"math/big"
)

// The algorithms besides HMAC. es256 is ECDSA P-256 with the two numbers side
// by side (RFC 7518 section 3.4), ecdsa-p256 with them in ASN.1.
const (
	algToken   = "token"
	algPlain   = "plain-sha256"
	algEd25519 = "ed25519"
	algECDSA   = "ecdsa-p256"
	algES256   = "es256"
	algRSA256  = "rsa-sha256"
	algRSA1    = "rsa-sha1"
	unknownAlg = "unknown" // named by a request
)

func asymmetric(alg string) bool {
	switch alg {
	case algEd25519, algECDSA, algES256, algRSA256, algRSA1:
		return true
	}
	return false
}

func hashOf(alg string) func() hash.Hash {
	switch alg {
	case "sha1":
		return sha1.New
	case "sha384":
		return sha512.New384
	case "sha512":
		return sha512.New
	}
	return sha256.New
}

// mac is the signature a symmetric algorithm gives.
func mac(alg string, k key, content []byte) []byte {
	switch alg {
	case algToken:
		return k.raw
	case algPlain:
		sum := sha256.Sum256(content)
		return sum[:]
	}
	h := hmac.New(hashOf(alg), k.raw)
	h.Write(content)
	return h.Sum(nil)
}

// proves reports whether sig is the signature of content, in constant time for
// symmetric algorithms.
func proves(alg string, k key, content, sig []byte) bool {
	if !asymmetric(alg) {
		return (len(k.raw) > 0 || alg == algPlain) && hmac.Equal(mac(alg, k, content), sig)
	}
	switch pub := k.pub.(type) {
	case ed25519.PublicKey:
		return alg == algEd25519 && ed25519.Verify(pub, content, sig)
	case *ecdsa.PublicKey:
		sum := sha256.Sum256(content)
		switch {
		case alg == algECDSA:
			return ecdsa.VerifyASN1(pub, sum[:], sig)
		case alg == algES256 && len(sig) == 64:
			return ecdsa.Verify(pub, sum[:], new(big.Int).SetBytes(sig[:32]), new(big.Int).SetBytes(sig[32:]))
		}
	case *rsa.PublicKey:
		if h, sum := digest(alg, content); h != 0 {
			return rsa.VerifyPKCS1v15(pub, h, sum, sig) == nil
		}
	}
	return false
}

func digest(alg string, content []byte) (crypto.Hash, []byte) {
	switch alg {
	case algRSA1:
		sum := sha1.Sum(content) //nolint:gosec // SNS version 1
		return crypto.SHA1, sum[:]
	case algRSA256:
		sum := sha256.Sum256(content)
		return crypto.SHA256, sum[:]
	}
	return 0, nil
}

// sign makes a signature with whatever the key allows.
func sign(alg string, k key, content []byte) ([]byte, error) {
	if !asymmetric(alg) {
		return mac(alg, k, content), nil
	}
	switch priv := k.sign.(type) {
	case ed25519.PrivateKey:
		if alg == algEd25519 {
			return ed25519.Sign(priv, content), nil
		}
	case *ecdsa.PrivateKey:
		sum := sha256.Sum256(content)
		if alg == algECDSA {
			return ecdsa.SignASN1(rand.Reader, priv, sum[:])
		}
		r, s, err := ecdsa.Sign(rand.Reader, priv, sum[:])
		if err != nil || alg != algES256 {
			return nil, ErrAsymmetric
		}
		return append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...), nil
	case *rsa.PrivateKey:
		if h, sum := digest(alg, content); h != 0 {
			return rsa.SignPKCS1v15(rand.Reader, priv, h, sum)
		}
	}
	return nil, ErrAsymmetric
}

// encode writes a signature as out says: hex, base64 or base64url.
func encode(out string, sig []byte) string {
	switch out {
	case "base64":
		return base64.StdEncoding.EncodeToString(sig)
	case "base64url":
		return base64.RawURLEncoding.EncodeToString(sig)
	}
	return hex.EncodeToString(sig)
}

func decode(out, text string) ([]byte, error) {
	if out == "base64" || out == "base64url" {
		return decodeBase64(text)
	}
	return hex.DecodeString(text)
}
