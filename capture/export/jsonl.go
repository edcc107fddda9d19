package export

import (
	"context"
	"fmt"

	"creel/capture"
)

var jsonl = Format{Name: "jsonl", Ext: "jsonl", Help: "creel's own JSON lines, complete", Exact: true, write: writeJSONL}

func writeJSONL(w *writer, s *share) error {
	b, err := JSONLine(w.ctx, w.AvailableBuffer(), s.Exchange)
	if err != nil {
		return err
	}
	_, err = w.Write(append(b, '\n'))
	return err
}

// JSONLine appends the exchange as one JSON object, without a line break. The
// error is that of reading a body.
func JSONLine(ctx context.Context, b []byte, ex *capture.Exchange) ([]byte, error) {
	return encoder{ctx: ctx}.line(b, ex)
}

// JSONLineWithoutBodies is [JSONLine] without the members body and body_encoding
// anywhere; size and sha256 stay.
func JSONLineWithoutBodies(ctx context.Context, b []byte, ex *capture.Exchange) ([]byte, error) {
	return encoder{ctx: ctx, noBody: true}.line(b, ex)
}

func (e encoder) line(b []byte, ex *capture.Exchange) ([]byte, error) {
	line := e.exchange(ex)
	if e.err != nil {
		return b, fmt.Errorf("encode %v: %w", ex.ID, e.err)
	}
	return appendJSON(b, line), nil
}

// JSONAttempt appends an attempt with the exchange id as one JSON object,
// without a line break.
func JSONAttempt(ctx context.Context, b []byte, id capture.ID, a *capture.Attempt) ([]byte, error) {
	e := encoder{ctx: ctx}
	line := e.attempt(id, a)
	if e.err != nil {
		return b, fmt.Errorf("encode attempt %d of %v: %w", a.N, id, e.err)
	}
	return appendJSON(b, line), nil
}

// The types of JSON lines.
const (
	typeExchange = "exchange"
	typeAttempt  = "attempt"
	typeReady    = "ready" // where it listens; the first line of listen --json
)

// jsonExchange is an exchange as a JSON line. The members stand in the
// documented order; those with omitempty appear only when they say something.
type jsonExchange struct {
	Type string     `json:"type"`
	ID   capture.ID `json:"id"`
	At   jsonTime   `json:"at"`
	jsonRequest
	State     string        `json:"state"`
	Reply     jsonReply     `json:"reply"`
	Attempts  []jsonAttempt `json:"attempts"`
	Provider  string        `json:"provider"`
	Event     string        `json:"event"`
	Delivery  string        `json:"delivery"`
	Try       int           `json:"try"`
	Handshake string        `json:"handshake"`
	Signature jsonSignature `json:"signature"`
	Pending   bool          `json:"pending"`
	Pinned    bool          `json:"pinned"`
	Note      string        `json:"note"`

	Reserialized bool       `json:"body_reserialized,omitempty"`
	Chunked      bool       `json:"chunked,omitempty"`
	Late         bool       `json:"late,omitempty"`
	PendingTo    []string   `json:"pending_to,omitempty"`
	Via          string     `json:"via,omitempty"`
	PublicURL    string     `json:"public_url,omitempty"`
	ImportedFrom capture.ID `json:"imported_from,omitempty"`
	TrailersB64  []byte     `json:"trailers_b64,omitempty"`
	// The node of a team that captured it, what stands for the node, and its id there.
	Node      string     `json:"node,omitempty"`
	NodeShort string     `json:"node_short,omitempty"`
	NodeID    capture.ID `json:"node_id,omitempty"`
	// ParsedB64 is what was made of a malformed head, where that is not UTF-8.
	ParsedB64 []byte `json:"parsed_b64,omitempty"`
}

