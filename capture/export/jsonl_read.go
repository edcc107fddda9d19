package export

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"creel/capture"
)

// line is a JSON line of either type, as read.
type line struct {
	Type         string        `json:"type"`
	ID           uint64        `json:"id"`
	At           time.Time     `json:"at"`
	Method       string        `json:"method"`
	Target       string        `json:"target"`
	Host         string        `json:"host"`
	Proto        string        `json:"proto"`
	Remote       string        `json:"remote"`
	TLS          bool          `json:"tls"`
	Headers      [][2]string   `json:"headers"`
	Exact        bool          `json:"headers_exact"`
	Trailers     [][2]string   `json:"trailers"`
	Chunked      bool          `json:"chunked"`
	Body         string        `json:"body"`
	BodyEncoding string        `json:"body_encoding"`
	Size         int64         `json:"size"`
	Truncated    bool          `json:"truncated"`
	Incomplete   bool          `json:"incomplete"`
	Malformed    string        `json:"malformed"`
	Head         []byte        `json:"head_b64"`
	State        string        `json:"state"`
	Reply        lineReply     `json:"reply"`
	Attempts     []line        `json:"attempts"`
	Provider     string        `json:"provider"`
	Event        string        `json:"event"`
	Delivery     string        `json:"delivery"`
	Try          int           `json:"try"`
	Late         bool          `json:"late"`
	Handshake    string        `json:"handshake"`
	Signature    lineSignature `json:"signature"`
	Pinned       bool          `json:"pinned"`
	Note         string        `json:"note"`

	// of attempts
	Exchange    uint64   `json:"exchange"`
	N           int      `json:"n"`
	To          string   `json:"to"`
	SameBody    bool     `json:"same_body"`
	ConnectMS   float64  `json:"connect_ms"`
	FirstByteMS float64  `json:"first_byte_ms"`
	TookMS      float64  `json:"took_ms"`
	Cause       string   `json:"cause"`
	Error       string   `json:"error"`
	Resend      bool     `json:"resend"`
	Edited      bool     `json:"edited"`
	Signed      bool     `json:"signed"`
	Unsent      bool     `json:"unsent"`
	Changes     []string `json:"changes"`
}

type lineReply struct {
	Status       int         `json:"status"`
	Headers      [][2]string `json:"headers"`
	Trailers     [][2]string `json:"trailers"`
	Body         string      `json:"body"`
	BodyEncoding string      `json:"body_encoding"`
	By           string      `json:"by"`
	Fault        string      `json:"fault"`
	TookMS       float64     `json:"took_ms"`
	Head         []byte      `json:"head_b64"`
}

type lineSignature struct {
	Verdict     string `json:"verdict"`
	Reason      string `json:"reason"`
	Explanation string `json:"explanation"`
}

// readJSONL reads creel's JSON lines, also laid out or gathered in an array.
// Attempts may stand in their exchange or on their own after it; ready lines are
// passed over.
func readJSONL(data []byte) ([]*capture.Exchange, error) {
	var out []*capture.Exchange
	byID := map[uint64]*capture.Exchange{}
	dec := json.NewDecoder(bytes.NewReader(data))
	for {
		list, err := nextLines(dec)
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		for i := range list {
			if err == nil {
				out, err = list[i].addTo(out, byID)
			}
		}
		if err != nil {
			at := min(int(dec.InputOffset()), len(data))
			return nil, fmt.Errorf("line %d: %w", 1+bytes.Count(data[:at], []byte("\n")), err)
		}
	}
}

// nextLines reads one line, or an array of them.
func nextLines(dec *json.Decoder) ([]line, error) {
	var raw json.RawMessage
	if err := dec.Decode(&raw); err != nil {
		return nil, err
	}
	if raw[0] != '[' {
		raw = slices.Concat([]byte("["), raw, []byte("]"))
	}
	var list []line
	err := json.Unmarshal(raw, &list)
	return list, err
}

// addTo adds an exchange, or an attempt to its exchange.
func (l *line) addTo(out []*capture.Exchange, byID map[uint64]*capture.Exchange) ([]*capture.Exchange, error) {
	switch l.Type {
	case "exchange":
		ex, err := l.exchange()
		byID[l.ID] = ex
		return append(out, ex), err
	case "attempt":
		return out, l.attemptOf(byID[l.Exchange])
	case "ready":
		return out, nil
	}
	return nil, fmt.Errorf("unknown type %q", l.Type)
}

