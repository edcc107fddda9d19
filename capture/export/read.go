package export

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"

	"creel/capture"
)

// Read reads the exchanges of a file: creel's JSON lines, a HAR, requests as on
// the wire, or curl command lines. It tells them apart by their content. Their
// IDs are zero, and ImportedFrom is the id in the file, if any. Requests without
// a time get now. Nothing but data is read: a curl command that names a file is
// an error.
func Read(data []byte, now time.Time) ([]*capture.Exchange, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	start := bytes.TrimLeft(data, " \t\r\n")
	var out []*capture.Exchange
	var err error
	switch {
	case len(start) == 0:
		return nil, errors.New("the file is empty")
	case start[0] == '{' && isHAR(start):
		out, err = readHAR(start)
	case start[0] == '{' || start[0] == '[':
		out, err = readJSONL(data)
	case isRequestLine(firstLine(start)):
		out, err = readRaw(start)
	case isCurl(start):
		out, err = readCurl(string(data))
	default:
		return nil, errors.New("neither creel's JSON lines, nor a HAR, nor raw HTTP, nor curl commands")
	}
	for _, ex := range out {
		if ex.At.IsZero() {
			ex.At = now
		}
	}
	return out, err
}

func firstLine(b []byte) string {
	line, _, _ := bytes.Cut(b, []byte("\n"))
	return strings.TrimRight(string(line), "\r")
}

// imported is an exchange of which only the request is known.
func imported(r capture.Request) *capture.Exchange {
	if r.Host == "" {
		r.Host, _ = r.Get("Host")
	}
	r.Size = r.Body.Size()
	return &capture.Exchange{State: capture.StateInterrupted, Request: r}
}

// setURL fills in what a URL says. It is parted by hand: parsing and printing
// it would change its escapes.
func setURL(r *capture.Request, url string) error {
	scheme, rest, ok := strings.Cut(url, "://")
	if !ok {
		scheme, rest = "http", url
	}
	switch strings.ToLower(scheme) {
	case "http", "ws":
	case "https", "wss":
		r.TLS = true
	default:
		return fmt.Errorf("URL %q is not http or https", url)
	}
	rest, _, _ = strings.Cut(rest, "#")
	i := strings.IndexAny(rest, "/?")
	if i < 0 {
		i = len(rest)
	}
	r.Host, r.Target = rest[:i], rest[i:]
	if at := strings.LastIndexByte(r.Host, '@'); at >= 0 {
		r.Host = r.Host[at+1:]
	}
	if !strings.HasPrefix(r.Target, "/") {
		r.Target = "/" + r.Target
	}
	return nil
}
