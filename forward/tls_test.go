package forward

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"creel/capture"
)

func TestTLS(t *testing.T) {
	var proto string
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { proto = r.Proto }))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(ca, block, 0o600); err != nil {
		t.Fatal(err)
	}
	u := mustURL(t, server.URL)
	wrongName := u
	wrongName.Host = strings.Replace(u.Host, "127.0.0.1", "localhost", 1)
	for _, tt := range []struct {
		name  string
		to    Target
		cause capture.Cause
		err   string
	}{
		{"self-signed", Target{URL: u}, "tls", "unknown authority"},
		{"insecure", Target{URL: u, Insecure: true}, "", ""},
		{"own authority", Target{URL: u, CACert: ca}, "", ""},
		{"wrong name", Target{URL: wrongName, CACert: ca}, "tls", "not localhost"},
		{"no authority file", Target{URL: u, CACert: ca + "x"}, "tls", "no such file"},
		{"plain HTTP to it", Target{URL: mustURL(t, "http://"+u.Host)}, "", ""},
	} {
		s := &Sender{}
		for range 2 {
			a := s.Send(t.Context(), post("/x", ""), tt.to)
			if a.Cause != tt.cause || !strings.Contains(a.Err, tt.err) || a.Unsent != (tt.cause != "") {
				t.Errorf("%s: %s %s", tt.name, a.Cause, a.Err)
			}
		}
		s.Close()
	}
	if proto != "HTTP/1.1" {
		t.Errorf("spoke %s", proto)
	}
}

// What is out of date is refused, with the reason.
func TestOldTLS(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name    string
		expires time.Time
		version uint16 // the newest the server speaks
		err     string
	}{
		{"expired", time.Now().Add(-time.Hour), tls.VersionTLS13, "expired"},
		{"TLS 1.0", time.Now().Add(time.Hour), tls.VersionTLS10, "protocol version"},
		{"well", time.Now().Add(time.Hour), tls.VersionTLS12, ""},
	} {
		template := &x509.Certificate{
			SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: tt.expires,
			IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		}
		der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
		if err != nil {
			t.Fatal(err)
		}
		server := httptest.NewUnstartedServer(http.NotFoundHandler())
		server.Config.ErrorLog = log.New(io.Discard, "", 0)
		server.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MinVersion: tls.VersionTLS10, MaxVersion: tt.version}
		server.StartTLS()
		ca := filepath.Join(t.TempDir(), "ca.pem")
		if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
			t.Fatal(err)
		}
		s := &Sender{}
		a := s.Send(t.Context(), post("/x", ""), Target{URL: mustURL(t, server.URL), CACert: ca})
		if (a.Cause == capture.CauseTLS) != (tt.err != "") || !strings.Contains(a.Err, tt.err) {
			t.Errorf("%s: %s %s", tt.name, a.Cause, a.Err)
		}
		s.Close()
		server.Close()
	}
}

func TestTLSToPlainHTTP(t *testing.T) {
	u := rawServer(t, func(c net.Conn) { io.WriteString(c, "HTTP/1.1 400 Bad Request\r\n\r\n") })
	u.Scheme = "https"
	var s Sender
	a := s.Send(t.Context(), post("/x", ""), Target{URL: u})
	if a.Cause != capture.CauseTLS || !a.Unsent {
		t.Errorf("%s %s", a.Cause, a.Err)
	}
}

// A connection on which TLS fails is closed at once.
func TestFailedTLSCloses(t *testing.T) {
	closed := make(chan bool)
	u := rawServer(t, func(c net.Conn) {
		io.WriteString(c, "this is not TLS\n")
		untilClosed(c)
		close(closed)
	})
	u.Scheme = "https"
	a := (&Sender{}).Send(t.Context(), post("/x", ""), Target{URL: u})
	if a.Cause != capture.CauseTLS || !a.Unsent {
		t.Errorf("%s %s", a.Cause, a.Err)
	}
	select {
	case <-closed:
	case <-time.After(5 * time.Second):
		t.Error("left open")
	}
}
