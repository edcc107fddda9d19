package export

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"

	"creel/capture"
	"creel/capture/lazy"
)

// httpRequestLine is the request line of a .http file: a URL, a method in front
// of it, a version behind it.
var httpRequestLine = lazy.Regexp(`^(?:([\w!$%&'*+.^|~-]+)[ \t]+)?(\S.*?)(?:[ \t]+(HTTP/\d(?:\.\d)?))?$`)

// hostFirst is a request line with a URL that lacks its scheme.
var hostFirst = lazy.Regexp(`^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)[ \t]+(localhost|[\w-]+(\.[\w-]+)+|[\w.-]+:\d+)([/?]\S*)?$`)

// isHTTPFile reports whether a file is one that the HTTP clients of editors read
// rather than requests as on the wire: it begins with a script, or with a comment or a
// variable in front of a request, has a URL in full and no version, or separates requests
// by ###.
func isHTTPFile(start []byte) bool {
	if start[0] == '@' && httpVariable().MatchString(firstLine(start)) {
		return true
	}
	commented := false
	for isHTTPComment(firstLine(start)) {
		_, rest, ok := bytes.Cut(start, []byte("\n"))
		if !ok {
			return false
		}
		start, commented = bytes.TrimLeft(rest, " \t\r\n"), true
	}
	line := firstLine(start)
	m := httpRequestLine().FindStringSubmatch(line)
	switch {
	case httpScript().MatchString(line):
		return true
	case m == nil, strings.ToUpper(m[1]) != m[1] && !commented:
		return false
	case httpVariable().MatchString(line):
		return commented
	case m[1] == "":
		return strings.HasPrefix(line, "http://") || strings.HasPrefix(line, "https://")
	case m[3] == "":
		return strings.Contains(m[2], "://") || strings.HasPrefix(m[2], "{{") ||
			commented && strings.HasPrefix(m[2], "/") || hostFirst().MatchString(line)
	}
	if next := firstLine(start[min(len(line)+1, len(start)):]); strings.HasPrefix(next, "###") {
		return true
	}
	h, rest := cutHead(start)
	_, fields := splitHead(h)
	r := capture.Request{Fields: fields}
	_, sized := r.Get("Content-Length")
	return commented || !sized && !hasChunkedField(&r) && bytes.Contains(append([]byte("\n"), rest...), []byte("\n###"))
}

func isHTTPComment(line string) bool {
	return strings.HasPrefix(line, "#") || strings.HasPrefix(line, "//")
}

var (
	httpScript   = lazy.Regexp(`^<[ \t]+(?:\{%|\S+\.js$)`)
	httpVariable = lazy.Regexp(`^@[\w.-]+[ \t]*=`)
	placeholder  = lazy.Regexp(`\{\{[^{}\n]*\}\}`)
)

// readHTTPFile reads the requests of a .http file. Variables are not put in: a
// request that has one is an error that names it.
func readHTTPFile(data []byte) ([]*capture.Exchange, error) {
	var out []*capture.Exchange
	block, start := []string{}, 1
	end := func(next int) error {
		ex, err := readHTTPBlock(block, start)
		if ex != nil {
			out = append(out, ex)
		}
		block, start = nil, next
		return err
	}
	n := 0
	for line := range strings.Lines(string(data)) {
		n++
		if strings.HasPrefix(line, "###") {
			if err := end(n + 1); err != nil {
				return nil, err
			}
			continue
		}
		block = append(block, line)
	}
	if err := end(n + 1); err != nil {
		return nil, err
	}
	if len(out) == 0 {
		return nil, errors.New("the .http file has no request")
	}
	return out, nil
}

// httpBlock is what stands between two ###.
type httpBlock struct {
	lines []string
	at    int // the line of the file that lines[0] is
	i     int // the line that is read
	r     capture.Request
}

func (b *httpBlock) text() string { return strings.TrimRight(b.lines[b.i], " \t\r\n") }

// fail is an error about the line that is read.
func (b *httpBlock) fail(format string, args ...any) error {
	return fmt.Errorf("line %d: %w", b.at+b.i, fmt.Errorf(format, args...))
}

// variable refuses a variable in the line that is read.
func (b *httpBlock) variable(text string) error {
	if name := placeholder().FindString(text); name != "" {
		return b.fail("%s is a variable, and variables are not put in: write its value", name)
	}
	return nil
}

// readHTTPBlock reads the request of a block; nil when it has none.
func readHTTPBlock(lines []string, at int) (*capture.Exchange, error) {
	b := &httpBlock{lines: lines, at: at}
	if err := b.before(); err != nil || b.i == len(lines) {
		return nil, err
	}
	for _, read := range []func() error{b.requestLine, b.fields, b.body} {
		if err := read(); err != nil {
			return nil, err
		}
	}
	if host, ok := b.r.Get("Host"); ok {
		b.r.Host = host
	}
	withOwnFields(&b.r)
	return imported(b.r), nil
}

// before passes over what stands in front of the request line.
func (b *httpBlock) before() error {
	for ; b.i < len(b.lines); b.i++ {
		switch line := strings.TrimSpace(b.lines[b.i]); {
		case leftOut().MatchString(line):
			return b.fail("a part of the request is not in the file: %s", shorten(line))
		case line == "", isHTTPComment(line), httpVariable().MatchString(line):
		case httpScript().MatchString(line):
			return b.fail("the script in front of the request is not run")
		default:
			return nil
		}
	}
	return nil
}

