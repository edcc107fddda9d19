package forward

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"

	"creel/capture"
)

// URL is an http or https URL, or the path of a unix socket on which HTTP is
// spoken. Its path and query are kept exactly as written, to be put on the wire
// without being parsed and printed again.
type URL struct {
	Scheme string // http, https or unix
	Host   string // host or host:port, in lower case; localhost of a unix socket
	Socket string // path of the unix socket; empty for the other schemes
	Path   string // raw; empty when there is none, else it begins with / (or is *)
	Query  string // raw, with its question mark; empty when there is none
}

const unixScheme = "unix"

// String returns the URL as written.
func (u URL) String() string {
	switch {
	case u.Scheme != unixScheme:
		return u.Scheme + "://" + u.Host + u.Path + u.Query
	case u.Path+u.Query == "":
		return "unix://" + u.Socket
	}
	return "unix://" + u.Socket + ":" + u.Target()
}

// Target returns the path and query as they stand on a request line.
func (u URL) Target() string {
	if u.Path == "" {
		return "/" + u.Query
	}
	return u.Path + u.Query
}

// Base returns the URL without its path and query.
func (u URL) Base() URL {
	u.Path, u.Query = "", ""
	return u
}

// Hostname returns the host without its port and brackets.
func (u URL) Hostname() string {
	host, _, err := net.SplitHostPort(u.Host)
	if err != nil {
		return strings.Trim(u.Host, "[]")
	}
	return host
}

