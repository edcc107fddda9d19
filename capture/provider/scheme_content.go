package provider

import (
	"bytes"
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"creel/capture"
)

// piece is a part of a template: plain text, or what stands between braces.
type piece struct {
	text  string
	token bool
}

// tokens are what may stand between braces, besides url and h:Name.
var tokens = []string{"body", "ts", "method", "secret", "form", "payload"}

func (s *Scheme) compileTemplate() error {
	for t := cmp.Or(s.Template, "{body}"); t != ""; {
		text, rest, more := strings.Cut(t, "{")
		if text != "" {
			s.tmpl = append(s.tmpl, piece{text: text})
		}
		if !more {
			return nil
		}
		token, after, closed := strings.Cut(rest, "}")
		switch {
		case !closed:
			return s.wrong("template", "a { has no }")
		case token == "url":
			s.url = true
		case !slices.Contains(tokens, token) && !strings.HasPrefix(token, "h:"):
			return s.wrong("template", fmt.Sprintf("{%s} is not one of {body} {ts} {url} {method} {secret} {form} {payload} {h:Name}", token))
		}
		s.tmpl = append(s.tmpl, piece{token, true})
		t = after
	}
	return nil
}

// render lays out the signed content for one spelling of the URL. It reports
// the reason when a field that is signed is not there.
func (s *Scheme) render(m *message, ts, url, secret string) ([]byte, capture.Reason) {
	if len(s.tmpl) == 1 && s.tmpl[0] == (piece{"body", true}) {
		return m.body, ""
	}
	var b bytes.Buffer
	b.Grow(len(m.body) + 128)
	for _, p := range s.tmpl {
		if !p.token {
			b.WriteString(p.text)
			continue
		}
		switch p.text {
		case "body":
			b.Write(m.body)
		case "ts":
			b.WriteString(ts)
		case "url":
			b.WriteString(url)
		case "method":
			b.WriteString(m.req.Method)
		case "secret":
			b.WriteString(secret)
		case "form":
			if m.isForm() {
				b.WriteString(formConcat(m.body))
			}
		case "payload":
			b.Write(m.json())
		default:
			v, ok := m.get(p.text)
			if !ok {
				return nil, Missing
			}
			b.WriteString(v)
		}
	}
	return b.Bytes(), ""
}

// contentsOf are the contents that signature i may be over, the likeliest first.
func (s *Scheme) contentsOf(m *message, c *claim, i int, secret string) ([][]byte, capture.Reason) {
	if s.contents != nil {
		return s.contents(s, m, c, i, secret), ""
	}
	urls := m.urls
	switch {
	case !s.url || len(urls) == 0:
		urls = []string{""}
	case s.spell != nil:
		urls = nil
		for _, u := range m.urls {
			urls = append(urls, s.spell(m, u)...)
		}
	}
	all := make([][]byte, 0, len(urls))
	for _, u := range urls {
		content, reason := s.render(m, c.ts, u, secret)
		if reason != "" {
			return nil, reason
		}
		all = append(all, content)
	}
	return all, ""
}

// parseURL parts a URL that a person gave; nil when it is none.
func parseURL(s string) *url.URL {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" {
		return nil
	}
	return u
}
