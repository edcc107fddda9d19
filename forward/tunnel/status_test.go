package tunnel

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"
)

// Each change of a status is reported once. Another host is a changed URL, another scheme
// is none; a state lasts since it began, whatever its reason is.
func TestReports(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got []string
		tun := &Tunnel{config: Config{Changed: func(s Status) { got = append(got, fmt.Sprint(s.State, " ", s.URL, " ", s.Previous)) }}}
		step := func(want ...string) {
			t.Helper()
			if !slices.Equal(got, want) {
				t.Errorf("reported %q, want %q", got, want)
			}
			got = nil
		}
		tun.announce("http://a.x")
		step("announced http://a.x ")
		tun.announce("http://a.x")
		step()
		tun.announce("https://a.x")
		step("announced https://a.x ")
		tun.CameThrough()
		step("up https://a.x ")
		since := tun.Status().Since
		time.Sleep(time.Second)
		tun.CameThrough()
		tun.announce("https://a.x")
		step()
		tun.up(true)
		step("up https://a.x ")
		tun.up(false)
		step()
		if s := tun.Status(); !s.SelfTested || s.Since != since {
			t.Errorf("%+v", s)
		}
		tun.announce("https://b.x")
		step("changed https://b.x https://a.x", "announced https://b.x ")
		if s := tun.Status(); s.SelfTested || s.Since == since {
			t.Errorf("%+v", s)
		}
		tun.set(func(s *Status) { s.State = Reconnecting })
		step("reconnecting https://b.x ")
		tun.up(true) // of a test that was under way
		tun.CameThrough()
		step()
		tun.announce("https://b.x")
		step("announced https://b.x ")
	})
}

// A server shows one of the keys that are known of it; a file of known hosts that cannot
// be read lets none pass, and a key that cannot be remembered is not accepted.
func TestKnownKeys(t *testing.T) {
	file := filepath.Join(t.TempDir(), "known_hosts")
	keys := hostKeys{ctx: t.Context(), config: SSHConfig{KnownHosts: file, Accept: func(context.Context, string, string) bool { return true }}}
	const host = "service.test:22"
	if got := keys.algorithms(host); got != nil {
		t.Errorf("of an unknown host: %q", got)
	}
	large, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	var all []ssh.PublicKey
	_, small, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []any{large.Public(), small.Public()} {
		public, err := ssh.NewPublicKey(key)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, public)
		lines = append(lines, knownhosts.Line([]string{"service.test"}, public))
	}
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(strings.Join(lines, "\n"))
	want := []string{ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256, ssh.KeyAlgoED25519}
	got := keys.algorithms(host)
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("of a known host: %q, want %q", got, want)
	}
	if err := keys.check(host, name(host), all[1]); err != nil || keys.refused != nil {
		t.Errorf("a known key: %v", err)
	}
	write("service.test ssh-rsa nonsense\n")
	if err := keys.check(host, name(host), all[1]); err == nil || keys.refused == nil || keys.algorithms(host) != nil {
		t.Errorf("with a file that cannot be read: %v", err)
	}
	keys.config.KnownHosts = filepath.Join(file, "below a file")
	if err := keys.check(host, name(host), all[1]); err == nil {
		t.Error("a key that cannot be remembered was accepted")
	}
	keys.config.KnownHosts = ""
	if err := keys.check(host, name(host), all[1]); err != nil {
		t.Errorf("with nothing to remember it in: %v", err)
	}
}
