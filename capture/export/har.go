package export

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"creel/capture"
)

// har is HTTP Archive 1.2 (http://www.softwareishard.com/blog/har-12-spec/).
// Names that begin with an underscore are creel's own, as the format wants it:
// _encoding of a posted body that is not text, _incomplete, _truncated and
// _malformed of a request, _by and _fault of a reply.
var har = Format{
	Name: "har", Ext: "har", Help: "HTTP Archive 1.2", write: writeHAR,
	begin: `{"log":{"version":"1.2","creator":{"name":"creel","version":"1"},"entries":[` + "\n", between: ",\n",
	end: func(m *mask) string {
		comment := "secrets are masked"
		if m.off {
			comment = "nothing is masked"
		} else if n := m.names(); len(n) > 0 {
			comment += ": " + strings.Join(n, ", ")
		}
		return "\n],\"comment\":" + jsString(comment) + "}}\n"
	},
}

func writeHAR(w *writer, s *share) error {
	took := max(s.Reply.Took, 0)
	b := append(w.AvailableBuffer(), `{"startedDateTime":`...)
	b = appendString(b, s.At.UTC().Format(time.RFC3339Nano))
	b = appendMS(addName(b, "time"), took)
	b = append(addName(b, "request"), '{')
	b = appendHARRequest(b, s)
	b = append(addName(append(b, '}'), "response"), '{')
	b = appendHARResponse(b, s)
	b = append(b, `},"cache":{},"timings":{"send":0,"wait":`...)
	b = append(appendMS(b, took), `,"receive":0}`...)
	comment := s.ID.String()
	if len(s.Masked) > 0 {
		comment += ", secrets masked: " + strings.Join(s.Masked, ", ")
	}
	if why := unsendable(s.Exchange); why != "" {
		comment += ", " + why
	}
	b = append(addString(b, "comment", comment), '}')
	_, err := w.Write(b)
	return err
}

func appendHARRequest(b []byte, s *share) []byte {
	b = append(b, `"method":`...)
	b = appendString(b, s.Method)
	b = addString(b, "url", s.URL)
	b = addString(b, "httpVersion", s.Request.Proto)
	b = append(addName(b, "cookies"), "[]"...)
	b = appendPairs(addName(b, "headers"), s.Fields)
	b = appendPairs(addName(b, "queryString"), queryPairs(capture.SplitTarget(s.Target).Query))
	if len(s.Body) > 0 {
		contentType, _ := s.Request.Get("Content-Type")
		b = append(addName(b, "postData"), `{"mimeType":`...)
		b = appendString(b, contentType)
		b = append(addName(b, "params"), "[]"...)
		if utf8.Valid(s.Body) {
			b = addString(b, "text", string(s.Body))
		} else {
			b = appendBase64(addName(b, "text"), s.Body)
			b = addString(b, "_encoding", "base64")
		}
		b = append(b, '}')
	}
	if s.Request.Incomplete {
		b = append(addName(b, "_incomplete"), "true"...)
	}
	if s.Request.Truncated {
		b = append(addName(b, "_truncated"), "true"...)
	}
	if s.Request.Malformed != "" {
		b = addString(b, "_malformed", s.Request.Malformed)
	}
	b = addInt(b, "headersSize", -1)
	return addInt(b, "bodySize", int64(len(s.Body)))
}

// partial notes what is missing of a request: creel's own members say it, and a length
// that is more than the body has.
func (e *harEntry) partial(r *capture.Request) {
	r.Truncated, r.Malformed = e.Request.Truncated, string(e.Request.Malformed)
	length, _ := r.Get("Content-Length")
	n, err := strconv.ParseInt(length, 10, 64)
	r.Incomplete = e.Request.Incomplete || !r.Truncated && !r.Chunked && err == nil && n > r.Body.Size()
}

func appendHARResponse(b []byte, s *share) []byte {
	r, body := &s.Reply, s.ReplyBody
	contentType, _ := capture.FieldValue(s.ReplyFields, "Content-Type")
	b = append(b, `"status":`...)
	b = fmt.Appendf(b, "%d", r.Status)
	b = addString(b, "statusText", http.StatusText(r.Status))
	b = addString(b, "httpVersion", "HTTP/1.1")
	b = append(addName(b, "cookies"), "[]"...)
	b = appendPairs(addName(b, "headers"), s.ReplyFields)
	b = append(addName(b, "content"), `{"size":`...)
	b = fmt.Appendf(b, "%d", len(body))
	b = addString(b, "mimeType", contentType)
	if utf8.Valid(body) {
		b = addString(b, "text", string(body))
	} else {
		b = appendBase64(addName(b, "text"), body)
		b = addString(b, "encoding", "base64")
	}
	b = append(b, '}')
	b = addString(b, "redirectURL", "")
	b = addInt(b, "headersSize", -1)
	b = addInt(b, "bodySize", int64(len(body)))
	for _, own := range [...]struct{ name, value string }{{"_by", string(r.By)}, {"_fault", string(r.Fault)}} {
		if own.value != "" {
			b = addString(b, own.name, own.value)
		}
	}
	return b
}

func appendPairs(b []byte, fields []capture.Field) []byte {
	b = append(b, '[')
	for i, f := range fields {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"name":`...)
		b = appendString(b, f.Name)
		b = append(addString(b, "value", f.Value), '}')
	}
	return append(b, ']')
}

func queryPairs(query string) []capture.Field {
	var out []capture.Field
	for part := range strings.SplitSeq(query, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		out = append(out, capture.Field{Name: capture.UnescapeQuery(name), Value: capture.UnescapeQuery(value)})
	}
	return out
}
