package sqlite

import (
	"context"
	"database/sql/driver"
	"time"

	"creel/capture"
)

// bodyColumns is what a row says of a body.
type bodyColumns struct {
	size    int64
	trimmed bool   // the bytes are no longer there
	inline  []byte // the bytes, when they are kept in the row
}

// of returns what a row says of a body; small ones that are in memory stay inline.
func (c *bodyColumns) of(b capture.Body) {
	*c = bodyColumns{size: b.Size(), trimmed: b.IsForgotten()}
	if _, _, stored := b.Stored(); !stored && b.Size() <= inlineResponse {
		c.inline, _ = b.Bytes(context.Background()) // it is in memory
	}
}

// body gives a handle on the body that has that number.
func (c *bodyColumns) body(src capture.BodySource, ref int64) capture.Body {
	if len(c.inline) > 0 {
		return capture.NewBody(c.inline)
	}
	b := capture.StoredBody(src, capture.BodyRef(ref), c.size)
	if c.trimmed {
		return b.Forgotten()
	}
	return b
}

// requestRow is an exchange as it was captured.
type requestRow struct {
	*capture.Exchange
	body bodyColumns
}

// The columns of a request that people and filters ask for are real ones; each one
// costs a capture 0.1 µs. The others are together in the last.
var requestColumns = withMore([]column[requestRow]{
	moment("at", func(r *requestRow) *time.Time { return &r.At }),
	text("method", func(r *requestRow) *string { return &r.Request.Method }),
	text("target", func(r *requestRow) *string { return &r.Request.Target }),
	text("host", func(r *requestRow) *string { return &r.Request.Host }),
	text("provider", func(r *requestRow) *string { return &r.Sender.Provider }),
	text("event", func(r *requestRow) *string { return &r.Sender.Event }),
	text("delivery", func(r *requestRow) *string { return &r.Sender.Delivery }),
	text("verdict", func(r *requestRow) *capture.Verdict { return &r.Signature.Verdict }),
	integer("size", func(r *requestRow) *int64 { return &r.Request.Size }),
	fields("headers", func(r *requestRow) *[]capture.Field { return &r.Request.Fields }),
}, []column[requestRow]{
	text("remote", func(r *requestRow) *string { return &r.Request.Remote }),
	text("proto", func(r *requestRow) *string { return &r.Request.Proto }),
	flag("exact", func(r *requestRow) *bool { return &r.Request.Exact }),
	integer("body_size", func(r *requestRow) *int64 { return &r.body.size }),
	flag("body_trimmed", func(r *requestRow) *bool { return &r.body.trimmed }),
	flag("tls", func(r *requestRow) *bool { return &r.Request.TLS }),
	integer("try", func(r *requestRow) *int { return &r.Sender.Try }),
	flag("late", func(r *requestRow) *bool { return &r.Sender.Late }),
	text("reason", func(r *requestRow) *capture.Reason { return &r.Signature.Reason }),
	text("explanation", func(r *requestRow) *string { return &r.Signature.Explanation }),
	text("handshake", func(r *requestRow) *string { return &r.Handshake }),
	text("via", func(r *requestRow) *string { return &r.Via }),
	text("public_url", func(r *requestRow) *string { return &r.PublicURL }),
	integer("imported_from", func(r *requestRow) *capture.ID { return &r.ImportedFrom }),
	text("malformed", func(r *requestRow) *string { return &r.Request.Malformed }),
	flag("chunked", func(r *requestRow) *bool { return &r.Request.Chunked }),
	flag("reserialized", func(r *requestRow) *bool { return &r.Request.Reserialized }),
	flag("truncated", func(r *requestRow) *bool { return &r.Request.Truncated }),
	flag("incomplete", func(r *requestRow) *bool { return &r.Request.Incomplete }),
	fields("trailers", func(r *requestRow) *[]capture.Field { return &r.Request.Trailers }),
	bytesText("head", func(r *requestRow) *[]byte { return &r.Request.Head }),
})

// replyRow is what the sender of an exchange got.
type replyRow struct {
	state capture.State
	reply capture.Reply
	body  bodyColumns
	// response is the attempt whose response has the same body, which is kept once;
	// 0 for none.
	response int
}

// ref is where the body of the reply is.
func (r *replyRow) ref(id capture.ID) int64 {
	if r.response > 0 {
		return int64(responseRef(id, r.response))
	}
	return slot(id, bodyReply)
}

var replyColumns = withMore([]column[replyRow]{
	{
		"state",
		func(r *replyRow) driver.Value { return r.state.String() },
		func(r *replyRow, v value, _ *interner) { r.state, _ = capture.ParseState(string(v.data)) },
	},
	integer("status", func(r *replyRow) *int { return &r.reply.Status }),
	fields("headers", func(r *replyRow) *[]capture.Field { return &r.reply.Fields }),
	blob("body", func(r *replyRow) *[]byte { return &r.body.inline }),
}, append(moreOfReply(
	func(r *replyRow) *capture.Reply { return &r.reply },
	func(r *replyRow) *bodyColumns { return &r.body },
), integer("response_to", func(r *replyRow) *int { return &r.response })))

