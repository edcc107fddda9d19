package server

import (
	"context"
	"errors"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"creel/capture"
)

// replyWriter writes what was decided for one request.
type replyWriter struct {
	w     http.ResponseWriter
	r     *http.Request
	out   *capture.Outcome
	last  bool          // the connection ends afterwards
	cut   bool          // the sender has sent no more than a part, and may read the reply
	state capture.State // what came of it
}

// write sends the reply, plays the fault or drops. It reports whether the connection must end
// without more.
func (a *replyWriter) write(s *Server) (abort bool) {
	a.state = capture.StateAnswered
	if a.left() && !a.cut {
		a.state = capture.StateGone
	}
	switch {
	case a.out.Drop:
		a.state = capture.StateGone
		return true
	case a.out.Fault != nil:
		a.out.Reply.Fault = a.out.Fault.Name()
		abort = a.play(s)
		if a.out.Reply.Status == 0 || a.left() {
			a.state = capture.StateGone // it got no reply, whichever side hung up
		}
		return abort
	case a.out.Stream != nil:
		return a.copyStream()
	case a.writeReply() != nil:
		a.state = capture.StateGone
	}
	return false
}

// left reports whether the sender is gone, rather than creel stopping.
func (a *replyWriter) left() bool {
	ctx := a.r.Context()
	return ctx.Err() != nil && !errors.Is(context.Cause(ctx), capture.ErrStopping)
}

func (a *replyWriter) play(s *Server) (abort bool) {
	defer func() {
		if p := recover(); p != nil {
			abort = true
			s.panicked("playing the fault "+string(a.out.Fault.Name()), p)
		}
	}()
	return a.out.Fault.Play(a.r.Context(), senderConn{a.w}, &a.out.Reply) != nil
}

// senderConn is the connection of a request as a fault uses it.
type senderConn struct{ w http.ResponseWriter }

var _ capture.SenderConn = senderConn{}

// WriteHead writes the head.
func (c senderConn) WriteHead(status int, fields []capture.Field) {
	h := c.w.Header()
	h["Content-Type"] = nil // no sniffing
	for _, f := range fields {
		name := fieldKey(h, f.Name)
		h[name] = append(h[name], f.Value)
	}
	c.w.WriteHeader(status)
}

// Write writes and flushes.
func (c senderConn) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	if err != nil {
		return n, err
	}
	return n, http.NewResponseController(c.w).Flush()
}

// Hijack takes the connection over from net/http.
func (c senderConn) Hijack() (net.Conn, error) {
	nc, _, err := http.NewResponseController(c.w).Hijack()
	if err != nil {
		return nil, errors.ErrUnsupported
	}
	return nc, nil
}

// copyStream writes the head at once and the body as it comes. It reports whether
// the connection must end without more.
func (a *replyWriter) copyStream() (abort bool) {
	reply := &a.out.Reply
	if reply.Status < 200 || reply.Status > 999 {
		reply.Status = http.StatusInternalServerError
	}
	a.setFields(a.w.Header(), unknownLength)
	a.w.WriteHeader(reply.Status)
	to := senderConn{a.w}
	err := http.NewResponseController(a.w).Flush()
	if err == nil {
		err = a.out.Stream.Copy(a.r.Context(), to, reply)
	}
	switch {
	case errors.Is(err, capture.ErrAbort):
		return true
	case err != nil:
		a.state = capture.StateGone
		return true
	}
	for _, t := range reply.Trailers {
		a.w.Header().Add(http.TrailerPrefix+t.Name, t.Value)
	}
	return false
}

// unknownLength is the length of a body that is still coming.
const unknownLength = -1

// writeReply writes every field and value of the reply as it is. What the reply
// does not have is not made up, but for Date and the length. A reply with
// nothing in it leaves the header alone, which spares net/http a copy.
func (a *replyWriter) writeReply() error {
	reply := &a.out.Reply
	if reply.Status < 200 || reply.Status > 999 {
		reply.Status = http.StatusInternalServerError
	}
	body, err := reply.Body.Bytes(context.Background())
	if err != nil {
		return err
	}
	if len(body) > 0 || len(reply.Fields) > 0 || len(reply.Trailers) > 0 || a.last || a.r.Method == http.MethodHead {
		a.setFields(a.w.Header(), int64(len(body)))
	}
	a.w.WriteHeader(reply.Status)
	if len(body) > 0 && a.r.Method != http.MethodHead && bodyAllowed(reply.Status) {
		if _, err := a.w.Write(body); err != nil {
			return err
		}
	}
	for _, t := range reply.Trailers {
		a.w.Header().Add(t.Name, t.Value)
	}
	return nil
}

func (a *replyWriter) setFields(h http.Header, bodyBytes int64) {
	reply := &a.out.Reply
	length := false
	values := make([]string, 0, len(reply.Fields)+2) // the lists of one are parts of it
	one := func(v string) []string {
		values = append(values, v)
		n := len(values)
		return values[n-1 : n : n]
	}
	for _, f := range reply.Fields {
		switch {
		case capture.EqualFold(f.Name, "Transfer-Encoding"), capture.EqualFold(f.Name, "Trailer"):
			continue // how the reply is framed is the server's business
		case capture.EqualFold(f.Name, "Content-Length"):
			// It is computed, but where it speaks of a body that is not sent, or not
			// here yet.
			if a.r.Method != http.MethodHead && reply.Status != http.StatusNotModified && bodyBytes != unknownLength {
				continue
			}
			length = true
		}
		name := fieldKey(h, f.Name)
		if reply.Status == http.StatusNotModified && (name == "Content-Length" || name == "Content-Type") {
			name = strings.ToLower(name) // in this spelling net/http would leave it out
		}
		if before := h[name]; before != nil {
			h[name] = append(before, f.Value)
		} else {
			h[name] = one(f.Value)
		}
	}
	if _, ok := capture.FieldValue(reply.Fields, "Content-Type"); !ok {
		h["Content-Type"] = nil // no sniffing
	}
	announceTrailers(h, reply.Trailers)
	if !length && bodyBytes != unknownLength && len(reply.Trailers) == 0 && bodyAllowed(reply.Status) {
		h["Content-Length"] = one(strconv.FormatInt(bodyBytes, 10))
	}
	if a.last && a.r.ProtoMajor == 1 {
		h["Connection"] = one("close")
	}
}

// fieldKey is the key in h of a field that is written with that name. Net/http looks for
// some names in one spelling only: it would add a second Content-Type and Date, and a
// second framing.
func fieldKey(h http.Header, name string) string {
	switch canonical := http.CanonicalHeaderKey(name); {
	case canonical == name:
	case canonical == "Content-Length", canonical == "Connection":
		return canonical
	case canonical == "Content-Type", canonical == "Date":
		if _, ok := h[canonical]; !ok {
			h[canonical] = nil // it adds none
		}
	}
	return name
}

// announceTrailers names each trailer once: net/http writes all values of a name
// as often as it is named.
func announceTrailers(h http.Header, trailers []capture.Field) {
	for _, t := range trailers {
		if name := http.CanonicalHeaderKey(t.Name); !slices.Contains(h["Trailer"], name) {
			h["Trailer"] = append(h["Trailer"], name)
		}
	}
}

// bodyAllowed reports whether a reply with that status may have a body (RFC
// 9110 section 6.4.1).
func bodyAllowed(status int) bool {
	return status >= 200 && status != http.StatusNoContent && status != http.StatusNotModified
}
