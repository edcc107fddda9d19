package nats

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	client "github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"creel/capture/lazy"
)

// Address is where a team's ring is: a server and a space on it.
type Address struct {
	Server string // URL without the space, with user and password when it has them
	Space  string
}

var tokenForm = lazy.Regexp(`^[A-Za-z0-9_-]{1,64}$`)

// ParseAddress reads nats://HOST:PORT/SPACE; tls, ws and wss are schemes, too.
func ParseAddress(text string) (Address, error) {
	u, err := url.Parse(text)
	if err != nil {
		return Address{}, errors.New("not a URL: want nats://HOST:4222/SPACE") // the error would show a password
	}
	switch u.Scheme {
	case "nats", "tls", "ws", "wss":
	default:
		return Address{}, fmt.Errorf("scheme %q: want nats://HOST:4222/SPACE, or tls, ws or wss", u.Scheme)
	}
	space := strings.Trim(u.Path, "/")
	if u.Host == "" || !tokenForm().MatchString(space) {
		return Address{}, errors.New("want nats://HOST:4222/SPACE, where SPACE has letters, digits, - and _ only")
	}
	u.Path, u.RawQuery, u.Fragment = "", "", ""
	return Address{Server: u.String(), Space: space}, nil
}

// String is the address without user and password.
func (a Address) String() string {
	u, err := url.Parse(a.Server)
	if err != nil {
		return a.Space
	}
	u.User = nil
	return u.String() + "/" + a.Space
}

// Access says how a program proves who it is. Empty fields are left out.
type Access struct {
	Creds                 string // a file of credentials
	User, Password, Token string
	CA                    string // a file of certificates that the server's is signed by
}

// Team is a connection to a space, which reconnects by itself. It is safe for
// concurrent use.
type Team struct {
	Address Address
	conn    *client.Conn
	js      jetstream.JetStream
	refused atomic.Pointer[error] // why a server could not be reached last
}

// How long the engine may take.
const (
	connectTime = 5 * time.Second
	publishTime = 5 * time.Second
	retryTime   = 500 * time.Millisecond
	maxPending  = 1024 // messages published and not acknowledged
)

// Connect returns at once, whether the server can be reached or not; it is tried
// until Close. Name is what the server shows.
func Connect(a Address, how Access, name string) (*Team, error) {
	t := &Team{Address: a}
	opts := []client.Option{
		client.Name(name), client.Timeout(connectTime), client.RetryOnFailedConnect(true), client.MaxReconnects(-1),
		client.IgnoreAuthErrorAbort(), client.ReconnectWait(retryTime), client.ReconnectBufSize(-1), client.PingInterval(connectTime), client.MaxPingsOutstanding(2),
		client.ErrorHandler(func(*client.Conn, *client.Subscription, error) {}),
		client.ReconnectErrHandler(func(_ *client.Conn, err error) { t.refused.Store(&err) }),
	}
	if how.Creds != "" {
		opts = append(opts, client.UserCredentials(how.Creds))
	}
	if how.User != "" {
		opts = append(opts, client.UserInfo(how.User, how.Password))
	}
	if how.Token != "" {
		opts = append(opts, client.Token(how.Token))
	}
	if how.CA != "" {
		opts = append(opts, client.RootCAs(how.CA))
	}
	conn, err := client.Connect(a.Server, opts...)
	if err != nil {
		return nil, fmt.Errorf("team %v: %w", a, err)
	}
	if err := conn.LastError(); err != nil {
		t.refused.CompareAndSwap(nil, &err)
	}
	js, err := jetstream.New(conn, jetstream.WithPublishAsyncMaxPending(maxPending), jetstream.WithPublishAsyncTimeout(publishTime))
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("team %v: %w", a, err)
	}
	t.conn, t.js = conn, js
	return t, nil
}

// Connected reports whether a server can be reached now.
func (t *Team) Connected() bool { return t.conn.IsConnected() }

// Wait returns once a server was reached.
func (t *Team) Wait(ctx context.Context) error {
	up := t.conn.StatusChanged(client.CONNECTED)
	defer t.conn.RemoveStatusListener(up)
	for !t.Connected() {
		select {
		case <-up:
		case <-ctx.Done():
			return t.unreachable()
		}
	}
	return nil
}

func (t *Team) unreachable() error {
	err := t.conn.LastError()
	if last := t.refused.Load(); err == nil && last != nil { // a next try has begun
		err = *last
	}
	if err != nil {
		return fmt.Errorf("team %v cannot be reached: %w", t.Address, err)
	}
	return fmt.Errorf("team %v cannot be reached", t.Address)
}

// Close ends the connection.
func (t *Team) Close() { t.conn.Close() }

func (t *Team) subject(parts ...string) string {
	return "creel." + t.Address.Space + "." + strings.Join(parts, ".")
}
