package export

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"creel/capture"
)

// RequestHead returns the head of a request, through the empty line: as it
// arrived where that was kept, else put together from the fields. The latter is
// what a client may send for it when the request came over HTTP/2.
func RequestHead(r *capture.Request) []byte {
	if len(r.Head) > 0 {
		return r.Head
	}
	proto := r.Proto
	if !strings.HasPrefix(proto, "HTTP/1.") {
		proto = "HTTP/1.1"
	}
	fields := r.Fields
	if _, ok := r.Get("Host"); !ok && r.Host != "" {
		fields = append([]capture.Field{{Name: "Host", Value: r.Host}}, fields...)
	}
	return head(r.Method+" "+r.Target+" "+proto, fields)
}

func head(first string, fields []capture.Field) []byte {
	var b bytes.Buffer
	b.WriteString(first + "\r\n")
	for _, f := range fields {
		b.WriteString(f.Name + ": " + f.Value + "\r\n")
	}
	b.WriteString("\r\n")
	return b.Bytes()
}

// splitHead is the inverse of head. Lines without a colon are dropped.
func splitHead(h []byte) (first string, fields []capture.Field) {
	lines := strings.Split(strings.TrimRight(string(h), "\r\n"), "\n")
	first = strings.TrimSuffix(lines[0], "\r")
	for _, l := range lines[1:] {
		if name, value, ok := strings.Cut(strings.TrimSuffix(l, "\r"), ":"); ok {
			fields = append(fields, capture.Field{Name: name, Value: strings.Trim(value, " \t")})
		}
	}
	return first, fields
}

func allUTF8(fields []capture.Field) bool {
	for _, f := range fields {
		if !utf8.ValidString(f.Name) || !utf8.ValidString(f.Value) {
			return false
		}
	}
	return true
}
