package capture

import (
	"fmt"
	"net/url"
	"strconv"
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

// PathUnder reports whether a path is prefix or below it, however each of them is
// percent-encoded; an empty prefix and "/" have everything below them.
func PathUnder(path, prefix string) bool {
	prefix = ComparePath(strings.TrimRight(prefix, "/"))
	rest, ok := strings.CutPrefix(ComparePath(path), prefix)
	return ok && (prefix == "" || rest == "" || rest[0] == '/')
}

// ComparePath returns the form of a path in which it is compared: with its percent
// encoding undone (RFC 3986 section 6.2.2), but that of the characters which mean
// another thing without it, such as %2F, and of control characters.
func ComparePath(path string) string {
	if !strings.Contains(path, "%") {
		return path
	}
	var b strings.Builder
	for i := 0; i < len(path); i++ {
		if path[i] == '%' && i+2 < len(path) {
			if c, err := strconv.ParseUint(path[i+1:i+3], 16, 8); err == nil {
				if c <= 0x1f || c == 0x7f || strings.IndexByte("%/?#[]@:!$&'()*+,;=", byte(c)) >= 0 {
					fmt.Fprintf(&b, "%%%02X", c)
				} else {
					b.WriteByte(byte(c))
				}
				i += 2
				continue
			}
		}
		b.WriteByte(path[i])
	}
	return b.String()
}

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
