package export

import (
	"cmp"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"

	"creel/capture"
	"creel/capture/lazy"
)

// curlAgent is what curl calls itself. Which version a command would be run with
// is not known; this one has the options that are read here.
const curlAgent = "curl/8.17.0"

// request is the request that curl sends to that URL.
func (c *curlCommand) request(rawURL string) (*capture.Exchange, error) {
	switch {
	case c.hasData && len(c.form) > 0:
		return nil, errors.New("curl sends either data (-d) or a form (-F), not both")
	case c.head && !c.get && (c.hasData || len(c.form) > 0):
		return nil, errors.New("curl sends either data or, with -I, none")
	case len(c.form) > 0 && !c.isFormData():
		return nil, errors.New("-F with a Content-Type other than multipart/form-data is not read")
	case c.get && len(c.form) > 0:
		return nil, errors.New("curl does not put a form (-F) into the URL")
	case strings.ContainsAny(c.method+c.target, " \t\r\n\x00"):
		return nil, errors.New("the method or the request target has a blank or a control character")
	}
	r := capture.Request{Proto: "HTTP/1.1", Exact: true}
	if c.http10 {
		r.Proto = "HTTP/1.0"
	}
	user, err := c.setURL(&r, rawURL)
	if err != nil {
		return nil, err
	}
	if c.target != "" {
		r.Target = c.target
	}
	body, contentType := []byte(c.data.String()), "application/x-www-form-urlencoded"
	switch {
	case len(c.form) > 0:
		if body, contentType, err = c.multipart(); err != nil {
			return nil, err
		}
	case !c.hasData || c.get:
		body, contentType = nil, ""
	}
	r.Method = c.requestMethod()
	if c.byteRange != "" && contentType != "" {
		return nil, errors.New("-r with data is not read")
	}
	r.Fields = c.requestFields(&r, user, contentType, len(body))
	r.Chunked = hasChunkedField(&r)
	r.Body = capture.NewBody(body)
	return imported(r), nil
}

// isFormData reports whether the fields leave the content type of a form alone.
func (c *curlCommand) isFormData() bool {
	contentType, ok := capture.FieldValue(c.fields, "Content-Type")
	return !ok || strings.EqualFold(contentType, "multipart/form-data")
}

func (c *curlCommand) requestMethod() string {
	switch {
	case c.method != "":
		return c.method
	case c.head:
		return "HEAD"
	case (c.hasData || len(c.form) > 0) && !c.get:
		return "POST"
	}
	return "GET"
}

