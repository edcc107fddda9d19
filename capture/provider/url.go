package provider

import (
	"cmp"
	"strings"

	"creel/capture"
)

// publicURL is the URL that the senders of ex call, as far as it is known: the one
// that was configured, else the one of the tunnel that ex came by.
func (s *Set) publicURL(ex *capture.Exchange) string { return cmp.Or(s.public, ex.PublicURL) }

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

// publicURLs joins the public URL with the target. A public URL that is the
// whole address of this one hook counts as it stands.
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
	case rest == "" || rest == "/":
		if target == "/" {
			return []string{base + target, base}
		}
		return []string{base + target}
	case rest == target:
		return []string{public}
	case strings.HasPrefix(target, strings.TrimSuffix(rest, "/")+"/"), strings.HasPrefix(target, rest+"?"):
		return []string{base + target, public}
	}
	return []string{strings.TrimSuffix(public, "/") + target, public, base + target}
}

func firstItem(list string) string {
	item, _, _ := strings.Cut(list, ",")
	return strings.TrimSpace(item)
}
