package export

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"creel/capture"
)

// httpRequestLine is the request line of a .http file: a URL, a method in front
// of it, a version behind it.
var httpRequestLine = regexp.MustCompile(`^(?:([\w!$%&'*+.^|~-]+)[ \t]+)?(\S.*?)(?:[ \t]+(HTTP/\d(?:\.\d)?))?$`)

// isHTTPFile reports whether a file is one that the HTTP clients of editors read
// rather than requests as on the wire: it begins with a comment or a variable in
// front of a request, has a URL in full and no version, or separates requests
// by ###.
func isHTTPFile(start []byte) bool {
	if start[0] == '@' && httpVariable.MatchString(firstLine(start)) {
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
	m := httpRequestLine.FindStringSubmatch(line)
	switch {
	case commented && strings.HasPrefix(line, "< {%"):
		return true
	case m == nil, strings.ToUpper(m[1]) != m[1] && !commented:
		return false
	case httpVariable.MatchString(line):
		return commented
	case m[1] == "":
		return strings.HasPrefix(line, "http://") || strings.HasPrefix(line, "https://")
	case m[3] == "":
		return strings.Contains(m[2], "://") || strings.HasPrefix(m[2], "{{") || commented && strings.HasPrefix(m[2], "/")
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
	httpVariable = regexp.MustCompile(`^@[\w.-]+[ \t]*=`)
	placeholder  = regexp.MustCompile(`\{\{[^{}\n]*\}\}`)
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

// readHTTPBlock reads what stands between two ###; nil when it has no request.
func readHTTPBlock(lines []string, at int) (*capture.Exchange, error) {
	fail := func(i int, format string, args ...any) (*capture.Exchange, error) {
		return nil, fmt.Errorf("line %d: "+format, append([]any{at + i}, args...)...)
	}
	i := 0
	text := func() string { return strings.TrimRight(lines[i], " \t\r\n") }
	for ; i < len(lines); i++ { // in front of the request line
		switch line := strings.TrimSpace(lines[i]); {
		case line == "", isHTTPComment(line) && !leftOut.MatchString(line), httpVariable.MatchString(line):
			continue
		case leftOut.MatchString(line):
			return fail(i, "a part of the request is not in the file: %s", shorten(line))
		case strings.HasPrefix(line, "< {%"):
			return fail(i, "the script in front of the request is not run")
		}
		break
	}
	if i == len(lines) {
		return nil, nil
	}
	first := i
	url := text()
	for i++; i < len(lines) && (strings.HasPrefix(lines[i], " ") || strings.HasPrefix(lines[i], "\t")) && strings.TrimSpace(lines[i]) != ""; i++ {
		url += strings.TrimSpace(lines[i]) // a query over several lines
	}
	m := httpRequestLine.FindStringSubmatch(url)
	if m == nil {
		return fail(first, "%q is not a request line", shorten(url))
	}
	if name := placeholder.FindString(url); name != "" {
		return fail(first, "%s is a variable, and variables are not put in: write its value", name)
	}
	r := capture.Request{Method: m[1], Target: m[2], Proto: m[3], Exact: true}
	if r.Method == "" {
		r.Method = "GET"
	}
	if r.Proto == "" || r.Proto == "HTTP/2" {
		r.Proto = "HTTP/1.1"
	}
	if strings.ContainsAny(r.Target, " \t") {
		return fail(first, "%q is not a request line", shorten(url))
	}
	if !strings.HasPrefix(r.Target, "/") && r.Target != "*" {
		if err := setURL(&r, r.Target); err != nil {
			return fail(first, "%w", err)
		}
	}
	for ; i < len(lines) && text() != ""; i++ {
		line := text()
		if leftOut.MatchString(line) {
			return fail(i, "a part of the request is not in the file: %s", shorten(line))
		}
		if isHTTPComment(line) {
			continue
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok || strings.ContainsAny(name, " \t") {
			return fail(i, "%q is not a header field", shorten(line))
		}
		if v := placeholder.FindString(line); v != "" {
			return fail(i, "%s is a variable, and variables are not put in: write its value", v)
		}
		r.Fields = append(r.Fields, capture.Field{Name: name, Value: strings.Trim(value, " \t")})
	}
	body, bad, err := httpBody(lines[min(i+1, len(lines)):])
	if err != nil {
		return fail(i+1+bad, "%w", err)
	}
	if host, ok := r.Get("Host"); ok {
		r.Host = host
	}
	r.Body = capture.NewBody(body)
	withOwnFields(&r)
	return imported(r), nil
}

// leftOut is what creel itself writes for what the format cannot hold.
var leftOut = regexp.MustCompile(`^(?:#|//) (?:left out|not possible)\b`)

// httpBody is the body: blank lines at its end, and what is done with the
// response, are not part of it. The error is about the line bad.
func httpBody(lines []string) (body []byte, bad int, err error) {
	for i, line := range lines {
		switch {
		case strings.HasPrefix(line, "> "), strings.HasPrefix(line, ">> "), strings.HasPrefix(line, ">>! "), strings.HasPrefix(line, "<> "):
			lines = lines[:i]
			return []byte(strings.TrimRight(strings.Join(lines, ""), "\r\n")), 0, nil
		case strings.HasPrefix(line, "< "), strings.HasPrefix(line, "<@"):
			return nil, i, fmt.Errorf("the body is in a file, which is not read here: %s", shorten(strings.TrimSpace(line)))
		case leftOut.MatchString(line):
			return nil, i, fmt.Errorf("the body is not in the file: %s", shorten(strings.TrimSpace(line)))
		}
		if v := placeholder.FindString(line); v != "" {
			return nil, i, fmt.Errorf("%s is a variable, and variables are not put in: write its value", v)
		}
	}
	return []byte(strings.TrimRight(strings.Join(lines, ""), "\r\n")), 0, nil
}
