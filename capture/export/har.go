package export

import (
	"encoding/base64"
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
	took := looseNumber(ms(max(s.Reply.Took, 0)))
	comment := s.ID.String()
	if len(s.Masked) > 0 {
		comment += ", secrets masked: " + strings.Join(s.Masked, ", ")
	}
	if why := unsendable(s.Exchange); why != "" {
		comment += ", " + why
	}
	_, err := w.Write(appendJSON(w.AvailableBuffer(), &harEntry{
		Started: looseText(s.At.UTC().Format(time.RFC3339Nano)), Time: took, Request: newHARRequest(s), Response: newHARResponse(s),
		Cache: struct{}{}, Comment: comment,
		Timings: struct {
			Send    int         `json:"send"`
			Wait    looseNumber `json:"wait"`
			Receive int         `json:"receive"`
		}{Wait: took},
	}))
	return err
}

func newHARRequest(s *share) *harRequest {
	r := &harRequest{
		Method: looseText(s.Method), URL: looseText(s.URL), HTTPVersion: looseText(s.Request.Proto),
		Headers: s.Fields, Query: queryPairs(capture.SplitTarget(s.Target).Query),
		Incomplete: s.Request.Incomplete, Truncated: s.Request.Truncated, Malformed: looseText(s.Request.Malformed),
		HeadersSize: -1, BodySize: len(s.Body),
	}
	if len(s.Body) > 0 {
		contentType, _ := s.Request.Get("Content-Type")
		text, encoding := newHARText(s.Body)
		r.PostData = &harPost{MimeType: looseText(contentType), Params: []harParam{}, Text: text, Own: encoding}
	}
	return r
}

func newHARResponse(s *share) *harResponse {
	r, size := &s.Reply, len(s.ReplyBody)
	contentType, _ := capture.FieldValue(s.ReplyFields, "Content-Type")
	text, encoding := newHARText(s.ReplyBody)
	return &harResponse{
		Status: looseNumber(r.Status), StatusText: http.StatusText(r.Status), HTTPVersion: "HTTP/1.1", Cookies: []string{}, Headers: s.ReplyFields,
		Content:     &harContent{Size: size, MimeType: contentType, Text: text, Encoding: encoding},
		RedirectURL: "", HeadersSize: -1, BodySize: size, By: looseText(r.By), Fault: looseText(r.Fault),
	}
}

// newHARText is a body, in base64 where it is not text.
func newHARText(body []byte) (text, encoding looseText) {
	if utf8.Valid(body) {
		return looseText(body), ""
	}
	return looseText(base64.StdEncoding.EncodeToString(body)), "base64"
}

// partial notes what is missing of a request: creel's own members say it, and a length
// that is more than the body has.
func (e *harEntry) partial(r *capture.Request) {
	r.Truncated, r.Malformed = e.Request.Truncated, string(e.Request.Malformed)
	length, _ := r.Get("Content-Length")
	n, err := strconv.ParseInt(length, 10, 64)
	r.Incomplete = e.Request.Incomplete || !r.Truncated && !r.Chunked && err == nil && n > r.Body.Size()
}

func queryPairs(query string) harPairs {
	var out harPairs
	for part := range strings.SplitSeq(query, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		out = append(out, capture.Field{Name: capture.UnescapeQuery(name), Value: capture.UnescapeQuery(value)})
	}
	return out
}
