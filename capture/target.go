package capture

import (
	"net/url"
	"strings"
)

// TargetParts are the parts of a request target (RFC 9112 section 3.2) as they were
// sent: nothing is unescaped or cleaned.
type TargetParts struct {
	// Origin is the scheme and authority of the absolute form, such as
	// http://example.com; empty in the other forms. It never chooses where
	// anything is sent.
	Origin string
	// Path is the path; "/" for an absolute form without one. The asterisk form and
	// the authority form are their own path.
	Path     string
	Query    string // without the question mark
	HasQuery bool   // there is a question mark
}

// SplitTarget splits a request target.
func SplitTarget(target string) TargetParts {
	var p TargetParts
	p.Path, p.Query, p.HasQuery = strings.Cut(target, "?")
	if strings.HasPrefix(p.Path, "/") {
		return p
	}
	scheme, rest, ok := strings.Cut(p.Path, "://")
	if !ok {
		return p
	}
	authority, _, _ := strings.Cut(rest, "/")
	p.Origin = scheme + "://" + authority
	if p.Path = rest[len(authority):]; p.Path == "" {
		p.Path = "/"
	}
	return p
}

// Path returns the path of the request target as it was sent.
func (r *Request) Path() string { return SplitTarget(r.Target).Path }

// Query returns the query of the request target as it was sent, without the
// question mark.
func (r *Request) Query() string { return SplitTarget(r.Target).Query }

// UnescapeQuery undoes the percent encoding of a name or value in a query; what is
// not well formed stays as it is.
func UnescapeQuery(s string) string {
	if !strings.ContainsAny(s, "%+") {
		return s
	}
	if t, err := url.QueryUnescape(s); err == nil {
		return t
	}
	return s
}
