package server

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// open listens and closes when the test ends.
func open(t *testing.T, addrs ...string) *Listening {
	t.Helper()
	l, err := Listen(t.Context(), addrs...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

func TestListenLoopback(t *testing.T) {
	t.Parallel()
	for _, addr := range []string{":0", "0", "localhost:0"} {
		l := open(t, addr)
		addrs := l.Addrs()
		if !addrs[0].Addr().IsLoopback() || addrs[0].Port() == 0 || len(l.Warnings) > 0 {
			t.Errorf("%s: listens on %v, warnings %q", addr, addrs, l.Warnings)
		}
		if len(addrs) == 2 && (addrs[1].Addr() != netip.IPv6Loopback() || addrs[1].Port() != addrs[0].Port()) {
			t.Errorf("%s: IPv6 is %v, want ::1 with port %d", addr, addrs[1], addrs[0].Port())
		}
		if want := "http://127.0.0.1:" + strconv.Itoa(int(addrs[0].Port())); l.URL(false) != want {
			t.Errorf("URL is %s, want %s", l.URL(false), want)
		}
	}
}

func TestListenWide(t *testing.T) {
	t.Parallel()
	for _, addr := range []string{"0.0.0.0:0", "[::]:0"} {
		l := open(t, addr)
		if len(l.Warnings) != 1 || !strings.Contains(l.Warnings[0], "every interface") {
			t.Errorf("%s: warnings %q", addr, l.Warnings)
		}
		if u := l.URL(true); !strings.HasPrefix(u, "https://127.0.0.1:") {
			t.Errorf("%s: URL %s", addr, u)
		}
	}
}

func TestListenErrors(t *testing.T) {
	t.Parallel()
	taken := open(t, ":0").Addrs()[0].String()
	for _, tt := range []struct{ addr, want string }{
		{taken, "listen on " + taken + ": another program has that port"},
		{"nowhere", `listen on "nowhere": want HOST:PORT, :PORT or PORT`},
		{"127.0.0.1:http", `listen on "127.0.0.1:http": the port must be a number from 0 to 65535`},
		{":70000", `listen on ":70000": the port must be a number from 0 to 65535`},
		{"192.0.2.1:0", "listen on 192.0.2.1:0: this machine has no such address"},
	} {
		// The first address is given back when a later one fails.
		l, err := Listen(t.Context(), "127.0.0.1:0", tt.addr)
		if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%s: %v, %v, want %q", tt.addr, l, err, tt.want)
		}
		var busy *BusyError
		if errors.As(err, &busy) != (tt.addr == taken) {
			t.Errorf("%s: busy is %v", tt.addr, busy)
		}
	}
}

// An address that is given twice is no other program's.
func TestListenTwice(t *testing.T) {
	free := open(t, ":0") // no test runs beside this one, so the port stays free
	port := strconv.Itoa(int(free.Addrs()[0].Port()))
	_ = free.Close()
	for addrs, want := range map[string]string{
		":P :P":                   `listen on ":P": it is given twice`,
		"127.0.0.1:P 127.0.0.1:P": `listen on "127.0.0.1:P": it is given twice`,
		":P 127.0.0.1:P":          `listen on "127.0.0.1:P": another address that is given includes it`,
		"127.0.0.1:P 0.0.0.0:P":   `listen on "0.0.0.0:P": another address that is given includes it`,
		"0.0.0.0:P localhost:P":   `listen on "localhost:P": another address that is given includes it`,
	} {
		in := func(s string) string { return strings.ReplaceAll(s, "P", port) }
		l, err := Listen(t.Context(), strings.Fields(in(addrs))...)
		if err == nil || err.Error() != in(want) || !errors.As(err, new(*AddrError)) {
			t.Errorf("%s: %v, %v", addrs, l, err)
		}
	}
}

// A port that is taken on one address of loopback alone is taken, and is given back on
// the other.
func TestListenLoopbackTaken(t *testing.T) {
	t.Parallel()
	for _, host := range []string{"127.0.0.1", "[::1]"} {
		there, err := net.Listen("tcp", host+":0")
		if err != nil {
			t.Logf("%s: %v", host, err) // a machine without IPv6
			continue
		}
		defer there.Close()
		taken := there.Addr().String()
		_, port, _ := net.SplitHostPort(taken)
		for try := range 2 {
			l, err := Listen(t.Context(), ":"+port)
			var busy *BusyError
			if !errors.As(err, &busy) {
				t.Fatalf("%s is taken: %v, %v", taken, l, err)
			}
			if busy.Addr == taken {
				continue
			}
			if try == 0 {
				break // another program has the other one
			}
			t.Errorf("%s was not given back", busy.Addr)
		}
	}
}

func TestTLS(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "state")
	config, err := SelfSigned(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{"localhost", "127.0.0.1", "::1"} {
		if err := config.Certificates[0].Leaf.VerifyHostname(host); err != nil {
			t.Error(err)
		}
	}
	again, err := SelfSigned(dir)
	if err != nil || Fingerprint(again) != Fingerprint(config) || len(Fingerprint(config)) != 95 {
		t.Errorf("fingerprints %s and %s, %v", Fingerprint(config), Fingerprint(again), err)
	}
	other, err := SelfSigned(dir, "devbox.test")
	if err != nil || Fingerprint(other) == Fingerprint(config) {
		t.Errorf("a host more, the same certificate: %v", err)
	}
	for _, name := range []string{"cert.pem", "key.pem"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
	for _, tt := range []struct{ h2, proto string }{{"", "HTTP/1.1"}, {"h2", "HTTP/2.0"}} {
		s := &Server{TLS: other}
		addr := start(t, s)
		var protocols http.Protocols
		protocols.SetHTTP1(tt.h2 == "")
		protocols.SetHTTP2(tt.h2 != "")
		client := http.Client{Transport: &http.Transport{
			TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, Protocols: &protocols,
		}}
		post(t, &client, "https://"+addr+"/x?y=%2F")
		client.CloseIdleConnections()
		got := describe(rows(t, s.Ring, 1)[0])
		want := row{
			Method: "POST", Target: "/x?y=%2F", Proto: tt.proto, Exact: tt.h2 == "", Body: "body",
			Fields: "Host=" + addr + ",Content-Length=4,X-B=1,X-B=2", State: "answered", Status: 200, By: "default",
		}
		if tt.h2 == "" {
			want.Fields += ",Accept-Encoding=gzip"
		} else {
			want.Fields = strings.Replace(want.Fields, ",Con", ",Accept-Encoding=gzip,Con", 1)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if !s.Ring.Snapshot()[0].Request.TLS {
			t.Error("the row does not say that it was TLS")
		}
		if old, err := tls.Dial("tcp", addr, &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"http/1.0"}}); err != nil {
			t.Errorf("a client of HTTP/1.0: %v", err)
		} else {
			old.Close()
		}
		if got := talk(t, s, addr, 2, "GET / HTTP/1.1\r\nHost: h\r\n\r\n"); !strings.HasPrefix(got, "HTTP/1.1 400") {
			t.Errorf("plain HTTP was answered %q", got)
		}
		ex := rows(t, s.Ring, 2)[1]
		if ex.Request.Malformed != "plain HTTP on a port for HTTPS: use https://" || ex.Request.TLS || ex.Request.Target != "/" {
			t.Errorf("plain HTTP is the row %+v", describe(ex))
		}
	}
}

// A sender of plain HTTP to a port for HTTPS can send all of its body, and then read why
// it was refused: closing with bytes unread would take the reply back.
func TestPlainHTTPIsReadToItsEnd(t *testing.T) {
	config, err := SelfSigned(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	bubble(t, &Server{TLS: config}, func(t *testing.T, dial func() net.Conn) {
		c := dial()
		reply := make(chan string)
		go func() {
			all, _ := io.ReadAll(c)
			reply <- string(all)
		}()
		if _, err := io.WriteString(c, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 99999\r\n\r\n"+strings.Repeat("x", 99999)); err != nil {
			t.Errorf("the rest of the body was not read: %v", err)
		}
		if got := <-reply; got != plainRefused {
			t.Errorf("the sender heard %q", got)
		}
		_ = c.Close()
	})
}

func post(t *testing.T, client *http.Client, url string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader("body"))
	if err != nil {
		t.Fatal(err)
	}
	req.Header["X-B"] = []string{"1", "2"}
	req.Header["User-Agent"] = nil
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil || res.StatusCode != 200 {
		t.Errorf("answered %s, %v", res.Status, err)
	}
}

func TestUnencryptedHTTP2(t *testing.T) {
	t.Parallel()
	s := &Server{}
	var protocols http.Protocols
	protocols.SetUnencryptedHTTP2(true)
	client := http.Client{Transport: &http.Transport{Protocols: &protocols, DisableCompression: true}}
	addr := start(t, s)
	post(t, &client, "http://"+addr+"/x")
	client.CloseIdleConnections()
	want := row{
		Method: "POST", Target: "/x", Proto: "HTTP/2.0", Body: "body", State: "answered", Status: 200, By: "default",
		Fields: "Host=" + addr + ",Content-Length=4,X-B=1,X-B=2",
	}
	if diff := cmp.Diff(want, describe(rows(t, s.Ring, 1)[0])); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestUnencryptedHTTP2SlowBody(t *testing.T) {
	s := &Server{}
	bubble(t, s, func(t *testing.T, dial func() net.Conn) {
		c := dial()
		defer c.Close()
		var fields, sent bytes.Buffer
		enc := hpack.NewEncoder(&fields)
		for _, f := range [][2]string{{":method", "POST"}, {":scheme", "http"}, {":authority", "h"}, {":path", "/"}, {"content-length", "5"}} {
			_ = enc.WriteField(hpack.HeaderField{Name: f[0], Value: f[1]})
		}
		fr := http2.NewFramer(&sent, c)
		sent.WriteString(http2.ClientPreface)
		_ = fr.WriteSettings()
		_ = fr.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: fields.Bytes(), EndHeaders: true})
		began := time.Now()
		// All in one piece, so that more bytes follow the preface than the body has.
		go c.Write(sent.Bytes())
		for {
			f, err := fr.ReadFrame()
			if err != nil {
				t.Fatalf("no answer after %v: %v", time.Since(began), err)
			}
			if f.Header().Type == http2.FrameHeaders {
				break
			}
		}
		if after := time.Since(began); after != bodyGrace {
			t.Errorf("answered after %v, want %v", after, bodyGrace)
		}
	})
	if got := describe(s.Ring.Snapshot()[0]); got.Status != http.StatusRequestTimeout {
		t.Errorf("kept %+v", got)
	}
}

