package export

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"time"

	"creel/capture"
)

// readLine reads a JSON line: an exchange, or an attempt that belongs to the
// exchange that has the id of in the file. A ready line gives neither.
func readLine(data json.RawMessage) (Item, error) {
	kind := struct{ Type looseText }{typeExchange}
	if !bytes.HasPrefix(data, []byte(exchangeStart)) { // else there is no need to look
		if err := decodeJSON(data, &kind); err != nil {
			return Item{}, err
		}
	}
	switch kind.Type {
	case typeExchange:
		var line jsonExchange
		if err := decodeJSON(data, &line); err != nil {
			return Item{}, err
		}
		ex, err := line.exchange()
		if err == nil {
			err = possible(&ex.Request)
		}
		if err != nil {
			return Item{}, err
		}
		numberAgain(ex.Attempts)
		return Item{Exchange: ex, ID: line.ID}, nil
	case typeAttempt:
		var line jsonAttempt
		if err := decodeJSON(data, &line); err != nil {
			return Item{}, err
		}
		a, err := line.attempt()
		return Item{Attempt: a, ID: line.Exchange}, err
	case typeReady:
		return Item{}, nil
	}
	return Item{}, fmt.Errorf("type: %q is unknown", kind.Type)
}

// numberAgain numbers the attempts whose number is not above that of the one before.
func numberAgain(attempts []*capture.Attempt) {
	n := 0
	for _, a := range attempts {
		if a.N <= n {
			a.N = n + 1
		}
		n = a.N
	}
}

const exchangeStart = `{"type":"` + typeExchange + `"`

func (l *jsonExchange) exchange() (*capture.Exchange, error) {
	ex := &capture.Exchange{
		ImportedFrom: cmp.Or(l.ImportedFrom, l.ID), At: l.At.time(), Handshake: l.Handshake,
		Sender:    capture.Sender{Provider: l.Provider, Event: l.Event, Delivery: l.Delivery, Try: l.Try, Late: l.Late},
		Signature: capture.Signature(l.Signature), Pending: l.PendingTo, Via: l.Via, PublicURL: l.PublicURL, Pinned: l.Pinned, Note: l.Note,
	}
	if l.Node != "" {
		ex.Origin = &capture.Origin{Node: l.Node, Short: l.NodeShort, ID: l.NodeID}
	}
	var err error
	if ex.Request, err = l.request(); err != nil {
		return nil, err
	}
	state, known := capture.ParseState(l.State)
	switch {
	case known && state >= capture.StateAnswered:
		ex.State = state
	case known: // it went on elsewhere
		ex.State = capture.StateInterrupted
	case l.Reply.Status != 0:
		ex.State = capture.StateAnswered
	default:
		ex.State = capture.StateImported
	}
	if ex.Reply, err = reply(&l.Reply.jsonAnswer, &l.Reply.jsonAnswerExtras, l.Reply.BodySize); err != nil {
		return nil, fmt.Errorf("reply: %w", err)
	}
	ex.Reply.By, ex.Reply.Took = l.Reply.By, fromMS(l.Reply.TookMS)
	for i := range l.Attempts {
		a, err := l.Attempts[i].attempt()
		if err != nil {
			return nil, fmt.Errorf("attempt %d: %w", i+1, err)
		}
		ex.Attempts = append(ex.Attempts, a)
	}
	return ex, nil
}

func (l *jsonExchange) request() (capture.Request, error) {
	body, err := l.body(l.Size)
	if err != nil {
		return capture.Request{}, err
	}
	r := capture.Request{
		Method: l.Method, Target: l.Target, Host: l.Host, Proto: l.Proto, Remote: l.Remote, TLS: l.TLS,
		Fields: l.Headers, Exact: l.Exact, Trailers: trailers(l.jsonRequest.Trailers, l.TrailersB64), Chunked: l.Chunked, Reserialized: l.Reserialized,
		Body: body, Size: max(l.Size, body.Size()), Truncated: l.Truncated, Incomplete: l.Incomplete, Malformed: l.Malformed,
		Head: l.HeadB64,
	}
	switch {
	case len(l.ParsedB64) > 0:
		first, fields := splitHead(l.ParsedB64)
		r.Method, r.Target, r.Proto = splitRequestLine(first)
		if len(fields) > 0 && fields[0].Name == "" {
			r.Host, fields = fields[0].Value, fields[1:]
		}
		r.Fields = fields
	case len(r.Head) > 0 && r.Malformed == "":
		first, fields := splitHead(r.Head)
		if method, target, proto := splitRequestLine(first); proto != "" {
			r.Method, r.Target, r.Fields = method, target, fields
		}
		if host, ok := r.Get("Host"); ok {
			r.Host = host
		}
	}
	return r, nil
}

