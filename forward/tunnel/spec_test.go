package tunnel

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func mustListen(t *testing.T) net.Listener {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return ln
}

func TestParseSpec(t *testing.T) {
	for text, want := range map[string]Spec{
		"cloudflared":         {Kind: Cloudflared},
		"tailscale":           {Kind: Tailscale},
		"localhost.run":       {Kind: SSH, Host: "localhost.run", User: "nokey", Port: 22, BindPort: 80},
		"ssh://localhost.run": {Kind: SSH, Host: "localhost.run", User: "nokey", Port: 22, BindPort: 80},
		"ssh://me@serveo.net": {Kind: SSH, Host: "serveo.net", User: "me", Port: 22, BindPort: 80},
		"free.pinggy.io":      {Kind: SSH, Host: "free.pinggy.io", Port: 443},
		"ssh://vps:2222":      {Kind: SSH, Host: "vps", Port: 2222, BindPort: 80},
		"ssh://you@vps.example.com?url=https://hooks.example.com/&bind=localhost:8080": {
			Kind: SSH, Host: "vps.example.com", User: "you", PublicURL: "https://hooks.example.com", BindHost: "localhost", BindPort: 8080,
		},
		"ssh://vps?bind=8080": {Kind: SSH, Host: "vps", BindPort: 8080},
	} {
		got, err := ParseSpec(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", text, d)
		}
		want.PublicURL, want.BindHost = "", "" // it leaves out the parameters
		again, err := ParseSpec(got.String())
		if want.BindPort = again.BindPort; err != nil || again != want {
			t.Errorf("%s is written as %s, which is read as %+v, %v", text, got, again, err)
		}
	}
	for text, want := range map[string]string{
		"":                         "want cloudflared, tailscale, or ssh://HOST",
		"ngrok":                    "want cloudflared",
		"http://x":                 "want cloudflared",
		"ssh://":                   "want cloudflared",
		"ssh://x/path":             "want cloudflared",
		"ssh://u:secret@x":         "no password",
		"ssh://x:70000":            "", // not a URL's port
		"ssh://x?bind=localhost:x": "want [HOST:]PORT",
		"ssh://x?url=hooks":        "want a whole URL",
		"ssh://x?urll=1":           "known are url and bind",
	} {
		if _, err := ParseSpec(text); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

func TestTemporary(t *testing.T) {
	for text, want := range map[string]bool{
		"cloudflared": true, "tailscale": false, "localhost.run": true, "ssh://vps?url=https://a.example": false,
		"ssh://localhost.run?url=https://a.example": false,
	} {
		s, err := ParseSpec(text)
		if err != nil || s.Temporary() != want {
			t.Errorf("%s: %v %v", text, s.Temporary(), err)
		}
	}
}

func TestResolve(t *testing.T) {
	home := t.TempDir()
	if err := os.Mkdir(filepath.Join(home, ".ssh"), 0o700); err != nil {
		t.Fatal(err)
	}
	config := `# comment

Host jumped
  ProxyJump bastion
Host commanded
  ProxyCommand=nc %h %p
Host bad
  Port many
Host short
  Compression
  User
  HostName %h.example.com
Host vps !other
  HostName 192.0.2.5
  Port=2200
  User alice
  IdentityFile "~/.ssh/vps key"
Match all
  User eve
Host *
  User bob
  ProxyCommand none
`
	if err := os.WriteFile(filepath.Join(home, ".ssh", "config"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	c := SSHConfig{Home: home}
	got, err := c.resolve(Spec{Kind: SSH, Host: "vps"})
	want := sshHost{name: "192.0.2.5", user: "alice", port: 2200, identityFiles: []string{filepath.Join(home, ".ssh", "vps key")}}
	if d := cmp.Diff(want, got, cmp.AllowUnexported(sshHost{})); d != "" || err != nil {
		t.Errorf("%v %s", err, d)
	}
	if got, err := c.resolve(Spec{Kind: SSH, Host: "vps", User: "me", Port: 22}); err != nil || got.user != "me" || got.port != 22 {
		t.Errorf("the spec wins over the file: %+v %v", got, err)
	}
	if got, err := c.resolve(Spec{Kind: SSH, Host: "elsewhere"}); err != nil || got.user != "bob" || got.port != 22 {
		t.Errorf("elsewhere: %+v %v", got, err)
	}
	if got, err := c.resolve(Spec{Kind: SSH, Host: "short"}); err != nil || got.name != "short.example.com" || got.user != "bob" {
		t.Errorf("a name that is completed: %+v %v", got, err)
	}
	for host, want := range map[string]string{
		"jumped": "has ProxyJump bastion for it", "commanded": "has ProxyCommand nc %h %p for it", "bad": `Port of bad: "many" is not a port`,
	} {
		if _, err := c.resolve(Spec{Kind: SSH, Host: host}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", host, err, want)
		}
	}
	if err := os.Remove(filepath.Join(home, ".ssh", "config")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(home, ".ssh", "config"), 0o700); err != nil {
		t.Fatal(err)
	}
	if got, err := c.resolve(Spec{Kind: SSH, Host: "vps"}); err == nil {
		t.Errorf("a file that cannot be read: %+v", got)
	}
	if err := os.Remove(filepath.Join(home, ".ssh", "config")); err != nil {
		t.Fatal(err)
	}
	t.Setenv("USER", "")
	got, err = c.resolve(Spec{Kind: SSH, Host: "vps"})
	want = sshHost{name: "vps", user: "creel", port: 22}
	for _, key := range []string{"id_ed25519", "id_ecdsa", "id_rsa"} {
		want.identityFiles = append(want.identityFiles, filepath.Join(home, ".ssh", key))
	}
	if d := cmp.Diff(want, got, cmp.AllowUnexported(sshHost{})); d != "" || err != nil {
		t.Errorf("without a file: %v %s", err, d)
	}
}

// Without a home directory nothing is read of what is in the working directory.
func TestWithoutAHome(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Mkdir(".ssh", 0o700); err != nil {
		t.Fatal(err)
	}
	_, key := newKey(t, "")
	for name, text := range map[string]string{"config": "Host *\n  User eve\n", "known_hosts": "nonsense\n", "id_ed25519": string(key)} {
		if err := os.WriteFile(filepath.Join(".ssh", name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := SSHConfig{}.resolve(Spec{Kind: SSH, Host: "vps"})
	if err != nil || got.user == "eve" || len(got.identityFiles) > 0 {
		t.Errorf("%+v, %v", got, err)
	}
	if files := (&hostKeys{}).files(); len(files) > 0 {
		t.Errorf("known hosts are read from %q", files)
	}
}

func TestBackoff(t *testing.T) {
	for failures, most := range map[int]time.Duration{0: time.Second, 1: 2 * time.Second, 4: 16 * time.Second, 5: 30 * time.Second, 1000: 30 * time.Second} {
		for range 100 {
			if d := backoff(failures); d > most || d < most*3/4-1 {
				t.Errorf("after %d failures %v, want up to %v", failures, d, most)
			}
		}
	}
}

func TestFindURL(t *testing.T) {
	for line, want := range map[string]string{
		"NAME.lhr.life tunneled with tls termination, https://NAME.lhr.life": "https://NAME.lhr.life",
		"Forwarding HTTP traffic from https://a.serveo.net":                  "https://a.serveo.net",
		"HTTP: http://a.tuns.sh":                                             "http://a.tuns.sh",
		"http://a.x.y and https://a.x.y":                                     "https://a.x.y",
		"https://a.x.y and http://a.x.y":                                     "https://a.x.y",
		"https://a.x.y and https://b.x.y":                                    "https://a.x.y",
		"http://a.x.y and http://b.x.y":                                      "http://a.x.y",
		"visit https://admin.localhost.run/ for more":                        "",
		"https://localhost.run/docs and https://twitter.com/localhost_run":   "",
		"https://LOCALHOST.RUN":                                              "",
		"http://box:3000":                                                    "",
		"http://localhost:3000":                                              "",
		"see https://x.example.com:8443/path.":                               "https://x.example.com:8443",
		"nothing":                                                            "",
	} {
		if got := findURL(line); got != want {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
}
