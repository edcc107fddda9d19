package export

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"creel/capture"
	"creel/capture/lazy"
)

var requestLine = lazy.Regexp(`^([!#$%&'*+.^_|~0-9A-Za-z-]+) (\S.*?)( HTTP/\d(\.\d)?)?$`)

// isRequestLine reports whether a line is METHOD target HTTP/1.1. The version may
// be missing where the method is in capitals and the target is plainly one.
func isRequestLine(line string) bool {
	m := requestLine().FindStringSubmatch(line)
	return m != nil && (m[3] != "" ||
		strings.ToUpper(m[1]) == m[1] && (strings.HasPrefix(m[2], "/") || strings.Contains(m[2], "://")))
}

// readRaw reads requests as on the wire, one after the other. Lines may end with
// LF alone. A request without a length has as its body all that is left, unless
// that is plainly the next request.
func readRaw(data []byte) ([]*capture.Exchange, error) {
	var out []*capture.Exchange
	for rest := data; len(bytes.TrimLeft(rest, "\r\n")) > 0; {
		rest = bytes.TrimLeft(rest, "\r\n")
		r, next, err := readRequest(rest)
		if err != nil {
			return out, fmt.Errorf("request %d: %w", len(out)+1, err)
		}
		out, rest = append(out, imported(r)), next
	}
	return out, nil
}

func readRequest(data []byte) (r capture.Request, rest []byte, err error) {
	h, rest := cutHead(data)
	m := requestLine().FindStringSubmatch(firstLine(h))
	if m == nil {
		return r, nil, fmt.Errorf("%q is not a request line", firstLine(h))
	}
	_, fields, err := parseFields(h)
	if err != nil {
		return r, nil, err
	}
	if slices.ContainsFunc(fields, func(f capture.Field) bool { return f.Name == "" }) {
		return r, nil, errors.New("a header field has no name")
	}
	r = capture.Request{Method: m[1], Target: m[2], Proto: strings.TrimSpace(m[3]), Fields: fields, Exact: true}
	if r.Proto == "" {
		r.Proto = "HTTP/1.1"
		if err := setURL(&r, r.Target); strings.Contains(r.Target, "://") && err != nil {
			return r, nil, err
		}
	}
	if host, ok := r.Get("Host"); ok {
		r.Host = host
	}
	body, rest, err := cutBody(&r, rest)
	r.Body = capture.NewBody(body)
	return r, rest, err
}

// cutBody parts the body from what follows, by the rules of RFC 9112 section 6.
func cutBody(r *capture.Request, data []byte) (body, rest []byte, err error) {
	if hasChunkedField(r) {
		r.Chunked = true
		return cutChunks(r, data)
	}
	if length, ok := r.Get("Content-Length"); ok {
		n, err := strconv.Atoi(strings.TrimSpace(length))
		if err != nil || n < 0 {
			return nil, nil, fmt.Errorf("Content-Length %q is not a number", shorten(length))
		}
		if n > len(data) {
			r.Incomplete = true
			n = len(data)
		}
		return data[:n], data[n:], nil
	}
	if isRequestLine(firstLine(data)) && strings.Contains(firstLine(data), " HTTP/") {
		return nil, data, nil
	}
	return data, nil, nil
}

var errChunk = errors.New("the body is not in valid chunks")

func cutChunks(r *capture.Request, data []byte) (body, rest []byte, err error) {
	for {
		i := bytes.IndexByte(data, '\n')
		if i < 0 {
			r.Incomplete = true
			return body, nil, nil
		}
		size, _, _ := strings.Cut(strings.TrimSpace(string(data[:i])), ";")
		n, err := strconv.ParseUint(strings.TrimSpace(size), 16, 32)
		if err != nil {
			return nil, nil, errChunk
		}
		if n == 0 {
			break
		}
		data = data[i+1:]
		if uint64(len(data)) < n {
			r.Incomplete = true
			return append(body, data...), nil, nil
		}
		body, data = append(body, data[:n]...), data[n:]
		data = bytes.TrimPrefix(bytes.TrimPrefix(data, []byte("\r")), []byte("\n"))
	}
	trailers, rest := cutHead(data)
	_, r.Trailers = splitHead(trailers) // behind the line of the last chunk
	return body, rest, nil
}

// cutHead parts the head, through the empty line, from what follows.
func cutHead(data []byte) (head, rest []byte) {
	if end := capture.HeadEnd(data, 0); end >= 0 {
		return data[:end], data[end:]
	}
	return data, nil
}
