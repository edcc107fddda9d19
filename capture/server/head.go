package server

import (
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"creel/capture"
)

// head is the head of a request as it stood on the wire. All strings are parts
// of one string.
type head struct {
	method, target, proto string
	fields                []capture.Field
	// regular says that the parts give the head back byte for byte when they
	// are written in the usual way, and that it is UTF-8.
	regular bool
	// fault says what is wrong with it; empty when it could be read.
	fault string
}

// parseHead takes a head apart, from the request line through the empty line.
// It is as lenient as net/http (bare line feeds, folded lines), so that what
// net/http accepts comes out the same. Of a head that cannot be read it returns
// what could be made of it, and the fault.
func parseHead(s string) head {
	h := head{regular: utf8.ValidString(s)}
	line, rest := cutLine(s, &h.regular)
	var ok1, ok2 bool
	h.method, h.target, ok1 = strings.Cut(line, " ")
	h.target, h.proto, ok2 = strings.Cut(h.target, " ")
	if !ok1 || !ok2 {
		h.fault = "the request line is not METHOD TARGET HTTP/1.1"
	}
	h.fields = make([]capture.Field, 0, max(0, strings.Count(rest, "\n")-1)) // the last line is empty
	for rest != "" {
		line, rest = cutLine(rest, &h.regular)
		if line == "" {
			break
		}
		h.addLine(line)
	}
	if rest != "" {
		h.regular = false
	}
	return h
}

// cutLine returns the first line of s without its end. A line that does not end
// in CRLF clears regular.
func cutLine(s string, regular *bool) (line, rest string) {
	line, rest, ended := strings.Cut(s, "\n")
	bare := strings.TrimSuffix(line, "\r")
	if !ended || len(bare) == len(line) {
		*regular = false
	}
	return bare, rest
}

func (h *head) addLine(line string) {
	if line[0] == ' ' || line[0] == '\t' {
		h.fold(line)
		return
	}
	name, value, ok := strings.Cut(line, ":")
	if !ok {
		h.regular = false
		if h.fault == "" {
			h.fault = "a header line has no colon"
		}
		return
	}
	if n := len(value); n > 1 && value[0] == ' ' && value[1] > ' ' && value[n-1] > ' ' {
		h.fields = append(h.fields, capture.Field{Name: name, Value: value[1:]}) // nearly all
		return
	}
	v := strings.Trim(value, " \t")
	if len(v)+1 != len(value) || value[0] != ' ' {
		h.regular = false
	}
	h.fields = append(h.fields, capture.Field{Name: name, Value: v})
}

// fold adds a continuation line to the field before it (RFC 9112 section 5.2).
func (h *head) fold(line string) {
	h.regular = false
	if len(h.fields) == 0 {
		h.fault = "the first header line begins with white space"
		return
	}
	f := &h.fields[len(h.fields)-1]
	f.Value = strings.TrimLeft(f.Value+" "+strings.Trim(line, " \t"), " ")
}

// isOf reports whether net/http read the same request line. If not, the bytes
// belong to another request of this connection.
func (h *head) isOf(r *http.Request) bool {
	return h.fault == "" && h.method == r.Method && h.target == r.RequestURI && h.proto == r.Proto
}

// canonicalFields returns what net/http kept of a header: by name, the host first.
func canonicalFields(host string, header http.Header) []capture.Field {
	fields := capture.FieldsOf(header)
	if host != "" {
		fields = slices.Insert(fields, 0, capture.Field{Name: "Host", Value: host})
	}
	return fields
}
