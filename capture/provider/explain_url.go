package provider

import (
	"fmt"
	"slices"
	"strings"
)

// otherURL tries the spellings of the URL that a tunnel or a setting gets wrong.
func otherURL(t *mismatch) string {
	if !t.s.url || len(t.m.urls) == 0 {
		return ""
	}
	was := t.m.urls[0]
	for _, u := range wrongURLs(t.m, was) {
		if slices.Contains(t.m.urls, u.url) {
			continue
		}
		m := t.m.withBody(t.m.body)
		m.urls = []string{u.url}
		if t.any(t.s, m) {
			return fmt.Sprintf("the sender signed another URL, %s: %s (--public-url sets what senders call)", u.how, u.url)
		}
	}
	return ""
}

type wrongURL struct{ url, how string }

func wrongURLs(m *message, was string) []wrongURL {
	u := parseURL(was)
	if u == nil {
		return nil
	}
	scheme, rest, _ := strings.Cut(was, "://")
	other := map[string]string{"http": "https", "https": "http"}[scheme]
	after := strings.TrimPrefix(rest, u.Host)
	noPort := u.Hostname()
	if strings.Contains(noPort, ":") {
		noPort = "[" + noPort + "]"
	}
	p, q, hasQuery := strings.Cut(after, "?")
	toggled := p + "/"
	if strings.HasSuffix(p, "/") {
		toggled = strings.TrimSuffix(p, "/")
	}
	if hasQuery {
		toggled += "?" + q
	}
	all := []wrongURL{
		{other + "://" + rest, other + " instead of " + scheme},
		{scheme + "://" + u.Host + toggled, "with the slash at its end the other way"},
		{other + "://" + u.Host + toggled, other + ", and with the slash at its end the other way"},
		{scheme + "://" + noPort + after, "without the port"},
		{other + "://" + noPort + after, other + " and without the port"},
		{scheme + "://" + noPort + ":443" + after, "with port 443"},
		{other + "://" + noPort + ":443" + after, other + " with port 443"},
		{scheme + "://" + u.Host + p, "without the query"},
		{other + "://" + u.Host + p, other + ", and without the query"},
	}
	add := func(host, how string) {
		all = append(all, wrongURL{"https://" + host + m.req.Target, how}, wrongURL{"http://" + host + m.req.Target, how})
	}
	for _, name := range []string{"X-Forwarded-Host", "X-Original-Host"} {
		if host, ok := m.req.Get(name); ok {
			first, _, _ := strings.Cut(host, ",")
			add(strings.TrimSpace(first), "with the host that the proxy names")
		}
	}
	add(m.req.Host, "with the host that it called")
	return all
}
