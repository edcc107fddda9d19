package server

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"creel/capture"
)

const (
	// keptOfTooLarge is how much of a body beyond the limit is kept.
	keptOfTooLarge = 64 << 10
	// firstRead is how much is reserved for a body before any of it has come.
	firstRead = 64 << 10
)

// arrival is what reading a request gave.
type arrival struct {
	ex       *capture.Exchange
	refused  capture.Reply // Status 0: the request is whole and may get a reply
	last     bool          // the connection must end after the reply
	cut      bool          // the body ended early or came too slowly; the sender may still read
	reserved int64         // of the budget, to be given back
}

// read reads a request whole, or as far as it goes. It came on c, which is nil when the
// handler runs without the server.
func (s *Server) read(in *arrival, c *conn, w http.ResponseWriter, r *http.Request) {
	b := bodyReader{s: s, w: w, r: r}
	if c == nil || !c.begin() {
		b.began = time.Now()
	}
	body, err := b.read()
	in.reserved = b.reserved
	*in.ex = capture.Exchange{At: b.began, Request: capture.Request{
		Method: r.Method, Target: r.RequestURI, Host: r.Host, Proto: r.Proto,
		Remote: r.RemoteAddr, TLS: r.TLS != nil,
		Chunked: len(r.TransferEncoding) > 0, Body: capture.NewBody(body), Size: int64(len(body)),
	}}
	req := &in.ex.Request
	if len(r.Trailer) > 0 {
		req.Trailers = canonicalFields("", r.Trailer)
	}
	in.claimHead(c, r)
	if c != nil {
		c.describe(in.ex)
	}
	if _, coded := req.Get("Transfer-Encoding"); coded {
		if !r.ProtoAtLeast(1, 1) {
			err = errCoding10 // net/http did not look at it
		}
		// With a length, too, a proxy in front may see another end of the body, and
		// what follows must not be read (RFC 9112 section 6.3).
		if _, in.last = req.Get("Content-Length"); in.last && c != nil {
			c.closeAfterReply()
		}
	}
	switch {
	case err != nil:
		in.reject(err, r.ContentLength, s.MaxBody, c)
	case r.Method == http.MethodConnect:
		in.refused = capture.Refusal(http.StatusMethodNotAllowed, "this is not a proxy", allowed)
		in.last = true
	}
}

// claimHead fills in the header fields, as on the wire when they can be had.
func (in *arrival) claimHead(c *conn, r *http.Request) {
	req := &in.ex.Request
	if c != nil {
		if h, ok := c.claim(); ok && h.isOf(r) {
			in.ex.At = h.at
			// All are parts of the one string.
			req.Method, req.Target, req.Proto = h.method, h.target, h.proto
			req.Fields, req.Exact = h.fields, true
			if host, ok := req.Get("Host"); ok {
				req.Host = host
			}
			if !h.regular {
				req.Head = []byte(h.raw)
			}
			return
		}
	}
	req.Fields = canonicalFields(r.Host, r.Header)
	if in.ex.At.IsZero() {
		in.ex.At = time.Now()
	}
}

// reject decides what a sender hears whose body could not be read whole.
func (in *arrival) reject(err error, announced, limit int64, c *conn) {
	req := &in.ex.Request
	in.last = true
	if c != nil {
		c.closeAfterReply()
	}
	req.Incomplete = true
	in.cut = errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, os.ErrDeadlineExceeded)
	switch {
	case errors.Is(err, errTooLarge):
		req.Incomplete, req.Truncated = false, true
		req.Size = max(req.Size, announced)
		in.refused = capture.Refusal(http.StatusRequestEntityTooLarge, fmt.Sprintf("the body is larger than %d bytes", limit))
	case errors.Is(err, capture.ErrBusy):
		in.refused = capture.Refusal(http.StatusServiceUnavailable, "too many bytes are being read", retryAfter)
	case errors.Is(err, os.ErrDeadlineExceeded):
		in.refused = capture.Refusal(http.StatusRequestTimeout, "the body came too slowly")
	case errors.Is(err, errCoding10):
		in.refused = capture.Refusal(http.StatusBadRequest, "Transfer-Encoding needs HTTP/1.1")
	default:
		in.refused = capture.Refusal(http.StatusBadRequest, "the body is not whole")
	}
}

var (
	errTooLarge = errors.New("body larger than the limit")
	// errCoding10: HTTP/1.0 has no transfer codings, so where the body ends is not
	// known (RFC 9112 section 6.1).
	errCoding10 = errors.New("transfer coding in HTTP/1.0")
)

// bodyReader reads one body within the limits of size, rate and budget.
type bodyReader struct {
	s        *Server
	w        http.ResponseWriter
	r        *http.Request
	began    time.Time // zero: all of it is here
	reserved int64
}

// read returns the body, or what came of it and why no more.
func (b *bodyReader) read() ([]byte, error) {
	announced := b.r.ContentLength
	if announced == 0 || b.r.Body == nil || b.r.Body == http.NoBody {
		return nil, nil
	}
	limit := b.s.MaxBody
	if announced > limit {
		limit = min(limit, keptOfTooLarge)
	}
	buf, err := b.grow(nil, announced)
	for err == nil {
		if len(buf) == cap(buf) {
			if buf, err = b.grow(buf, announced); err != nil {
				break
			}
		}
		b.pace(len(buf))
		var n int
		n, err = b.r.Body.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if int64(len(buf)) > limit || announced > b.s.MaxBody && int64(len(buf)) == limit {
			return bytes.Clone(buf[:min(len(buf), keptOfTooLarge, int(limit))]), errTooLarge
		}
	}
	if err == io.EOF {
		err = nil
	}
	if spare := cap(buf) - len(buf); spare > len(buf)/4 && spare > 512 {
		buf = bytes.Clone(buf)
	}
	return buf, err
}

// grow returns buf with more room, which is reserved before it is made. A length
// that was announced counts only as far as bytes have come, so that announcing
// much costs nothing.
func (b *bodyReader) grow(buf []byte, announced int64) ([]byte, error) {
	size := int64(max(2*cap(buf), 512))
	if announced > 0 && (announced <= firstRead || announced < 2*size) {
		// HTTP/2 tells the end in a read of its own, which needs room.
		size = max(announced, int64(cap(buf))+1)
	}
	more := size - int64(cap(buf))
	if err := b.s.Inflight.Take(b.r.Context(), more); err != nil {
		return buf, err
	}
	b.reserved += more
	grown := make([]byte, len(buf), size)
	copy(grown, buf)
	return grown, nil
}

// pace allows the sender bodyGrace, a second for every bodyRate bytes that have
// come, and never more than idleTime without any; less while places are scarce.
func (b *bodyReader) pace(got int) {
	if b.began.IsZero() {
		return
	}
	grace, rate := bodyGrace, bodyRate
	if b.s.conns.scarce.Load() > 0 {
		grace, rate = scarceGrace, scarceRate
	}
	by := b.began.Add(grace + time.Duration(got/rate)*time.Second)
	if idle := time.Now().Add(idleTime); idle.Before(by) {
		by = idle
	}
	// A writer without deadlines (a test's) has no slow sender either.
	_ = http.NewResponseController(b.w).SetReadDeadline(by)
}
