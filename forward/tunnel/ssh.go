package tunnel

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"
)

// SSHConfig says how ssh servers are trusted and logged in to.
type SSHConfig struct {
	// Home is where .ssh is; empty uses no keys and no configuration of the user.
	Home string
	// KnownHosts is creel's own file of host keys, beside the user's. It is made
	// when a key is accepted.
	KnownHosts string
	// Agent is the socket of an ssh agent; empty for none.
	Agent string
	// Accept is asked whether an unknown host key is to be trusted; nil refuses.
	Accept func(ctx context.Context, host, fingerprint string) bool
	// Dial connects to the server; nil is the usual dialler.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// The times of an ssh session.
const (
	sshConnectTimeout = 15 * time.Second
	keepAliveEvery    = 15 * time.Second
)

// sshSession makes a tunnel with a server that forwards a port of its own.
type sshSession struct {
	spec   Spec
	config SSHConfig
	conns  *queue
}

func (s *sshSession) run(ctx context.Context, announce func(string), vouch func()) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	client, err := s.connect(ctx)
	if err != nil {
		return err
	}
	context.AfterFunc(ctx, func() { _ = client.Close() }) // also when this returns

	// Before the request, so that no channel that follows it is refused.
	channels := client.HandleChannelOpen("forwarded-tcpip")
	go s.accept(channels)
	if err := s.requestForward(client); err != nil {
		return err
	}
	if s.spec.PublicURL != "" {
		announce(s.spec.PublicURL)
		vouch()
	}
	if err := s.openShell(client, func(line string) {
		if url := findURL(line); url != "" && s.spec.PublicURL == "" {
			announce(url)
			vouch()
		}
	}); err != nil && s.spec.PublicURL == "" {
		return err
	}
	go keepAlive(ctx, cancel, client)
	err = client.Wait()
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	if err == nil || errors.Is(err, io.EOF) {
		err = errors.New("the server closed the connection")
	}
	return fmt.Errorf("%s: %w", s.spec.Host, err)
}

// connect dials the server and logs in.
func (s *sshSession) connect(ctx context.Context) (*ssh.Client, error) {
	host, err := s.config.resolve(s.spec)
	if err != nil {
		return nil, &Failure{Err: err, Permanent: true}
	}
	ctx, cancel := context.WithTimeout(ctx, sshConnectTimeout)
	defer cancel()
	dial := s.config.Dial
	if dial == nil {
		dial = (&net.Dialer{}).DialContext
	}
	conn, err := dial(ctx, "tcp", host.address())
	if err != nil {
		return nil, fmt.Errorf("%s cannot be reached: %w", s.spec.Host, err)
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	keys := hostKeys{ctx: ctx, config: s.config}
	auth, done := s.config.auth(ctx, host)
	defer done()
	c, chans, reqs, err := ssh.NewClientConn(conn, host.address(), &ssh.ClientConfig{
		User: host.user, Auth: auth, HostKeyCallback: keys.check, HostKeyAlgorithms: keys.algorithms(host.address()),
		BannerCallback: func(string) error { return nil },
	})
	if err == nil && !stop() {
		_ = c.Close()
		err = ctx.Err()
	}
	switch {
	case err == nil:
		return ssh.NewClient(c, chans, reqs), nil
	case keys.refused != nil:
		return nil, &Failure{Err: keys.refused, Permanent: true}
	case ctx.Err() != nil:
		return nil, fmt.Errorf("%s did not complete the ssh handshake within %v", s.spec.Host, sshConnectTimeout)
	case strings.Contains(err.Error(), "unable to authenticate"):
		return nil, &Failure{Err: fmt.Errorf("%s refused the login as %q: add a key to your ssh agent, or name another user: ssh://USER@%s", s.spec.Host, host.user, s.spec.Host), Permanent: true}
	}
	return nil, fmt.Errorf("%s: %w", s.spec.Host, err)
}

// forwardRequest is RFC 4254 7.1.
type forwardRequest struct {
	Addr string
	Port uint32
}

func (s *sshSession) requestForward(client *ssh.Client) error {
	ok, _, err := client.SendRequest("tcpip-forward", true, ssh.Marshal(forwardRequest{s.spec.BindHost, uint32(s.spec.BindPort)}))
	switch {
	case err != nil:
		return fmt.Errorf("%s: %w", s.spec.Host, err)
	case !ok:
		return &Failure{Permanent: true, Err: fmt.Errorf(
			"%s does not forward %s: allow it there (AllowTcpForwarding, GatewayPorts), or choose another port: %s?bind=HOST:PORT",
			s.spec.Host, net.JoinHostPort(s.spec.BindHost, strconv.Itoa(s.spec.BindPort)), s.spec)}
	}
	return nil
}

// openShell starts what prints the URL: a session without a terminal, which some
// services only give with one.
func (s *sshSession) openShell(client *ssh.Client, line func(string)) error {
	var last error
	for _, pty := range []bool{false, true} {
		session, err := client.NewSession()
		if err != nil {
			return fmt.Errorf("%s opens no session: %w", s.spec.Host, err)
		}
		stdout, err1 := session.StdoutPipe()
		stderr, err2 := session.StderrPipe()
		_, err3 := session.StdinPipe() // kept open: a service may end at end of input
		if pty {
			last = session.RequestPty("xterm", 24, 80, nil)
		}
		if last = errors.Join(err1, err2, err3, last); last == nil {
			last = session.Shell()
		}
		if last == nil {
			go eachLine(stdout, line)
			go eachLine(stderr, line)
			return nil
		}
		_ = session.Close()
	}
	return fmt.Errorf("%s starts no session: %w", s.spec.Host, last)
}

// keepAlive ends a session whose server does not answer two requests in a row.
func keepAlive(ctx context.Context, end context.CancelCauseFunc, client *ssh.Client) {
	ask, answered := make(chan struct{}, 1), make(chan struct{}, 1)
	defer close(ask)
	go func() {
		for range ask {
			// A refusal is an answer too.
			if _, _, err := client.SendRequest("keepalive@openssh.com", true, nil); err == nil {
				replace(answered, struct{}{})
			}
		}
	}()
	ticker := time.NewTicker(keepAliveEvery)
	defer ticker.Stop()
	for missed := 0; missed < 2; {
		replace(ask, struct{}{})
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		select {
		case <-answered:
			missed = 0
		default:
			missed++
		}
	}
	end(errors.New("the server does not respond"))
}
