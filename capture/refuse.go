package capture

// What goes with some refusals.
var (
	comeAgain = Field{"Retry-After", "5"}
	// RFC 9110 section 15.5.6 wants it with 405.
	allowed = Field{"Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, TRACE"}
)

// refuse makes creel's own answer to a request that it cannot take. Many senders
// show the answer in their log, so it says why; it repeats nothing of the
// request.
func refuse(status int, why string, more ...Field) Reply {
	return Reply{
		Status: status, By: "error",
		Fields: append([]Field{
			{"Content-Type", "text/plain; charset=utf-8"},
			{"X-Content-Type-Options", "nosniff"},
		}, more...),
		Body: NewBody([]byte("creel: " + why + "\n")),
	}
}