// moreOfReply are the columns of a reply, or of a response of a target, that rarely
// matter.
func moreOfReply[T any](reply func(*T) *capture.Reply, body func(*T) *bodyColumns) []column[T] {
	return []column[T]{
		text("by", func(t *T) *capture.By { return &reply(t).By }),
		integer("reply_took", func(t *T) *time.Duration { return &reply(t).Took }),
		text("fault", func(t *T) *capture.FaultName { return &reply(t).Fault }),
		fields("reply_trailers", func(t *T) *[]capture.Field { return &reply(t).Trailers }),
		integer("reply_size", func(t *T) *int64 { return &body(t).size }),
		flag("reply_trimmed", func(t *T) *bool { return &body(t).trimmed }),
	}
}

// metaRow is what is known of an exchange beyond what it was captured with.
type metaRow struct {
	capture.Exchange      // what [capture.Meta] changes
	checked          bool // Signature counts, not that of the arrival
	renamed          bool // Handshake counts, not that of the arrival
	trim             int  // attempts up to this one have no bodies
}

var metaColumns = []column[metaRow]{
	flag("pinned", func(m *metaRow) *bool { return &m.Pinned }),
	text("note", func(m *metaRow) *string { return &m.Note }),
	texts("pending", func(m *metaRow) *[]string { return &m.Pending }),
	flag("checked", func(m *metaRow) *bool { return &m.checked }),
	text("verdict", func(m *metaRow) *capture.Verdict { return &m.Signature.Verdict }),
	text("reason", func(m *metaRow) *capture.Reason { return &m.Signature.Reason }),
	text("explanation", func(m *metaRow) *string { return &m.Signature.Explanation }),
	flag("renamed", func(m *metaRow) *bool { return &m.renamed }),
	text("handshake", func(m *metaRow) *string { return &m.Handshake }),
	integer("trim", func(m *metaRow) *int { return &m.trim }),
}

// put changes ex to what the row says.
func (m *metaRow) put(ex *capture.Exchange) {
	ex.Pinned, ex.Note, ex.Pending = m.Pinned, m.Note, m.Pending
	if m.checked {
		ex.Signature = m.Signature
	}
	if m.renamed {
		ex.Handshake = m.Handshake
	}
	ex.Attempts = capture.Trim(ex.Attempts, m.trim)
}

// attemptRow is one attempt.
type attemptRow struct {
	*capture.Attempt
	body, response bodyColumns
}

var attemptColumns = withMore([]column[attemptRow]{
	moment("at", func(r *attemptRow) *time.Time { return &r.At }),
	text("url", func(r *attemptRow) *string { return &r.To }),
	text("method", func(r *attemptRow) *string { return &r.Method }),
	integer("status", func(r *attemptRow) *int { return &r.Reply.Status }),
	text("cause", func(r *attemptRow) *capture.Cause { return &r.Cause }),
	integer("took", func(r *attemptRow) *time.Duration { return &r.Took }),
	fields("headers", func(r *attemptRow) *[]capture.Field { return &r.Fields }),
	fields("response_headers", func(r *attemptRow) *[]capture.Field { return &r.Reply.Fields }),
	blob("response_body", func(r *attemptRow) *[]byte { return &r.response.inline }),
}, append([]column[attemptRow]{
	text("target", func(r *attemptRow) *string { return &r.Target }),
	text("proto", func(r *attemptRow) *string { return &r.Proto }),
	integer("connect", func(r *attemptRow) *time.Duration { return &r.Connect }),
	integer("first_byte", func(r *attemptRow) *time.Duration { return &r.FirstByte }),
	flag("same_body", func(r *attemptRow) *bool { return &r.SameBody }),
	texts("changes", func(r *attemptRow) *[]string { return &r.Changes }),
	integer("body_size", func(r *attemptRow) *int64 { return &r.body.size }),
	flag("body_trimmed", func(r *attemptRow) *bool { return &r.body.trimmed }),
	text("error", func(r *attemptRow) *string { return &r.Err }),
	fields("trailers", func(r *attemptRow) *[]capture.Field { return &r.Trailers }),
	flag("chunked", func(r *attemptRow) *bool { return &r.Chunked }),
	flag("truncated", func(r *attemptRow) *bool { return &r.Truncated }),
	flag("resend", func(r *attemptRow) *bool { return &r.Resend }),
	flag("edited", func(r *attemptRow) *bool { return &r.Edited }),
	flag("signed", func(r *attemptRow) *bool { return &r.Signed }),
	text("signed_url", func(r *attemptRow) *string { return &r.SignedURL }),
	text("by", func(r *attemptRow) *string { return &r.By }),
	text("who", func(r *attemptRow) *string { return &r.Who }),
	flag("unsent", func(r *attemptRow) *bool { return &r.Unsent }),
}, moreOfReply(
	func(r *attemptRow) *capture.Reply { return &r.Reply },
	func(r *attemptRow) *bodyColumns { return &r.response },
)...))

// dataColumns are those of a body.
var dataColumns = []column[[]byte]{blob("data", func(b *[]byte) *[]byte { return b })}
