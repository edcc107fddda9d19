package export

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"creel/capture"
)

// What GitHub keeps of a webhook: the text of its page "Recent deliveries", and
// a delivery as its API gives it (GET /repos/{owner}/{repo}/hooks/{hook_id}/deliveries/{delivery_id}).
// Both have the payload parsed and laid out; what was sent is compact, and is
// made so again.

const githubURL = "Request URL:"

func isGitHubText(start []byte) bool {
	start = start[:min(len(start), 4<<10)] // the page has a few words in front
	return bytes.HasPrefix(start, []byte(githubURL)) || bytes.Contains(start, []byte("\n"+githubURL)) && bytes.Contains(start, []byte("\nRequest method:"))
}

// readGitHubText reads deliveries as they are copied from the page: "Request
// URL:", "Request method:", header fields, "Payload", and JSON.
func readGitHubText(data []byte) ([]*capture.Exchange, error) {
	var out []*capture.Exchange
	parts := strings.Split(strings.ReplaceAll(string(data), "\r\n", "\n"), githubURL)
	for i, text := range parts[1:] {
		ex, err := githubText(text)
		if err != nil {
			return nil, fmt.Errorf("delivery %d: %w", i+1, err)
		}
		out = append(out, ex)
	}
	return out, nil
}

func githubText(text string) (*capture.Exchange, error) {
	r := capture.Request{Method: "POST", Proto: "HTTP/1.1"}
	url, rest, _ := strings.Cut(text, "\n")
	if err := setURL(&r, strings.TrimSpace(url)); err != nil {
		return nil, err
	}
	for {
		line, after, more := strings.Cut(rest, "\n")
		line = strings.TrimSpace(line)
		name, value, ok := strings.Cut(line, ":")
		switch {
		case strings.HasPrefix(line, "{"), strings.HasPrefix(line, "["):
			more = false
			after = rest
		case line == "Payload":
			more = false
		case ok && strings.EqualFold(name, "Request method"):
			r.Method = strings.TrimSpace(value)
		case ok && !strings.ContainsAny(name, " \t"):
			r.Fields = append(r.Fields, capture.Field{Name: name, Value: strings.TrimSpace(value)})
		case line != "" && line != "Headers":
			return nil, fmt.Errorf("%q is neither a header field nor Payload", shorten(line))
		}
		if rest = after; !more {
			break
		}
	}
	dec := json.NewDecoder(strings.NewReader(rest)) // the response may follow
	var payload json.RawMessage
	if err := dec.Decode(&payload); err != nil {
		return nil, errors.New("the payload is missing or not whole")
	}
	return githubRequest(r, payload)
}

// githubRequest puts the payload in, as it was sent.
func githubRequest(r capture.Request, payload json.RawMessage) (*capture.Exchange, error) {
	var body bytes.Buffer
	if err := json.Compact(&body, payload); err != nil {
		return nil, err
	}
	text := body.Bytes()
	if contentType, _ := r.Get("Content-Type"); strings.HasPrefix(contentType, "application/x-www-form-urlencoded") {
		text = []byte("payload=" + formEscape(body.String()))
	}
	r.Body = capture.NewBody(text)
	withOwnFields(&r)
	if err := possible(&r); err != nil {
		return nil, err
	}
	return imported(r), nil
}

func readGitHubDelivery(data json.RawMessage) (Item, error) {
	var d struct {
		At         *jsonTime   `json:"delivered_at"`
		URL        looseText   `json:"url"`
		StatusCode looseNumber `json:"status_code"`
		Duration   looseNumber `json:"duration"` // seconds
		Request    *struct {
			Headers orderedFields   `json:"headers"`
			Payload json.RawMessage `json:"payload"`
		} `json:"request"`
		Response *struct {
			Headers orderedFields `json:"headers"`
			Payload looseText     `json:"payload"`
		} `json:"response"`
	}
	if err := decodeJSON(data, &d); err != nil {
		return Item{}, err
	}
	if d.Request == nil || len(d.Request.Payload) == 0 || d.Request.Payload[0] == 'n' {
		return Item{}, errors.New("request.payload is missing: ask the API for the single delivery")
	}
	r := capture.Request{Method: "POST", Target: "/", Proto: "HTTP/1.1", Fields: d.Request.Headers}
	if d.URL != "" {
		if err := setURL(&r, string(d.URL)); err != nil {
			return Item{}, err
		}
	}
	ex, err := githubRequest(r, d.Request.Payload)
	if err != nil {
		return Item{}, err
	}
	if d.At != nil {
		ex.At = (*d.At).time()
	}
	if d.Response != nil && d.StatusCode >= 100 && d.StatusCode <= 999 {
		ex.State = capture.StateAnswered
		ex.Reply = capture.Reply{
			Status: int(d.StatusCode), Fields: d.Response.Headers, Body: capture.NewBody([]byte(d.Response.Payload)),
			Took: fromMS(clampMS(float64(d.Duration) * 1000)),
		}
	}
	return Item{Exchange: ex}, nil
}
