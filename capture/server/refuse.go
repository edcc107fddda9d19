package server

import "creel/capture"

// What goes with some refusals.
var (
	retryAfter = capture.Field{Name: "Retry-After", Value: "5"}
	// RFC 9110 section 15.5.6 wants it with 405.
	allowed = capture.Field{Name: "Allow", Value: "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, TRACE"}
)

// refuse makes creel's own reply to a request that it cannot take. Many senders
// show the reply in their log, so it says why; it repeats nothing of the
// request.
func refuse(status int, why string, more ...capture.Field) capture.Reply {
	return capture.Reply{
		Status: status, By: capture.ByError,
		Fields: append([]capture.Field{
			{Name: "Content-Type", Value: "text/plain; charset=utf-8"},
			{Name: "X-Content-Type-Options", Value: "nosniff"},
		}, more...),
		Body: capture.NewBody([]byte("creel: " + why + "\n")),
	}
}
