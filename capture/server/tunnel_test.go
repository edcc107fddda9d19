package server

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// through sends raw to a listener of s that is opened while s serves, and returns what
// comes back until the connection closes.
func through(t *testing.T, s *Server, tunnel Tunnel, raw string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.ServeTunnel(l, tunnel) }()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(10 * time.Second))
	_, _ = io.WriteString(c, raw)
	_ = c.(*net.TCPConn).CloseWrite()
	all, _ := io.ReadAll(c)
	_ = l.Close()
	if err := <-served; err != nil {
		t.Errorf("a closed tunnel: %v", err)
	}
	return string(all)
}

// TestWhatATunnelIsBelieved: the same fields decide on a tunnel's listener, as far as
// its policy says, and nothing on an ordinary one.
func TestWhatATunnelIsBelieved(t *testing.T) {
	t.Parallel()
	type facts struct {
		Via, PublicURL, Remote string
		Exact                  bool
	}
	const fields = "Cf-Connecting-Ip: 192.0.2.9\r\nX-Forwarded-For: 10.0.0.1, 10.0.0.2, 198.51.100.7\r\n" +
		"X-Forwarded-Proto: http\r\nX-Forwarded-Host: other.example.org\r\n"
	get := func(fields string) string {
		return "GET /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n" + fields + "\r\n"
	}
	announced := func() string { return "https://name.example.com" }
	v2 := proxyV2Begin + "\x21\x11\x00\x0c\xcb\x00\x71\x05\x7f\x00\x00\x01\x12\x34\x00\x50"
	for _, tt := range []struct {
		name   string
		tunnel Tunnel
		raw    string
		want   facts
	}{
		{"nothing", Tunnel{Via: "x", PublicURL: announced}, get(fields), facts{"x", "https://name.example.com", "127.0.0.1", true}},
		{"no URL yet", Tunnel{Via: "x"}, get(fields), facts{"x", "", "127.0.0.1", true}},
		{
			"cloudflared",
			Tunnel{Via: "cloudflared", PublicURL: announced, ClientField: "Cf-Connecting-Ip", Rewrites: true},
			get(fields),
			facts{"cloudflared", "https://name.example.com", "192.0.2.9", false},
		},
		{
			"the last of a list, scheme and host",
			Tunnel{Via: "sish", PublicURL: announced, ClientField: "X-Forwarded-For", SchemeField: "X-Forwarded-Proto", HostField: "X-Forwarded-Host"},
			get(fields),
			facts{"sish", "http://other.example.org", "198.51.100.7", true},
		},
		{
			"the last of two fields",
			Tunnel{Via: "sish", ClientField: "X-Forwarded-For", HostField: "x-forwarded-host"},
			get("X-Forwarded-For: 10.0.0.1\r\nX-Forwarded-For: [2001:db8::1]:99\r\nX-Forwarded-Host: a.example\r\n"),
			facts{"sish", "https://a.example", "[2001:db8::1]:99", true},
		},
		{
			"what is no address, scheme or host",
			Tunnel{Via: "sish", PublicURL: announced, ClientField: "X-Forwarded-For", SchemeField: "X-Forwarded-Proto", HostField: "X-Forwarded-Host"},
			get("X-Forwarded-For: me\r\nX-Forwarded-Proto: file\r\nX-Forwarded-Host: a/b\r\n"),
			facts{"sish", "https://name.example.com", "127.0.0.1", true},
		},
		{"PROXY 1", Tunnel{Via: "tailscale", ProxyProtocol: true}, "PROXY TCP4 203.0.113.4 127.0.0.1 4660 80\r\n" + get(""), facts{"tailscale", "", "203.0.113.4:4660", true}},
		{"PROXY 2", Tunnel{Via: "tailscale", ProxyProtocol: true}, v2 + get(""), facts{"tailscale", "", "203.0.113.5:4660", true}},
		{"PROXY without an address", Tunnel{Via: "tailscale", ProxyProtocol: true}, "PROXY UNKNOWN\r\n" + get(""), facts{"tailscale", "", "127.0.0.1", true}},
	} {
		s := &Server{}
		addr := start(t, s)
		if got := through(t, s, tt.tunnel, tt.raw); !strings.HasPrefix(got, "HTTP/1.1 200") {
			t.Errorf("%s: got %q", tt.name, got)
		}
		talk(t, s, addr, 2, get(fields)) // an ordinary listener, at the same time
		all := rows(t, s.Ring, 2)
		for i, want := range []facts{tt.want, {"", "", "127.0.0.1", true}} {
			ex := all[i]
			got := facts{ex.Via, ex.PublicURL, ex.Request.Remote, ex.Request.Exact}
			if host, _, err := net.SplitHostPort(got.Remote); err == nil && host == "127.0.0.1" {
				got.Remote = host
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s, request %d (-want +got):\n%s", tt.name, i, diff)
			}
		}
	}
}

