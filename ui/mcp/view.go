package mcp

import (
	"context"
	"encoding/base64"
	"errors"
	"slices"
	"time"
	"unicode/utf8"

	"creel/capture"
	"creel/capture/body"
	"creel/capture/redact"
)

// untrusted marks data that a sender, or the app, made up.
const untrusted = "untrusted: sent by a third party"

// The sizes of what a result holds, in bytes.
const (
	usualBody     = 16 << 10
	maxBody       = 64 << 10
	maxField      = 2 << 10 // of one header field
	maxFields     = 100
	attemptsShown = 10
	attemptBody   = 2 << 10
)

type row struct {
	ID       uint64          `json:"id"`
	At       string          `json:"at"`
	Method   string          `json:"method"`
	Target   string          `json:"target"`
	State    string          `json:"state"`
	Status   int             `json:"status" jsonschema:"the status that the sender got; 0 for none yet"`
	Provider string          `json:"provider"`
	Event    string          `json:"event"`
	Verdict  capture.Verdict `json:"verdict" jsonschema:"of the signature: valid, invalid, stale, no_secret or unsigned"`
	Size     int64           `json:"size" jsonschema:"of the body, in bytes"`
	Attempts int             `json:"attempts"`
	Note     string          `json:"note,omitempty"`
}

type text struct {
	Trust    string `json:"trust"`
	Text     string `json:"text"`
	Encoding string `json:"encoding" jsonschema:"utf-8 or base64"`
	Size     int    `json:"size" jsonschema:"of the whole, in bytes, its Content-Encoding undone"`
	Offset   int    `json:"offset"`
	// NextOffset is where the rest begins.
	NextOffset int    `json:"next_offset,omitempty" jsonschema:"ask for the rest with body_offset"`
	Note       string `json:"note,omitempty"`
}

// head is a request or a response without its body.
type head struct {
	Headers [][2]string `json:"headers"`
	More    int         `json:"more_headers,omitempty"`
}

// request is a request with the parts that were asked for.
type request struct {
	Trust string `json:"trust"`
	row
	Host        string         `json:"host"`
	Head        *head          `json:"head,omitempty"`
	Body        *text          `json:"body,omitempty"`
	Reply       *response      `json:"reply,omitempty"`
	AttemptList []attempt      `json:"attempt_list,omitempty"`
	Reason      capture.Reason `json:"reason,omitempty"`
	Explanation string         `json:"explanation,omitempty"`
}

// response is what came back: the reply of creel or the response of a target.
type response struct {
	Status int        `json:"status"`
	By     capture.By `json:"by,omitempty"`
	head
	Body *text `json:"body,omitempty"`
}

// attempt is one sending of a request by creel.
type attempt struct {
	N        int       `json:"n"`
	At       string    `json:"at"`
	To       string    `json:"to"`
	By       string    `json:"by,omitempty"`
	Changes  []string  `json:"changes,omitempty"`
	Signed   bool      `json:"signed"`
	Response *response `json:"response,omitempty"`
	Cause    string    `json:"cause,omitempty" jsonschema:"why there is no response"`
	TookMS   float64   `json:"took_ms"`
}

// viewer makes what is shown of exchanges: secrets are masked.
type viewer struct{ scan *redact.Scan }

// viewer masks also what the running creel knows to be secret, such as what was typed there.
func (s *server) viewer(ctx context.Context, on *Session, list ...*capture.Exchange) (viewer, error) {
	config, err := s.redaction(ctx, on, list...)
	if err != nil || len(config.Known) == len(s.Redact.Known) {
		return viewer{s.mask.Scan()}, err
	}
	mask, err := redact.New(config)
	if err != nil {
		return viewer{}, err
	}
	return viewer{mask.Scan()}, nil
}

func (s *server) redaction(ctx context.Context, on *Session, list ...*capture.Exchange) (redact.Config, error) {
	config := s.Redact
	if on.Running == nil || len(list) == 0 {
		return config, nil
	}
	known, err := on.Running.Providers.SecretsIn(ctx, list)
	config.Known = append(slices.Clip(config.Known), known...)
	return config, err
}

func (v viewer) row(ex *capture.Exchange) row {
	r := &ex.Request
	return row{
		ID: uint64(ex.ID), At: ex.At.UTC().Format(time.RFC3339Nano), Method: r.Method, Target: v.target(r.Target), State: ex.State.String(),
		Status: ex.Reply.Status, Provider: ex.Sender.Provider, Event: clip(v.scan.Text(ex.Sender.Event), maxField), Verdict: ex.Signature.Verdict, Size: r.Size,
		Attempts: len(ex.Attempts), Note: clip(v.scan.Text(ex.Note), maxField),
	}
}

