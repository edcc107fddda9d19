package export

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"creel/capture"
)

// ngrokRequest is a request as ngrok's inspector gives it (GET
// /api/requests/http of its local API): its raw bytes are base64.
type ngrokRequest struct {
	Remote   looseText   `json:"remote_addr"`
	Start    jsonTime    `json:"start"`
	Duration looseNumber `json:"duration"` // nanoseconds
	Request  *struct {
		Method  looseText     `json:"method"`
		Proto   looseText     `json:"proto"`
		URI     looseText     `json:"uri"`
		Headers orderedFields `json:"headers"`
		Raw     looseText     `json:"raw"`
	} `json:"request"`
	Response *struct {
		StatusCode looseNumber `json:"status_code"`
		Raw        looseText   `json:"raw"`
	} `json:"response"`
}

func readNgrokList(data json.RawMessage, yield yieldFunc) error {
	var list struct {
		Requests []json.RawMessage `json:"requests"`
	}
	if err := decodeJSON(data, &list); err != nil {
		return err
	}
	for i, raw := range list.Requests {
		item, err := readNgrok(raw)
		if err != nil {
			err = &Skipped{fmt.Sprintf("request %d", i+1), err}
		}
		if !yield(item, err) {
			return nil
		}
	}
	return nil
}

func readNgrok(data json.RawMessage) (Item, error) {
	var n ngrokRequest
	if err := decodeJSON(data, &n); err != nil {
		return Item{}, err
	}
	if n.Request == nil {
		return Item{}, errors.New("request is missing")
	}
	raw, err := anyBase64(string(n.Request.Raw))
	if err != nil {
		return Item{}, errors.New("request.raw is not valid base64")
	}
	var r capture.Request
	if len(raw) > 0 {
		if r, _, err = readRequest(raw); err != nil {
			return Item{}, fmt.Errorf("request.raw: %w", err)
		}
	} else {
		if n.Request.Method == "" || n.Request.URI == "" {
			return Item{}, errors.New("request.raw is missing")
		}
		r = capture.Request{Method: string(n.Request.Method), Target: string(n.Request.URI), Proto: string(n.Request.Proto), Fields: n.Request.Headers}
	}
	if err := possible(&r); err != nil {
		return Item{}, err
	}
	r.Remote = string(n.Remote)
	size, incomplete := r.Size, r.Incomplete
	ex := imported(r)
	ex.Request.Incomplete, ex.Request.Size = incomplete, max(size, ex.Request.Size)
	ex.At = n.Start.time()
	n.reply(ex)
	return Item{Exchange: ex}, nil
}

// reply takes over the response as far as it can be read.
func (n *ngrokRequest) reply(ex *capture.Exchange) {
	if n.Response == nil || n.Response.StatusCode < 100 || n.Response.StatusCode > 999 {
		return
	}
	ex.State = capture.StateAnswered
	ex.Reply = capture.Reply{Status: int(n.Response.StatusCode), Took: fromMS(clampMS(float64(n.Duration) / float64(time.Millisecond)))}
	raw, err := anyBase64(string(n.Response.Raw))
	if err != nil || !bytes.HasPrefix(raw, []byte("HTTP/")) {
		return
	}
	h, rest := cutHead(raw)
	_, fields := splitHead(h)
	as := capture.Request{Fields: fields} // a response is framed as a request is
	body, _, err := cutBody(&as, rest)
	if err != nil {
		body = rest
	}
	ex.Reply.Fields, ex.Reply.Trailers, ex.Reply.Body = fields, as.Trailers, capture.NewBody(body)
}
