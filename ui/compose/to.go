package compose

import (
	"bytes"
	"cmp"
	"errors"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"creel/capture/words"
	"creel/forward"
)

// destination is the URL that the text would be sent to, with the path of its request line.
func (c *Compose) destination() string {
	url := c.to.URL
	url.Path, url.Query = forward.SplitTarget(c.target())
	return url.String()
}

// target is the request target of the text as it stands.
func (c *Compose) target() string {
	_, rest, _ := bytes.Cut(bytes.TrimSpace(c.text.lines[0]), []byte(" "))
	return string(bytes.TrimSpace(bytes.TrimSuffix(bytes.TrimSpace(rest), []byte("HTTP/1.1"))))
}

// kept is the request target that a URL without a path keeps: the one before a URL with a path came.
func (c *Compose) kept() string {
	if line := c.target(); line != c.replaced.by {
		return line
	}
	return c.replaced.target
}

// replaced is a request target in whose place that of a URL stands in the request line.
type replaced struct{ target, by string }

// further are the targets beside the first, with their whole URLs.
func (c *Compose) further() []forward.Target {
	list := slices.Clone(c.also)
	for i, to := range list {
		list[i] = to.At(to.Resolve(c.kept()).Target())
	}
	return list
}

func (c *Compose) urls() []string {
	list := []string{c.destination()}
	for _, to := range c.further() {
		list = append(list, to.URL.String())
	}
	return list
}

func (c *Compose) destinations() string { return strings.Join(c.urls(), "  ") }

// shortDestinations are the same without what goes without saying.
func (c *Compose) shortDestinations() string {
	list := c.urls()
	for i, u := range list {
		list[i] = words.WithoutHTTP(u)
	}
	return strings.Join(list, "  ")
}

// writtenTo is what setTo reads.
func (c *Compose) writtenTo() string {
	list := []string{c.destination()}
	for _, to := range c.also {
		list = append(list, cmp.Or(to.Name, to.URL.String()))
	}
	return strings.Join(list, " ")
}

// parseTo reads one URL, or the name of a standing target, whose terms hold.
func (c *Compose) parseTo(text string) (forward.Target, error) {
	byName := func(t forward.Target) bool { return t.Name != "" && t.Name == text }
	if i := slices.IndexFunc(c.spec.Targets, byName); i >= 0 {
		return c.spec.Targets[i], nil
	}
	u, err := forward.ParseURL(text)
	if err != nil {
		return forward.Target{}, err
	}
	to := forward.Target{URL: u}
	for _, t := range append([]forward.Target{c.to}, c.spec.Targets...) {
		if t.URL.Host == u.Host && t.URL.Scheme == u.Scheme {
			to.Insecure, to.CACert = t.Insecure, t.CACert
		}
	}
	return to, nil
}

// setTo sends to other URLs: path and Host in the text become those of the first; others get their own.
func (c *Compose) setTo(value string) (tea.Cmd, error) {
	var list []forward.Target
	for _, word := range c.splitTo(value) {
		to, err := c.parseTo(word)
		if err != nil {
			return nil, err
		}
		list = append(list, to)
	}
	if len(list) == 0 {
		return nil, errors.New("where to? a URL or port, or several")
	}
	to := list[0]
	c.also = list[1:]
	oldHost, u := c.to.URL.Host, to.URL
	kept := c.kept()
	target := to.Resolve(kept).Target()
	c.to.Name, c.to.Insecure, c.to.CACert = to.Name, to.Insecure, to.CACert
	c.to.URL = u.Base()
	at, rev := c.text.at, c.text.rev
	c.text.typing = false
	if first := string(c.text.lines[0]); target != c.target() {
		c.replaceLine(0, strings.Replace(first, c.target(), target, 1))
	}
	c.replaced = replaced{target: kept, by: target}
	for i, l := range c.text.lines {
		if len(l) == 0 {
			break
		}
		if name, v, ok := strings.Cut(string(l), ":"); ok && strings.EqualFold(name, "Host") && strings.TrimSpace(v) == oldHost && oldHost != u.Host {
			c.replaceLine(i, name+": "+u.Host)
		}
	}
	c.text.at = c.text.clamp(at)
	if c.text.rev == rev {
		return nil, nil
	}
	return c.changed(), nil
}

// splitTo parts what was written at blanks and commas, but for the URL that stood there.
func (c *Compose) splitTo(value string) []string {
	const apart = " \t,"
	var words []string
	for value = strings.TrimLeft(value, apart); value != ""; value = strings.TrimLeft(value, apart) {
		end := 0
		if url := c.destination(); strings.HasPrefix(value, url) {
			end = len(url)
		}
		for end < len(value) && !c.parts(value, end) {
			end++
		}
		words, value = append(words, value[:end]), value[end:]
	}
	return words
}

// parts reports whether the character at i ends a URL.
func (c *Compose) parts(s string, i int) bool {
	if s[i] != ',' {
		return s[i] == ' ' || s[i] == '\t'
	}
	rest := s[i+1:]
	inQuery := strings.Contains(s[:i], "?")
	return !inQuery || rest == "" || strings.ContainsAny(rest[:1], " \t,:") || strings.HasPrefix(rest, "http")
}

func (c *Compose) replaceLine(i int, line string) {
	c.text.replace(pos{i, 0}, pos{i, len(c.text.lines[i])}, []byte(line))
}