// TestTunnelRepliesItself: what the tunnel takes for itself is not captured, and the
// requests behind it are.
func TestTunnelRepliesItself(t *testing.T) {
	t.Parallel()
	s := &Server{}
	start(t, s)
	got := through(t, s, Tunnel{Via: "x", Reply: func(method, target string) (int, string, bool) {
		return 404, "", !strings.HasPrefix(target, "/hooks")
	}}, "POST /other HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi"+
		"POST /hooks/1 HTTP/1.1\r\nhost: h\r\nContent-Length: 2\r\nConnection: close\r\n\r\nho")
	if strings.Count(got, "HTTP/1.1 404") != 1 || strings.Count(got, "HTTP/1.1 200") != 1 {
		t.Errorf("got %q", got)
	}
	all := rows(t, s.Ring, 1)
	if row := describe(all[0]); len(all) != 1 || row.Target != "/hooks/1" || row.Body != "ho" || !row.Exact {
		t.Errorf("%d rows, the first %+v", len(all), row)
	}
}

// TestProxyHeaderMissing: a connection without its header is refused, and its row says why.
func TestProxyHeaderMissing(t *testing.T) {
	t.Parallel()
	s := &Server{}
	start(t, s)
	if got := through(t, s, Tunnel{Via: "x", ProxyProtocol: true}, "GET /a HTTP/1.1\r\nHost: h\r\n\r\n"); !strings.HasPrefix(got, "HTTP/1.1 400") {
		t.Errorf("got %q", got)
	}
	ex := rows(t, s.Ring, 1)[0]
	if row := describe(ex); row.Target != "/a" || row.Malformed != errProxyHeader.Error() || row.Status != 400 || ex.Via != "x" {
		t.Errorf("the row is %+v via %q", row, ex.Via)
	}
}

