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

// URL is an http or https URL whose path and query are kept exactly as written,
// to be put on the wire without being parsed and printed again.
type URL struct {
	Scheme string // http or https
	Host   string // host or host:port, in lower case
	Path   string // raw; empty when there is none, else it begins with / (or is *)
	Query  string // raw, with its question mark; empty when there is none
}

// String returns the URL as written.
func (u URL) String() string { return u.Scheme + "://" + u.Host + u.Path + u.Query }

// Target returns the path and query as they stand on a request line.
func (u URL) Target() string {
	if u.Path == "" {
		return "/" + u.Query
	}
	return u.Path + u.Query
}

// Hostname returns the host without its port and brackets.
func (u URL) Hostname() string {
	host, _, err := net.SplitHostPort(u.Host)
	if err != nil {
		return strings.Trim(u.Host, "[]")
	}
	return host
}

// Address returns the host and port to connect to.
func (u URL) Address() string {
	if _, _, err := net.SplitHostPort(u.Host); err == nil {
		return u.Host
	}
	port := "80"
	if u.Scheme == "https" {
		port = "443"
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// ParseURL reads what a user writes where a URL is asked for: a whole URL, or,
// for http, host:port, :port or just the port of this machine, each with or
// without a path. The path "/" alone counts as none: both write the same URL
// (RFC 3986 section 6.2.3).
func ParseURL(s string) (URL, error) {
	text := strings.TrimSpace(s)
	if text == "" {
		return URL{}, errors.New("url: empty: give a port or a URL, such as 3000 or http://localhost:3000/hooks")
	}
	if i := strings.IndexFunc(text, func(r rune) bool { return r <= ' ' || r == 0x7f }); i >= 0 {
		return URL{}, fmt.Errorf("url: %q has a space or a control character at %d", s, i+1)
	}
	scheme, rest, err := splitScheme(text)
	if err != nil {
		return URL{}, err
	}
	u := URL{Scheme: scheme}
	u.Host, u.Path, u.Query = splitURL(rest)
	if u.Host, err = parseHost(u.Host); err != nil {
		return URL{}, fmt.Errorf("url: %q: %w", s, err)
	}
	if u.Path == "/" {
		u.Path = ""
	}
	return u, nil
}

// splitScheme takes the scheme off, or finds the one that is meant.
func splitScheme(s string) (scheme, rest string, err error) {
	if before, after, ok := strings.Cut(s, "://"); ok {
		scheme = strings.ToLower(before)
		if scheme != "http" && scheme != "https" {
			return "", "", fmt.Errorf("url: %q: only http and https can be sent to", s)
		}
		return scheme, after, nil
	}
	host, _, _ := splitURL(s)
	switch name, port, found := strings.Cut(host, ":"); {
	case isPort(host):
		return "http", "localhost:" + s, nil
	case found && name == "" && isPort(port):
		return "http", "localhost" + s, nil
	case found && isPort(host[strings.LastIndexByte(host, ':')+1:]):
		return "http", s, nil
	}
	return "", "", fmt.Errorf("url: %q is neither a port nor a URL: did you mean http://%s?", s, strings.TrimPrefix(s, ":"))
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

func parseHost(host string) (string, error) {
	if strings.ContainsRune(host, '@') {
		return "", errors.New("a name or password in a URL is not sent: set an Authorization field instead")
	}
	u, err := url.Parse("http://" + host)
	if err != nil {
		return "", errors.Unwrap(err)
	}
	if u.Hostname() == "" {
		return "", errors.New("no host")
	}
	if p := u.Port(); p != "" && !isPort(p) || strings.HasSuffix(host, ":") {
		return "", fmt.Errorf("port %q is not between 1 and 65535", p)
	}
	for i := range len(host) {
		if host[i] >= 0x80 {
			return "", errors.New("the host is not ASCII: write its xn-- form")
		}
	}
	return strings.ToLower(host), nil
}

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
	if prefix = strings.TrimRight(prefix, "/"); prefix == "" || !Under(path, prefix) {
		return path
	}
	if rest := path[len(prefix):]; rest != "" {
		return rest
	}
	return "/"
}

// Under reports whether the raw path is prefix or below it; an empty prefix
// and "/" have everything below them.
func Under(path, prefix string) bool {
	prefix = strings.TrimRight(prefix, "/")
	return strings.HasPrefix(path, prefix) &&
		(prefix == "" || len(path) == len(prefix) || path[len(prefix)] == '/')
}
