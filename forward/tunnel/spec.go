package tunnel

import (
	"cmp"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Kind is how a tunnel is made.
type Kind string

// The kinds of tunnels.
const (
	SSH         Kind = "ssh"
	Cloudflared Kind = "cloudflared"
	Tailscale   Kind = "tailscale"
	Relay       Kind = "relay" // a channel of smee.io or gosmee, see [ParseRelay]
)

// Spec says which tunnel is wanted.
type Spec struct {
	Kind Kind
	// User, Host and Port are of the ssh server; an empty User is left to
	// ~/.ssh/config and to what the service expects.
	User, Host string
	Port       int
	// PublicURL is the URL that an ssh server serves, when it prints none.
	PublicURL string
	// BindHost and BindPort are what the ssh server is asked to listen on.
	BindHost string
	BindPort int
	// Channel is the URL of the channel of a relay.
	Channel string
}

// service is what is known of a public ssh service.
type service struct {
	hosts    []string
	user     string
	port     int
	bindPort int
}

var services = []service{
	{hosts: []string{"localhost.run", "ssh.localhost.run"}, user: "nokey", port: 22, bindPort: 80},
	{hosts: []string{"serveo.net"}, port: 22, bindPort: 80},
	{hosts: []string{"free.pinggy.io", "a.pinggy.io", "pinggy.io", "pro.pinggy.io"}, port: 443, bindPort: 0},
	{hosts: []string{"tuns.sh"}, port: 22, bindPort: 80},
}

// serviceAt returns what is known of the service at a host.
func serviceAt(host string) (service, bool) {
	for _, s := range services {
		if slices.Contains(s.hosts, host) {
			return s, true
		}
	}
	return service{}, false
}

// ParseSpec reads what --tunnel takes: cloudflared, tailscale, or
// ssh://[USER@]HOST[:PORT][?url=https://NAME&bind=[HOST:]PORT]. The name of a
// known ssh service may stand alone.
func ParseSpec(s string) (Spec, error) {
	switch s {
	case string(Cloudflared), string(Tailscale):
		return Spec{Kind: Kind(s)}, nil
	}
	if _, known := serviceAt(s); known {
		s = "ssh://" + s
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "ssh" || u.Hostname() == "" || strings.Trim(u.Path, "/") != "" {
		return Spec{}, fmt.Errorf("tunnel %q: want cloudflared, tailscale, or ssh://HOST such as ssh://localhost.run", s)
	}
	if _, secret := u.User.Password(); secret {
		return Spec{}, fmt.Errorf("tunnel ssh://%s: no password in a URL: use a key", u.Host)
	}
	spec := Spec{Kind: SSH, User: u.User.Username(), Host: u.Hostname(), BindPort: 80}
	if s, known := serviceAt(spec.Host); known {
		spec.Port, spec.BindPort, spec.User = s.port, s.bindPort, cmp.Or(spec.User, s.user)
	}
	if p := u.Port(); p != "" {
		if spec.Port, err = parsePort(p); err != nil {
			return Spec{}, fmt.Errorf("tunnel %q: %w", s, err)
		}
	}
	return spec, spec.parseQuery(u.Query())
}

// ParseRelay reads what --from takes: the URL of a channel of smee.io or gosmee.
func ParseRelay(s string) (Spec, error) {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return Spec{}, fmt.Errorf("channel %q: want the URL of one, such as https://smee.io/NAME", s)
	}
	return Spec{Kind: Relay, Host: u.Host, Channel: s}, nil
}

func (s *Spec) parseQuery(q url.Values) error {
	for key := range q {
		switch value := q.Get(key); key {
		case "url":
			u, err := url.Parse(value)
			if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
				return fmt.Errorf("tunnel: url=%s: want a whole URL, such as https://hooks.example.com", value)
			}
			s.PublicURL = strings.TrimSuffix(value, "/")
		case "bind":
			host, port, err := net.SplitHostPort(value)
			if err != nil {
				host, port = "", value
			}
			if s.BindPort, err = parsePort(port); err != nil {
				return fmt.Errorf("tunnel: bind=%s: want [HOST:]PORT", value)
			}
			s.BindHost = host
		default:
			return fmt.Errorf("tunnel: unknown parameter %q: known are url and bind", key)
		}
	}
	return nil
}

func parsePort(s string) (int, error) {
	n, err := strconv.ParseUint(s, 10, 16)
	if err != nil {
		return 0, fmt.Errorf("%q is not a port", s)
	}
	return int(n), nil
}

// String is the spec as [ParseSpec] or [ParseRelay] takes it, without its parameters.
func (s Spec) String() string {
	switch s.Kind {
	case Relay:
		return s.Channel
	case Cloudflared, Tailscale:
		return string(s.Kind)
	}
	host := s.Host
	if s.Port != 0 && s.Port != 22 {
		host = net.JoinHostPort(host, strconv.Itoa(s.Port))
	}
	if s.User != "" {
		host = s.User + "@" + host
	}
	return "ssh://" + host
}

// Via names the service in a word or two, for the screen: "cloudflared",
// "localhost.run".
func (s Spec) Via() string {
	if s.Kind == SSH || s.Kind == Relay {
		return s.Host
	}
	return string(s.Kind)
}

// Temporary reports whether the URL is a random one that changes with every
// start and that nothing is promised about.
func (s Spec) Temporary() bool {
	_, known := serviceAt(s.Host)
	return s.Kind == Cloudflared || s.Kind == SSH && known && s.PublicURL == ""
}

// noURL says that no URL came within urlTimeout, and what to do.
func (s Spec) noURL() error {
	way := "run it by hand to see what it says"
	switch s.Kind {
	case SSH:
		way = "if it serves one, give it as " + s.String() + "?url=https://NAME"
	case Relay:
		return fmt.Errorf("%s did not answer within %v", s.Host, urlTimeout)
	}
	return fmt.Errorf("%s printed no URL within %v: %s", s.Via(), urlTimeout, way)
}