func (v viewer) target(t string) string { return clip(v.scan.Target(t), maxField) }

// message masks a head with its body.
func (v viewer) message(ctx context.Context, fields []capture.Field, b capture.Body) (head, []capture.Field, []byte, error) {
	raw, err := b.Bytes(ctx)
	if err != nil && !errors.Is(err, capture.ErrEvicted) {
		return head{}, nil, nil, err
	}
	raw, fields = v.scan.Body(v.scan.Fields(fields), raw)
	h := head{Headers: [][2]string{}, More: max(0, len(fields)-maxFields)}
	for _, f := range fields[:min(len(fields), maxFields)] {
		h.Headers = append(h.Headers, [2]string{clip(f.Name, maxField), clip(f.Value, maxField)})
	}
	return h, fields, raw, nil
}

// part is a part of a body, its Content-Encoding undone.
func part(raw []byte, fields []capture.Field, offset, limit int) *text {
	d := body.Decode(raw, fields)
	t := &text{Trust: untrusted, Size: len(d.Data), Offset: min(max(0, offset), len(d.Data)), Encoding: "utf-8"}
	if d.Cut {
		t.Note = "there is more than can be decoded"
	}
	end := min(len(d.Data), t.Offset+limit)
	if utf8.Valid(d.Data) {
		t.Offset, end = runeStart(d.Data, t.Offset), runeStart(d.Data, end)
		if end == t.Offset { // one character at least, if there is one
			_, n := utf8.DecodeRune(d.Data[end:])
			end += n
		}
		t.Text = string(d.Data[t.Offset:end])
	} else {
		t.Text, t.Encoding = base64.StdEncoding.EncodeToString(d.Data[t.Offset:end]), "base64"
	}
	if end < len(d.Data) {
		t.NextOffset = end
	}
	return t
}

// runeStart is where the character begins that the byte at i is part of.
func runeStart(b []byte, i int) int {
	for i > 0 && i < len(b) && !utf8.RuneStart(b[i]) {
		i--
	}
	return i
}

func (v viewer) response(ctx context.Context, r *capture.Reply, limit int) (*response, error) {
	if r.Status == 0 {
		return nil, nil
	}
	h, fields, raw, err := v.message(ctx, r.Fields, r.Body)
	if err != nil {
		return nil, err
	}
	return &response{Status: r.Status, By: r.By, head: h, Body: part(raw, fields, 0, limit)}, nil
}

func (v viewer) attempt(ctx context.Context, a *capture.Attempt) (attempt, error) {
	out := attempt{
		N: a.N, At: a.At.UTC().Format(time.RFC3339Nano), To: v.target(a.To), By: a.By, Signed: a.Signed, Cause: string(a.Cause),
		TookMS: float64(a.Took.Microseconds()) / 1000,
	}
	for _, c := range a.Changes {
		out.Changes = append(out.Changes, clip(v.scan.Target(c), maxField))
	}
	var err error
	out.Response, err = v.response(ctx, &a.Reply, attemptBody)
	return out, err
}

// wanted are the parts of a request that are shown, and which bytes of its body.
type wanted struct {
	parts         []string
	offset, limit int
}

func (w wanted) has(name string) bool { return len(w.parts) == 0 || slices.Contains(w.parts, name) }

func (v viewer) request(ctx context.Context, ex *capture.Exchange, w wanted) (request, error) {
	h, fields, raw, err := v.message(ctx, ex.Request.Fields, ex.Request.Body)
	if err != nil {
		return request{}, err
	}
	out := request{
		Trust: untrusted, row: v.row(ex), Host: clip(v.scan.Text(ex.Request.Host), maxField),
		Reason: ex.Signature.Reason, Explanation: v.scan.Text(ex.Signature.Explanation),
	}
	if w.has("head") {
		out.Head = &h
	}
	if w.has("body") {
		out.Body = part(raw, fields, w.offset, w.limit)
	}
	if w.has("reply") {
		if out.Reply, err = v.response(ctx, &ex.Reply, attemptBody); err != nil {
			return out, err
		}
	}
	if w.has("attempts") {
		for _, a := range ex.Attempts[max(0, len(ex.Attempts)-attemptsShown):] {
			one, err := v.attempt(ctx, a)
			if err != nil {
				return out, err
			}
			out.AttemptList = append(out.AttemptList, one)
		}
	}
	return out, nil
}

func clip(s string, n int) string {
	s = validText(s)
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}

// validText is s as JSON can have it.
func validText(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	return string([]rune(s))
}
