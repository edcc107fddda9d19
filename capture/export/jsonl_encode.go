package export

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"time"
	"unicode/utf8"

	"creel/capture"
)

// encoder makes JSON lines of exchanges. The first error stays.
type encoder struct {
	ctx    context.Context
	noBody bool
	feed   bool  // for another creel, see FeedLine
	inline int64 // the largest body of a feed
	err    error
}

func (e *encoder) exchange(ex *capture.Exchange) *jsonExchange {
	r, verdict := &ex.Request, ex.Signature
	verdict.Verdict = cmp.Or(verdict.Verdict, capture.Unsigned)
	line := &jsonExchange{
		Type: typeExchange, ID: ex.ID, At: jsonTime(ex.At), jsonRequest: e.request(r),
		State: ex.State.String(), Attempts: make([]jsonAttempt, 0, len(ex.Attempts)),
		Reply: jsonReply{
			jsonAnswer: e.answer(&ex.Reply), By: ex.Reply.By, TookMS: ms(ex.Reply.Took), jsonAnswerExtras: answerExtras(&ex.Reply),
		},
		Provider: ex.Sender.Provider, Event: ex.Sender.Event, Delivery: ex.Sender.Delivery, Try: ex.Sender.Try,
		Handshake: ex.Handshake, Signature: jsonSignature(verdict),
		Pending: len(ex.Pending) > 0, Pinned: ex.Pinned, Note: ex.Note,
		Reserialized: r.Reserialized, Chunked: r.Chunked, Late: ex.Sender.Late, PendingTo: ex.Pending, Via: ex.Via, PublicURL: ex.PublicURL, ImportedFrom: ex.ImportedFrom,
		TrailersB64: exactTrailers(r.Trailers),
	}
	if o := ex.Origin; o != nil {
		line.Node, line.NodeShort, line.NodeID = o.Node, o.Short, o.ID
	}
	for _, a := range ex.Attempts {
		line.Attempts = append(line.Attempts, *e.attempt(ex.ID, a))
	}
	if r.Malformed != "" && !parsedIsText(r) {
		line.ParsedB64 = head(r.Method+" "+r.Target+" "+r.Proto, append([]capture.Field{{Name: "", Value: r.Host}}, r.Fields...))
	}
	return line
}

func (e *encoder) request(r *capture.Request) jsonRequest {
	out := jsonRequest{
		Method: r.Method, Target: r.Target, Host: r.Host, Proto: r.Proto, Remote: r.Remote, TLS: r.TLS,
		Headers: jsonFields(r.Fields), Exact: r.Exact, Trailers: jsonFields(r.Trailers),
		Size: r.Size, Truncated: r.Truncated, Incomplete: r.Incomplete, Malformed: r.Malformed,
	}
	var body []byte
	out.jsonBody, body = e.body(r.Body)
	if !e.feed {
		sum := sha256.Sum256(body)
		out.SHA256 = hex.EncodeToString(sum[:])
	}
	if r.Malformed != "" || len(r.Head) > 0 || !parsedIsText(r) {
		out.HeadB64 = requestHead(r)
	}
	return out
}

// body returns a body as a member, and its bytes.
func (e *encoder) body(body capture.Body) (out jsonBody, data []byte) {
	var text string
	switch {
	case body.IsForgotten(): // of an old attempt
		if e.noBody {
			return out, nil
		}
		kept := false
		return jsonBody{Body: &text, Encoding: encodingText, Kept: &kept, BodySize: body.Size()}, nil
	case e.feed && body.Size() > e.inline:
		return jsonBody{Elsewhere: true, BodySize: body.Size()}, nil
	default:
		var err error
		if data, err = body.Bytes(e.ctx); err != nil && e.err == nil {
			e.err = err
		}
	}
	if e.noBody {
		return out, data
	}
	if utf8.Valid(data) {
		text = string(data)
		return jsonBody{Body: &text, Encoding: encodingText}, data
	}
	text = base64.StdEncoding.EncodeToString(data)
	return jsonBody{Body: &text, Encoding: encodingBase64}, data
}

func (e *encoder) answer(r *capture.Reply) jsonAnswer {
	out := jsonAnswer{Status: r.Status, Headers: jsonFields(r.Fields)}
	out.jsonBody, _ = e.body(r.Body)
	return out
}

func answerExtras(r *capture.Reply) jsonAnswerExtras {
	out := jsonAnswerExtras{Trailers: jsonFields(r.Trailers), Fault: r.Fault, TrailersB64: exactTrailers(r.Trailers)}
	if !allUTF8(r.Fields) {
		out.HeadB64 = head(strconv.Itoa(r.Status), r.Fields)
	}
	return out
}

func (e *encoder) attempt(id capture.ID, a *capture.Attempt) *jsonAttempt {
	out := &jsonAttempt{
		Type: typeAttempt, Exchange: id, N: a.N, At: jsonTime(a.At), To: a.To, Method: a.Method, Target: a.Target,
		Headers: jsonFields(a.Fields), SameBody: a.SameBody, Status: a.Reply.Status,
		Reply:     jsonResponse{jsonAnswer: e.answer(&a.Reply), Size: a.Reply.Body.Size(), jsonAnswerExtras: answerExtras(&a.Reply)},
		ConnectMS: ms(a.Connect), FirstByteMS: ms(a.FirstByte), TookMS: ms(a.Took), Cause: string(a.Cause), Error: a.Err,
		Resend: a.Resend, Edited: a.Edited, Signed: a.Signed, Changes: a.Changes, Trailers: jsonFields(a.Trailers),
		Chunked: a.Chunked, Truncated: a.Truncated, Unsent: a.Unsent, SignedURL: a.SignedURL, By: a.By, Who: a.Who, Proto: a.Proto, TrailersB64: exactTrailers(a.Trailers),
		ReplyTookMS: ms(a.Reply.Took), ReplyBy: a.Reply.By,
	}
	if !e.feed {
		out.Reply.BodySize = 0 // it has a size anyway
	}
	body := a.Body
	if a.SameBody {
		body = capture.Body{} // it stands with the exchange
	}
	out.jsonBody, _ = e.body(body)
	if !allUTF8(a.Fields) || !utf8.ValidString(a.Method) || !utf8.ValidString(a.Target) {
		out.HeadB64 = head(a.Method+" "+a.Target+" HTTP/1.1", a.Fields)
	}
	return out
}

// exactTrailers are the trailers where JSON strings cannot hold them.
func exactTrailers(fields []capture.Field) []byte {
	if allUTF8(fields) {
		return nil
	}
	return head("", fields)
}

func parsedIsText(r *capture.Request) bool {
	return utf8.ValidString(r.Method) && utf8.ValidString(r.Target) && utf8.ValidString(r.Host) && allUTF8(r.Fields)
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
