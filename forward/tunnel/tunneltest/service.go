// Package tunneltest has an ssh service that gives public URLs, as localhost.run and
// others do, for tests without a network.
package tunneltest

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
)

// Service is an ssh server with a public side. Its fields are set before the first
// client connects.
type Service struct {
	Key      ssh.Signer                     // the host key
	Users    func(ssh.PublicKey) bool       // whose keys may log in; nil lets in who has none
	Print    func(stdout, stderr io.Writer) // what a shell prints; nil prints nothing
	NoShell  bool                           // a shell only with a terminal
	Locked   bool                           // no shell at all: it forwards only
	Refuse   bool                           // forwards nothing
	Deaf     bool                           // answers no keepalive
	Origin   string                         // of the connections that it announces
	Announce string                         // the address that it announces, whatever was asked for

	mu     sync.Mutex
	client *ssh.ServerConn
	shell  ssh.Channel
	pty    bool // of shell
	asked  ForwardRequest
	logins int
	there  int // clients that have not left
}

// ForwardRequest is what a client asks the server to listen on (RFC 4254 7.1).
type ForwardRequest struct {
	Addr string
	Port uint32
}

// New returns a service that prints https://amber-fox.lhr.life.
func New(t testing.TB) *Service {
	t.Helper()
	_, priv, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ssh.NewSignerFromKey(priv)
	if err != nil {
		t.Fatal(err)
	}
	return &Service{Key: key, Origin: "203.0.113.7", Print: Printing("https://amber-fox.lhr.life")}
}

// Printing is a Print of one line.
func Printing(line string) func(stdout, stderr io.Writer) {
	return func(stdout, _ io.Writer) { fmt.Fprintf(stdout, "%s\r\n", line) }
}

// Listen serves on a loopback port until the test ends, and returns its address.
func (s *Service) Listen(t testing.TB) net.Addr {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go s.Serve(c)
		}
	}()
	return l.Addr()
}

// Serve serves one client until it leaves.
func (s *Service) Serve(conn net.Conn) {
	config := &ssh.ServerConfig{NoClientAuth: s.Users == nil, PublicKeyCallback: func(_ ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
		if s.Users == nil || !s.Users(key) {
			return nil, errors.New("not known here")
		}
		return nil, nil
	}}
	config.AddHostKey(s.Key)
	sc, chans, reqs, err := ssh.NewServerConn(conn, config)
	if err != nil {
		return
	}
	s.mu.Lock()
	s.client = sc
	s.logins++
	s.there++
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.there--
	}()
	go s.requests(reqs)
	for nc := range chans {
		ch, reqs, err := nc.Accept()
		if err == nil {
			go s.session(ch, reqs)
		}
	}
}

func (s *Service) requests(reqs <-chan *ssh.Request) {
	for r := range reqs {
		switch {
		case r.Type == "tcpip-forward":
			s.mu.Lock()
			_ = ssh.Unmarshal(r.Payload, &s.asked)
			s.mu.Unlock()
			_ = r.Reply(!s.Refuse, nil)
		case r.Type == "keepalive@openssh.com" && s.Deaf:
		default:
			_ = r.Reply(false, nil)
		}
	}
}

func (s *Service) session(ch ssh.Channel, reqs <-chan *ssh.Request) {
	pty := false
	for r := range reqs {
		switch r.Type {
		case "pty-req":
			pty = true
			_ = r.Reply(true, nil)
		case "shell":
			if s.Locked || s.NoShell && !pty {
				_ = r.Reply(false, nil)
				continue
			}
			_ = r.Reply(true, nil)
			s.mu.Lock()
			s.shell, s.pty = ch, pty
			s.mu.Unlock()
			if s.Print != nil {
				s.Print(ch, ch.Stderr())
			}
		default:
			_ = r.Reply(false, nil)
		}
	}
}

// Say prints a line in the newest shell.
func (s *Service) Say(line string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fmt.Fprintf(s.shell, "%s\r\n", line)
}

// Terminal reports whether the newest shell has a terminal.
func (s *Service) Terminal() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pty
}

// Asked is what the newest client asked for.
func (s *Service) Asked() ForwardRequest {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked
}

// Logins counts the clients so far.
func (s *Service) Logins() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.logins
}

// Clients counts those that have not left.
func (s *Service) Clients() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.there
}

// Kill ends the connection to the client, if there is one.
func (s *Service) Kill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.client != nil {
		_ = s.client.Close()
	}
}

// Open opens a connection from the public side.
func (s *Service) Open() (net.Conn, error) {
	s.mu.Lock()
	client, addr := s.client, s.asked.Addr
	s.mu.Unlock()
	if client == nil {
		return nil, errors.New("no client is connected")
	}
	if s.Announce != "" {
		addr = s.Announce
	}
	ch, reqs, err := client.OpenChannel("forwarded-tcpip", ssh.Marshal(struct {
		Addr       string
		Port       uint32
		OriginAddr string
		OriginPort uint32
	}{addr, 80, s.Origin, 4711}))
	if err != nil {
		return nil, err
	}
	go ssh.DiscardRequests(reqs)
	return &conn{ch}, nil
}

// Public is an HTTP client that reaches every URL through the public side.
func (s *Service) Public() *http.Client {
	open := func(context.Context, string, string) (net.Conn, error) { return s.Open() }
	return &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: open, DialTLSContext: open}}
}

// conn is a channel as a connection without deadlines.
type conn struct{ ssh.Channel }

func (*conn) LocalAddr() net.Addr              { return &net.TCPAddr{} }
func (*conn) RemoteAddr() net.Addr             { return &net.TCPAddr{} }
func (*conn) SetDeadline(time.Time) error      { return nil }
func (*conn) SetReadDeadline(time.Time) error  { return nil }
func (*conn) SetWriteDeadline(time.Time) error { return nil }
