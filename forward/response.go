package forward

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http/httputil"
	"slices"
	"strconv"
	"strings"
	"time"

	"creel/capture"
)

const (
	maxHead    = 1 << 20 // bytes of status lines and fields, trailers among them
	maxInterim = 100     // 1xx answers before the one that counts
)

// response is what a target sent back, as far as it came.
type response struct {
	proto     string
	status    int
	fields    []capture.Field
	trailers  []capture.Field
	body      []byte
	truncated bool
	firstByte time.Time
	reusable  bool // the connection is in a state to take another request
}

// responseReader reads one response.
type responseReader struct {
	r        *bufio.Reader
	method   string              // of the request: HEAD has no body
	limit    int64               // of the body
	take     func(n int64) error // reserves memory for n bytes of the body
	quickAck func()              // asks for the rest: see quickAck
	head     int                 // bytes of the head still allowed
	lines    string              // of the head, read already

	// start is called when a body begins that is not all here yet and is not known
	// to be larger than the limit. It returns where else it goes; nil: nowhere.
	// It may be nil.
	start func(*response) *stream
	to    *stream
}

// read reads into a, which holds what came also when it fails.
func (ar *responseReader) read(a *response) error {
	ar.head = maxHead
	for n := 0; ; n++ {
		if n > maxInterim {
			return protocolError("more than %d interim responses (1xx)", maxInterim)
		}
		if err := ar.readHead(a); err != nil {
			return err
		}
		if a.status >= 200 {
			break
		}
		if a.status == 101 {
			return protocolError("101 Switching Protocols, which was not asked for")
		}
	}
	return ar.readBody(a)
}

func (ar *responseReader) readHead(a *response) error {
	if _, err := ar.r.Peek(1); err != nil {
		return ended(err, "before a response")
	}
	a.firstByte = time.Now()
	if !ar.whole() {
		ar.quickAck()
	}
	line, err := ar.line()
	if err != nil {
		return err
	}
	if a.proto, a.status, err = parseStatus(line); err != nil {
		return err
	}
	a.fields, err = ar.readFields()
	return err
}

// whole takes the head when all of it is there, which makes one string of it, and
// reports whether it is. One that ends with bare line feeds is read line by line.
func (ar *responseReader) whole() bool {
	const end = "\n\r\n"
	ahead := ar.ahead()
	n := bytes.Index(ahead, []byte(end))
	if n < 0 || bytes.Contains(ahead[:n+1], []byte("\n\n")) {
		return false
	}
	ar.lines = string(ahead[:n+len(end)])
	_, _ = ar.r.Discard(len(ar.lines))
	return true
}

// ahead is what is read already.
func (ar *responseReader) ahead() []byte {
	b, _ := ar.r.Peek(ar.r.Buffered())
	return b
}

// parseStatus reads a status line (RFC 9112 section 4); the reason may be
// missing together with the space before it.
func parseStatus(line string) (proto string, status int, err error) {
	proto, rest, _ := strings.Cut(line, " ")
	if !strings.HasPrefix(proto, "HTTP/1.") || len(proto) != len("HTTP/1.1") {
		return "", 0, protocolError("starts with %.60q: not HTTP/1.1", line)
	}
	code, _, _ := strings.Cut(rest, " ")
	status, err = strconv.Atoi(code)
	if err != nil || len(code) != 3 || status < 100 {
		return "", 0, protocolError("has the status line %.60q", line)
	}
	return proto, status, nil
}

// line reads one line without its end, within the limit of the head.
func (ar *responseReader) line() (string, error) {
	if ar.lines != "" {
		line, rest, _ := strings.Cut(ar.lines, "\n")
		if ar.head -= len(ar.lines) - len(rest); ar.head < 0 {
			return "", headTooLarge()
		}
		ar.lines = rest
		return strings.TrimSuffix(line, "\r"), nil
	}
	var line []byte
	for {
		part, err := ar.r.ReadSlice('\n')
		if ar.head -= len(part); ar.head < 0 {
			return "", headTooLarge()
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			line = append(line, part...)
			continue
		}
		if err != nil {
			return "", ended(err, "within the head of the response")
		}
		if len(line) > 0 {
			part = append(line, part...)
		}
		part = bytes.TrimSuffix(part, []byte("\n"))
		return string(bytes.TrimSuffix(part, []byte("\r"))), nil
	}
}

