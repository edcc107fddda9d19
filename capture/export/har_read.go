package export

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"creel/capture"
)

// harEntry is an entry of a HAR. It is read as tools write it, which is not always as
// the format has it: members of the type any are written, and not looked at.
type harEntry struct {
	Started  looseText    `json:"startedDateTime"`
	Time     looseNumber  `json:"time"`
	Request  *harRequest  `json:"request"`
	Response *harResponse `json:"response"`
	Cache    any          `json:"cache"`
	Timings  any          `json:"timings"`
	Comment  any          `json:"comment"`
}

type harRequest struct {
	Method      looseText `json:"method"`
	URL         looseText `json:"url"`
	HTTPVersion looseText `json:"httpVersion"`
	Cookies     harPairs  `json:"cookies"`
	Headers     harPairs  `json:"headers"`
	Query       harPairs  `json:"queryString"`
	PostData    *harPost  `json:"postData,omitempty"`
	Incomplete  bool      `json:"_incomplete,omitempty"` // these are creel's own
	Truncated   bool      `json:"_truncated,omitempty"`
	Malformed   looseText `json:"_malformed,omitempty"`
	HeadersSize any       `json:"headersSize"`
	BodySize    any       `json:"bodySize"`
}

type harPost struct {
	MimeType looseText  `json:"mimeType"`
	Params   []harParam `json:"params"`
	Text     looseText  `json:"text"`
	// Encoding is not in the format; some write it, creel and others with an
	// underscore, for a body that is not text.
	Encoding looseText `json:"encoding,omitempty"`
	Own      looseText `json:"_encoding,omitempty"`
}

type harParam struct {
	Name        looseText  `json:"name"`
	Value       *looseText `json:"value"`
	FileName    *looseText `json:"fileName"`
	ContentType looseText  `json:"contentType"`
}

type harResponse struct {
	Status      looseNumber `json:"status"`
	StatusText  any         `json:"statusText"`
	HTTPVersion any         `json:"httpVersion"`
	Cookies     any         `json:"cookies"`
	Headers     harPairs    `json:"headers"`
	Content     *harContent `json:"content"`
	RedirectURL any         `json:"redirectURL"`
	HeadersSize any         `json:"headersSize"`
	BodySize    any         `json:"bodySize"`
	By          looseText   `json:"_by,omitempty"` // creel's own
	Fault       looseText   `json:"_fault,omitempty"`
}

type harContent struct {
	Size     any       `json:"size"`
	MimeType any       `json:"mimeType"`
	Text     looseText `json:"text"`
	Encoding looseText `json:"encoding,omitempty"`
}

// har reads the entries of a HAR one by one. Left out without an error are those
// of browsers that are not HTTP, such as data: and chrome-extension: URLs.
func (s *jsonStream) har() error {
	entries, requests := false, 0
	err := s.members(func(name string) error {
		if name != "log" {
			return s.skip()
		}
		return s.members(func(name string) error {
			if name != "entries" {
				return s.skip()
			}
			entries = true
			return s.elements(func(i int, raw json.RawMessage) {
				ex, err := readHAREntry(raw)
				switch {
				case err != nil:
					s.yield(Item{}, &Skipped{fmt.Sprintf("entry %d", i), err})
				case ex != nil:
					s.yield(Item{Exchange: ex}, nil)
				default:
					return
				}
				requests++
			})
		})
	})
	switch {
	case err != nil || s.stopped:
		return err
	case !entries:
		return errors.New("the HAR has no entries: log.entries is missing")
	case requests == 0:
		return errors.New("the HAR has no entry that is an HTTP request")
	}
	return nil
}

func (s *jsonStream) skip() error {
	var raw json.RawMessage
	if err := s.next(&raw); err != nil {
		return s.broken(err)
	}
	return nil
}

// harSchemes are those of HTTP requests; a WebSocket begins with one.
var harSchemes = []string{"http", "https", "ws", "wss"}

