package provider

import (
	"strings"

	"creel/capture"
)

// urlsOf is how the sender may have spelled the URL of the request.
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
	if v, ok := req.Get("X-Forwarded-Proto"); ok {
		scheme = firstItem(v)
	}
	if v, ok := req.Get("X-Forwarded-Host"); ok {
		host = firstItem(v)
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
