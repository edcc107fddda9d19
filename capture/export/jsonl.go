package export

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"

	"creel/capture"
)

// JSONLine appends the exchange as one JSON object, without a line break. With
// noBody the members body and body_encoding are left out everywhere; size and
// sha256 stay. The error is that of reading a body.
func JSONLine(ctx context.Context, b []byte, ex *capture.Exchange, noBody bool) ([]byte, error) {
	e := encoder{ctx: ctx, b: b, noBody: noBody}
	e.exchange(ex)
	if e.err != nil {
		return b, fmt.Errorf("encode %v: %w", ex.ID, e.err)
	}
	return e.b, nil
}

// JSONAttempt appends an attempt with the exchange id as one JSON object,
// without a line break.
func JSONAttempt(ctx context.Context, b []byte, id capture.ID, a *capture.Attempt, noBody bool) ([]byte, error) {
	e := encoder{ctx: ctx, b: b, noBody: noBody}
	e.attempt(id, a)
	if e.err != nil {
		return b, fmt.Errorf("encode attempt %d of %v: %w", a.N, id, e.err)
	}
	return e.b, nil
}

// encoder writes members in the documented order. The first error stays.
type encoder struct {
	ctx    context.Context
	b      []byte
	noBody bool
	err    error
}

func (e *encoder) exchange(ex *capture.Exchange) {
	r := &ex.Request
	e.b = append(e.b, `{"type":"exchange"`...)
	e.b = strconv.AppendUint(addName(e.b, "id"), uint64(ex.ID), 10)
	e.b = appendTime(addName(e.b, "at"), ex.At)
	e.request(r)
	e.b = addString(e.b, "state", ex.State.String())
	e.b = addName(e.b, "reply")
	e.reply(&ex.Reply)
	e.b = append(addName(e.b, "attempts"), '[')
	for i, a := range ex.Attempts {
		if i > 0 {
			e.b = append(e.b, ',')
		}
		e.attempt(ex.ID, a)
	}
	e.b = append(e.b, ']')
	e.sender(ex)
	e.b = addBool(e.b, "pending", len(ex.Pending) > 0)
	e.b = addBool(e.b, "pinned", ex.Pinned)
	e.b = addString(e.b, "note", ex.Note)
	e.extras(ex)
	e.b = append(e.b, '}')
}

func (e *encoder) request(r *capture.Request) {
	e.b = addString(e.b, "method", r.Method)
	e.b = addString(e.b, "target", r.Target)
	e.b = addString(e.b, "host", r.Host)
	e.b = addString(e.b, "proto", r.Proto)
	e.b = addString(e.b, "remote", r.Remote)
	e.b = addBool(e.b, "tls", r.TLS)
	e.fields("headers", r.Fields)
	e.b = addBool(e.b, "headers_exact", r.Exact)
	e.fields("trailers", r.Trailers)
	body := e.body(r.Body)
	e.b = addInt(e.b, "size", r.Size)
	sum := sha256.Sum256(body)
	e.b = addString(e.b, "sha256", hex.EncodeToString(sum[:]))
	e.b = addBool(e.b, "truncated", r.Truncated)
	e.b = addBool(e.b, "incomplete", r.Incomplete)
	e.b = addString(e.b, "malformed", r.Malformed)
	if !requestIsText(r) {
		e.b = appendBase64(addName(e.b, "head_b64"), RequestHead(r))
	}
}

// body appends the members of a body and returns its bytes.
func (e *encoder) body(body capture.Body) []byte {
	if body.IsForgotten() { // of an old attempt
		if !e.noBody {
			e.b = append(e.b, `,"body":"","body_encoding":"utf-8","body_kept":false`...)
		}
		return nil
	}
	data, err := body.Bytes(e.ctx)
	if err != nil && e.err == nil {
		e.err = err
	}
	if !e.noBody {
		e.b = append(e.b, ',')
		e.b = appendBody(e.b, data)
	}
	return data
}

func (e *encoder) fields(name string, fields []capture.Field) {
	e.b = append(addName(e.b, name), '[')
	for i, f := range fields {
		if i > 0 {
			e.b = append(e.b, ',')
		}
		e.b = append(e.b, '[')
		e.b = appendString(e.b, f.Name)
		e.b = append(e.b, ',')
		e.b = appendString(e.b, f.Value)
		e.b = append(e.b, ']')
	}
	e.b = append(e.b, ']')
}

func (e *encoder) reply(r *capture.Reply) {
	e.b = append(e.b, `{"status":`...)
	e.b = strconv.AppendInt(e.b, int64(r.Status), 10)
	e.fields("headers", r.Fields)
	e.body(r.Body)
	e.b = addString(e.b, "by", r.By)
	e.b = appendMS(addName(e.b, "took_ms"), r.Took)
	e.replyExtras(r)
	e.b = append(e.b, '}')
}

