package forward

import (
	"bytes"
	"fmt"
	"net"
	"strconv"
	"strings"

	"creel/capture"
)

// message returns the bytes of a request as they go on the wire: the head, the
// body, and what follows it. The body is not copied.
func message(req *capture.Request, body []byte) (net.Buffers, error) {
	if err := writable(req); err != nil {
		return nil, err
	}
	var head bytes.Buffer
	head.Grow(headSize(req))
	head.WriteString(req.Method)
	head.WriteByte(' ')
	head.WriteString(req.Target)
	head.WriteString(" HTTP/1.1\r\n")
	writeFields(&head, req.Fields)
	head.WriteString("\r\n")
	if !req.Chunked {
		return net.Buffers{head.Bytes(), body}, nil
	}
	if len(body) > 0 {
		head.WriteString(strconv.FormatInt(int64(len(body)), 16))
		head.WriteString("\r\n")
	}
	var tail bytes.Buffer
	if len(body) > 0 {
		tail.WriteString("\r\n")
	}
	tail.WriteString("0\r\n")
	writeFields(&tail, req.Trailers)
	tail.WriteString("\r\n")
	return net.Buffers{head.Bytes(), body, tail.Bytes()}, nil
}

// headSize is how long the head is, with room for the length of a chunk.
func headSize(req *capture.Request) int {
	n := len(req.Method) + len(req.Target) + 32
	for _, f := range req.Fields {
		n += len(f.Name) + len(f.Value) + 4
	}
	return n
}

func writeFields(b *bytes.Buffer, fields []capture.Field) {
	for _, f := range fields {
		b.WriteString(f.Name)
		b.WriteString(": ")
		b.WriteString(f.Value)
		b.WriteString("\r\n")
	}
}

// writable refuses what would end its line early and so become another request
// or another field (RFC 9112 section 11.1).
func writable(req *capture.Request) error {
	if req.Method == "" || strings.ContainsFunc(req.Method, notPrinting) {
		return fmt.Errorf("send: %q is not a method", req.Method)
	}
	if req.Target == "" || strings.ContainsAny(req.Target, " \t\r\n\x00") {
		return fmt.Errorf("send: the path %q has a space or a line break", req.Target)
	}
	if lengths := fieldValues(req.Fields, "Content-Length"); len(lengths) > 1 {
		return fmt.Errorf("send: Content-Length is both %s and %s: take one off", lengths[0], lengths[1])
	}
	for _, fields := range [][]capture.Field{req.Fields, req.Trailers} {
		for _, f := range fields {
			if f.Name == "" || strings.ContainsFunc(f.Name, notPrinting) || strings.Contains(f.Name, ":") {
				return fmt.Errorf("send: %q is not the name of a field", f.Name)
			}
			if strings.ContainsAny(f.Value, "\r\n\x00") {
				return fmt.Errorf("send: the value of %s has a line break or a NUL", f.Name)
			}
		}
	}
	return nil
}

func notPrinting(r rune) bool { return r <= ' ' || r == 0x7f }

// framed reports whether the length that the fields announce is the length of
// the body. Where a user pinned another one, the connection is of no use for a
// second request.
func framed(req *capture.Request, body []byte) bool {
	if req.Chunked {
		return true
	}
	i := lastField(req.Fields, "Content-Length")
	if i < 0 {
		return len(body) == 0
	}
	n, err := strconv.Atoi(req.Fields[i].Value)
	return err == nil && n == len(body)
}
