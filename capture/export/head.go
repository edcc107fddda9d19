package export

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"creel/capture"
)

// requestHead returns the head of a request, through the empty line: as it
// arrived where that was kept, else put together from the fields. The latter is
// what a client may send for it when the request came over HTTP/2.
func requestHead(r *capture.Request) []byte {
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

// splitHead is the inverse of head. Lines without a colon are dropped; folded
// lines are joined as a capture joins them (RFC 9112 section 5.2).
func splitHead(h []byte) (first string, fields []capture.Field) {
	first, fields, _ = parseFields(h)
	return first, fields
}

// parseFields is splitHead with an error about the first line that is no field.
func parseFields(h []byte) (first string, fields []capture.Field, err error) {
	lines := strings.Split(strings.TrimRight(string(h), "\r\n"), "\n")
	first = strings.TrimSuffix(lines[0], "\r")
	for i, l := range lines[1:] {
		l = strings.TrimSuffix(l, "\r")
		name, value, ok := strings.Cut(l, ":")
		switch {
		case len(fields) > 0 && (strings.HasPrefix(l, " ") || strings.HasPrefix(l, "\t")):
			f := &fields[len(fields)-1]
			f.Value = strings.TrimLeft(f.Value+" "+strings.Trim(l, " \t"), " ")
		case ok && (name == "" || !strings.ContainsAny(name, " \t")):
			fields = append(fields, capture.Field{Name: name, Value: strings.Trim(value, " \t")})
		case err == nil:
			err = fmt.Errorf("line %d: %q is not a header field", i+2, shorten(l))
		}
	}
	return first, fields, err
}

func allUTF8(fields []capture.Field) bool {
	return !slices.ContainsFunc(fields, func(f capture.Field) bool { return !utf8.ValidString(f.Name) || !utf8.ValidString(f.Value) })
}