func headTooLarge() error {
	return protocolError("its head is larger than %d bytes", maxHead)
}

// readFields reads field lines through the empty line. A folded line is joined
// with one space (RFC 9112 section 5.2).
func (ar *responseReader) readFields() ([]capture.Field, error) {
	var fields []capture.Field
	if n := strings.Count(ar.lines, "\n"); n > 1 {
		fields = make([]capture.Field, 0, n-1) // the last line is empty
	}
	for {
		line, err := ar.line()
		if err != nil || line == "" {
			return fields, err
		}
		if line[0] == ' ' || line[0] == '\t' {
			if len(fields) == 0 {
				return nil, protocolError("has a folded line before any field")
			}
			last := &fields[len(fields)-1]
			last.Value = strings.Trim(last.Value+" "+strings.Trim(line, " \t"), " \t")
			continue
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok || name == "" || strings.ContainsFunc(name, notPrinting) {
			return nil, protocolError("has the line %.60q among its fields", line)
		}
		fields = append(fields, capture.Field{Name: name, Value: strings.Trim(value, " \t")})
	}
}

// readBody reads the body in the way its length is told (RFC 9112 section 6.3).
func (ar *responseReader) readBody(a *response) error {
	a.reusable = keepsAlive(a)
	if ar.method == "HEAD" || a.status == 204 || a.status == 304 {
		return nil
	}
	if i := lastField(a.fields, "Transfer-Encoding"); i >= 0 {
		if coding := a.fields[i].Value; !strings.EqualFold(coding, "chunked") {
			return protocolError("has the transfer coding %.40q", coding)
		}
		if !wholeChunked(ar.ahead()) {
			ar.begin(a)
		}
		if !bytes.HasSuffix(ar.ahead(), []byte("\r\n\r\n")) {
			ar.quickAck()
		}
		return ar.readChunked(a)
	}
	length, err := contentLength(a.fields)
	if err != nil {
		return err
	}
	if int64(ar.r.Buffered()) < length || length < 0 {
		ar.quickAck()
	}
	if length < 0 || int64(ar.r.Buffered()) < length && length <= ar.limit {
		ar.begin(a)
	}
	if length >= 0 {
		return ar.readLength(a, length)
	}
	a.reusable = false
	return ar.fill(a, ar.r, math.MaxInt64)
}

// wholeChunked reports whether the chunked body at the beginning of b is all there,
// or so broken that reading it fails at once.
func wholeChunked(b []byte) bool {
	for {
		line, rest, ok := bytes.Cut(b, []byte("\n"))
		if !ok {
			return false
		}
		size, _, _ := strings.Cut(strings.TrimSpace(string(line[:min(len(line), 64)])), ";")
		n, err := strconv.ParseUint(strings.TrimSpace(size), 16, 31)
		switch {
		case err != nil:
			return true
		case n == 0:
			return bytes.HasPrefix(rest, []byte("\r\n")) || bytes.Contains(rest, []byte("\r\n\r\n"))
		case uint64(len(rest)) < n+2:
			return false
		}
		b = rest[n+2:]
	}
}

func (ar *responseReader) begin(a *response) {
	if ar.start != nil {
		ar.to = ar.start(a)
	}
}

func (ar *responseReader) readChunked(a *response) (err error) {
	if err = ar.fill(a, httputil.NewChunkedReader(ar.r), math.MaxInt64); err == nil && !a.truncated {
		a.trailers, err = ar.readFields()
	}
	return err
}

func (ar *responseReader) readLength(a *response, length int64) error {
	if err := ar.fill(a, ar.r, length); err != nil {
		return err
	}
	if got := int64(len(a.body)); got < length {
		return ended(io.ErrUnexpectedEOF, fmt.Sprintf("after %d of %d bytes", got, length))
	}
	return nil
}

// fill reads the body up to length and the limit. It believes no announced length:
// memory grows with what came.
func (ar *responseReader) fill(a *response, r io.Reader, length int64) error {
	body, err := readUpTo(&metered{r, ar.take}, min(ar.limit+1, length), ar.to.publish)
	a.body = body
	if int64(len(a.body)) > ar.limit {
		a.body = a.body[:ar.limit:ar.limit]
		a.truncated, a.reusable = true, false
		if ar.to != nil {
			return ar.passOn(a, r)
		}
		return &failure{capture.CauseTooLarge, fmt.Errorf("response: larger than %d bytes", ar.limit)}
	}
	return ar.bodyError(a, err)
}

// passOn gives the sender what is beyond the limit.
func (ar *responseReader) passOn(a *response, r io.Reader) error {
	buf := make([]byte, 32<<10)
	for {
		n, err := r.Read(buf)
		if n > 0 && !ar.to.pass(buf[:n]) {
			return &failure{capture.CauseTooLarge, fmt.Errorf("response: larger than %d bytes, and its sender left", ar.limit)}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return ar.bodyError(a, err)
		}
	}
}

// bodyError says what an error within the body means.
func (ar *responseReader) bodyError(a *response, err error) error {
	if err == nil {
		return nil
	}
	var network net.Error
	if errors.Is(err, capture.ErrBusy) {
		return &failure{capture.CauseTimeout, fmt.Errorf("response: no room for it: %w", err)}
	}
	if !errors.As(err, &network) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return protocolError("%w", err) // the connection is well, so it is the chunks that are not
	}
	return ended(err, fmt.Sprintf("after %d bytes of the body", len(a.body)))
}