// answer is the reply of an attempt.
func (e *encoder) answer(r *capture.Reply) {
	e.b = append(e.b, `{"status":`...)
	e.b = strconv.AppendInt(e.b, int64(r.Status), 10)
	e.fields("headers", r.Fields)
	e.body(r.Body)
	e.b = addInt(e.b, "size", r.Body.Size())
	e.replyExtras(r)
	e.b = append(e.b, '}')
}

// replyExtras are members that appear only when they say something.
func (e *encoder) replyExtras(r *capture.Reply) {
	if len(r.Trailers) > 0 {
		e.fields("trailers", r.Trailers)
	}
	if r.Fault != "" {
		e.b = addString(e.b, "fault", r.Fault)
	}
	if !allUTF8(r.Fields) {
		e.b = appendBase64(addName(e.b, "head_b64"), head(strconv.Itoa(r.Status), r.Fields))
	}
}

func (e *encoder) sender(ex *capture.Exchange) {
	e.b = addString(e.b, "provider", ex.Sender.Provider)
	e.b = addString(e.b, "event", ex.Sender.Event)
	e.b = addString(e.b, "delivery", ex.Sender.Delivery)
	e.b = addInt(e.b, "try", int64(ex.Sender.Try))
	e.b = addString(e.b, "handshake", ex.Handshake)
	verdict := ex.Verdict.Verdict
	if verdict == "" {
		verdict = capture.Unsigned
	}
	e.b = append(addName(e.b, "signature"), `{"verdict":`...)
	e.b = appendString(e.b, verdict)
	e.b = addString(e.b, "reason", ex.Verdict.Reason)
	e.b = addString(e.b, "explanation", ex.Verdict.Explanation)
	e.b = append(e.b, '}')
}

// extras are members that appear only when they say something.
func (e *encoder) extras(ex *capture.Exchange) {
	if ex.Request.Chunked {
		e.b = addBool(e.b, "chunked", true)
	}
	if ex.Sender.Late {
		e.b = addBool(e.b, "late", true)
	}
	if len(ex.Pending) > 0 {
		e.b = append(addName(e.b, "pending_to"), '[')
		for i, to := range ex.Pending {
			if i > 0 {
				e.b = append(e.b, ',')
			}
			e.b = appendString(e.b, to)
		}
		e.b = append(e.b, ']')
	}
	if ex.ImportedFrom != 0 {
		e.b = addInt(e.b, "imported_from", int64(ex.ImportedFrom))
	}
}

func (e *encoder) attempt(id capture.ID, a *capture.Attempt) {
	e.b = append(e.b, `{"type":"attempt"`...)
	e.b = strconv.AppendUint(addName(e.b, "exchange"), uint64(id), 10)
	e.b = addInt(e.b, "n", int64(a.N))
	e.b = appendTime(addName(e.b, "at"), a.At)
	e.b = addString(e.b, "to", a.To)
	e.b = addString(e.b, "method", a.Method)
	e.b = addString(e.b, "target", a.Target)
	e.fields("headers", a.Fields)
	if a.SameBody {
		e.body(capture.Body{}) // it stands with the exchange
	} else {
		e.body(a.Body)
	}
	e.b = addBool(e.b, "same_body", a.SameBody)
	e.b = addInt(e.b, "status", int64(a.Reply.Status))
	e.b = addName(e.b, "reply")
	e.answer(&a.Reply)
	e.b = appendMS(addName(e.b, "connect_ms"), a.Connect)
	e.b = appendMS(addName(e.b, "first_byte_ms"), a.FirstByte)
	e.b = appendMS(addName(e.b, "took_ms"), a.Took)
	e.b = addString(e.b, "cause", string(a.Cause))
	e.b = addString(e.b, "error", a.Err)
	e.b = addBool(e.b, "resend", a.Resend)
	e.b = addBool(e.b, "edited", a.Edited)
	e.b = addBool(e.b, "signed", a.Signed)
	e.attemptExtras(a)
	e.b = append(e.b, '}')
}

func (e *encoder) attemptExtras(a *capture.Attempt) {
	if len(a.Changes) > 0 {
		e.b = append(addName(e.b, "changes"), '[')
		for i, c := range a.Changes {
			if i > 0 {
				e.b = append(e.b, ',')
			}
			e.b = appendString(e.b, c)
		}
		e.b = append(e.b, ']')
	}
	if len(a.Trailers) > 0 {
		e.fields("trailers", a.Trailers)
	}
	for _, x := range [...]struct {
		name string
		on   bool
	}{{"chunked", a.Chunked}, {"truncated", a.Truncated}, {"unsent", a.Unsent}} {
		if x.on {
			e.b = addBool(e.b, x.name, true)
		}
	}
	if a.Proto != "" {
		e.b = addString(e.b, "proto", a.Proto)
	}
	if !allUTF8(a.Fields) {
		e.b = appendBase64(addName(e.b, "head_b64"), head(a.Method+" "+a.Target+" HTTP/1.1", a.Fields))
	}
}