type jsonRequest struct {
	Method   string     `json:"method"`
	Target   string     `json:"target"`
	Host     string     `json:"host"`
	Proto    string     `json:"proto"`
	Remote   string     `json:"remote"`
	TLS      bool       `json:"tls"`
	Headers  jsonFields `json:"headers"`
	Exact    bool       `json:"headers_exact"`
	Trailers jsonFields `json:"trailers"`
	jsonBody
	Size       int64  `json:"size"`
	SHA256     string `json:"sha256"`
	Truncated  bool   `json:"truncated"`
	Incomplete bool   `json:"incomplete"`
	Malformed  string `json:"malformed"`
	HeadB64    []byte `json:"head_b64,omitempty"`
}

// jsonBody is a body: as text when it is UTF-8, else as base64. Of one whose
// bytes are no longer kept only the size is known, which is Size where the
// object has a member size, else BodySize.
type jsonBody struct {
	Body     *string `json:"body,omitempty"`
	Encoding string  `json:"body_encoding,omitempty"`
	Kept     *bool   `json:"body_kept,omitempty"`
	BodySize int64   `json:"body_size,omitempty"`
	// Elsewhere says that the other side has the bytes, see FeedLine.
	Elsewhere bool `json:"body_elsewhere,omitempty"`
}

// jsonReply is the reply that the sender got.
type jsonReply struct {
	jsonAnswer
	By     capture.By `json:"by"`
	TookMS float64    `json:"took_ms"`
	jsonAnswerExtras
}

// jsonResponse is what a target gave back.
type jsonResponse struct {
	jsonAnswer
	Size int64 `json:"size"`
	jsonAnswerExtras
}

type jsonAnswer struct {
	Status  int        `json:"status"`
	Headers jsonFields `json:"headers"`
	jsonBody
}

type jsonAnswerExtras struct {
	Trailers    jsonFields        `json:"trailers,omitempty"`
	Fault       capture.FaultName `json:"fault,omitempty"`
	HeadB64     []byte            `json:"head_b64,omitempty"`
	TrailersB64 []byte            `json:"trailers_b64,omitempty"`
}

type jsonSignature struct {
	Verdict     capture.Verdict `json:"verdict"`
	Reason      capture.Reason  `json:"reason"`
	Explanation string          `json:"explanation"`
}

// jsonAttempt is an attempt, in its exchange or as a JSON line of its own.
type jsonAttempt struct {
	Type     string     `json:"type"`
	Exchange capture.ID `json:"exchange"`
	N        int        `json:"n"`
	At       jsonTime   `json:"at"`
	To       string     `json:"to"`
	Method   string     `json:"method"`
	Target   string     `json:"target"`
	Headers  jsonFields `json:"headers"`
	jsonBody
	SameBody    bool         `json:"same_body"`
	Status      int          `json:"status"`
	Reply       jsonResponse `json:"reply"`
	ConnectMS   float64      `json:"connect_ms"`
	FirstByteMS float64      `json:"first_byte_ms"`
	TookMS      float64      `json:"took_ms"`
	Cause       string       `json:"cause"`
	Error       string       `json:"error"`
	Resend      bool         `json:"resend"`
	Edited      bool         `json:"edited"`
	Signed      bool         `json:"signed"`

	Changes     []string   `json:"changes,omitempty"`
	Trailers    jsonFields `json:"trailers,omitempty"`
	Chunked     bool       `json:"chunked,omitempty"`
	Truncated   bool       `json:"truncated,omitempty"`
	Unsent      bool       `json:"unsent,omitempty"`
	SignedURL   string     `json:"signed_url,omitempty"`
	By          string     `json:"by,omitempty"`
	Who         string     `json:"who,omitempty"` // of the team
	Proto       string     `json:"proto,omitempty"`
	HeadB64     []byte     `json:"head_b64,omitempty"`
	TrailersB64 []byte     `json:"trailers_b64,omitempty"`
	// ReplyTookMS and ReplyBy are those of the reply, which has them seldom.
	ReplyTookMS float64    `json:"reply_took_ms,omitempty"`
	ReplyBy     capture.By `json:"reply_by,omitempty"`
}
