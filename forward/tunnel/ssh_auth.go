package tunnel

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
	"golang.org/x/crypto/ssh/knownhosts"
)

// auth are the ways to log in, in turn: the keys of the agent, the identity files
// without a passphrase, and questions answered with nothing. Before all of them
// the client tries without any. done closes the connection to the agent.
func (c SSHConfig) auth(ctx context.Context, h sshHost) (methods []ssh.AuthMethod, done func()) {
	done = func() {}
	var signers []ssh.Signer
	if c.Agent != "" {
		if conn, err := (&net.Dialer{}).DialContext(ctx, "unix", c.Agent); err == nil {
			done = func() { _ = conn.Close() }
			if keys, err := agent.NewClient(conn).Signers(); err == nil {
				signers = keys
			}
		}
	}
	for _, file := range h.identityFiles {
		if pem, err := os.ReadFile(file); err == nil {
			if s, err := ssh.ParsePrivateKey(pem); err == nil {
				signers = append(signers, s)
			}
		}
	}
	if len(signers) > 0 {
		methods = append(methods, ssh.PublicKeys(signers...))
	}
	nothing := func(_, _ string, questions []string, _ []bool) ([]string, error) {
		return make([]string, len(questions)), nil
	}
	return append(methods, ssh.KeyboardInteractive(nothing)), done
}

// hostKeys checks the key of one server.
type hostKeys struct {
	ctx     context.Context
	config  SSHConfig
	refused error // why the key is not trusted
}

// files are the files of known hosts that exist.
func (k *hostKeys) files() []string {
	var out []string
	for _, f := range []string{k.userFile(), k.config.KnownHosts} {
		if _, err := os.Stat(f); err == nil {
			out = append(out, f)
		}
	}
	return out
}

func (k *hostKeys) userFile() string {
	if k.config.Home == "" {
		return ""
	}
	return filepath.Join(k.config.Home, ".ssh", "known_hosts")
}

// check is an ssh.HostKeyCallback.
func (k *hostKeys) check(host string, addr net.Addr, key ssh.PublicKey) error {
	known, err := knownhosts.New(k.files()...)
	if err != nil {
		k.refused = fmt.Errorf("known hosts: %w", err)
		return k.refused
	}
	err = known(host, addr, key)
	if err == nil {
		return nil
	}
	var keyErr *knownhosts.KeyError
	shown := knownhosts.Normalize(host)
	print := ssh.FingerprintSHA256(key)
	switch {
	case !errors.As(err, &keyErr):
		k.refused = fmt.Errorf("the host key of %s is not accepted: %w", shown, err)
	case len(keyErr.Want) > 0:
		k.refused = fmt.Errorf("the host key of %s has changed: it is %s now, but %s has another one: the connection may be intercepted; remove the old line if you know why it changed",
			shown, print, keyErr.Want[0].Filename)
	case k.config.Accept == nil || !k.config.Accept(k.ctx, shown, print):
		k.refused = fmt.Errorf("the host key of %s is unknown: %s; accept it with --tunnel-accept-new", shown, print)
	default:
		return k.remember(host, key)
	}
	return k.refused
}

// algorithms are those of the keys that are known of a host, so that the server
// shows one of these; nil leaves the choice to the server.
func (k *hostKeys) algorithms(host string) []string {
	known, err := knownhosts.New(k.files()...)
	if err != nil {
		return nil
	}
	var keyErr *knownhosts.KeyError
	if !errors.As(known(host, name(host), noKey{}), &keyErr) {
		return nil
	}
	var out []string
	for _, w := range keyErr.Want {
		if t := w.Key.Type(); t == ssh.KeyAlgoRSA {
			out = append(out, ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256)
		} else {
			out = append(out, t)
		}
	}
	return out
}

// noKey is a key that no host has.
type noKey struct{}

func (noKey) Type() string                        { return "none" }
func (noKey) Marshal() []byte                     { return nil }
func (noKey) Verify([]byte, *ssh.Signature) error { return errors.New("no key") }

// remember adds a key to creel's own file.
func (k *hostKeys) remember(host string, key ssh.PublicKey) error {
	if k.config.KnownHosts == "" {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(k.config.KnownHosts), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(k.config.KnownHosts, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(f, knownhosts.Line([]string{knownhosts.Normalize(host)}, key))
	return errors.Join(err, f.Close())
}