func (l *line) exchange() (*capture.Exchange, error) {
	body, err := decodeBody(l.Body, l.BodyEncoding)
	if err != nil {
		return nil, err
	}
	ex := &capture.Exchange{
		ImportedFrom: capture.ID(l.ID),
		At:           l.At,
		Request: capture.Request{
			Method: l.Method, Target: l.Target, Host: l.Host, Proto: l.Proto, Remote: l.Remote, TLS: l.TLS,
			Fields: toFields(l.Headers), Exact: l.Exact, Trailers: toFields(l.Trailers), Chunked: l.Chunked,
			Body: capture.NewBody(body), Size: max(l.Size, int64(len(body))), Truncated: l.Truncated,
			Incomplete: l.Incomplete, Malformed: l.Malformed,
		},
		Sender:    capture.Sender{Provider: l.Provider, Event: l.Event, Delivery: l.Delivery, Try: l.Try, Late: l.Late},
		Verdict:   capture.Verdict(l.Signature),
		Handshake: l.Handshake,
		Pinned:    l.Pinned,
		Note:      l.Note,
	}
	if len(l.Head) > 0 {
		preferHead(&ex.Request, l.Head)
	}
	var ok bool
	if ex.State, ok = capture.ParseState(l.State); !ok || ex.State < capture.StateAnswered {
		ex.State = capture.StateInterrupted
	}
	if ex.Reply, err = l.Reply.reply(); err != nil {
		return nil, err
	}
	for i := range l.Attempts {
		if err := l.Attempts[i].attemptOf(ex); err != nil {
			return nil, err
		}
	}
	return ex, nil
}

// preferHead lets the exact head stand for the fields, which lost something.
func preferHead(r *capture.Request, h []byte) {
	r.Head = h
	if r.Malformed != "" {
		return
	}
	first, fields := splitHead(h)
	method, rest, ok := strings.Cut(first, " ")
	i := strings.LastIndexByte(rest, ' ')
	if !ok || i < 0 {
		return
	}
	r.Method, r.Target, r.Fields = method, rest[:i], fields
	if host, ok := r.Get("Host"); ok {
		r.Host = host
	}
}

// attemptOf adds the attempt to ex, unless it is there already.
func (l *line) attemptOf(ex *capture.Exchange) error {
	if ex == nil {
		return nil // its exchange was exported to another file
	}
	for _, a := range ex.Attempts {
		if a.N == l.N {
			return nil
		}
	}
	body, err := decodeBody(l.Body, l.BodyEncoding)
	if err != nil {
		return err
	}
	reply, err := l.Reply.reply()
	if err != nil {
		return err
	}
	a := &capture.Attempt{
		N: l.N, At: l.At, To: l.To, Method: l.Method, Target: l.Target, Fields: toFields(l.Headers),
		Trailers: toFields(l.Trailers), Body: capture.NewBody(body), SameBody: l.SameBody, Chunked: l.Chunked,
		Changes: l.Changes, Reply: reply, Proto: l.Proto, Truncated: l.Truncated,
		Connect: fromMS(l.ConnectMS), FirstByte: fromMS(l.FirstByteMS), Took: fromMS(l.TookMS),
		Cause: capture.Cause(l.Cause), Err: l.Error,
		Resend: l.Resend, Edited: l.Edited, Signed: l.Signed, Unsent: l.Unsent,
	}
	if len(l.Head) > 0 {
		_, a.Fields = splitHead(l.Head)
	}
	ex.Attempts = append(ex.Attempts, a)
	return nil
}

func (r *lineReply) reply() (capture.Reply, error) {
	body, err := decodeBody(r.Body, r.BodyEncoding)
	out := capture.Reply{
		Status: r.Status, Fields: toFields(r.Headers), Trailers: toFields(r.Trailers), Body: capture.NewBody(body),
		By: r.By, Fault: r.Fault, Took: fromMS(r.TookMS),
	}
	if len(r.Head) > 0 {
		_, out.Fields = splitHead(r.Head)
	}
	return out, err
}

func decodeBody(s, encoding string) ([]byte, error) {
	switch encoding {
	case "", "utf-8":
		return []byte(s), nil
	case "base64":
		b, err := base64.StdEncoding.DecodeString(s)
		if err != nil {
			return nil, fmt.Errorf("body: %w", err)
		}
		return b, nil
	}
	return nil, errors.New("body_encoding: unknown " + strconv.Quote(encoding))
}

func toFields(pairs [][2]string) []capture.Field {
	var out []capture.Field
	for _, p := range pairs {
		out = append(out, capture.Field{Name: p[0], Value: p[1]})
	}
	return out
}

func fromMS(ms float64) time.Duration {
	return time.Duration(math.Round(ms * float64(time.Millisecond)))
}