// Address returns the host and port to connect to, or the path of the socket.
func (u URL) Address() string {
	if u.Scheme == unixScheme {
		return u.Socket
	}
	if _, _, err := net.SplitHostPort(u.Host); err == nil {
		return u.Host
	}
	port := "80"
	if u.Scheme == "https" {
		port = "443"
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// CheckURL says why [ParseURL] does not take a text.
func CheckURL(s string) error {
	_, err := ParseURL(s)
	return err
}

// ParseURL reads what a user writes where a URL is asked for: a whole URL, the
// path of a socket such as unix:///run/app.sock, with a path of its own after a
// colon, or, for http, host:port, :port or just the port of this machine, each
// with or without a path. The path "/" alone counts as none: both write the same
// URL (RFC 3986 section 6.2.3). The error shows no name or password of the URL.
func ParseURL(s string) (URL, error) {
	text := strings.TrimSpace(s)
	if text == "" {
		return URL{}, errors.New("url: empty: give a port or a URL, such as 3000 or http://localhost:3000/hooks")
	}
	if i := strings.IndexFunc(text, func(r rune) bool { return r <= ' ' || r == 0x7f }); i >= 0 {
		return URL{}, fmt.Errorf("url: %q has a space or a control character at %d", Redact(text), i+1)
	}
	scheme, rest, err := splitScheme(text)
	if err != nil {
		return URL{}, err
	}
	u := URL{Scheme: scheme, Host: "localhost"}
	if scheme == unixScheme {
		u.Socket, u.Path, u.Query = splitSocket(rest)
		if !strings.HasPrefix(u.Socket, "/") {
			return URL{}, fmt.Errorf("url: %q: the path of a socket begins with /: unix:///run/app.sock", Redact(text))
		}
	} else {
		u.Host, u.Path, u.Query = splitURL(rest)
		if u.Host, err = parseHost(u.Host); err != nil {
			return URL{}, fmt.Errorf("url: %q: %w", Redact(text), err)
		}
	}
	if u.Path == "/" {
		u.Path = ""
	}
	return u, nil
}

// Redact returns text with *** for the name and password of a URL in it, for
// messages: they are refused, and must not be printed.
func Redact(text string) string {
	start := 0
	if i := strings.Index(text, "://"); i >= 0 {
		start = i + len("://")
	} else if i := strings.Index(text, "="); strings.HasPrefix(text, "/") && i >= 0 {
		start = i + 1 // PATH=URL
	}
	rest := text[start:]
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	at := strings.LastIndexByte(rest[:end], '@')
	if _, port, ok := strings.Cut(rest[:end], ":"); at < 0 && ok && port != "" && !isPort(port) {
		at = strings.LastIndexByte(rest, '@') // a password with a slash in it
	}
	if at < 0 {
		return text
	}
	return text[:start] + "***" + rest[at:]
}

// splitScheme takes the scheme off, or finds the one that is meant.
func splitScheme(s string) (scheme, rest string, err error) {
	if before, after, ok := strings.Cut(s, "://"); ok {
		switch scheme = strings.ToLower(before); scheme {
		case "http", "https", unixScheme:
			return scheme, after, nil
		}
		return "", "", fmt.Errorf("url: %q: only http, https and unix can be sent to", Redact(s))
	}
	host, _, _ := splitURL(s)
	colon := strings.LastIndexByte(host, ':') // -1: a port alone
	switch port := host[colon+1:]; {
	case isPort(port) && colon <= 0:
		return "http", "localhost:" + strings.TrimPrefix(s, ":"), nil
	case isPort(port):
		return "http", s, nil
	case isNumber(port):
		return "", "", fmt.Errorf("url: %q: the port is not between 1 and 65535", Redact(s))
	case strings.HasPrefix(s, "/"):
		return "", "", fmt.Errorf("url: %q is neither a port nor a URL: did you mean unix://%s?", Redact(s), Redact(s))
	}
	if meant := "http://" + strings.TrimPrefix(s, ":"); CheckURL(meant) == nil {
		return "", "", fmt.Errorf("url: %q is neither a port nor a URL: did you mean %s?", Redact(s), Redact(meant))
	}
	return "", "", fmt.Errorf("url: %q is neither a port nor a URL, such as 3000 or http://localhost:3000", Redact(s))
}

// splitSocket parts the path of a socket from the path and query that are sent to
// it, which begin after the first colon that a slash follows.
func splitSocket(s string) (socket, path, query string) {
	if socket, ok := strings.CutSuffix(s, ":*"); ok {
		return socket, "*", "" // as an attempt has it that went there with OPTIONS *
	}
	socket, path, ok := strings.Cut(s, ":/")
	if !ok {
		return s, "", ""
	}
	_, path, query = splitURL("/" + path)
	return socket, path, query
}

// splitURL parts what follows the scheme. A fragment is never sent.
func splitURL(s string) (host, path, query string) {
	s, _, _ = strings.Cut(s, "#")
	if i := strings.IndexByte(s, '?'); i >= 0 {
		s, query = s[:i], s[i:]
	}
	if i := strings.IndexByte(s, '/'); i >= 0 {
		return s[:i], s[i:], query
	}
	return s, "", query
}

// notInHost is what no name of a host has, although a URL may (RFC 3986, sub-delims).
const notInHost = "!$&'()*+,;="

func parseHost(host string) (string, error) {
	if strings.ContainsRune(host, '@') {
		return "", errors.New("a name or password in a URL is not sent: set an Authorization field instead")
	}
	u, err := url.Parse("http://" + host)
	if err != nil {
		return "", errors.New("that is no host and port") // err may show a password
	}
	if u.Hostname() == "" {
		return "", errors.New("no host")
	}
	if p := u.Port(); p != "" && !isPort(p) || strings.HasSuffix(host, ":") {
		return "", errors.New("the port is not between 1 and 65535")
	}
	for i := range len(host) {
		switch c := host[i]; {
		case c >= 0x80:
			return "", errors.New("the host is not ASCII: write its xn-- form")
		case strings.IndexByte(notInHost, c) >= 0:
			return "", fmt.Errorf("%q cannot be in the name of a host", c)
		}
	}
	return strings.ToLower(host), nil
}

func isNumber(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

func isPort(s string) bool {
	n, err := strconv.ParseUint(s, 10, 16)
	return err == nil && n > 0 && s[0] != '+'
}

// ResolveURL says where a request goes that was captured with the request
// target captured and is sent to the URL to.
//
// Without a path, to keeps the captured path and query. With one it is used as
// it is, with the captured query when it has none of its own; each * in the
// path stands for the captured path. strip is a prefix that is first taken off
// the captured path where it is one, in whole segments; empty for none.
func ResolveURL(to URL, captured, strip string) URL {
	path, query := SplitTarget(captured)
	path = stripPrefix(path, strip)
	switch {
	case to.Path == "":
		to.Path = path
	case strings.Contains(to.Path, "*"):
		// "/api/*" and "/api*" mean the same: one slash between the two.
		to.Path = strings.ReplaceAll(to.Path, "/*", "*")
		to.Path = strings.ReplaceAll(to.Path, "*", path)
	}
	if to.Query == "" {
		to.Query = query
	}
	return to
}

// SplitTarget parts a request target (RFC 9112 section 3.2) into its raw path
// and its raw query with the question mark. The scheme and host of the absolute
// form are left out: they never choose where anything is sent.
func SplitTarget(target string) (path, query string) {
	parts := capture.SplitTarget(target)
	if parts.HasQuery {
		query = "?" + parts.Query
	}
	if parts.Path == "*" || strings.HasPrefix(parts.Path, "/") {
		return parts.Path, query
	}
	return "/" + parts.Path, query
}

func stripPrefix(path, prefix string) string {
	if prefix = strings.TrimRight(prefix, "/"); prefix == "" || !capture.PathUnder(path, prefix) {
		return path
	}
	rest := path
	for range strings.Count(prefix, "/") { // the two may be encoded differently
		_, rest, _ = strings.Cut(rest[1:], "/")
		rest = "/" + rest
	}
	return rest
}