func (c *curlCommand) multipart() ([]byte, string, error) {
	if c.formEscape {
		for i := range c.form {
			c.form[i].escape = strings.NewReplacer(`\`, `\\`, `"`, `\"`)
		}
	}
	boundary := formBoundary
	body, err := multipartBody(boundary, c.form)
	return body, "multipart/form-data; boundary=" + boundary, err
}

// curlFieldList gathers the fields of a request: those that curl makes by itself
// unless they are given or removed.
type curlFieldList struct {
	given   capture.Request // has the given fields
	removed map[string]bool
	out     []capture.Field
}

func (l *curlFieldList) add(name, value string) {
	if _, ok := l.given.Get(name); !ok && !l.removed[strings.ToLower(name)] && value != "" {
		l.out = append(l.out, capture.Field{Name: name, Value: value})
	}
}

// requestFields are the fields in the order in which curl sends them: its own,
// then the given ones, then those of the body.
func (c *curlCommand) requestFields(r *capture.Request, user *string, contentType string, length int) []capture.Field {
	l := &curlFieldList{given: capture.Request{Fields: c.fields}, removed: c.removed}
	if host, ok := l.given.Get("Host"); ok {
		l.out = append(l.out, capture.Field{Name: "Host", Value: host})
		r.Host = host
	}
	c.addOwnFields(l, r.Host, user)
	form := len(c.form) > 0
	for _, f := range c.fields {
		switch {
		case strings.EqualFold(f.Name, "Host"):
		case strings.EqualFold(f.Name, "Content-Type") && form: // its boundary is put behind it
			contentType = f.Value + strings.TrimPrefix(contentType, "multipart/form-data")
		default:
			l.out = append(l.out, f)
		}
	}
	if c.json {
		l.add("Content-Type", "application/json")
		l.add("Accept", "application/json")
		contentType = ""
	}
	if (!c.hasData || c.get) && !form {
		return l.out
	}
	if !hasChunkedField(&l.given) {
		l.add("Content-Length", fmt.Sprint(length))
	}
	if _, ok := l.given.Get("Content-Type"); form && ok {
		return append(l.out, capture.Field{Name: "Content-Type", Value: contentType})
	}
	l.add("Content-Type", contentType)
	return l.out
}

// addOwnFields adds what curl sends in front of the given fields.
func (c *curlCommand) addOwnFields(l *curlFieldList, host string, user *string) {
	l.add("Host", host)
	l.add("Authorization", c.credentials(user))
	if c.byteRange != "" {
		l.add("Range", "bytes="+c.byteRange)
	}
	agent := curlAgent
	if c.agent != nil {
		agent = *c.agent
	}
	l.add("User-Agent", agent)
	if !c.json {
		l.add("Accept", "*/*")
	}
	if c.compressed {
		l.add("Accept-Encoding", "deflate, gzip, br, zstd")
	}
	l.add("Referer", c.referer)
	l.add("Cookie", strings.Join(c.cookies, ";"))
	if c.condition != nil {
		l.add(c.condition.Name, c.condition.Value)
	}
}

func (c *curlCommand) credentials(user *string) string {
	switch {
	case c.authorization != "":
		return c.authorization
	case c.user != nil:
		user = c.user
	}
	if user == nil {
		return ""
	}
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(*user))
}

// setURL fills in host and target from the URL. As curl does, it resolves the dot
// segments of the path, unless --path-as-is was given. It returns the user and the password that are in it, if any.
func (c *curlCommand) setURL(r *capture.Request, raw string) (user *string, err error) {
	if raw, err = c.globbed(raw); err != nil {
		return nil, err
	}
	if hasBlank(raw) {
		return nil, errors.New("the URL has a blank or a control character")
	}
	scheme, rest, err := c.cutScheme(raw)
	if err != nil {
		return nil, err
	}
	r.TLS = scheme == "https"
	info, host, path := cutURL(rest)
	if info, ok := strings.CutSuffix(info, "@"); ok {
		if user, err = userInfo(info); err != nil {
			return nil, err
		}
	}
	if r.Host, err = hostOf(scheme, host); err != nil {
		return nil, err
	}
	path, query, hasQuery := strings.Cut(path, "?")
	if !c.pathAsIs {
		path = withoutDots(path)
	}
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	r.Target = escapeBeyondASCII(path) + c.fullQuery(query, hasQuery)
	if hasBlank(r.Target) {
		return nil, errors.New("what -G or --url-query adds to the URL has a blank or a control character")
	}
	return user, nil
}

func hasBlank(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f })
}

// hostOf is the host and the port of a URL as curl sends it.
func hostOf(scheme, host string) (string, error) {
	name, port := host, ""
	if i := strings.LastIndexByte(host, ':'); i > strings.LastIndexByte(host, ']') {
		name, port = host[:i], host[i+1:]
		if strings.Trim(port, "0123456789") != "" {
			return "", fmt.Errorf("the port %q is no number", port)
		}
		port = strings.TrimLeft(port, "0")
	}
	if name == "" {
		return "", errors.New("the URL names no host")
	}
	if port == "" || port == map[string]string{"http": "80", "https": "443"}[scheme] {
		return name, nil
	}
	return name + ":" + port, nil
}