// readHAREntry returns nil for an entry that is not HTTP.
func readHAREntry(raw json.RawMessage) (*capture.Exchange, error) {
	var e harEntry
	if err := decodeJSON(raw, &e); err != nil {
		return nil, err
	}
	if e.Request == nil {
		return nil, errors.New("request is missing")
	}
	at := string(e.Request.URL)
	switch scheme, _, ok := strings.Cut(at, ":"); {
	case at == "":
		return nil, errors.New("request.url is missing")
	case ok && !slices.Contains(harSchemes, strings.ToLower(scheme)):
		return nil, nil
	case e.Request.Method == "":
		return nil, errors.New("request.method is missing")
	case hasBlank(string(e.Request.Method)):
		return nil, errors.New("request.method has a blank or a control character")
	}
	r := capture.Request{
		Method: string(e.Request.Method), Proto: harProto(string(e.Request.HTTPVersion)), Fields: e.Request.Headers.fields(),
	}
	if err := setURL(&r, at); err != nil {
		return nil, err
	}
	e.besideURL(&r)
	if p := e.Request.PostData; p != nil {
		body, err := p.body(&r)
		if err != nil {
			return nil, fmt.Errorf("request.postData: %w", err)
		}
		r.Body = capture.NewBody(body)
		if _, ok := r.Get("Content-Length"); ok && p.Text == "" && len(p.Params) > 0 { // it was put together
			r.Fields = capture.SetField(r.Fields, "Content-Length", strconv.Itoa(len(body)))
		}
	}
	r.Chunked = hasChunkedField(&r)
	e.partial(&r)
	if err := possible(&r); err != nil {
		return nil, err
	}
	ex := imported(r)
	if started, ok := harTime(string(e.Started)); ok {
		ex.At = started
	}
	e.reply(ex)
	return ex, nil
}

// besideURL takes over what some tools (Insomnia, httpsnippet) have in lists of its
// own only: the query and the cookies.
func (e *harEntry) besideURL(r *capture.Request) {
	if !strings.Contains(r.Target, "?") && len(e.Request.Query) > 0 {
		r.Target += "?" + strings.Join(e.Request.Query.joined(formEscape), "&")
	}
	if _, ok := r.Get("Cookie"); !ok && len(e.Request.Cookies) > 0 {
		r.Fields = append(r.Fields, capture.Field{Name: "Cookie", Value: strings.Join(e.Request.Cookies.joined(oneLine), "; ")})
	}
}

func oneLine(s string) string { return strings.NewReplacer("\r", "", "\n", "").Replace(s) }

// joined are the pairs as name=value.
func (h harPairs) joined(escape func(string) string) []string {
	var out []string
	for _, p := range h {
		out = append(out, escape(p.Name)+"="+escape(p.Value))
	}
	return out
}

// harTime reads a time as ISO 8601 writes it, or as seconds or milliseconds of Unix
// time. One that cannot be kept, in nanoseconds, is none.
func harTime(text string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999Z0700", "2006-01-02T15:04:05.999999999"} {
		if at, err := time.Parse(layout, text); err == nil {
			return at, canBeKept(at)
		}
	}
	ms, err := strconv.ParseFloat(text, 64)
	if ms < 1e11 { // seconds
		ms *= 1000
	}
	return time.UnixMilli(int64(ms)), err == nil && ms > 0 && ms < 7e12
}

// reply takes over the response. A body that is not the base64 that it says it
// is stays as it is written: it is the request that matters.
func (e *harEntry) reply(ex *capture.Exchange) {
	r := e.Response
	if r == nil || r.Status < 1 || r.Status > 999 {
		return
	}
	ex.State = capture.StateAnswered
	ex.Reply = capture.Reply{
		Status: int(r.Status), Fields: r.Headers.fields(), By: capture.By(r.By), Fault: capture.FaultName(r.Fault),
		Took: fromMS(clampMS(float64(e.Time))),
	}
	if c := r.Content; c != nil {
		body, err := harText(string(c.Text), string(c.Encoding))
		if err != nil {
			body = []byte(c.Text)
		}
		ex.Reply.Body = capture.NewBody(body)
	}
}