// requestLine reads the request line, whose URL may go on in lines that are
// indented.
func (b *httpBlock) requestLine() error {
	line, next := b.text(), b.i+1
	for ; next < len(b.lines) && strings.TrimLeft(b.lines[next], " \t") != b.lines[next] && strings.TrimSpace(b.lines[next]) != ""; next++ {
		line += strings.TrimSpace(b.lines[next])
	}
	if err := b.variable(line); err != nil {
		return err
	}
	m := httpRequestLine().FindStringSubmatch(line)
	if m == nil || strings.ContainsAny(m[2], " \t") {
		return b.fail("%q is not a request line", shorten(line))
	}
	b.r = capture.Request{Method: m[1], Target: m[2], Proto: m[3], Exact: true}
	if slices.Contains(editorMethods, b.r.Method) {
		return b.fail("%s is no method of HTTP: write the request that the editor makes of it", b.r.Method)
	}
	b.r.Method = cmp.Or(b.r.Method, "GET")
	if b.r.Proto == "" || b.r.Proto == "HTTP/2" {
		b.r.Proto = "HTTP/1.1"
	}
	if !strings.HasPrefix(b.r.Target, "/") && b.r.Target != "*" {
		if err := setURL(&b.r, b.r.Target); err != nil {
			return b.fail("%w", err)
		}
	}
	b.i = next
	return nil
}

// editorMethods are words of editors for what they send by other means, or as another
// request.
var editorMethods = []string{"GRAPHQL", "GRPC", "WEBSOCKET", "RSOCKET"}

func (b *httpBlock) fields() error {
	for ; b.i < len(b.lines) && b.text() != ""; b.i++ {
		line := b.text()
		name, value, ok := strings.Cut(line, ":")
		switch {
		case leftOut().MatchString(line):
			return b.fail("a part of the request is not in the file: %s", shorten(line))
		case isHTTPComment(line):
			continue
		case !ok || strings.ContainsAny(name, " \t"):
			return b.fail("%q is not a header field", shorten(line))
		}
		if err := b.variable(line); err != nil {
			return err
		}
		if strings.EqualFold(name, "X-Request-Type") && strings.EqualFold(strings.TrimSpace(value), "graphql") {
			return b.fail("%s: the editor makes JSON of the body: write that, without this line", line)
		}
		value, err := editorAuthorization(name, strings.Trim(value, " \t"))
		if err != nil {
			return b.fail("%w", err)
		}
		b.r.Fields = append(b.r.Fields, capture.Field{Name: name, Value: value})
	}
	b.i = min(b.i+1, len(b.lines))
	return nil
}

// editorAuthorization is the value that editors send: they encode the name and the
// password of Basic.
func editorAuthorization(name, value string) (string, error) {
	if !strings.EqualFold(name, "Authorization") {
		return value, nil
	}
	scheme, rest, _ := strings.Cut(value, " ")
	rest = strings.TrimSpace(rest)
	user, password, ok := strings.Cut(rest, " ")
	if !ok {
		user, password, ok = strings.Cut(rest, ":")
	}
	switch {
	case ok && strings.EqualFold(scheme, "Basic"):
		return scheme + " " + base64.StdEncoding.EncodeToString([]byte(user+":"+strings.TrimSpace(password))), nil
	case strings.EqualFold(scheme, "Digest") && !strings.Contains(rest, "="), strings.EqualFold(scheme, "AWS"):
		return "", fmt.Errorf("the Authorization %s: the editor makes the value of what the server answers, or of the time", scheme)
	}
	return value, nil
}

// body reads the body: blank lines at its end, and what is done with the
// response, are not part of it.
func (b *httpBlock) body() error {
	first := b.i
	for ; b.i < len(b.lines); b.i++ {
		line := b.lines[b.i]
		switch {
		case afterBody().MatchString(line):
			b.lines = b.lines[:b.i]
			continue
		case strings.HasPrefix(line, "< "), strings.HasPrefix(line, "<@"):
			return b.fail("the body is in a file, which is not read here: %s", shorten(strings.TrimSpace(line)))
		case leftOut().MatchString(line):
			return b.fail("the body is not in the file: %s", shorten(strings.TrimSpace(line)))
		}
		if err := b.variable(line); err != nil {
			return err
		}
	}
	body := strings.TrimRight(strings.Join(b.lines[first:], ""), "\r\n")
	switch v, _ := b.r.Get("Content-Type"); {
	case strings.HasPrefix(strings.ToLower(v), "application/x-www-form-urlencoded"):
		body = formGoesOn().ReplaceAllString(body, "&") // editors join the lines of a form
	case linesEndWithCRLF(v):
		body = strings.ReplaceAll(strings.ReplaceAll(body, "\r\n", "\n"), "\n", "\r\n")
	}
	b.r.Body = capture.NewBody([]byte(body))
	return nil
}

// linesEndWithCRLF reports whether editors send the lines of such a body with the
// line ends of MIME.
func linesEndWithCRLF(contentType string) bool {
	return strings.HasPrefix(strings.ToLower(contentType), "multipart/")
}

var formGoesOn = lazy.Regexp(`\r?\n&`)

// afterBody is what says what is done with the response.
var afterBody = lazy.Regexp(`^(?:>|>>|>>!|<>) `)

// leftOut is what creel itself writes for what the format cannot hold.
var leftOut = lazy.Regexp(`^(?:#|//) (?:left out|not possible)\b`)
