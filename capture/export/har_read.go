package export

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"creel/capture"
)

type harFile struct {
	Log *struct {
		Entries []harEntry `json:"entries"`
	} `json:"log"`
}

type harEntry struct {
	Started  string  `json:"startedDateTime"`
	Time     float64 `json:"time"`
	Comment  string  `json:"comment"`
	Request  harRequest
	Response harResponse
}

type harRequest struct {
	Method      string    `json:"method"`
	URL         string    `json:"url"`
	HTTPVersion string    `json:"httpVersion"`
	Headers     []harPair `json:"headers"`
	PostData    *struct {
		Text     string    `json:"text"`
		Encoding string    `json:"_encoding"`
		Params   []harPair `json:"params"`
	} `json:"postData"`
}

type harResponse struct {
	Status  int       `json:"status"`
	Headers []harPair `json:"headers"`
	Content struct {
		Text     string `json:"text"`
		Encoding string `json:"encoding"`
	} `json:"content"`
}

type harPair struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

func isHAR(data []byte) bool {
	dec := json.NewDecoder(bytes.NewReader(data))
	for range 2 { // the brace, then the first name
		t, err := dec.Token()
		if err != nil {
			return false
		}
		if t == "log" {
			return true
		}
	}
	return false
}

// readHAR leaves out the entries of browsers that are not HTTP, such as data: and
// chrome-extension: URLs.
func readHAR(data []byte) ([]*capture.Exchange, error) {
	var f harFile
	if err := json.Unmarshal(data, &f); err != nil {
		return nil, fmt.Errorf("HAR: %w", err)
	}
	var out []*capture.Exchange
	for i, e := range f.Log.Entries {
		if scheme, _, ok := strings.Cut(e.Request.URL, ":"); ok && !slices.Contains(harSchemes, strings.ToLower(scheme)) {
			continue
		}
		ex, err := e.exchange()
		if err != nil {
			return nil, fmt.Errorf("HAR: entry %d: %w", i+1, err)
		}
		out = append(out, ex)
	}
	if len(out) == 0 {
		return nil, errors.New("HAR: no entry is an HTTP request")
	}
	return out, nil
}

// harSchemes are those of HTTP requests; a WebSocket begins with one.
var harSchemes = []string{"http", "https", "ws", "wss"}

func (e *harEntry) exchange() (*capture.Exchange, error) {
	body, err := e.Request.body()
	if err != nil {
		return nil, err
	}
	r := capture.Request{
		Method: e.Request.Method, Proto: harProto(e.Request.HTTPVersion),
		Fields: harFields(e.Request.Headers), Body: capture.NewBody(body),
	}
	if err := setURL(&r, e.Request.URL); err != nil {
		return nil, err
	}
	r.Chunked = hasChunkedField(&r)
	ex := imported(r)
	if at, err := time.Parse(time.RFC3339Nano, e.Started); err == nil {
		ex.At = at
	}
	if e.Response.Status > 0 {
		answer, err := harText(e.Response.Content.Text, e.Response.Content.Encoding)
		if err != nil {
			return nil, err
		}
		ex.State = capture.StateAnswered
		ex.Reply = capture.Reply{
			Status: e.Response.Status, Fields: harFields(e.Response.Headers), Body: capture.NewBody(answer),
			By: "forward", Took: fromMS(max(e.Time, 0)),
		}
	}
	return ex, nil
}

func (r *harRequest) body() ([]byte, error) {
	switch {
	case r.PostData == nil:
		return nil, nil
	case r.PostData.Text != "" || len(r.PostData.Params) == 0:
		return harText(r.PostData.Text, r.PostData.Encoding)
	}
	var parts []string
	for _, p := range r.PostData.Params {
		parts = append(parts, url.QueryEscape(p.Name)+"="+url.QueryEscape(p.Value))
	}
	return []byte(strings.Join(parts, "&")), nil
}

func harText(text, encoding string) ([]byte, error) {
	if encoding != "base64" {
		return []byte(text), nil
	}
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("body: %w", err)
	}
	return b, nil
}

// harFields leaves out the pseudo fields of HTTP/2, which say what the URL says.
func harFields(pairs []harPair) []capture.Field {
	var out []capture.Field
	for _, p := range pairs {
		if !strings.HasPrefix(p.Name, ":") {
			out = append(out, capture.Field(p))
		}
	}
	return out
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