// escapeBeyondASCII writes a path as curl sends it; it leaves the query alone.
func escapeBeyondASCII(path string) string {
	var b strings.Builder
	for i := range len(path) {
		if path[i] < utf8.RuneSelf {
			b.WriteByte(path[i])
		} else {
			fmt.Fprintf(&b, "%%%02x", path[i])
		}
	}
	return b.String()
}

// schemeOf is the scheme of a URL. Curl takes one, two and three slashes behind it.
var schemeOf = lazy.Regexp(`^([A-Za-z][A-Za-z0-9+.-]*):/{1,3}`)

// cutScheme parts the scheme, in lower case, from the rest of a URL. Where there
// is none curl guesses it.
func (c *curlCommand) cutScheme(raw string) (scheme, rest string, err error) {
	if m := schemeOf().FindStringSubmatch(raw); m != nil {
		scheme, rest = m[1], raw[len(m[0]):]
	} else {
		scheme, rest = c.scheme, raw
		for _, guessed := range []string{"ftp", "dict", "ldap", "imap", "smtp", "pop3"} {
			if scheme == "" && strings.HasPrefix(strings.ToLower(raw), guessed+".") {
				return "", "", fmt.Errorf("curl takes the URL for one of %s: write http:// in front", guessed)
			}
		}
	}
	scheme = strings.ToLower(cmp.Or(scheme, "http"))
	if scheme != "http" && scheme != "https" {
		return "", "", errors.New("the URL is not http or https")
	}
	return scheme, rest, nil
}

// fullQuery is the query of the URL with what the options add.
func (c *curlCommand) fullQuery(query string, hasQuery bool) string {
	more := c.query
	if c.get && c.hasData && c.data.Len() > 0 {
		more = []string{c.data.String()} // curl leaves out the others
	}
	for _, text := range more {
		if query != "" {
			query += "&"
		}
		query, hasQuery = query+text, true
	}
	if !hasQuery {
		return ""
	}
	return "?" + query
}

func userInfo(info string) (*string, error) {
	name, password, _ := strings.Cut(info, ":")
	for _, part := range []*string{&name, &password} {
		text, err := url.PathUnescape(*part)
		if err != nil {
			return nil, errors.New("the user in the URL is not escaped well")
		}
		*part = text
	}
	user := name + ":" + password
	return &user, nil
}

// globbed refuses the patterns that stand for several URLs, and takes off the
// backslashes that protect their signs.
func (c *curlCommand) globbed(raw string) (string, error) {
	if c.globOff {
		return raw, nil
	}
	var b strings.Builder
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case c == '\\' && i+1 < len(raw) && strings.IndexByte("{}[]", raw[i+1]) >= 0:
			i++
		case c == '[' && strings.HasSuffix(raw[:i], "//") || c == ']' && strings.Contains(raw[:i], "//[") && !strings.Contains(raw[:i], "]"):
			// an IPv6 address
		case strings.HasPrefix(raw[i:], "[]"):
			b.WriteByte('[')
			i++
		case c == '{' || c == '[' || c == '}' || c == ']':
			return "", fmt.Errorf("curl makes a pattern of the %c, for several URLs: add -g if it stands for itself", c)
		}
		b.WriteByte(raw[i])
	}
	return b.String(), nil
}

// withoutDots takes . and .. out of a path (RFC 3986 section 5.2.4).
func withoutDots(path string) string {
	if !strings.Contains(path, ".") {
		return path
	}
	var out []string
	segments := strings.Split(path, "/")
	for i, s := range segments {
		last := i == len(segments)-1
		switch strings.ReplaceAll(strings.ToLower(s), "%2e", ".") {
		case ".":
		case "..":
			if len(out) > 1 {
				out = out[:len(out)-1]
			}
		default:
			out = append(out, s)
			continue
		}
		if last {
			out = append(out, "")
		}
	}
	return strings.Join(out, "/")
}
