package nats

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	client "github.com/nats-io/nats.go"

	"creel/capture"
	"creel/capture/ring"
)

// permissions reads those of a kind of user from the page that documents them.
func permissions(t *testing.T, kind string) *server.Permissions {
	t.Helper()
	page, err := os.ReadFile("../../ui/docs/team.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(page), "\n"+kind+" = {\n")
	block, _, ok2 := strings.Cut(rest, "\n}\n")
	if !ok || !ok2 {
		t.Fatalf("the page has no permissions of a %s", kind)
	}
	p := &server.Permissions{Publish: &server.SubjectPermission{}, Subscribe: &server.SubjectPermission{}}
	if strings.Contains(block, "\n  allow_responses: true") {
		p.Response = &server.ResponsePermission{MaxMsgs: server.DEFAULT_ALLOW_RESPONSE_MAX_MSGS, Expires: server.DEFAULT_ALLOW_RESPONSE_EXPIRATION}
	}
	to := &p.Publish.Allow
	for line := range strings.Lines(block) {
		if strings.Contains(line, "subscribe") {
			to = &p.Subscribe.Allow
		}
		for i, word := range strings.Split(line, `"`) {
			if i%2 == 1 {
				*to = append(*to, word)
			}
		}
	}
	return p
}

// serving is a server on a free port until the end of the test.
func serving(t *testing.T, o *server.Options) *server.Server {
	t.Helper()
	o.Host, o.Port, o.NoLog, o.NoSigs = "127.0.0.1", -1, true, true
	s, err := server.NewServer(o)
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	if !s.ReadyForConnections(20 * time.Second) {
		t.Fatal("the server does not start")
	}
	return s
}

// What the page on teams says that a node and a viewer need is what they need, and a
// viewer changes nothing.
func TestPermissions(t *testing.T) {
	s := serving(t, &server.Options{
		JetStream: true, StoreDir: t.TempDir(),
		Users: []*server.User{
			{Username: "admin", Password: "p"},
			{Username: "node", Password: "p", Permissions: permissions(t, "NODE")},
			{Username: "viewer", Password: "p", Permissions: permissions(t, "VIEWER")},
		},
	})
	as := func(user string) *Team {
		team, err := Connect(Address{Server: s.ClientURL(), Space: "shop"}, Access{User: user, Password: "p"}, user)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(team.Close)
		if err := team.Wait(deadline(t)); err != nil {
			t.Fatal(err)
		}
		return team
	}
	if err := as("admin").Init(deadline(t), Limits{}); err != nil {
		t.Fatal(err)
	}
	r := ring.New(capture.Bounds{})
	run(t, as("node"), r, Position{Node: "n"})
	ours, viewers := as("node"), as("viewer")
	seen, viewed := reader(t, ours), reader(t, viewers)
	capturing(t, r, "/1", make([]byte, 2<<20)) // its body is in chunks
	for _, r := range []*Reader{seen, viewed} {
		ex := until(t, r.Mirror.Ring, "one", has(1))[0]
		if b, err := ex.Request.Body.Bytes(deadline(t)); err != nil || len(b) != 2<<20 {
			t.Errorf("the body: %d bytes, %v", len(b), err)
		}
	}
	id := seen.Mirror.Snapshot()[0].ID
	if err := seen.Apply(deadline(t), "ana", meta(id, "note", true)); err != nil {
		t.Error("with the permissions of a node:", err)
	}
	until(t, viewed.Mirror.Ring, "the note", func(l []*capture.Exchange) bool { return l[0].Note == "note" })
	until(t, r, "the node's own", func(l []*capture.Exchange) bool { return l[0].Note == "note" })
	asked(t, ours, as("node"), viewers)
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if err := viewed.Apply(ctx, "eve", meta(id, "changed", false)); !errors.Is(err, client.ErrPermissionViolation) {
		t.Errorf("a viewer changed it: %v", err)
	}
}

// asked checks that nodes reply to nodes, and not to viewers.
func asked(t *testing.T, node, other, viewer *Team) {
	t.Helper()
	if err := node.Reply(t.Context(), "n", func(q []byte) []byte { return append(q, "?"...) }); err != nil {
		t.Fatal(err)
	}
	attempt := func(context.Context, *capture.Exchange) capture.Attempt {
		return capture.Attempt{Reply: capture.Reply{Status: 204}}
	}
	if err := node.Serve(t.Context(), "/x", "ana", attempt); err != nil {
		t.Fatal(err)
	}
	if err := node.conn.Flush(); err != nil { // the server has both
		t.Fatal(err)
	}
	if a, err := other.AskNode(t.Context(), "n", []byte("held")); string(a) != "held?" {
		t.Errorf("a node asks another: %q, %v", a, err)
	}
	if a, err := other.Ask(deadline(t), "/x", &capture.Exchange{}); err != nil || a.Reply.Status != 204 {
		t.Errorf("a node asks a claim: %v, %v", a, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if a, err := viewer.AskNode(ctx, "n", []byte("held")); err == nil {
		t.Errorf("a viewer gets %q", a)
	}
	if _, err := other.AskNode(t.Context(), "none", nil); !errors.Is(err, errNoNode) {
		t.Errorf("a node that is not there: %v", err)
	}
}

// A team is reached by tls:// and by wss:// and ws://.
func TestSchemes(t *testing.T) {
	cert, file := selfSigned(t)
	for _, scheme := range []string{"nats", "tls", "ws", "wss"} {
		o := &server.Options{JetStream: true, StoreDir: t.TempDir()}
		secure := &tls.Config{Certificates: []tls.Certificate{cert}}
		switch scheme {
		case "tls":
			o.TLSConfig, o.TLSTimeout = secure, 5
		case "ws":
			o.Websocket = server.WebsocketOpts{Host: "127.0.0.1", Port: -1, NoTLS: true}
		case "wss":
			o.Websocket = server.WebsocketOpts{Host: "127.0.0.1", Port: -1, TLSConfig: secure}
		}
		s := serving(t, o)
		at := s.Addr().String()
		if strings.HasPrefix(scheme, "ws") {
			at = strings.TrimPrefix(strings.TrimPrefix(s.WebsocketURL(), "wss://"), "ws://")
		}
		a, err := ParseAddress(scheme + "://" + at + "/shop")
		if err != nil {
			t.Fatal(err)
		}
		var how Access
		if o.TLSConfig != nil || o.Websocket.TLSConfig != nil {
			how.CA = file
		}
		team, err := Connect(a, how, "test")
		if err != nil {
			t.Fatal(scheme, err)
		}
		t.Cleanup(team.Close)
		if err := team.Wait(deadline(t)); err != nil {
			t.Fatal(scheme, err)
		}
		if err := team.Init(deadline(t), Limits{}); err != nil {
			t.Error(scheme, err)
		}
	}
}

func selfSigned(t *testing.T) (tls.Certificate, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	of := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, of, of, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, file
}

// A program proves who it is in the way that its flags name; one that cannot is refused,
// and says why.
func TestAccess(t *testing.T) {
	creds := filepath.Join(t.TempDir(), "creds")
	if err := os.WriteFile(creds, []byte("none"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		what   string
		server server.Options
		how    Access
		want   string // of the error
	}{
		{"a token", server.Options{Authorization: "secret"}, Access{Token: "secret"}, ""},
		{"another token", server.Options{Authorization: "secret"}, Access{Token: "other"}, "authorization violation"},
		{"a password", server.Options{Username: "u", Password: "p"}, Access{User: "u", Password: "p"}, ""},
		{"another password", server.Options{Username: "u", Password: "p"}, Access{User: "u", Password: "q"}, "authorization violation"},
		{"no password", server.Options{Username: "u", Password: "p"}, Access{}, "authorization violation"},
		{"credentials that are none", server.Options{Username: "u", Password: "p"}, Access{Creds: creds}, "no nkey seed"},
	} {
		s := serving(t, &tt.server)
		t.Run(tt.what, func(t *testing.T) {
			t.Parallel()
			team, err := Connect(Address{"nats://" + s.Addr().String(), "shop"}, tt.how, "test")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(team.Close)
			ctx, cancel := context.WithCancel(deadline(t))
			defer cancel()
			go func() {
				for tt.want != "" && ctx.Err() == nil && team.conn.LastError() == nil {
					select {
					case <-time.After(5 * time.Millisecond):
					case <-ctx.Done():
					}
				}
				if tt.want != "" {
					cancel()
				}
			}()
			err = team.Wait(ctx)
			if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(strings.ToLower(err.Error()), tt.want) {
				t.Error(err)
			}
		})
	}
}

// refusing refuses the first logins, as many as are left.
type refusing struct{ left atomic.Int32 }

func (r *refusing) Check(server.ClientAuthentication) bool { return r.left.Add(-1) < 0 }

// Who is refused is tried again, until it is let in.
func TestRefusedForAWhile(t *testing.T) {
	door := &refusing{}
	door.left.Store(3)
	team := connected(t, serving(t, &server.Options{CustomClientAuthentication: door}).ClientURL())
	if err := team.Wait(deadline(t)); err != nil {
		t.Error(err)
	}
}

// The error about a server that cannot be reached has its address, and never a password.
func TestUnreachable(t *testing.T) {
	a := Address{"nats://ana:hunter2@127.0.0.1:1", "shop"}
	team, err := Connect(a, Access{}, "test")
	if err != nil {
		t.Fatal(err)
	}
	defer team.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for what, f := range map[string]func() error{
		"wait": func() error { return team.Wait(ctx) },
		"open": func() error { _, err := Open(ctx, team, nil); return err },
		"publish": func() error {
			return (&Outbox{Team: team, Position: Position{Node: "n"}}).begin(ctx)
		},
	} {
		if err := f(); err == nil || !strings.Contains(err.Error(), "team nats://127.0.0.1:1/shop cannot be reached") || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", what, err)
		}
	}
	for _, address := range []string{"nats://ana:hunter2@h:x/shop", "nats://ana:hunter2@h/a b"} {
		if _, err := ParseAddress(address); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", address, err)
		}
	}
}