// TestTunnelOfAnHTTPSServer: TLS is not spoken on a tunnel's listener.
func TestTunnelOfAnHTTPSServer(t *testing.T) {
	t.Parallel()
	config, err := SelfSigned(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{TLS: config}
	start(t, s)
	if got := through(t, s, Tunnel{Via: "x"}, "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"); !strings.HasPrefix(got, "HTTP/1.1 200") {
		t.Errorf("got %q", got)
	}
	if ex := rows(t, s.Ring, 1)[0]; ex.Via != "x" || ex.Request.TLS {
		t.Errorf("via %q, TLS %v", ex.Via, ex.Request.TLS)
	}
}

// TestMalformedOverTLS: its row says that it came over TLS.
func TestMalformedOverTLS(t *testing.T) {
	t.Parallel()
	config, err := SelfSigned(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{TLS: config}
	c, err := tls.Dial("tcp", start(t, s), &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_, _ = io.WriteString(c, "HELO\r\n\r\n")
	if ex := rows(t, s.Ring, 1)[0]; ex.Request.Malformed == "" || !ex.Request.TLS {
		t.Errorf("malformed %q, TLS %v", ex.Request.Malformed, ex.Request.TLS)
	}
}

func TestTunnelAfterShutdown(t *testing.T) {
	t.Parallel()
	s := &Server{}
	if err := s.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.ServeTunnel(l, Tunnel{Via: "x"}); err != nil {
		t.Error(err)
	}
}

var proxyHeaders = []struct {
	raw    string
	sender string // empty: none
	n      int
	bad    bool
}{
	{"PROXY TCP4 192.0.2.1 192.0.2.2 65535 443\r\nGET", "192.0.2.1:65535", 42, false},
	{"PROXY TCP6 2001:db8::1 2001:db8::2 1 2\r\n", "[2001:db8::1]:1", 40, false},
	{"PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n", "", 35, false},
	{"PROXY UNKNOWN\r\n", "", 15, false},
	{"PROXY TCP4 192.0.2.1 192.0.2.2 65535 443\r", "", 0, false},
	{"PRO", "", 0, false},
	{"", "", 0, false},
	{"PROXY TCP4 2001:db8::1 192.0.2.2 1 2\r\n", "", 0, true},
	{"PROXY TCP6 192.0.2.1 192.0.2.2 1 2\r\n", "", 0, true},
	{"PROXY TCP6 fe80::1%eth0 fe80::2 1 2\r\n", "", 0, true},
	{"PROXY TCP4 192.0.2.1 192.0.2.2 65536 2\r\n", "", 0, true},
	{"PROXY TCP4 192.0.2.1 192.0.2.2 1\r\n", "", 0, true},
	{"PROXY UDP4 192.0.2.1 192.0.2.2 1 2\r\n", "", 0, true},
	{"PROXY " + strings.Repeat("x", proxyV1Max-6), "", 0, true},
	{"PROXY " + strings.Repeat("x", proxyV1Max-7), "", 0, false},
	{"GET / HTTP/1.1\r\n", "", 0, true},
	{proxyV2Begin + "\x21\x11\x00\x0c\xc0\x00\x02\x01\x7f\x00\x00\x01\x12\x34\x00\x50x", "192.0.2.1:4660", 28, false},
	{proxyV2Begin + "\x21\x21\x00\x24\x20\x01\x0d\xb8" + strings.Repeat("\x00", 11) + "\x01" + strings.Repeat("\x00", 16) + "\x00\x07\x00\x50", "[2001:db8::1]:7", 52, false},
	{proxyV2Begin + "\x21\x11\x00\x0f\xc0\x00\x02\x01\x7f\x00\x00\x01\x12\x34\x00\x50\x01\x02\x03", "192.0.2.1:4660", 31, false},
	{proxyV2Begin + "\x20\x11\x00\x0c\xc0\x00\x02\x01\x7f\x00\x00\x01\x12\x34\x00\x50", "", 28, false},
	{proxyV2Begin + "\x21\x31\x00\x00", "", 16, false},
	{proxyV2Begin + "\x22\x11\x00\x0c\xc0\x00\x02\x01\x7f\x00\x00\x01\x12\x34\x00\x50", "", 0, true},
	{proxyV2Begin + "\x21\x11\x00\x0b\xc0\x00\x02\x01\x7f\x00\x00\x01\x12\x34\x00", "", 0, true},
	{proxyV2Begin + "\x21\x11\x00\x0c\xc0\x00\x02\x01", "", 0, false},
	{proxyV2Begin + "\x31\x11\x00\x00", "", 0, true},
	{proxyV2Begin + "\x22\x11\x00\x00", "", 0, true},
	{proxyV2Begin + "\x21\x11\x10\x01", "", 0, true},
	{proxyV2Begin + "\x21\x11\x10\x00", "", 0, false},
	{"\r\n\r\nGET", "", 0, true},
}

func TestParseProxy(t *testing.T) {
	t.Parallel()
	for _, tt := range proxyHeaders {
		sender, n, err := parseProxy([]byte(tt.raw))
		got := ""
		if sender.IsValid() {
			got = sender.String()
		}
		if got != tt.sender || n != tt.n || (err != nil) != tt.bad {
			t.Errorf("%q: %q, %d bytes, %v", tt.raw, got, n, err)
		}
	}
}

// FuzzProxy: the header is found wherever the reads end, and is never longer than what
// was read.
func FuzzProxy(f *testing.F) {
	for _, tt := range proxyHeaders {
		f.Add([]byte(tt.raw), 3)
	}
	f.Fuzz(func(t *testing.T, raw []byte, cut int) {
		sender, n, err := parseProxy(raw)
		if n < 0 || n > len(raw) || err != nil && (n != 0 || sender.IsValid()) || n == 0 && sender.IsValid() {
			t.Fatalf("%q: %v, %d bytes, %v", raw, sender, n, err)
		}
		if n == 0 || cut < 0 || cut >= n {
			return
		}
		if early, m, err := parseProxy(raw[:cut]); m != 0 || err != nil || early.IsValid() {
			t.Fatalf("%q, of %q: %v, %d bytes, %v", raw[:cut], raw, early, m, err)
		}
	})
}