func splitRequestLine(line string) (method, target, proto string) {
	method, rest, _ := strings.Cut(line, " ")
	if i := strings.LastIndexByte(rest, ' '); i >= 0 {
		return method, rest[:i], rest[i+1:]
	}
	return method, rest, ""
}

func (l *jsonAttempt) attempt() (*capture.Attempt, error) {
	body, err := l.body(l.BodySize)
	if err != nil {
		return nil, err
	}
	a := &capture.Attempt{
		N: l.N, At: l.At.time(), To: l.To, Method: l.Method, Target: l.Target, Fields: l.Headers,
		Trailers: trailers(l.Trailers, l.TrailersB64), Body: body, SameBody: l.SameBody, Chunked: l.Chunked,
		Changes: l.Changes, Proto: l.Proto, Truncated: l.Truncated,
		Connect: fromMS(l.ConnectMS), FirstByte: fromMS(l.FirstByteMS), Took: fromMS(l.TookMS),
		Cause: capture.Cause(l.Cause), Err: l.Error,
		Resend: l.Resend, Edited: l.Edited, Signed: l.Signed, SignedURL: l.SignedURL, By: l.By, Who: l.Who, Unsent: l.Unsent,
	}
	if len(l.HeadB64) > 0 {
		var first string
		first, a.Fields = splitHead(l.HeadB64)
		a.Method, a.Target, _ = splitRequestLine(first)
	}
	if a.Reply, err = reply(&l.Reply.jsonAnswer, &l.Reply.jsonAnswerExtras, l.Reply.Size); err != nil {
		return nil, fmt.Errorf("reply: %w", err)
	}
	a.Reply.By, a.Reply.Took = l.ReplyBy, fromMS(l.ReplyTookMS)
	return a, nil
}

func reply(l *jsonAnswer, extras *jsonAnswerExtras, size int64) (capture.Reply, error) {
	if l.Status < 0 || l.Status > 999 {
		return capture.Reply{}, fmt.Errorf("status: %d is no status", l.Status)
	}
	body, err := l.body(size)
	out := capture.Reply{
		Status: l.Status, Fields: l.Headers, Trailers: trailers(extras.Trailers, extras.TrailersB64), Body: body, Fault: extras.Fault,
	}
	if len(extras.HeadB64) > 0 {
		_, out.Fields = splitHead(extras.HeadB64)
	}
	return out, err
}

// trailers are the exact ones, if there are any, else those of the strings.
func trailers(text jsonFields, exact []byte) []capture.Field {
	if len(exact) > 0 {
		_, text = splitHead(exact)
	}
	return text
}

// The values of body_encoding.
const (
	encodingText   = "utf-8"
	encodingBase64 = "base64"
)

// body returns the body; size is that of one whose bytes are not kept.
func (l *jsonBody) body(size int64) (capture.Body, error) {
	if l.Kept != nil && !*l.Kept {
		return capture.ForgottenBody(max(size, 0)), nil
	}
	if l.Body == nil {
		return capture.Body{}, nil
	}
	switch l.Encoding {
	case "", encodingText:
		return capture.NewBody([]byte(*l.Body)), nil
	case encodingBase64:
		b, err := base64.StdEncoding.DecodeString(*l.Body)
		if err != nil {
			return capture.Body{}, fmt.Errorf("body: it is not valid base64")
		}
		return capture.NewBody(b), nil
	}
	return capture.Body{}, fmt.Errorf("body_encoding: %q is unknown", l.Encoding)
}

func fromMS(ms float64) time.Duration {
	return time.Duration(math.Round(clampMS(ms) * float64(time.Millisecond)))
}

// clampMS makes a number from a file one that a duration can hold.
func clampMS(ms float64) float64 {
	return min(max(ms, 0), float64(math.MaxInt64/int64(time.Millisecond)/2))
}
