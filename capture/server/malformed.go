package server

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"
	"time"

	"creel/capture"
)

// unclaimed is what a connection read, or was answered by net/http, without a
// handler.
type unclaimed struct {
	head    string
	whole   bool // head has come to its empty line
	at      time.Time
	secure  bool   // it came over TLS
	reason  string // why net/http refused it, when that is known better here
	refusal string // the beginning of what net/http answered; empty when nothing
	unheard bool   // which could not be written
}

// unclaimed returns the requests of a connection that closes which no handler has
// claimed, oldest first. What net/http answered without a handler is about the first.
func (c *conn) unclaimed() []unclaimed {
	c.mu.Lock()
	defer c.mu.Unlock()
	heads := c.tee.heads
	if c.serving && !c.claimed && len(heads) > 0 {
		heads = heads[1:] // its handler will
	}
	var all []unclaimed
	for _, h := range heads {
		all = append(all, unclaimed{head: h.raw[:min(len(h.raw), headKept)], whole: true, at: h.at, secure: c.secure})
	}
	if part := c.tee.part; len(part) > 0 {
		all = append(all, unclaimed{head: string(part[:min(len(part), headKept)]), at: c.tee.at, secure: c.secure})
	}
	if c.refused != "" {
		if len(all) == 0 {
			all = append(all, unclaimed{})
		}
		all[0].refusal, all[0].unheard = c.refused, c.unheard
		if c.noProxy != "" {
			all[0].head, all[0].reason = c.noProxy, errProxyHeader.Error()
		}
	}
	return all
}

// keepUnclaimed makes a row of a request that reached no handler: malformed when
// net/http refused it, else incomplete. It waits until the row is committed,
// which slows down a sender of many.
func (s *Server) keepUnclaimed(c *conn, u unclaimed) {
	h := parseHead(u.head)
	if u.at.IsZero() {
		u.at = time.Now()
	}
	ex := &capture.Exchange{At: u.at, State: capture.StateGone, Request: capture.Request{
		Method: h.method, Target: h.target, Proto: h.proto, Fields: h.fields, Exact: true,
		Remote: c.RemoteAddr().String(), TLS: u.secure, Head: []byte(u.head),
	}}
	ex.Request.Host, _ = ex.Request.Get("Host")
	c.describe(ex)
	status, reason := readRefusal(u.refusal)
	if status != 0 && !u.unheard {
		ex.State = capture.StateAnswered
		ex.Reply = capture.Reply{Status: status, By: capture.ByError}
	}
	if reason = cmp.Or(u.reason, reason); status == 0 || reason == "" && u.cut() {
		ex.Request.Incomplete = true
	} else {
		ex.Request.Malformed = whyMalformed(u.head, reason, &h)
	}
	_, err := s.Ring.Submit(ex).Wait(s.life)
	if s.life.Err() != nil {
		return // stopping: it commits without being waited for
	}
	if err != nil {
		s.problem("request not kept: " + err.Error())
	}
}

// cut reports whether nothing is wrong with the head but that it ends early,
// which net/http answers in the same way as a bad one.
func (u *unclaimed) cut() bool {
	if u.whole {
		return false
	}
	lines := u.head[:strings.LastIndexByte(u.head, '\n')+1]
	if lines == "" {
		return !strings.HasPrefix(u.head, tlsHello)
	}
	h := parseHead(lines)
	return h.fault == ""
}

// readRefusal takes status and reason out of a reply of net/http, such as
// "HTTP/1.1 400 Bad Request: missing required Host header\r\n...".
func readRefusal(reply string) (status int, reason string) {
	line, _, _ := strings.Cut(reply, "\r\n")
	_, text, _ := strings.Cut(line, " ")
	code, phrase, _ := strings.Cut(text, " ")
	status, _ = strconv.Atoi(code)
	if _, why, ok := strings.Cut(phrase, ": "); ok {
		return status, why
	}
	switch status {
	case http.StatusBadRequest:
		return status, ""
	case http.StatusExpectationFailed:
		return status, "unknown Expect"
	case http.StatusNotImplemented:
		return status, "unsupported transfer encoding"
	}
	return status, strings.ToLower(phrase)
}

// tlsHello begins a TLS handshake (RFC 8446 section 5.1).
const tlsHello = "\x16\x03"

// whyMalformed says in words for people what is wrong with a head. The reason of
// net/http goes first, but it often gives none.
func whyMalformed(raw, reason string, h *head) string {
	switch {
	case strings.HasPrefix(raw, tlsHello):
		return "TLS on a port for plain HTTP: use http://, or start creel with --tls"
	case reason != "":
		return reason
	case h.fault != "":
		return h.fault
	}
	length := ""
	for _, f := range h.fields {
		if strings.ContainsFunc(f.Value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
			return "a header value has a control character"
		}
		if !capture.EqualFold(f.Name, "Content-Length") {
			continue
		}
		if length != "" && length != f.Value {
			return "two different Content-Length"
		}
		length = f.Value
		if _, err := strconv.ParseUint(length, 10, 63); err != nil {
			return "Content-Length is not a number"
		}
	}
	return "not a valid HTTP request"
}