func TestSlowHandshake(t *testing.T) {
	config, err := SelfSigned(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{TLS: config, Problem: func(text string) { t.Errorf("reported %q", text) }}
	bubble(t, s, func(t *testing.T, dial func() net.Conn) {
		c := dial()
		defer c.Close()
		began := time.Now()
		if all, _ := io.ReadAll(c); len(all) > 0 || time.Since(began) != headerTime {
			t.Errorf("closed after %v with %q", time.Since(began), all)
		}
		if n := len(s.Ring.Snapshot()); n > 0 {
			t.Errorf("%d rows", n)
		}
	})
}

func TestCertificateRefused(t *testing.T) {
	t.Parallel()
	config, err := SelfSigned(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	reported := make(chan string, 1)
	s := &Server{TLS: config, Problem: func(text string) { reported <- text }}
	c, err := tls.Dial("tcp", start(t, s), &tls.Config{})
	if err == nil {
		c.Close()
		t.Fatal("the self-signed certificate was taken")
	}
	if text := <-reported; !strings.Contains(text, "TLS handshake with 127.0.0.1:") {
		t.Errorf("reported %q", text)
	}
	if n := len(s.Ring.Snapshot()); n > 0 {
		t.Errorf("%d rows", n)
	}
}

// A sender that leaves in the middle of a handshake gets no reply, whatever it began with.
func TestHandshakeCutShort(t *testing.T) {
	t.Parallel()
	config, err := SelfSigned(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, raw := range []string{"GE", tlsHello} {
		reported := make(chan string, 1)
		s := &Server{TLS: config, Problem: func(text string) { reported <- text }}
		c, err := net.Dial("tcp", start(t, s))
		if err != nil {
			t.Fatal(err)
		}
		_ = c.SetDeadline(time.Now().Add(10 * time.Second))
		_, _ = io.WriteString(c, raw)
		_ = c.(*net.TCPConn).CloseWrite()
		if all, _ := io.ReadAll(c); len(all) > 0 && all[0] != 21 { // an alert of TLS
			t.Errorf("%q is answered %q", raw, all)
		}
		c.Close()
		if text := <-reported; !strings.HasPrefix(text, "TLS handshake with 127.0.0.1:") {
			t.Errorf("%q: reported %q", raw, text)
		}
	}
}