// body returns the posted body. Of a form that stands in params only, it is put
// together.
func (p *harPost) body(r *capture.Request) ([]byte, error) {
	if p.Text != "" || len(p.Params) == 0 {
		return harText(string(p.Text), string(cmp.Or(p.Encoding, p.Own)))
	}
	contentType, ok := r.Get("Content-Type")
	if !ok {
		contentType = string(p.MimeType)
	}
	var parts []part
	for _, p := range p.Params {
		x := part{name: string(p.Name), file: (*string)(p.FileName), contentType: string(p.ContentType)}
		switch {
		case p.Value != nil:
			x.value = string(*p.Value)
		case p.FileName != nil && *p.FileName != "": // tools leave it out
			return nil, fmt.Errorf("params: the content of the file %q is not in the HAR", string(*p.FileName))
		}
		parts = append(parts, x)
	}
	if !strings.HasPrefix(strings.ToLower(contentType), "multipart/") {
		return []byte(formBody(parts)), nil
	}
	boundary := boundaryOf(contentType)
	if boundary == "" {
		boundary = formBoundary
		r.Fields = capture.SetField(r.Fields, "Content-Type", "multipart/form-data; boundary="+boundary)
	}
	return multipartBody(boundary, parts)
}

func harText(text, encoding string) ([]byte, error) {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "", "utf-8", "utf8", "text", "plain", "none":
		return []byte(text), nil
	case "base64", "base64url", "base-64":
		return anyBase64(text)
	}
	return nil, fmt.Errorf("encoding: %q is unknown", encoding)
}

// anyBase64 decodes base64 in either alphabet, with or without padding, on one
// line or several.
func anyBase64(text string) ([]byte, error) {
	text = strings.NewReplacer("\r", "", "\n", "", " ", "", "\t", "", "-", "+", "_", "/").Replace(text)
	b, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(text, "="))
	if err != nil {
		return nil, errors.New("text: it is not valid base64")
	}
	return b, nil
}

// harPairs are header fields: a list of names and values or, as some tools have
// it, an object.
type harPairs []capture.Field

type harPair struct {
	Name  looseText `json:"name"`
	Value looseText `json:"value"`
}

// MarshalJSON implements [json.Marshaler].
func (h harPairs) MarshalJSON() ([]byte, error) {
	list := make([]harPair, len(h))
	for i, f := range h {
		list[i] = harPair{looseText(f.Name), looseText(f.Value)}
	}
	return appendJSON(nil, list), nil
}

// UnmarshalJSON implements [json.Unmarshaler].
func (h *harPairs) UnmarshalJSON(data []byte) error {
	*h = nil
	if data[0] == '{' {
		var f orderedFields
		err := json.Unmarshal(data, &f)
		*h = harPairs(f)
		return err
	}
	var list []harPair
	if err := json.Unmarshal(data, &list); err != nil {
		return wordsError("headers: they are not names and values")
	}
	for _, p := range list {
		*h = append(*h, capture.Field{Name: string(p.Name), Value: string(p.Value)})
	}
	return nil
}

// fields leaves out the pseudo fields of HTTP/2, which say what the URL says.
// Browsers join fields of one name with line breaks.
func (h harPairs) fields() []capture.Field {
	var out []capture.Field
	for _, p := range h {
		if p.Name == "" || strings.HasPrefix(p.Name, ":") {
			continue
		}
		for value := range strings.SplitSeq(p.Value, "\n") {
			out = append(out, capture.Field{Name: p.Name, Value: strings.Trim(value, " \t\r")})
		}
	}
	return out
}

// looseNumber is a number, also one that is written as a string. What is none
// is 0.
type looseNumber float64

// UnmarshalJSON implements [json.Unmarshaler].
func (n *looseNumber) UnmarshalJSON(data []byte) error {
	f, err := strconv.ParseFloat(strings.TrimSpace(strings.Trim(string(data), `"`)), 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		f = 0
	}
	*n = looseNumber(f)
	return nil
}

func harProto(version string) string {
	switch strings.ToLower(version) {
	case "h2", "http/2", "http/2.0", "h3", "http/3":
		return "HTTP/2.0"
	case "http/1.0":
		return "HTTP/1.0"
	}
	return "HTTP/1.1"
}
