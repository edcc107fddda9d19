package forward

import (
	"encoding/pem"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

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

func TestTLSToPlainHTTP(t *testing.T) {
	u := rawServer(t, func(c net.Conn) { io.WriteString(c, "HTTP/1.1 400 Bad Request\r\n\r\n") })
	u.Scheme = "https"
	var s Sender
	a := s.Send(t.Context(), post("/x", ""), Target{URL: u})
	if a.Cause != capture.CauseTLS || !a.Unsent {
		t.Errorf("%s %s", a.Cause, a.Err)
	}
}
