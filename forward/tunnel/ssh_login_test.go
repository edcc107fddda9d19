package tunnel

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"

	"creel/forward/tunnel/tunneltest"
)

// newKey is a key, and the text of its file, which a passphrase locks unless it is empty.
func newKey(t *testing.T, passphrase string) (ed25519.PrivateKey, []byte) {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(key, "")
	if passphrase != "" {
		block, err = ssh.MarshalPrivateKeyWithPassphrase(key, "", []byte(passphrase))
	}
	if err != nil {
		t.Fatal(err)
	}
	return key, pem.EncodeToMemory(block)
}

// serveAgent serves an agent that has a key, and returns its socket.
func serveAgent(t *testing.T, key ed25519.PrivateKey) string {
	t.Helper()
	keys := agent.NewKeyring()
	if err := keys.Add(agent.AddedKey{PrivateKey: key}); err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(t.TempDir(), "agent")
	ln, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	go func() {
		for c, err := ln.Accept(); err == nil; c, err = ln.Accept() {
			_ = agent.ServeAgent(keys, c)
			_ = c.Close()
		}
	}()
	return socket
}

// A server is logged in to with the keys of the agent and of the identity files; a file
// that a passphrase locks, or an agent that is gone, keeps no other key from being used.
func TestSSHLogin(t *testing.T) {
	inAgent, _ := newKey(t, "")
	inFile, text := newKey(t, "")
	_, locked := newKey(t, "secret")
	socket := serveAgent(t, inAgent)
	home := t.TempDir()
	if err := os.Mkdir(filepath.Join(home, ".ssh"), 0o700); err != nil {
		t.Fatal(err)
	}
	for file, text := range map[string][]byte{"id_ed25519": locked, "id_ecdsa": []byte("no key"), "id_rsa": text} {
		if err := os.WriteFile(filepath.Join(home, ".ssh", file), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		name, home, agent string
		key               ed25519.PrivateKey
		want              string
	}{
		{"a key of the agent", "", socket, inAgent, ""},
		{"a key of the agent, and files", home, socket, inAgent, ""},
		{"a key in a file", home, "", inFile, ""},
		{"a key in a file, and the agent", home, socket, inFile, ""},
		{"a key in a file, and no agent where one should be", home, filepath.Join(home, "gone"), inFile, ""},
		{"a key of an agent that is not asked", home, "", inAgent, `refused the login as "joe"`},
		{"no key", "", "", inFile, `refused the login as "joe"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			public, err := ssh.NewPublicKey(tt.key.Public())
			if err != nil {
				t.Fatal(err)
			}
			withTunnel(t, func(f *tunneltest.Service, c *Config) {
				f.Users = func(k ssh.PublicKey) bool { return string(k.Marshal()) == string(public.Marshal()) }
				c.SSH.Home, c.SSH.Agent, c.Spec.User = tt.home, tt.agent, "joe"
			}, func(t *testing.T, o *opened) {
				time.Sleep(time.Second)
				s := o.Status()
				if tt.want == "" && s.State != Up || tt.want != "" && (s.State != Ended || !strings.Contains(s.Reason, tt.want)) {
					t.Errorf("status %+v", s)
				}
			})
		})
	}
}
