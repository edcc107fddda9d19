package forward

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"
	"time"
)

// conn is a connection to a target, with what was read ahead from it.
type conn struct {
	net.Conn
	raw  net.Conn // beneath TLS
	sys  syscall.RawConn
	r    *bufio.Reader
	key  poolKey
	idle *time.Timer // closes it after idleFor; runs while it is in the pool

	// What closes it when a context ends. Nearly all deliveries have the same one,
	// so it stays while the connection waits for the next.
	watched context.Context
	unwatch func() bool
}

// watch has the connection closed when ctx ends. It reports false when it is being
// closed already, because of an earlier one.
func (c *conn) watch(ctx context.Context) bool {
	if c.watched == ctx {
		return true
	}
	if c.unwatch != nil && !c.unwatch() {
		return false
	}
	c.watched, c.unwatch = ctx, context.AfterFunc(ctx, func() { c.raw.Close() })
	return true
}

// Close closes the connection.
func (c *conn) Close() error {
	if c.unwatch != nil {
		c.unwatch()
	}
	return c.Conn.Close()
}

// abort closes the connection at once, without the end of TLS.
func (c *conn) abort() {
	if c.unwatch != nil {
		c.unwatch()
	}
	c.raw.Close()
}

// dialer connects to targets.
type dialer struct {
	timeout time.Duration // of the whole: name, connection and TLS
	self    *SelfAddrs
}

// dial connects, and returns a *failure when it cannot.
func (d *dialer) dial(ctx context.Context, to poolKey) (*conn, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, d.timeout,
		tooLong{"not connected", d.timeout})
	defer cancel()
	raw, err := d.dialSystem(ctx, to.scheme, to.address)
	if err != nil {
		return nil, classify(ctx, stageDial, err)
	}
	sys, err := raw.SyscallConn()
	if err != nil {
		raw.Close()
		return nil, classify(ctx, stageDial, err)
	}
	c := &conn{Conn: raw, raw: raw, sys: sys, key: to}
	if to.scheme == "https" {
		if c.Conn, err = secure(ctx, raw, to); err != nil {
			raw.Close()
			return nil, classify(ctx, stageTLS, err)
		}
	}
	c.r = bufio.NewReader(c.Conn)
	return c, nil
}

// sysConn is a connection of the system.
type sysConn interface {
	net.Conn
	syscall.Conn
}

// dialSystem connects to a socket or over TCP. It refuses creel's own addresses
// after names are resolved, so that no name can lead there.
func (d *dialer) dialSystem(ctx context.Context, scheme, address string) (sysConn, error) {
	nd := net.Dialer{}
	if scheme == unixScheme {
		c, err := nd.DialContext(ctx, "unix", address)
		if err != nil {
			return nil, err
		}
		return c.(*net.UnixConn), nil
	}
	nd.ControlContext = func(_ context.Context, _, address string, _ syscall.RawConn) error {
		return d.self.Check(address)
	}
	var failed error
	for _, a := range loopback(address) {
		c, err := nd.DialContext(ctx, "tcp", a)
		if err == nil {
			return c.(*net.TCPConn), nil
		}
		if failed != nil {
			err = fmt.Errorf("%w; %w", failed, err) // in one line: it is shown in one
		}
		failed = err
	}
	return nil, failed
}

// loopback returns the addresses to try, in order: of a name that is this machine
// (RFC 6761 section 6.3) both loopback addresses, which no resolver is asked for.
func loopback(address string) []string {
	host, port, err := net.SplitHostPort(address)
	if err != nil || !isLocalhost(host) {
		return []string{address}
	}
	return []string{net.JoinHostPort("127.0.0.1", port), net.JoinHostPort("::1", port)}
}

// isLocalhost reports whether a host name is localhost or below it.
func isLocalhost(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}

func secure(ctx context.Context, raw net.Conn, to poolKey) (net.Conn, error) {
	config := &tls.Config{
		ServerName:         to.name,
		NextProtos:         []string{"http/1.1"},
		InsecureSkipVerify: to.insecure, //nolint:gosec // asked for by the user, per target, and shown
	}
	if to.caCert != "" {
		pool, err := certPool(to.caCert)
		if err != nil {
			return nil, err
		}
		config.RootCAs = pool
	}
	c := tls.Client(raw, config)
	if err := c.HandshakeContext(ctx); err != nil {
		return nil, fmt.Errorf("tls: %s: %w", to.name, err)
	}
	return c, nil
}

// certPool is the system's authorities and those of the file.
func certPool(file string) (*x509.CertPool, error) {
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("tls: read the certificate authorities: %w", err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("tls: %s holds no certificate in PEM form", file)
	}
	return pool, nil
}
