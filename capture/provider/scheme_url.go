package provider

import (
	"cmp"
	"fmt"
	"net/url"
	"strings"

	"creel/capture"
)

// publicURL is the URL that the senders of ex call, as far as it is known: the one
// that was configured, else the one of the tunnel that ex came by.
func (s *Set) publicURL(ex *capture.Exchange) string { return cmp.Or(s.PublicURL(), ex.PublicURL) }

// PublicURL returns the URL that senders call, as it was configured or set last;
// empty when it is not known.
func (s *Set) PublicURL() string { return *s.public.Load() }

// SetPublicURL sets the URL that senders call, from now on; empty leaves it to the
// tunnel that a request came by. The error says what is wrong with it.
func (s *Set) SetPublicURL(public string) error {
	if public != "" {
		if err := CheckPublicURL(public); err != nil {
			return err
		}
	}
	s.public.Store(&public)
	return nil
}

// CheckPublicURL says why a text cannot be a public URL; nil when it can.
func CheckPublicURL(text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("%q is no public URL: want a whole URL, such as https://name.example", text)
	}
	return nil
}

// urlsOf is how the sender may have spelled the URL of the request. Without a public
// URL it is what the request was sent to. What the fields X-Forwarded-Proto and
// X-Forwarded-Host claim decides nothing, because anyone can send them.
func urlsOf(req *capture.Request, public string) []string {
	target := req.Target
	if i := strings.Index(target, "://"); i > 0 && !strings.HasPrefix(target, "/") {
		return []string{target}
	}
	if public != "" {
		return publicURLs(public, target)
	}
	scheme, host := "http", req.Host
	if req.TLS {
		scheme = "https"
	}
	return []string{scheme + "://" + host + target}
}

// publicURL returns the URL that senders call who reach a request target through
// the public URL: one with a path or a query of its own is that URL, any other is
// the beginning of it.
func publicURL(public, target string) string { return publicURLs(public, target)[0] }

// publicURLs returns [publicURL] and, after it, other URLs that a sender may have
// called: the public URL may name the host alone or a prefix as well.
func publicURLs(public, target string) []string {
	i := strings.Index(public, "://")
	if i < 0 {
		public, i = "https://"+public, len("https")
	}
	base, rest := public, ""
	if j := strings.IndexAny(public[i+3:], "/?"); j >= 0 {
		base, rest = public[:i+3+j], public[i+3+j:]
	}
	switch {
	case rest != "" && rest != "/" && rest == capture.SplitTarget(target).Path:
		return []string{base + target, public} // with the query that was called
	case strings.Contains(rest, "?") && rest == target:
		return []string{public}
	case rest != "" && rest != "/" && strings.HasPrefix(target, "/?"):
		return []string{public + target[1:], public, base + target}
	case strings.Contains(rest, "?"):
		return []string{public, base + target}
	case rest != "" && rest != "/":
		return []string{public, base + target, strings.TrimSuffix(public, "/") + target}
	case target == "/":
		return []string{base + target, base}
	}
	return []string{base + target}
}
