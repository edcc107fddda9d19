package server

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"creel/capture/atomicfile"
)

const (
	// certLife is how long a self-signed certificate holds: what browsers take.
	certLife = 397 * 24 * time.Hour
	// certRenew is how long before its end a new one is made.
	certRenew = 7 * 24 * time.Hour
)

// LoadTLS returns the configuration for HTTPS with a certificate and key in PEM
// files.
func LoadTLS(certFile, keyFile string) (*tls.Config, error) {
	certPEM, err := readPEM(certFile, "CERTIFICATE", "certificate")
	if err != nil {
		return nil, err
	}
	keyPEM, err := readPEM(keyFile, "PRIVATE KEY", "private key")
	if err != nil {
		return nil, err
	}
	cert, err := tls.X509KeyPair(certPEM, keyPEM)
	if err != nil {
		return nil, fmt.Errorf("certificate %s and key %s: %s", certFile, keyFile, strings.TrimPrefix(err.Error(), "tls: "))
	}
	return tlsConfig(cert), nil
}

// readPEM reads a file that has a block whose type ends with kind.
func readPEM(file, kind, name string) ([]byte, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read the %s: %w", name, err)
	}
	for rest := data; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return nil, fmt.Errorf("%s: no %s (PEM) is in it", file, name)
		}
		if strings.HasSuffix(block.Type, kind) {
			return data, nil
		}
	}
}

// SelfSigned returns the configuration for HTTPS with a self-signed certificate
// for this machine and the given hosts. It is kept in dir (directory 0700,
// files 0600), so that its fingerprint stays the same, and a new one is made when it is
// about to expire or lacks one of the hosts.
func SelfSigned(dir string, hosts ...string) (*tls.Config, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("keep certificate: %w", err)
	}
	certFile, keyFile := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	hosts = append([]string{"localhost", "127.0.0.1", "::1"}, hosts...)
	cert, err := tls.LoadX509KeyPair(certFile, keyFile)
	switch {
	case err == nil && covers(cert.Leaf, hosts):
		return tlsConfig(cert), nil
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("load certificate: %w: remove %s to make a new one", err, certFile)
	}
	certPEM, keyPEM, err := makeCertificate(hosts)
	if err != nil {
		return nil, fmt.Errorf("make certificate: %w", err)
	}
	if err := errors.Join(atomicfile.Write(keyFile, keyPEM, 0o600), atomicfile.Write(certFile, certPEM, 0o600)); err != nil {
		return nil, fmt.Errorf("keep certificate: %w", err)
	}
	return LoadTLS(certFile, keyFile)
}

// Fingerprint is the SHA-256 of the certificate that config serves, in the way
// browsers and openssl show it: AB:CD:...
func Fingerprint(config *tls.Config) string {
	sum := sha256.Sum256(config.Certificates[0].Certificate[0])
	return strings.ReplaceAll(fmt.Sprintf("% X", sum[:]), " ", ":")
}

func tlsConfig(cert tls.Certificate) *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}
}

func covers(leaf *x509.Certificate, hosts []string) bool {
	lacks := func(host string) bool { return leaf.VerifyHostname(host) != nil }
	return time.Until(leaf.NotAfter) >= certRenew && !slices.ContainsFunc(hosts, lacks)
}

func makeCertificate(hosts []string) (certPEM, keyPEM []byte, err error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, nil, err
	}
	template := x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: "creel, self-signed"},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(certLife),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		// It may be trusted by hand for these hosts, and for nothing it signs.
		BasicConstraintsValid: true,
	}
	for _, h := range hosts {
		if ip := net.ParseIP(h); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, h)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, &key.PublicKey, key)
	if err != nil {
		return nil, nil, err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}), nil
}
