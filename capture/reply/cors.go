package reply

import (
	"context"
	"net/http"

	"creel/capture"
)

// CORS lets web pages of every origin post to creel and read the reply: it answers
// the preflight requests of browsers (Fetch standard, section 4.8) and adds the
// fields that allow it to what Next decides. A reply that has such fields, those of
// an app, keeps them.
type CORS struct{ Next capture.Responder }

var _ capture.Responder = CORS{}

// Respond answers a preflight request; what else comes from a page is answered by
// Next.
func (c CORS) Respond(ctx context.Context, ex *capture.Exchange, rec capture.Recorder) capture.Outcome {
	origin, fromPage := ex.Request.Get("Origin")
	method, asks := ex.Request.Get("Access-Control-Request-Method")
	if fromPage && asks && ex.Request.Method == http.MethodOptions {
		return capture.Outcome{Reply: capture.Reply{Status: http.StatusNoContent, By: capture.ByDefault, Fields: preflight(&ex.Request, origin, method)}}
	}
	out := c.Next.Respond(ctx, ex, rec)
	if _, has := capture.FieldValue(out.Reply.Fields, "Access-Control-Allow-Origin"); fromPage && !has && !out.Drop {
		// The fields may belong to others, such as a preset.
		out.Reply.Fields = append(allow(origin), out.Reply.Fields...)
	}
	return out
}

// allow are the fields that let a page of an origin read the reply.
func allow(origin string) []capture.Field {
	return []capture.Field{
		{Name: "Access-Control-Allow-Origin", Value: origin},
		{Name: "Access-Control-Allow-Credentials", Value: "true"},
		{Name: "Vary", Value: "Origin"},
	}
}

// preflight are the fields that allow what the page asks for.
func preflight(req *capture.Request, origin, method string) []capture.Field {
	fields := append(allow(origin), capture.Field{Name: "Access-Control-Allow-Methods", Value: method})
	if names, ok := req.Get("Access-Control-Request-Headers"); ok {
		fields = append(fields, capture.Field{Name: "Access-Control-Allow-Headers", Value: names})
	}
	if _, ok := req.Get("Access-Control-Request-Private-Network"); ok {
		fields = append(fields, capture.Field{Name: "Access-Control-Allow-Private-Network", Value: "true"})
	}
	return append(fields, capture.Field{Name: "Access-Control-Max-Age", Value: "600"})
}