// readUpTo reads at most limit bytes. The buffer doubles, from 1 MiB on it
// quadruples, so that what it grew out of is a small part of what it takes; it is
// never larger than the limit, and what is returned has little room to spare,
// because it is kept. each is called with what there is after each read.
func readUpTo(r io.Reader, limit int64, each func([]byte)) ([]byte, error) {
	b := make([]byte, 0, min(512, limit))
	var err error
	for err == nil && int64(len(b)) < limit {
		if len(b) == cap(b) {
			size := 2 * int64(cap(b))
			if size > 1<<20 {
				size *= 2
			}
			if size > limit-limit/8 {
				size = limit
			}
			b = append(make([]byte, 0, size), b...)
		}
		var n int
		n, err = r.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		each(b)
	}
	if err == io.EOF {
		err = nil
	}
	if cap(b)-len(b) > len(b)/4 {
		b = bytes.Clone(b)
	}
	return b, err
}

// metered takes from a budget what it reads.
type metered struct {
	r    io.Reader
	take func(n int64) error
}

func (m *metered) Read(p []byte) (int, error) {
	n, err := m.r.Read(p)
	if terr := m.take(int64(n)); terr != nil {
		return n, terr
	}
	return n, err
}

func keepsAlive(a *response) bool {
	closes := func(value string) bool { return strings.Contains(strings.ToLower(value), "close") }
	return a.proto == "HTTP/1.1" && !slices.ContainsFunc(fieldValues(a.fields, "Connection"), closes)
}

// contentLength returns -1 when there is none.
func contentLength(fields []capture.Field) (int64, error) {
	length := int64(-1)
	for _, value := range fieldValues(fields, "Content-Length") {
		n, err := strconv.ParseUint(value, 10, 63)
		if err != nil || length >= 0 && length != int64(n) {
			return 0, protocolError("has the Content-Length %.40q", value)
		}
		length = int64(n)
	}
	return length, nil
}
