package forward

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"creel/capture"
	"creel/capture/words"
)

// errPartial is returned for a request whose body is not all there: sending its
// beginning would be another request than the one that was captured.
var errPartial = errors.New("the body is not complete, so it cannot be sent again")

// ErrLength is wrapped by the error of [Sendable] about a request that was not captured as
// it is: its receiver would wait for more of the body, or take a part of it for a request.
var ErrLength = errors.New("correct the field, or remove it")

// Sendable reports whether a captured or imported request can be sent: nil, or why not.
func Sendable(req *capture.Request) error {
	if err := complete(req); err != nil || req.LengthFits() {
		return err
	}
	length, _ := req.Get("Content-Length")
	return fmt.Errorf("send: Content-Length is %s, but the body has %s: %w", length, words.Count(int(req.Body.Size()), "byte"), ErrLength)
}

// complete returns why a request is not all there.
func complete(req *capture.Request) error {
	switch {
	case req.Truncated:
		return fmt.Errorf("send: larger than the limit when it came: %w", errPartial)
	case req.Incomplete:
		return fmt.Errorf("send: the connection ended too early: %w", errPartial)
	case req.Malformed != "":
		return errors.New("send: the head could not be read, so it cannot be sent again")
	}
	return nil
}

// Prepare returns the request as it is sent to a target: its request target
// resolved, the fields of the captured connection dropped, Host, X-Forwarded
// and the target's own fields set. Nothing else differs. The captured request
// is left alone; the body is shared.
func Prepare(req *capture.Request, to Target) capture.Request {
	url := to.Resolve(req.Target)
	sent := *req
	sent.Proto = "HTTP/1.1"
	sent.Target = url.Target()
	sent.Fields = endToEnd(req.Fields, req.Chunked)
	sent.Fields = setHost(sent.Fields, req, to, url)
	if to.Forwarded {
		sent.Fields = addForwarded(sent.Fields, req)
	}
	for _, f := range to.Headers {
		sent.Fields = setField(sent.Fields, f)
	}
	sent.Fields = frame(sent.Fields, req)
	sent.Host, _ = sent.Get("Host")
	return sent
}

// hopByHop are the fields for one connection only (RFC 9110 section 7.6.1), and
// the one between creels. Transfer-Encoding is one of them, too; see endToEnd.
var hopByHop = []string{"connection", "proxy-connection", "keep-alive", "te", "upgrade", viaField}

// LeavesOut reports whether fields of that name are not sent: they are for one
// connection only, or, as Expect, between the sender and creel.
func LeavesOut(name string) bool {
	is := func(other string) bool { return strings.EqualFold(other, name) }
	return is("expect") || slices.ContainsFunc(hopByHop, is)
}

// endToEnd copies the fields without those that are left out, and without those that
// Connection names. The Transfer-Encoding of a chunked body stays where it was.
func endToEnd(fields []capture.Field, chunked bool) []capture.Field {
	named := connectionNames(fields)
	out := make([]capture.Field, 0, len(fields)+1)
	for _, f := range fields {
		is := func(name string) bool { return strings.EqualFold(name, f.Name) }
		if is("transfer-encoding") {
			if chunked {
				out = append(out, capture.Field{Name: f.Name, Value: "chunked"})
				chunked = false // once
			}
			continue
		}
		if LeavesOut(f.Name) || slices.ContainsFunc(named, is) {
			continue
		}
		out = append(out, f)
	}
	return out
}

// connectionNames are the fields that Connection names. Those that say where a
// message goes and how long it is cannot be taken away like that.
func connectionNames(fields []capture.Field) []string {
	var names []string
	for name := range capture.ListItems(fields, "Connection") {
		switch name = strings.ToLower(name); name {
		case "host", "content-length", "transfer-encoding":
		default:
			names = append(names, name)
		}
	}
	return names
}

func setHost(fields []capture.Field, req *capture.Request, to Target, url URL) []capture.Field {
	host := capture.Field{Name: "Host", Value: to.hostOf(req, url)}
	if !hasField(fields, "Host") {
		return slices.Insert(fields, 0, host)
	}
	return setField(fields, host)
}

// addForwarded says who called creel, and how. What a tunnel said before is
// kept: it knows the sender, creel only knows the tunnel.
func addForwarded(fields []capture.Field, req *capture.Request) []capture.Field {
	ip, _, err := net.SplitHostPort(req.Remote)
	if err != nil {
		ip = req.Remote
	}
	if i := lastField(fields, "X-Forwarded-For"); i >= 0 {
		fields[i].Value += ", " + ip
	} else {
		fields = append(fields, capture.Field{Name: "X-Forwarded-For", Value: ip})
	}
	proto := "http"
	if req.TLS {
		proto = "https"
	}
	for _, f := range []capture.Field{{Name: "X-Forwarded-Proto", Value: proto}, {Name: "X-Forwarded-Host", Value: req.Host}} {
		if !hasField(fields, f.Name) {
			fields = append(fields, f)
		}
	}
	return fields
}

// frame sees to it that the length of the body can be told: HTTP/2 needs
// neither of the two fields, HTTP/1.1 does. A Content-Length that is there
// stays as it is; with Transfer-Encoding it would contradict (RFC 9112
// section 6.3) and goes.
func frame(fields []capture.Field, req *capture.Request) []capture.Field {
	if req.Chunked {
		fields = slices.DeleteFunc(fields, func(f capture.Field) bool { return strings.EqualFold(f.Name, "Content-Length") })
		if !hasField(fields, "Transfer-Encoding") {
			fields = append(fields, capture.Field{Name: "Transfer-Encoding", Value: "chunked"})
		}
		return fields
	}
	fields = slices.DeleteFunc(fields, func(f capture.Field) bool { return strings.EqualFold(f.Name, "Transfer-Encoding") })
	fields = oneLength(fields)
	if hasField(fields, "Content-Length") || req.Body.Size() == 0 && (req.Exact || !slices.Contains([]string{"POST", "PUT", "PATCH"}, req.Method)) {
		return fields
	}
	return append(fields, capture.Field{Name: "Content-Length", Value: strconv.FormatInt(req.Body.Size(), 10)})
}

// oneLength drops every Content-Length that says the same as one before it (RFC
// 9110 section 8.6). Different ones stay, so that the request is refused.
func oneLength(fields []capture.Field) []capture.Field {
	var seen []string
	return slices.DeleteFunc(fields, func(f capture.Field) bool {
		if !strings.EqualFold(f.Name, "Content-Length") {
			return false
		}
		again := slices.Contains(seen, f.Value)
		seen = append(seen, f.Value)
		return again
	})
}

// setField gives the first field of that name the value and drops the others;
// without one it is added. The spelling that is there stays.
func setField(fields []capture.Field, f capture.Field) []capture.Field {
	is := func(old capture.Field) bool { return strings.EqualFold(old.Name, f.Name) }
	i := slices.IndexFunc(fields, is)
	if i < 0 {
		return append(fields, f)
	}
	fields[i].Value = f.Value
	return append(fields[:i+1], slices.DeleteFunc(fields[i+1:], is)...)
}

func hasField(fields []capture.Field, name string) bool { return lastField(fields, name) >= 0 }

func lastField(fields []capture.Field, name string) int {
	for i := len(fields) - 1; i >= 0; i-- {
		if strings.EqualFold(fields[i].Name, name) {
			return i
		}
	}
	return -1
}
